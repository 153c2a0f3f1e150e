from __future__ import annotations

import contextlib
import os
import re
import sys
from pathlib import Path

import floats
import numpy as np
import pytest

import bs1770
import sounds
from castkit.audio.canvas import Canvas
from castkit.audio.render import Part, format_of, render, stretch
from castkit.errors import CastkitError

RATE = 48_000


def _rendered(parts, canvas: Canvas, tmp_path) -> np.ndarray:
    assert render(parts, canvas, tmp_path / "mix", is_measured=False) is None
    assert sorted(path.name for path in tmp_path.glob("mix*")) == ["mix"]
    return floats.read_raw(tmp_path / "mix", canvas.channels)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([("mono", 48_000)], (48_000, 1)),
        ([("mono", 44_100), ("left", 22_050)], (44_100, 1)),
        ([("mono", 44_100), ("stereo", 48_000)], (48_000, 2)),
        ([("mono", 8_000)], (48_000, 1)),
        ([("stereo", 44_100)], (44_100, 2)),
    ],
)
def test_rate_and_channels(files, expected):
    assert format_of(files) == expected


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("offsets", [(0, 0), (0, 1), (250, 1003), (-137, 400), (-300, -200)])
def test_every_part_lies_at_its_sample(tmp_path, rate, offsets):
    sound = floats.noise(1, rate=rate)
    wav = floats.write_wav(tmp_path / "one.wav", sound, rate)
    canvas = Canvas(rate, 1, -150, 2200)
    out = _rendered([Part(wav, "mono", 1, offset) for offset in offsets], canvas, tmp_path)
    expected = np.zeros((canvas.samples + 2 * rate, 1), np.float32)
    for offset in offsets:
        at = canvas.sample(offset)
        expected[max(0, at) : at + rate] += sound[max(0, -at) :]
    assert len(out) == canvas.samples
    assert np.abs(out - expected[: len(out)]).max() < 1e-6


