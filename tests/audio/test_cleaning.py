"""What is decided for which condition, and what the filters do to a sound."""

from __future__ import annotations

import dataclasses

import numpy as np
import pystoi
import pytest
import rooms

from castkit import ffmpeg
from castkit.audio.cleaning import decide, filters
from castkit.audio.condition import examine
from castkit.audio.noise import BANDS_HZ
from castkit.model.condition import SILENT_DBFS, Cleaning, Condition, Hum, Line, Noise

FLAT = tuple(-100.0 for _ in BANDS_HZ)
HUM = Hum(49.98, (Line(49.98, -60.0, 40.0), Line(99.96, -62.0, 40.0), Line(199.9, -98.0, 20.0)))
FAINT = Hum(60.0, (Line(60.0, -88.0, 20.0),))


def track(snr=60.0, **other):
    """A track with a voice of -24 dBFS and a steady noise so far under it."""
    level = SILENT_DBFS if snr is None else -24 - snr
    noise = Noise(level, FLAT, is_steady=other.pop("steady", True), is_heard_alone=other.pop("alone", True))
    base = Condition(-24.0, 0.5, 10_000, noise, -80.0, are_lows_heard_alone=True)
    return dataclasses.replace(base, **other)


# condition, strength, high-pass, notches, denoise, what a reason says
TABLE = [
    (track(), "off", 0, 0, 0, "switched off"),
    (track(10, hum=HUM, rumble_dbfs=-30.0), "off", 0, 0, 0, "switched off"),
    (track(), "auto", 0, 0, 0, "clean: nothing done"),
    (track(None), "auto", 0, 0, 0, "clean: nothing done"),
    (track(41), "auto", 0, 0, 0, "clean: nothing done"),
    (track(39), "auto", 0, 0, 12, "noise 39 dB under the voice: reduced by 12 dB"),
    (track(24), "auto", 0, 0, 15, "noise 24 dB under the voice: reduced by 15 dB"),
    (track(24, steady=False), "auto", 0, 0, 0, "it changes"),
    (track(24, alone=False), "auto", 0, 0, 0, "no pause long enough"),
    (track(24, speech_dbfs=None), "auto", 0, 0, 0, "nobody speaks"),
    (track(hum=HUM), "auto", 0, 2, 0, "mains hum at 49.98 Hz with 2 harmonics, 34 dB under the voice: notched"),
    (track(hum=FAINT), "auto", 0, 0, 0, "mains hum at 60.00 Hz with no harmonics, 64 dB under the voice: too faint"),
    (track(rumble_dbfs=-63.0), "auto", 75, 0, 0, "rumble 39 dB under the voice: taken off below 75 Hz"),
    (track(rumble_dbfs=-63.0, are_lows_heard_alone=False), "auto", 0, 0, 0, "clean: nothing done"),
    (track(rumble_dbfs=-40.0, are_lows_heard_alone=False), "auto", 75, 0, 0, "rumble 16 dB"),
    (track(20, hum=HUM, rumble_dbfs=-50.0), "auto", 75, 2, 15, "noise 20 dB"),
    (track(), "gentle", 75, 0, 6, "noise of -84 dBFS in the pauses: reduced by 6 dB"),
    (track(None), "gentle", 75, 0, 0, "as it always is"),
    (track(hum=FAINT), "gentle", 75, 1, 6, "60.00 Hz with no harmonics, 64 dB under the voice: notched"),
    (track(20, alone=False), "gentle", 75, 0, 6, "beneath the voice, as there are no pauses"),
    (track(speech_dbfs=None), "gentle", 75, 0, 6, "reduced by 6 dB"),
    (track(20, steady=False, hum=HUM), "strong", 85, 2, 18, "reduced by 18 dB"),
]


@pytest.mark.parametrize(("condition", "strength", "high_pass", "notches", "denoise", "said"), TABLE)
def test_rules(condition, strength, high_pass, notches, denoise, said):
    cleaning = decide(condition, strength)
    assert (cleaning.high_pass_hz, len(cleaning.notches_hz), cleaning.denoise_db) == (high_pass, notches, denoise)
    assert any(said in reason for reason in cleaning.reasons), cleaning.reasons
    assert cleaning.is_nothing == (not (high_pass or notches or denoise))
    assert bool(cleaning.noise_dbfs_hz) == bool(denoise)


