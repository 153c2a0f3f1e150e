"""The correction of the AAC sound converges on what a meter hears, with real encoders and a real meter."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit import ffmpeg
from castkit.audio.listen import measure
from castkit.model.programme import Loudness
from castkit.video.sound import Correction, Goal, aac_arguments, corrected

GOAL = Goal(-16.0, -1.0)


@pytest.mark.parametrize(
    ("integrated", "peak", "is_met"),
    [
        (-16.0, -1.0, True),
        (-16.4, -3.0, True),
        (-15.6, -1.0, True),
        (-16.5, -3.0, False),
        (-15.5, -3.0, False),
        (-16.0, -0.9, False),
        (-70.0, -120.0, True),
    ],
)
def test_what_meets_the_goal(integrated: float, peak: float, is_met: bool) -> None:
    assert GOAL.is_met(Loudness(integrated, peak, 5.0)) is is_met


def test_nothing_to_correct_is_no_filter() -> None:
    assert Correction().filters == ""


@given(st.floats(-40, -5), st.floats(-20, 6))
def test_a_correction_brings_loudness_to_the_goal_and_never_raises_the_limit(integrated: float, peak: float) -> None:
    found = corrected(Correction(), Loudness(integrated, peak, 5.0), GOAL)
    assert integrated + found.gain_db == pytest.approx(GOAL.loudness, abs=0.01)
    assert found.limit_dbfs <= GOAL.true_peak
    if peak > GOAL.true_peak:
        assert found.limit_dbfs < GOAL.true_peak


@pytest.mark.parametrize("volume_db", [-9, 6])
def test_real_sound_meets_the_goal_after_two_corrections(tmp_path: Path, volume_db: int) -> None:
    """Noise in bursts, whose peaks an encoder moves, much too quiet and much too loud."""
    wav, aac = tmp_path / "bursts.wav", tmp_path / "bursts.m4a"
    bursts = f"anoisesrc=r=48000:a=0.2:seed=7:d=6,tremolo=f=3:d=0.9,volume={volume_db}dB"
    subprocess.run(
        [ffmpeg.find_tools().ffmpeg, "-v", "error", "-f", "lavfi", "-i", bursts, "-ac", "1", str(wav)], check=True
    )
    correction, tries = Correction(), 0
    while True:
        ffmpeg.run(aac_arguments(wav, aac, correction))
        heard = measure(aac, 6000).loudness
        if GOAL.is_met(heard):
            break
        assert tries < 2, (correction, heard)
        correction, tries = corrected(correction, heard, GOAL), tries + 1
    assert tries > 0


def test_the_same_sound_gives_the_same_bytes(tmp_path: Path) -> None:
    wav = tmp_path / "tone.wav"
    subprocess.run(
        [ffmpeg.find_tools().ffmpeg, "-v", "error", "-f", "lavfi", "-i", "sine=440:d=2", str(wav)], check=True
    )
    made = [tmp_path / "one.m4a", tmp_path / "two.m4a"]
    for target in made:
        ffmpeg.run(aac_arguments(wav, target, Correction(-3.0, -2.0)))
    assert made[0].read_bytes() == made[1].read_bytes()
