"""Mains hum: found where it is, at its own frequency; voices and music are none."""

from __future__ import annotations

import numpy as np
import pytest
import rooms

from castkit.audio.condition import examine

RICH = {1: -55, 2: -60, 3: -58, 5: -65, 7: -68, 10: -70}


def hum_of(folder, samples, activity):
    return examine(rooms.write(folder / "track.wav", samples), activity).hum


@pytest.mark.parametrize("mains", [49.8, 49.87, 49.98, 50.0, 50.13, 50.2, 59.9, 60.0, 60.07])
def test_detuned_mains(tmp_path, mains):
    voice, activity = rooms.clean_talk()
    room = rooms.shaped(len(voice), -65, -3)
    found = hum_of(tmp_path, voice + room + rooms.hum(len(voice), mains, RICH), activity)
    assert found.mains_hz == pytest.approx(mains, abs=0.03)
    assert [round(line.frequency_hz / mains) for line in found.lines] == list(RICH)
    for line, level in zip(found.lines, RICH.values(), strict=True):
        assert line.frequency_hz == pytest.approx(round(line.frequency_hz / mains) * mains, abs=0.15)
        assert line.level_dbfs == pytest.approx(level, abs=2)
        assert line.excess_db > 20


LEVELS = {
    "only the mains": {1: -60},
    "rectifier": {2: -60, 4: -63, 6: -65, 8: -70},
    "dimmer": {number: -60 - number for number in range(1, 20)},
}


@pytest.mark.parametrize("kind", LEVELS)
@pytest.mark.parametrize("mains", [49.95, 60.02])
def test_kinds_of_hum(tmp_path, kind, mains):
    voice, activity = rooms.clean_talk()
    room = rooms.shaped(len(voice), -65, -3)
    found = hum_of(tmp_path, voice + room + rooms.hum(len(voice), mains, LEVELS[kind]), activity)
    assert found.mains_hz == pytest.approx(mains, abs=0.05)
    assert len(found.lines) == len(LEVELS[kind])


def test_amid_speech_without_pauses(tmp_path):
    voice, activity = rooms.clean_talk()
    room = rooms.shaped(len(voice), -65, -3)
    found = hum_of(tmp_path, voice + room + rooms.hum(len(voice), 50.1, {1: -50, 2: -55}), np.ones_like(activity))
    assert found.mains_hz == pytest.approx(50.1, abs=0.05)


def test_in_twelve_seconds(tmp_path):
    voice, activity = rooms.clean_talk()
    samples = voice[: 30 * rooms.RATE]
    humming = samples + rooms.shaped(len(samples), -65, -3) + rooms.hum(len(samples), 60.05, RICH)
    assert hum_of(tmp_path, humming, activity[:938]).mains_hz == pytest.approx(60.05, abs=0.1)


@pytest.mark.parametrize("root", [98, 99.9, 100, 100.2, 110, 120, 147])
@pytest.mark.parametrize("pause", [0, 0.5, 1.5])
def test_a_voice_on_one_pitch_is_no_hum(tmp_path, root, pause):
    samples, activity = rooms.sung(40, root, pause=pause)
    assert hum_of(tmp_path, samples, activity) is None
    assert hum_of(tmp_path, samples + rooms.white(len(samples), -70), activity) is None


@pytest.mark.parametrize("noise_dbfs", [-120, -60])
def test_music_is_no_hum(tmp_path, noise_dbfs):
    samples = rooms.music(40)
    nobody = np.zeros((len(samples) // rooms.FRAME + 1, 2), np.float32)
    assert hum_of(tmp_path, samples + rooms.white(len(samples), noise_dbfs), nobody) is None


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("seconds", [3, 9, 30])
def test_chance_peaks_of_noise_are_no_hum(tmp_path, seed, seconds):
    samples = rooms.shaped(seconds * rooms.RATE, -50, -3, seed=seed)
    nobody = np.zeros((len(samples) // rooms.FRAME, 2), np.float32)
    assert hum_of(tmp_path, samples, nobody) is None


def test_what_sounds_for_a_third_of_the_time_is_no_hum(tmp_path):
    voice, activity = rooms.clean_talk()
    tone = rooms.hum(len(voice), 50.0, RICH) * (np.arange(len(voice)) < len(voice) / 3)
    assert hum_of(tmp_path, voice + rooms.shaped(len(voice), -65, -3) + tone, activity) is None
