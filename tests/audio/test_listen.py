from __future__ import annotations

import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bs1770
import sounds
from castkit import ffmpeg
from castkit.audio.listen import Wav, listen, measure, nothing_heard, read_loudness, which_sides
from castkit.errors import CastkitError
from castkit.model.programme import Loudness

# name, filters on the mono voice, the sides worth hearing, loudness relative to the mono voice in LU
SIDES = [
    ("mono.wav", "anull", "mono", 0),
    ("8k.wav", "aresample=8000", "mono", -0.7),  # what is above 4 kHz is gone
    ("same.wav", "pan=stereo|c0=c0|c1=c0", "mono", 0),
    ("left.wav", "pan=stereo|c0=c0|c1=0*c0", "left", 0),
    ("right.flac", "pan=stereo|c0=0.001*c0|c1=c0", "right", 0),
    ("cancelling.wav", "pan=stereo|c0=-1*c0|c1=c0", "left", 0),
    ("stereo.m4a", "pan=stereo|c0=0.5*c0|c1=c0", "stereo", -2.0),
    ("surround.flac", "pan=5.1|FC=c0", "mono", -12.9),  # scaled for all six to fit
    ("quiet.wav", "volume=-40dB", "mono", -40),
]


@pytest.mark.parametrize(("name", "filters", "sound", "change"), SIDES, ids=[row[0] for row in SIDES])
def test_which_sides_are_heard_and_how_loud(tmp_path, name, filters, sound, change):
    path = sounds.speech(tmp_path / name, filters=filters)
    heard = listen(path, ffmpeg.probe(path), Wav(tmp_path / "out.wav"))
    assert heard.sound == sound
    voice, rate = bs1770.decode(sounds.speech(tmp_path / "voice.wav"))
    assert heard.loudness.integrated_lufs == pytest.approx(bs1770.integrated(voice, rate) + change, abs=0.4)
    assert heard.duration_ms == pytest.approx(4000, abs=30)
    with wave.open(str(tmp_path / "out.wav")) as wav:
        assert (wav.getnchannels(), wav.getframerate(), wav.getsampwidth()) == (1, 16_000, 2)
        assert wav.getnframes() == pytest.approx(64_000, abs=500)


def test_one_side_or_a_swapped_cable_costs_recognition_nothing(tmp_path):
    """Mixed down, the first would be 6 dB quieter and the second silent."""
    levels = []
    for filters in ("anull", "pan=stereo|c0=c0|c1=0*c0", "pan=stereo|c0=-1*c0|c1=c0"):
        path = sounds.speech(tmp_path / "in.wav", filters=filters)
        listen(path, ffmpeg.probe(path), Wav(tmp_path / "out.wav"))
        levels.append(bs1770.integrated(*bs1770.decode(tmp_path / "out.wav")))
    assert levels == pytest.approx([levels[0]] * 3, abs=0.1)


def test_true_peak_and_loudness_agree_with_the_standard(tmp_path):
    path = sounds.speech(tmp_path / "in.flac", seconds=20)
    samples, rate = bs1770.decode(path)
    heard = listen(path, ffmpeg.probe(path), Wav(tmp_path / "out.wav"))
    assert heard.loudness.integrated_lufs == pytest.approx(bs1770.integrated(samples, rate), abs=0.1)
    assert heard.loudness.true_peak_dbtp == pytest.approx(bs1770.true_peak(samples, rate), abs=0.15)


def test_silence_is_numbers(tmp_path):
    path = sounds.synthetic(tmp_path / "silence.wav", "anullsrc=d=1")
    assert listen(path, ffmpeg.probe(path), Wav(tmp_path / "out.wav")).loudness == Loudness(-70.0, -120.0, 0.0)


def test_a_wide_wav_keeps_the_level_of_a_mono_file(tmp_path):
    path = sounds.speech(tmp_path / "in.wav")
    mono = listen(path, ffmpeg.probe(path), Wav(tmp_path / "out.wav", 44_100, 2))
    assert measure(tmp_path / "out.wav", 4000).loudness.integrated_lufs == pytest.approx(
        mono.loudness.integrated_lufs, abs=0.11
    )


def test_sound_that_begins_after_the_picture_keeps_its_place(tmp_path):
    voice = sounds.speech(tmp_path / "voice.m4a")
    video = sounds.synthetic(tmp_path / "video.mp4", "testsrc=s=64x64:d=5")
    late = tmp_path / "late.mp4"
    ffmpeg.run(["-i", video, "-itsoffset", "1.5", "-i", voice, "-map", "0:v", "-map", "1:a", "-c", "copy", late])
    assert listen(late, ffmpeg.probe(late), Wav(tmp_path / "out.wav")).duration_ms == pytest.approx(5500, abs=60)
    samples, rate = bs1770.decode(tmp_path / "out.wav")
    assert abs(samples[:, : int(1.4 * rate)]).max() < 0.001