def test_a_part_is_cut_off_at_the_canvas(tmp_path):
    wav = floats.write_wav(tmp_path / "one.wav", floats.noise(2))
    out = _rendered([Part(wav, "mono")], Canvas(RATE, 1, 500, 1500), tmp_path)
    assert np.array_equal(out, floats.noise(2)[RATE // 2 : 3 * RATE // 2])


def test_a_part_wholly_before_the_canvas_is_silence(tmp_path):
    one = floats.write_wav(tmp_path / "one.wav", floats.noise(0.5))
    two = floats.write_wav(tmp_path / "two.wav", floats.noise(0.5, seed=2))
    canvas = Canvas(RATE, 1, 1000, 2000)
    alone = _rendered([Part(one, "mono")], canvas, tmp_path)
    assert (len(alone), np.abs(alone).max()) == (RATE, 0)
    both = _rendered([Part(one, "mono"), Part(two, "mono", 1, 1000)], canvas, tmp_path)
    assert np.array_equal(both[: RATE // 2], floats.noise(0.5, seed=2))


def test_mono_stereo_and_one_sided_parts_keep_their_levels(tmp_path):
    left, right = floats.tone(1, 440), floats.tone(1, 1000)
    mono = floats.write_wav(tmp_path / "mono.wav", left)
    both = floats.write_wav(tmp_path / "both.wav", np.concatenate([left, right], axis=1))
    canvas = Canvas(RATE, 2, 0, 1000)
    assert np.allclose(_rendered([Part(mono, "mono")], canvas, tmp_path), left, atol=1e-6)
    out = _rendered([Part(both, "stereo", 2, gain_db=-6.0206), Part(both, "right", 2)], canvas, tmp_path)
    assert np.allclose(out, np.concatenate([left / 2 + right, 1.5 * right], axis=1), atol=1e-5)
    out = _rendered([Part(both, "left", 2)], Canvas(RATE, 1, 0, 1000), tmp_path)
    assert np.allclose(out, left, atol=1e-6)


@pytest.mark.parametrize("offset", [-321, 450])
def test_both_sides_are_moved_alike(tmp_path, offset):
    both = np.concatenate([floats.noise(1), floats.noise(1, seed=2)], axis=1)
    wav = floats.write_wav(tmp_path / "both.wav", both)
    out = _rendered([Part(wav, "stereo", 2, offset)], Canvas(RATE, 2, 0, 1500), tmp_path)
    first = max(0, offset * 48)
    assert np.array_equal(out[first : offset * 48 + RATE], both[first - offset * 48 :])
    assert not out[:first].any()
    assert not out[offset * 48 + RATE :].any()


def test_other_rates_come_to_the_mixs(tmp_path):
    wav = floats.write_wav(tmp_path / "one.wav", floats.tone(2, 1000, rate=44_100), 44_100)
    out = _rendered([Part(wav, "mono", 1, 100)], Canvas(RATE, 1, 0, 2500), tmp_path)
    middle = slice(RATE // 2, 2 * RATE)
    expected = np.pad(floats.tone(2, 1000), ((4800, 0), (0, 0)))
    assert np.abs(out[middle] - expected[middle]).max() < 2e-4


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_curve_is_followed_to_a_tenth_of_a_decibel(tmp_path, channels, rate):
    sound = np.ones((10 * rate, 1), np.float32) * 0.1
    sound = np.concatenate([sound, -sound], axis=1)[:, :channels]
    wav = floats.write_wav(tmp_path / "one.wav", sound, rate)
    gain = 12 * np.sin(2 * np.pi * np.arange(1000) / 100 / 5)
    part = Part(wav, "stereo" if channels == 2 else "mono", channels, 0, gain_db=gain)
    out = _rendered([part], Canvas(rate, channels, 0, 10_000), tmp_path)
    wanted = np.interp(np.arange(len(out)) / rate, np.arange(1000) / 100, gain)[:, None]
    error = 20 * np.log10(np.abs(out / sound)) - wanted
    assert np.abs(error[rate // 50 :]).max() < 0.1


def test_a_step_in_a_curve_is_a_short_slope_that_does_not_click(tmp_path):
    """A gate of 40 dB on a tone of 440 Hz: what it adds above 4 kHz stays under -80 dB."""
    wav = floats.write_wav(tmp_path / "one.wav", floats.tone(3))
    gain = np.where((np.arange(300) // 100) == 1, -40.0, 0.0)
    out = _rendered([Part(wav, "mono", gain_db=gain)], Canvas(RATE, 1, 0, 3000), tmp_path)
    for at in (RATE, 2 * RATE):
        piece = out[at - 2048 : at + 2048, 0] * np.blackman(4096)
        power = np.abs(np.fft.rfft(piece)) ** 2
        above = power[np.fft.rfftfreq(4096, 1 / RATE) > 4000].sum() / 2048**2
        assert 10 * np.log10(above + 1e-20) < -80
    apart = RATE // 25  # 40 ms
    assert np.allclose(out[: RATE - apart], floats.tone(3)[: RATE - apart], atol=1e-4)
    inside = slice(RATE + apart, 2 * RATE - apart)
    assert floats.level_db(out[inside]) == pytest.approx(floats.level_db(floats.tone(3)) - 40, abs=0.1)
    assert np.abs(out).max() < 0.25 * 10 ** (0.05 / 20)


@pytest.mark.parametrize("points", [0, 1, 150, 5000])
def test_a_curve_of_another_length_neither_cuts_nor_stalls(tmp_path, points):
    wav = floats.write_wav(tmp_path / "one.wav", floats.noise(3))
    part = Part(wav, "mono", 1, 500, gain_db=np.full(points, -6.0206, np.float32))
    out = _rendered([part], Canvas(RATE, 1, 0, 4000), tmp_path)
    assert len(out) == 4 * RATE
    wanted = floats.noise(3) * (0.5 if points else 1)
    assert np.allclose(out[RATE // 2 : RATE // 2 + 3 * RATE], wanted, atol=1e-5)


def test_nothing_rings_on_around_a_shut_gate(tmp_path):
    wav = floats.write_wav(tmp_path / "one.wav", floats.tone(3))
    gain = np.where((np.arange(300) // 100) == 1, -100.0, 0.0)
    out = _rendered([Part(wav, "mono", gain_db=gain)], Canvas(RATE, 1, 0, 3000), tmp_path)
    apart = RATE // 25  # 40 ms
    assert np.abs(out[RATE + apart : 2 * RATE - apart]).max() < 0.25 * 10 ** (-99 / 20)
    assert np.abs(out[: RATE - apart] - floats.tone(3)[: RATE - apart]).max() < 1e-6


def test_a_shut_gate_and_what_is_no_number(tmp_path):
    wav = floats.write_wav(tmp_path / "one.wav", floats.noise(2))
    gain = np.array([-np.inf] * 100 + [np.nan] * 100)
    out = _rendered([Part(wav, "mono", gain_db=gain)], Canvas(RATE, 1, 0, 2000), tmp_path)
    assert np.isfinite(out).all()
    assert np.abs(out[: RATE - 2000]).max() < 1e-4


@pytest.mark.parametrize("ppm", [10_000, -10_000, 3333.3])
def test_drift_is_taken_out(tmp_path, ppm):
    """Impulses 4800 samples apart come out farther apart; an even and an odd offset move all of them alike."""
    wav = floats.write_wav(tmp_path / "one.wav", floats.impulses(4, 4800))
    canvas = Canvas(RATE, 1, 0, 4500)
    out = _rendered([Part(wav, "mono", 1, 133, ppm)], canvas, tmp_path)[:, 0]
    for number in range(1, 39):
        at = 133 * 48 + number * 4800 * (1 + ppm / 1e6)
        around = np.arange(round(at) - 20, round(at) + 21)
        centre = (around * out[around] ** 2).sum() / (out[around] ** 2).sum()
        assert centre == pytest.approx(at, abs=0.05)  # a microsecond


def test_a_curve_lies_on_the_recordings_own_clock(tmp_path):
    """A tone that drifts by one hundredth, shut from 2 to 3 s of its own clock."""
    wav = floats.write_wav(tmp_path / "one.wav", floats.tone(5))
    gain = np.where((np.arange(500) // 100) == 2, -60.0, 0.0)
    part = Part(wav, "mono", 1, 700, 10_000, gain_db=gain)
    out = _rendered([part], Canvas(RATE, 1, 0, 6000), tmp_path)
    envelope = np.abs(out[: 6 * RATE, 0]).reshape(-1, 480).max(axis=1)
    shut = np.flatnonzero(envelope[72:560] < 0.125) + 72
    assert shut[0] * 10 == pytest.approx(700 + 2000 * 1.01, abs=20)
    assert shut[-1] * 10 == pytest.approx(700 + 3000 * 1.01, abs=20)


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_any_drift_is_right_to_a_tenth_of_a_millisecond_in_six_hours(rate):
    for ppm in (*np.linspace(-300, 300, 41), 0.01, -0.5, 10.4, 10_000.0):
        first, said, second = stretch(float(ppm), rate)
        error_ms = abs(first * second / said / rate - (1 + ppm / 1e6)) * 6 * 3600 * 1000
        assert error_ms < 0.1
        assert min(first, said, second) > 0.9 * rate


def test_no_drift_changes_no_sample(tmp_path):
    wav = floats.write_wav(tmp_path / "one.wav", floats.noise(1))
    out = _rendered([Part(wav, "mono", drift_ppm=0.0)], Canvas(RATE, 1, 0, 1000), tmp_path)
    assert np.array_equal(out, floats.noise(1))


def test_cleaning_comes_before_the_gain_and_may_change_format_and_rate(tmp_path):
    wav = floats.write_wav(tmp_path / "one.wav", floats.tone(2, 50) + floats.tone(2, 1000))

    def cleaned(stream):
        stream = stream.filter("highpass", f=300, poles=2).filter("highpass", f=300, poles=2)
        return stream.filter("aresample", 32_000).filter("aformat", sample_fmts="dbl")

    part = Part(wav, "mono", gain_db=np.full(200, 6.0206), filters=cleaned)
    out = _rendered([part], Canvas(RATE, 1, 0, 2000), tmp_path)
    spectrum = np.abs(np.fft.rfft(out[RATE // 2 : 3 * RATE // 2, 0])) / (RATE / 2)
    assert spectrum[50] < 0.002
    assert spectrum[1000] == pytest.approx(0.5, rel=0.02)


def test_nothing_clips_and_the_loudness_is_that_of_the_file(tmp_path):
    one = floats.write_wav(tmp_path / "one.wav", floats.noise(4, level=0.3))
    two = floats.write_wav(tmp_path / "two.wav", floats.tone(4, level=0.9))
    canvas = Canvas(RATE, 1, 0, 4000)
    loudness = render([Part(one, "mono"), Part(two, "mono", gain_db=6.0)], canvas, tmp_path / "mix").loudness()
    sound = floats.read_raw(tmp_path / "mix").T
    assert np.abs(sound).max() > 2
    assert loudness.integrated_lufs == pytest.approx(bs1770.integrated(sound, RATE), abs=0.1)
    assert loudness.true_peak_dbtp == pytest.approx(bs1770.true_peak(sound, RATE), abs=0.3)


def test_the_same_bytes_twice_and_over_what_was_there(tmp_path):
    parts = []
    for number, offset in enumerate((0, 777, -40)):
        clip = sounds.speech(tmp_path / f"{number}.m4a", start=5 + number)
        gain = np.linspace(-6, 6, 400)
        parts.append(Part(clip, "mono", 1, offset, 40.0 * number, gain, lambda stream: stream.filter("afftdn", nr=6)))
    canvas = Canvas(RATE, 1, -40, 5000)
    one = _rendered(parts, canvas, tmp_path).tobytes()
    (tmp_path / "mix").write_bytes(b"old" * 1_000_000)
    assert _rendered(parts, canvas, tmp_path).tobytes() == one


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_said_and_no_curve_is_left(tmp_path):
    wav = floats.write_wav(tmp_path / "one.wav", floats.noise(8))
    (tmp_path / "full").symlink_to("/dev/full")

    class Kept(type(tmp_path)):
        """The link to the full device, which nothing may remove."""

        def unlink(self, missing_ok: bool = False) -> None:
            if self.name != "full":
                super().unlink(missing_ok)

    parts = [Part(wav, "mono", gain_db=np.zeros(10))]
    with pytest.raises(CastkitError, match="the disk is full, mixing the recordings"):
        render(parts, Canvas(RATE, 1, 0, 8000), Kept(tmp_path / "full"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full", "one.wav"]


def test_a_damaged_recording_is_named(tmp_path):
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF" + bytes(100))
    with pytest.raises(CastkitError, match="mixing the recordings"):
        render([Part(broken, "mono", gain_db=np.zeros(10))], Canvas(RATE, 1, 0, 1000), tmp_path / "mix")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.wav"]


def test_progress_goes_up_to_the_end(tmp_path):
    wav = floats.write_wav(tmp_path / "one.wav", floats.noise(2))
    seen: list[float] = []
    render([Part(wav, "mono")], Canvas(RATE, 1, 0, 2000), tmp_path / "mix", progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is read from /proc")
def test_long_delays_are_not_kept_in_memory(tmp_path):
    """Tracks that begin up to 15 minutes apart, which is 172 MB of sound: ffmpeg stays far under 150 MB."""
    wav = sounds.synthetic(tmp_path / "one.flac", "anoisesrc=d=300:r=8000:a=0.1")
    parts = [Part(wav, "mono", 1, offset, gain_db=np.zeros(200)) for offset in (-9000, 0, 300_000, 900_000)]
    canvas = Canvas(RATE, 1, -9000, 1_200_000)
    peaks = [0]

    def look(_: float) -> None:
        for status in Path("/proc").glob("[0-9]*/status"):
            with contextlib.suppress(OSError):
                text = status.read_text("utf-8")
                is_ours = text.startswith("Name:\tffmpeg") and f"PPid:\t{os.getpid()}\n" in text
                if is_ours and (found := re.search(r"VmHWM:\s+(\d+) kB", text)):
                    peaks.append(int(found[1]) // 1024)

    render(parts, canvas, tmp_path / "mix", is_measured=False, progress=look)
    assert (tmp_path / "mix").stat().st_size == 4 * canvas.samples
    assert 10 < max(peaks) < 120