def through(path, cleaning, *, rate=48_000, before="anull"):
    name, _, value = before.partition("=")
    stream = ffmpeg.source(path)["a:0"].filter(name, *([value] if value else [])).filter("aresample", rate)
    stream = filters(stream, cleaning, rate=rate).filter("aformat", sample_fmts="flt")
    job = stream.output("pipe:1", format="f32le", acodec="pcm_f32le")
    return np.frombuffer(b"".join(ffmpeg.blocks(job, size=1 << 20)), "<f4")


def measured(folder, name, strength="auto"):
    samples = rooms.decoded(rooms.recording(name))
    return decide(examine(rooms.write(folder / "x.wav", samples), rooms.activity(name, len(samples))), strength)


def mask(name, column, samples, rate, margin=0):
    """Which samples are speech of anybody (column 0) or of the speaker (1), by the true texts."""
    frames = rooms.activity(name, samples * rooms.RATE // rate + 1)[:, column]
    if margin:
        frames = np.convolve(frames, np.ones(2 * margin + 1), mode="same") > 0
    place = np.arange(samples) * rooms.RATE // rate // rooms.FRAME
    return frames[np.minimum(place, len(frames) - 1)] > 0


def level(samples):
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-20)


@pytest.mark.parametrize("strength", ["auto", "strong"])
def test_the_guest_is_cleaned_and_not_harmed(tmp_path, strength):
    """Room noise and hum, -38 LUFS: the pauses get 10 dB quieter at one loudness, the voice stays what it is."""
    path, rate = rooms.recording("guest"), 44_100
    before, after = (through(path, one, rate=rate) for one in (Cleaning(), measured(tmp_path, "guest", strength)))
    assert len(before) == len(after)
    voice = mask("guest", 1, len(before), rate)
    pause = ~mask("guest", 0, len(before), rate, margin=8)
    assert pause.sum() > 10 * rate
    lost = level(before[voice]) - level(after[voice])
    assert lost == pytest.approx(0, abs=0.3)
    assert level(before[pause]) - level(after[pause]) - lost > (13 if strength == "auto" else 17)
    assert pystoi.stoi(before[voice], after[voice], rate) > 0.99


@pytest.mark.parametrize("name", ["host", "interview", "camera"])
def test_clean_recordings_are_not_touched_at_all(tmp_path, name):
    """Not a filter: the stream of ffmpeg-python that is given comes back."""
    cleaning = measured(tmp_path, name)
    stream = ffmpeg.source(rooms.recording(name))["a:0"]
    assert filters(stream, cleaning, rate=48_000) is stream


def test_even_strong_does_a_clean_voice_little_harm(tmp_path):
    path, rate = rooms.recording("interview"), 44_100
    before, after = (through(path, one, rate=rate) for one in (Cleaning(), measured(tmp_path, "interview", "strong")))
    voice = mask("interview", 1, len(before), rate)
    assert pystoi.stoi(before[voice], after[voice], rate) > 0.98


@pytest.mark.parametrize("noise_dbfs", [-50, -40])
def test_noise_on_a_clean_voice_comes_off_and_the_voice_stays(tmp_path, noise_dbfs):
    """Against the voice that the noise was added to."""
    voice, activity = rooms.clean_talk()
    noisy = voice + rooms.shaped(len(voice), noise_dbfs, -3)
    path = rooms.write(tmp_path / "x.wav", noisy)
    cleaning = dataclasses.replace(decide(examine(path, activity), "auto"), high_pass_hz=0.0)  # which turns phases
    assert cleaning.denoise_db >= 12
    after = through(path, cleaning, rate=rooms.RATE)
    speaks = np.repeat(activity[:, 0], rooms.FRAME)[: len(voice)] > 0
    assert (
        pystoi.stoi(voice[speaks], after[speaks], rooms.RATE)
        >= pystoi.stoi(voice[speaks], noisy[speaks], rooms.RATE) - 0.005
    )
    error = [level((one - voice)[speaks]) for one in (noisy, after)]
    assert error[1] < error[0]


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_noise_reduction_does_not_shift_the_sound(tmp_path, rate):
    """afftdn gives everything back 25 ms late, and drops the end; here it must not."""
    sound = rooms.white(2 * rate + 123, -30, seed=5)
    path = rooms.write(tmp_path / "x.wav", sound, rate)
    after = through(path, Cleaning(denoise_db=12, noise_dbfs_hz=tuple(-120.0 for _ in BANDS_HZ)), rate=rate)
    assert len(after) == len(sound)
    assert np.corrcoef(sound, after)[0, 1] > 0.999
    edge = rate // 50
    assert np.corrcoef(sound[:edge], after[:edge])[0, 1] > 0.9
    assert np.corrcoef(sound[-edge:], after[-edge:])[0, 1] > 0.9


