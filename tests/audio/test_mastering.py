from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bs1770
import sounds
from castkit.audio.master import (
    MAX_ROUNDS,
    Mix,
    Part,
    Round,
    Target,
    first_setting,
    format_of,
    is_on_target,
    master,
    misses,
    next_setting,
)
from castkit.errors import CastkitError
from castkit.model.programme import Loudness

TARGET = Target(-16.0, -1.0, 128)


@given(
    loss=st.floats(-2, 3),
    slope=st.floats(0.4, 1.0),
    overshoot=st.floats(-2, 2.5),
    loudness=st.sampled_from([-23.0, -19.0, -16.0, -14.0]),
)
def test_the_rounds_close_in_on_any_limiter(loss, slope, overshoot, loudness):
    """A limiter and encoder that eat `loss` LU and all but `slope` of every dB, and overshoot the ceiling."""
    target = Target(loudness, -1.0, 128)
    rounds: list[Round] = []
    setting = first_setting(target)
    while setting is not None:
        measured = Loudness(
            round(loudness - loss + slope * setting.gain_db, 1), round(setting.ceiling_dbfs + overshoot, 1), 5.0
        )
        rounds.append(Round(setting, measured))
        setting = next_setting(target, tuple(rounds))
    assert len(rounds) <= MAX_ROUNDS
    assert is_on_target(target, min(rounds, key=lambda done: misses(target, done.measured)).measured)


def test_a_peak_above_the_target_is_worse_than_any_loudness():
    too_loud, off = Loudness(-16.0, -0.9, 5.0), Loudness(-18.0, -1.0, 5.0)
    assert misses(TARGET, off) < misses(TARGET, too_loud)
    assert not is_on_target(TARGET, too_loud)
    assert is_on_target(TARGET, Loudness(-16.5, -1.0, 5.0))
    assert not is_on_target(TARGET, Loudness(-16.6, -1.0, 5.0))


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
    assert format_of(tuple(files)) == expected


def _nothing(share: float) -> None:
    """Progress that nobody looks at."""


def test_two_tracks_an_offset_and_the_encoded_file_measured(tmp_path):
    one = sounds.speech(tmp_path / "one.wav")
    two = sounds.speech(tmp_path / "two.m4a", start=30, filters="volume=-20dB,pan=stereo|c0=0.6*c0|c1=c0")
    mix = Mix((Part(one, "mono", 0, 4.0), Part(two, "stereo", 3500, 24.0, channels=2)), 7500, 44_100, 2)
    seen: list[float] = []
    mastered = master(mix, TARGET, tmp_path / "out.mp3", seen.append)
    samples, rate = bs1770.decode(tmp_path / "out.mp3")
    assert (len(samples), rate) == (2, 44_100)
    assert samples.shape[1] / rate == pytest.approx(7.5, abs=0.06)
    assert bs1770.integrated(samples, rate) == pytest.approx(-16, abs=0.5)
    assert bs1770.true_peak(samples, rate) <= -1.0
    assert mastered.kept.measured.integrated_lufs == pytest.approx(bs1770.integrated(samples, rate), abs=0.1)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_a_long_delay_does_not_move_or_lose_anything(tmp_path):
    """A recording that starts five minutes into the programme."""
    part = Part(sounds.speech(tmp_path / "one.wav"), "mono", 300_000, 4.0)
    other = Part(sounds.speech(tmp_path / "two.wav", start=30), "mono", 0, 4.0)
    mastered = master(Mix((other, part), 304_000, 48_000, 1), TARGET, tmp_path / "out.mp3", _nothing)
    assert mastered.duration_ms == pytest.approx(304_000, abs=60)


def test_out_of_reach_keeps_the_best_round(tmp_path):
    """A whisper with a few shouts cannot be at -8 LUFS under -9 dBTP."""
    part = Part(sounds.speech(tmp_path / "one.wav"), "mono", 0, 12.0)
    target = Target(-8.0, -9.0, 128)
    mastered = master(Mix((part,), 4000, 48_000, 1), target, tmp_path / "out.mp3", _nothing)
    assert len(mastered.rounds) == MAX_ROUNDS
    assert not is_on_target(target, mastered.kept.measured)
    samples, rate = bs1770.decode(tmp_path / "out.mp3")
    assert bs1770.integrated(samples, rate) == pytest.approx(mastered.kept.measured.integrated_lufs, abs=0.15)


def test_a_length_that_was_not_planned_is_an_error(tmp_path):
    part = Part(sounds.speech(tmp_path / "one.wav"), "mono", 0, 4.0)
    with pytest.raises(CastkitError, match=r"came out 4\.0\d s long instead of 5\.00 s"):
        master(Mix((part,), 5000, 48_000, 1), TARGET, tmp_path / "out.mp3", _nothing)