@pytest.mark.parametrize(("name", "options"), [("half.flac", ()), ("half.m4a", ("-movflags", "+faststart"))])
def test_a_file_cut_short_behind_its_header_is_refused(tmp_path, name, options):
    whole = sounds.speech(tmp_path / f"whole-{name}", seconds=8, options=options)
    path = tmp_path / name
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(CastkitError, match=rf"{name} is cut short: [34]\.\d s of its 8\.0 s"):
        listen(path, ffmpeg.probe(path), Wav(tmp_path / "out.wav"))


def test_the_log_of_both_generations_is_read():
    log = """[Parsed_ebur128_3 @ 0x55] Summary:

  Integrated loudness:
    I:         {I} LUFS
    Threshold: -30.4 LUFS

  Loudness range:
    LRA:         4.3 LU
    Threshold: -40.3 LUFS
    LRA low:   -22.8 LUFS
    LRA high:  -18.5 LUFS

  True peak:
    Peak:       {P} dBFS
size=N/A time=01:02:03.45 bitrate=N/A speed=1.8e+03x elapsed=0:00:00.21"""
    assert read_loudness(log.format(I="-20.2", P="-6.1")) == Loudness(-20.2, -6.1, 4.3)
    assert read_loudness(log.format(I="-70.0", P="-inf")) == Loudness(-70.0, -120.0, 4.3)
    with pytest.raises(ValueError, match="no summary"):
        read_loudness("nothing")


level = st.integers(-90, 0)


@given(level, level, level, level)
def test_the_side_that_is_taken_is_never_the_silent_one(left, right, middle, side):
    sound = which_sides(left, right, middle, side)
    assert sound != "left" or left >= right
    assert sound != "right" or right >= left
    if sound == "mono":
        assert abs(left - right) <= 40


def test_the_curves_are_what_the_meter_showed(tmp_path):
    path = sounds.speech(tmp_path / "in.wav", seconds=6, filters="adelay=2000:all=1")
    samples, rate = bs1770.decode(path)
    heard = listen(path, ffmpeg.probe(path), Wav(tmp_path / "out.wav"))
    assert heard.curves.shape == (80, 3)
    assert heard.curves.dtype == "float32"
    assert heard.curves[:19].tolist() == [[-120.0, -120.0, -120.0]] * 19
    powers = bs1770.power_of_blocks(samples, rate)
    assert heard.curves[3:, 0].max() > -20
    for frame, power in enumerate(powers, start=3):
        if power > 1e-5:
            assert heard.curves[frame, 0] == pytest.approx(bs1770.lufs(power), abs=0.1)
    for frame in (36, 60, 79):
        tenth = samples[:, frame * rate // 10 : (frame + 1) * rate // 10]
        assert heard.curves[frame, 2] == pytest.approx(bs1770.true_peak(tenth, rate), abs=0.3)


def test_what_is_written_is_measured_to_the_hundredth(tmp_path):
    path = sounds.speech(tmp_path / "in.flac", seconds=8, filters="pan=stereo|c0=c0|c1=0.4*c0,volume=5dB")
    samples, rate = bs1770.decode(path)
    heard = measure(path, 8000)
    assert heard.loudness.integrated_lufs == pytest.approx(bs1770.integrated(samples, rate), abs=0.03)
    assert heard.loudness.true_peak_dbtp == pytest.approx(bs1770.true_peak(samples, rate), abs=0.02)
    assert heard.duration_ms == 8000
    assert heard.curves.shape == (80, 3)
    assert heard.curves[:, 2].max() <= heard.loudness.true_peak_dbtp


@pytest.mark.parametrize("level", [0, -30, -45])
def test_both_sides_count_however_quiet(tmp_path, level):
    """A swapped cable, a dead side and true stereo are told apart down to -65 LUFS."""
    for filters, sound in [
        ("pan=stereo|c0=-1*c0|c1=c0", "left"),
        ("pan=stereo|c0=c0|c1=0*c0", "left"),
        ("pan=stereo|c0=0.5*c0|c1=c0", "stereo"),
        ("pan=stereo|c0=c0|c1=c0", "mono"),
    ]:
        path = sounds.speech(tmp_path / "in.wav", filters=f"{filters},volume={level}dB", options=["-c:a", "pcm_s24le"])
        assert listen(path, ffmpeg.probe(path), Wav(tmp_path / "out.wav")).sound == sound


def test_a_picture_without_sound_is_silence_of_its_length(tmp_path):
    heard = nothing_heard(Wav(tmp_path / "out.wav"), 2_340)
    assert (heard.loudness, heard.duration_ms) == (Loudness(-70.0, -120.0, 0.0), 2_340)
    assert heard.curves.shape == (23, 3)
    samples, rate = bs1770.decode(tmp_path / "out.wav")
    assert (samples.shape, rate, abs(samples).max()) == ((1, 37_440), 16_000, 0)