@pytest.mark.parametrize("slope", [-6, -3, 0, 3])
@pytest.mark.parametrize("dbfs", [-85, -60, -40])
def test_noise_of_any_colour_and_level_is_reduced_evenly(tmp_path, slope, dbfs):
    voice, activity = rooms.clean_talk(20)
    room = rooms.shaped(len(voice), dbfs, slope, (60, 7800))
    path = tmp_path / "x.wav"
    noise = examine(rooms.write(path, voice + room), activity).noise
    stream = ffmpeg.raw(tmp_path / "room.f32", rate=rooms.RATE, channels=1)
    room.astype("<f4").tofile(tmp_path / "room.f32")
    cleaning = Cleaning(denoise_db=12, noise_dbfs_hz=noise.bands_dbfs_hz)
    job = filters(stream, cleaning, rate=rooms.RATE).output("pipe:1", format="f32le", acodec="pcm_f32le")
    after = np.frombuffer(b"".join(ffmpeg.blocks(job, size=1 << 20)), "<f4")[rooms.RATE :]
    was, is_ = (np.abs(np.fft.rfft(one)) ** 2 for one in (room[rooms.RATE :], after))
    hz = np.fft.rfftfreq(len(after), 1 / rooms.RATE)
    for low in (150, 300, 600, 1200, 2400, 4800):
        inside = (hz >= low) & (hz < low * 1.5)
        assert 10 * np.log10(was[inside].sum() / is_[inside].sum()) == pytest.approx(11.3, abs=1.5), low


def test_stereo_stays_stereo(tmp_path):
    sound = np.stack([rooms.white(48_000, -20, seed=1), rooms.white(48_000, -30, seed=2)], axis=1)
    path = rooms.write(tmp_path / "x.wav", sound, 48_000)
    cleaning = Cleaning(75, (50.0, 100.0), 6, tuple(-120.0 for _ in BANDS_HZ))
    after = through(path, cleaning).reshape(-1, 2)
    assert len(after) == 48_000
    assert [np.corrcoef(sound[:, side], after[:, side])[0, 1] > 0.98 for side in (0, 1)] == [True, True]
    assert abs(np.corrcoef(sound[:, 0], after[:, 1])[0, 1]) < 0.05


def test_notches_take_the_hum_and_leave_what_is_beside(tmp_path):
    rate = 48_000
    count = 10 * rate
    humming = rooms.hum(count, 50.02, {1: -30, 2: -30, 10: -30}, rate)
    beside = sum(rooms.hum(count, hz, {1: -40}, rate) for hz in (56, 93, 107, 485, 515, 1000))
    made = (humming + beside).astype("<f4")
    made.tofile(tmp_path / "x.f32")
    stream = ffmpeg.raw(tmp_path / "x.f32", rate=rate, channels=1)
    job = filters(stream, Cleaning(notches_hz=(50.0, 100.0, 500.0)), rate=rate)
    after = np.frombuffer(b"".join(ffmpeg.blocks(job.output("pipe:1", format="f32le"), size=1 << 20)), "<f4")
    spectrum = 20 * np.log10(np.abs(np.fft.rfft(after[2 * rate :] * np.hanning(8 * rate))) / (8 * rate / 4) / 2**0.5)
    hz = np.fft.rfftfreq(8 * rate, 1 / rate)
    for tone in (50.02, 100.04, 500.2):
        assert spectrum[np.abs(hz - tone) < 0.6].max() < -30 - 15
    for tone in (56, 93, 107, 485, 515, 1000):
        assert spectrum[np.abs(hz - tone) < 0.6].max() == pytest.approx(-40, abs=0.6)


def test_the_same_bytes_every_time(tmp_path):
    cleaning = measured(tmp_path, "guest")
    one, two = (through(rooms.recording("guest"), cleaning, rate=16_000).tobytes() for _ in range(2))
    assert one == two
