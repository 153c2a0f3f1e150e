from __future__ import annotations

from dataclasses import replace

import floats
import numpy as np
import pytest

import bs1770
import sounds
from castkit import ffmpeg
from castkit.audio.bed import Bed
from castkit.audio.jingle import lay_out
from castkit.audio.listen import Wav, listen
from castkit.audio.mixdown import Music, Plan, mix_down
from castkit.audio.render import Part
from castkit.errors import CastkitError

RATE = 48_000


def _plan(*parts: Part, end_ms: int, **changes) -> Plan:
    whole = (0, end_ms)
    return replace(Plan(parts, RATE, 1, whole, (whole,)), **changes)


def _names(tmp_path) -> set[str]:
    return {path.name for path in tmp_path.iterdir() if path.name.startswith("mix")}


def _measures_itself(mixed) -> None:
    samples = floats.played(mixed).T
    assert mixed.loudness.integrated_lufs == pytest.approx(bs1770.integrated(samples, mixed.rate), abs=0.15)
    assert mixed.loudness.true_peak_dbtp == pytest.approx(bs1770.true_peak(samples, mixed.rate), abs=0.3)
    momentary = mixed.curves[:, 0]
    assert abs(len(momentary) - mixed.duration_ms // 100) <= 1
    assert momentary.max() == pytest.approx(mixed.loudness.integrated_lufs, abs=12)
    assert mixed.curves[:, 2].max() == pytest.approx(mixed.loudness.true_peak_dbtp, abs=0.2)
    assert samples.shape[1] == round(mixed.duration_ms * mixed.rate / 1000)


def test_two_tracks_become_one_file_that_is_read_from_anywhere(tmp_path):
    one = floats.write_wav(tmp_path / "one.wav", floats.noise(5))
    two = floats.write_wav(tmp_path / "two.wav", floats.tone(3))
    mixed = mix_down(_plan(Part(one, "mono"), Part(two, "mono", 1, 3000), end_ms=6000), tmp_path / "mix")
    assert _names(tmp_path) == {"mix"}
    expected = np.pad(floats.noise(5), ((0, RATE), (0, 0)))
    expected[3 * RATE :] += floats.tone(3)
    assert np.allclose(floats.played(mixed), expected, atol=1e-6)
    for start_ms, duration_ms in ((0, 1), (1, 999), (2999, 2), (4001, None), (5999, None), (1000, 60_000)):
        first, last = start_ms * 48, 6 * RATE if duration_ms is None else min(6 * RATE, (start_ms + duration_ms) * 48)
        excerpt = floats.played(mixed, start_ms, duration_ms)
        assert len(excerpt) == last - first
        assert np.array_equal(excerpt, floats.read_raw(tmp_path / "mix")[first:last])
    _measures_itself(mixed)


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_what_is_cut_is_gone_and_the_loudness_is_of_what_is_left(tmp_path, rate):
    sound = floats.noise(8, rate=rate, level=0.05)
    sound[3 * rate : 5 * rate] *= 8
    one = floats.write_wav(tmp_path / "one.wav", sound, rate)
    kept = ((501, 2990), (5007, 7999))
    mixed = mix_down(_plan(Part(one, "mono"), end_ms=8000, kept=kept, rate=rate), tmp_path / "mix")
    assert mixed.duration_ms == 2489 + 2992
    out = floats.played(mixed)
    assert len(out) == round(mixed.duration_ms * rate / 1000)
    assert np.abs(out).max() < 0.3
    first = round(0.501 * rate)
    assert np.allclose(out[rate : 2 * rate], sound[first + rate : first + 2 * rate], atol=1e-6)
    assert np.abs(out[0]) < 1e-3 > np.abs(out[-1])
    _measures_itself(mixed)


def test_trimmed_ends_fade_and_ends_of_the_recording_do_not(tmp_path):
    one = floats.write_wav(tmp_path / "one.wav", np.full((2 * RATE, 1), 0.5, np.float32))
    trimmed = floats.played(mix_down(_plan(Part(one, "mono"), end_ms=2000, kept=((500, 2000),)), tmp_path / "mix"))
    assert (len(trimmed), trimmed[0] < 0.01, trimmed[-1] == 0.5) == (72_000, True, True)


def _music(tmp_path, programme_ms: int, **changes) -> Music:
    layout = lay_out(programme_ms, intro_ms=3000, outro_ms=4000, crossfade_ms=1000)
    intro = floats.write_wav(tmp_path / "intro.wav", floats.tone(3, 3000))
    outro = floats.write_wav(tmp_path / "outro.wav", floats.tone(4, 5000))
    bed = floats.write_wav(tmp_path / "bed.wav", floats.tone(2.5, 1000))
    music = Music(layout.lead_ms, layout.duration_ms, -20.0, intro, outro, crossfade_ms=1000)
    return replace(music, **{"bed": Bed(bed, -10.0, 12.0, ((5000, 7000),)), **changes})


def _of(out: np.ndarray, hz: float, first: float, last: float) -> float:
    """Level in dB of one tone between two times in s."""
    piece = out[round(first * RATE) : round(last * RATE), 0]
    share = np.exp(-2j * np.pi * hz * np.arange(len(piece)) / RATE) @ piece / len(piece)
    return float(20 * np.log10(abs(share) * 2 + 1e-9))


def test_intro_programme_outro_and_bed_lie_where_they_were_planned(tmp_path):
    one = floats.write_wav(tmp_path / "one.wav", floats.tone(14, 400))
    kept = ((1000, 4000), (7000, 14_000))
    music = _music(tmp_path, 10_000)
    mixed = mix_down(_plan(Part(one, "mono"), end_ms=14_000, kept=kept, music=music), tmp_path / "mix")
    assert mixed.duration_ms == 2000 + 10_000 + 3000
    assert _names(tmp_path) == {"mix", "mix.intro.wav", "mix.outro.wav", "mix.bed.round.wav", "mix.bed.curve"}
    out = floats.played(mixed)
    assert len(out) == 15 * RATE
    assert _of(out, 400, 0, 1.9) < -70
    assert _of(out, 400, 2.1, 11.9) == pytest.approx(-12.04, abs=0.1)
    assert _of(out, 400, 12.1, 15) < -70
    assert _of(out, 3000, 0.1, 1.9) == pytest.approx(_of(out, 5000, 12.1, 14.9), abs=1.0)  # both -20 LUFS
    assert _of(out, 3000, 2.8, 2.98) < _of(out, 3000, 0.1, 1.9) - 12
    assert _of(out, 3000, 3.1, 15) < -70
    assert _of(out, 5000, 0, 10.9) < -70
    assert _of(out, 5000, 11.02, 11.2) < _of(out, 5000, 12.1, 14.9) - 12
    assert _of(out, 1000, 5.1, 6.9) == pytest.approx(_of(out, 1000, 10, 10.4) - 12, abs=0.3)
    _measures_itself(mixed)
    for start_ms, duration_ms in ((0, 1000), (1900, 1500), (4321, 3456), (10_500, None), (14_000, None)):
        excerpt = floats.played(mixed, start_ms, duration_ms)
        part = out[start_ms * 48 : start_ms * 48 + len(excerpt)]
        assert len(excerpt) == (duration_ms or 15_000 - start_ms) * 48
        assert np.abs(excerpt - part).max() < 1e-5


def test_gains_of_intro_and_outro_come_on_top(tmp_path):
    one = floats.write_wav(tmp_path / "one.wav", floats.tone(5, 400))
    outs = []
    for gains in ({}, {"intro_gain_db": -6.0, "outro_gain_db": 3.0, "fade_ms": 800}):
        music = _music(tmp_path, 5000, bed=None, **gains)
        mixed = mix_down(_plan(Part(one, "mono"), end_ms=5000, music=music), tmp_path / "mix")
        outs.append(floats.played(mixed))
    plain, raised = outs
    assert _of(raised, 3000, 1, 1.9) - _of(plain, 3000, 1, 1.9) == pytest.approx(-6, abs=0.1)
    assert _of(raised, 5000, 7.1, 9) - _of(plain, 5000, 7.1, 9) == pytest.approx(3, abs=0.1)
    assert _of(raised, 3000, 0, 0.1) < _of(raised, 3000, 1, 1.9) - 15
    assert _of(raised, 5000, 9.9, 10) < _of(raised, 5000, 7.1, 9) - 15


def test_the_same_file_as_intro_and_outro_and_a_stereo_mix(tmp_path):
    one = floats.write_wav(tmp_path / "one.wav", floats.tone(3, 400))
    music = _music(tmp_path, 3000, bed=None)
    music = replace(music, outro=music.intro, duration_ms=2000 + 3000 + 2000)
    mixed = mix_down(_plan(Part(one, "mono"), end_ms=3000, channels=2, music=music), tmp_path / "mix")
    out = floats.played(mixed)
    assert np.allclose(out[:, 0], out[:, 1], atol=1e-4)
    assert _of(out, 3000, 0.1, 1.9) == pytest.approx(_of(out, 3000, 5.1, 6.9), abs=0.1)
    assert _of(out, 400, 2.1, 4.9) == pytest.approx(-12.04, abs=0.1)


_FORMATS = {
    "wav": [],
    "flac": [],
    "aiff": [],
    "mp3": ["-b:a", "96k"],
    "m4a": ["-b:a", "128k"],
    "ogg": ["-c:a", "libvorbis"],
    "opus": ["-c:a", "libopus"],
    "webm": ["-c:a", "libopus"],
    "wma": ["-c:a", "wmav2"],
    "ts": ["-c:a", "aac"],
}


@pytest.mark.parametrize(
    ("suffix", "rate"), [*((suffix, 48_000) for suffix in _FORMATS), ("wav", 44_100), ("mp3", 44_100)]
)
def test_one_gain_on_one_recording_writes_nothing_and_is_read_from_anywhere(tmp_path, suffix, rate):
    """The recording itself, whatever its format: an excerpt is the same samples as that part of the whole."""
    options = [*_FORMATS[suffix], "-ar", str(rate)]
    clip = sounds.speech(tmp_path / f"one.{suffix}", seconds=8, filters="volume=-8dB", options=options)
    heard = listen(clip, ffmpeg.probe(clip), Wav(tmp_path / "track.wav"))
    part = Part(clip, heard.sound, 1, gain_db=5.0)
    plan = _plan(part, end_ms=heard.duration_ms, heard=heard)
    mixed = mix_down(plan, tmp_path / "mix")
    assert _names(tmp_path) == set()
    whole = floats.played(mixed)
    assert len(whole) == heard.duration_ms * 48
    assert mixed.duration_ms == heard.duration_ms
    _measures_itself(mixed)
    rendered = mix_down(replace(plan, heard=None), tmp_path / "mix")
    assert np.abs(floats.played(rendered) - whole).max() < 1e-6
    for start_ms, duration_ms in ((0, 500), (3456, 2000), (5000, None)):
        excerpt = floats.played(mixed, start_ms, duration_ms)
        lies = whole[start_ms * 48 : start_ms * 48 + len(excerpt)]
        assert len(excerpt) == (duration_ms or heard.duration_ms - start_ms) * 48
        # What AAC leaves to chance (noise above the voice) is drawn anew; half a sample off would be -30 dB.
        assert floats.level_db(excerpt - lies) < floats.level_db(lies) - 40


@pytest.mark.parametrize(
    "change",
    [
        {"gain_db": np.zeros(100)},
        {"filters": lambda stream: stream.filter("highpass", f=75)},
        {"drift_ppm": 50.0},
        {"offset_ms": 10},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_needs_work_is_rendered(tmp_path, change):
    clip = floats.write_wav(tmp_path / "one.wav", floats.noise(2))
    heard = listen(clip, ffmpeg.probe(clip), Wav(tmp_path / "track.wav"))
    plan = _plan(replace(Part(clip, "mono"), **change), end_ms=2000, heard=heard)
    _measures_itself(mix_down(plan, tmp_path / "mix"))
    assert _names(tmp_path) == {"mix"}


def test_progress_goes_up_to_the_end_and_bytes_are_the_same_twice(tmp_path):
    one = floats.write_wav(tmp_path / "one.wav", floats.noise(6))
    plan = _plan(Part(one, "mono"), end_ms=6000, kept=((0, 2000), (3000, 5000)), music=_music(tmp_path, 4000))
    seen: list[float] = []
    first = floats.played(mix_down(plan, tmp_path / "mix", seen.append)).tobytes()
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1)
    files = {name: (tmp_path / name).read_bytes() for name in _names(tmp_path)}
    assert floats.played(mix_down(plan, tmp_path / "mix")).tobytes() == first
    assert {name: (tmp_path / name).read_bytes() for name in _names(tmp_path)} == files


def test_an_intro_that_cannot_be_used_is_named(tmp_path):
    one = floats.write_wav(tmp_path / "one.wav", floats.noise(1))
    silent = floats.write_wav(tmp_path / "silence.wav", np.zeros((RATE, 1)))
    music = replace(_music(tmp_path, 1000), intro=silent)
    with pytest.raises(CastkitError, match=r"silence\.wav is silent"):
        mix_down(_plan(Part(one, "mono"), end_ms=1000, music=music), tmp_path / "mix")
