"""The condition of made and of real tracks: what is there is found, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
import rooms

from castkit.audio.cleaning import decide
from castkit.audio.condition import examine
from castkit.errors import CastkitError
from castkit.model.condition import SILENT_DBFS


def examined(folder, samples, activity, **known):
    return examine(rooms.write(folder / "track.wav", samples), activity, **known)


@pytest.mark.parametrize("level", [-45, -60, -75])
@pytest.mark.parametrize("slope", [0, -3])
def test_noise_is_measured_in_the_pauses(tmp_path, level, slope):
    voice, activity = rooms.clean_talk()
    room = rooms.shaped(len(voice), level, slope, (100, 7500))
    condition = examined(tmp_path, voice + room, activity)
    assert condition.noise.level_dbfs == pytest.approx(level, abs=1.0)
    assert condition.noise.is_heard_alone
    assert condition.noise.is_steady
    assert condition.speech_dbfs == pytest.approx(examined(tmp_path, voice, activity).speech_dbfs, abs=0.5)
    assert np.diff(condition.noise.bands_dbfs_hz[2:12]) == pytest.approx([slope * 0.585] * 9, abs=1.0)


def test_a_hum_is_not_counted_as_noise(tmp_path):
    voice, activity = rooms.clean_talk()
    room = rooms.shaped(len(voice), -65, -3, (100, 7500))
    loud = rooms.hum(len(voice), 50.02, {1: -40, 2: -45, 3: -45, 5: -50})
    condition = examined(tmp_path, voice + room + loud, activity)
    assert condition.noise.level_dbfs == pytest.approx(-65, abs=1.5)


def test_breaths_and_doors_in_pauses_do_not_raise_the_noise(tmp_path):
    voice, activity = rooms.clean_talk()
    room = rooms.shaped(len(voice), -70, -3, (100, 7500))
    doors = rooms.white(len(voice), -35, seed=3) * (np.arange(len(voice)) / rooms.RATE % 4 < 0.3)
    condition = examined(tmp_path, voice + room + doors, activity)
    assert condition.noise.level_dbfs == pytest.approx(-70, abs=1.5)


def test_without_pauses_the_noise_is_not_known_to_be_noise(tmp_path):
    voice, activity = rooms.clean_talk()
    condition = examined(tmp_path, voice + rooms.white(len(voice), -55), np.ones_like(activity))
    assert not condition.noise.is_heard_alone
    assert condition.pauses_ms == 0
    assert condition.snr_db is None
    assert condition.noise.level_dbfs == pytest.approx(-55, abs=2)


BACKGROUNDS = {
    "street": lambda n: rooms.shaped(n, -55, -3) * (1 + 0.9 * np.sin(np.arange(n) / rooms.RATE * 2)) ** 3,
    "music": lambda n: rooms.music(n / rooms.RATE + 2)[:n],
}


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_a_background_that_changes_is_not_taken_for_noise(tmp_path, background):
    voice, activity = rooms.clean_talk()
    condition = examined(tmp_path, voice + BACKGROUNDS[background](len(voice)), activity)
    assert not condition.noise.is_steady
    assert decide(condition, "auto").denoise_db == 0
    assert condition.hum is None


def test_rumble_is_measured_without_hum(tmp_path):
    voice, activity = rooms.clean_talk()
    low = rooms.shaped(len(voice), -45, 0, (10, 45)) + rooms.hum(len(voice), 50.0, {1: -40})
    condition = examined(tmp_path, voice + rooms.shaped(len(voice), -70, -3) + low, activity)
    assert condition.rumble_dbfs == pytest.approx(-45, abs=1)
    assert condition.are_lows_heard_alone


def test_digital_silence_between_words_is_no_noise_and_no_dropout(tmp_path):
    voice, activity = rooms.clean_talk()
    condition = examined(tmp_path, voice, activity)
    assert condition.noise.level_dbfs == SILENT_DBFS
    assert condition.faults == ()


def test_leading_silence_does_not_hide_the_noise(tmp_path):
    voice, activity = rooms.clean_talk()
    noisy = voice + rooms.shaped(len(voice), -60, -3, (100, 7500))
    frames = 60 * rooms.RATE // rooms.FRAME
    late = np.concatenate([np.zeros(frames * rooms.FRAME), noisy])
    condition = examined(tmp_path, late, np.concatenate([np.zeros((frames, 2), np.float32), activity]))
    assert condition.noise.level_dbfs == pytest.approx(-60, abs=1)
    assert condition.faults == ()


# samples, frames of activity (more or fewer than there is sound), speech level known
ODD = [(0, 0, False), (100, 0, False), (100, 1, True), (8_000, 5, True), (40_000, 400, True), (131_072, 256, True)]


@pytest.mark.parametrize(("samples", "frames", "speaks"), ODD)
def test_odd_lengths(tmp_path, samples, frames, speaks):
    noisy = rooms.white(samples, -30)
    condition = examined(tmp_path, noisy, np.ones((frames, 3), np.float32))
    assert (condition.speech_dbfs is not None) is speaks
    assert condition.faults == ()
    assert decide(condition, "auto").is_nothing


def test_silence_has_nobody_and_nothing(tmp_path):
    condition = examined(tmp_path, np.zeros(320_000), np.zeros((625, 2), np.float32))
    assert condition.speech_dbfs is None
    assert condition.noise.level_dbfs == SILENT_DBFS
    assert condition.hum is None
    assert condition.faults == ()


def test_levels_follow_the_gain_and_their_distance_does_not(tmp_path):
    voice, activity = rooms.clean_talk()
    noisy = voice + rooms.shaped(len(voice), -55, -3)
    loud, quiet = (examined(tmp_path, noisy * gain, activity) for gain in (1, 0.1))
    assert quiet.noise.level_dbfs == pytest.approx(loud.noise.level_dbfs - 20, abs=0.5)
    assert quiet.snr_db == pytest.approx(loud.snr_db, abs=0.5)


@pytest.mark.parametrize("name", rooms.RAW)
def test_the_demonstration(tmp_path, name):
    samples = rooms.decoded(rooms.recording(name))
    condition = examined(tmp_path, samples, rooms.activity(name, len(samples)))
    assert condition.faults == ()
    cleaning = decide(condition, "auto")
    if name == "guest":  # a room with 50 Hz in it, mixed in when the demonstration was made
        assert condition.hum is not None
        assert condition.hum.mains_hz == pytest.approx(50, abs=0.1)
        assert len(condition.hum.lines) == len(cleaning.notches_hz) == 1
        assert condition.snr_db == pytest.approx(31, abs=3)
        assert (cleaning.high_pass_hz, cleaning.denoise_db) == (75, 12)
    else:
        assert condition.hum is None
        assert cleaning.is_nothing
        assert cleaning.reasons == ("clean: nothing done",)


@pytest.mark.parametrize("rate", [8_000, 48_000])
def test_another_file_is_refused(tmp_path, rate):
    with pytest.raises(CastkitError, match="not 16-bit mono at 16000 Hz"):
        examine(rooms.write(tmp_path / "x.wav", np.zeros(rate), rate), np.zeros((10, 2), np.float32))


def test_a_missing_and_a_broken_file_are_refused(tmp_path):
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    for name in ("none.wav", "broken.wav"):
        with pytest.raises(CastkitError, match="cannot read"):
            examine(tmp_path / name, np.zeros((10, 2), np.float32))
