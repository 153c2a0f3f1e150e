"""Levelling on recordings that are known to the sample: speech is a bell-shaped power, measured as ebur128 does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from castkit.audio.levelling import Levelled, gated, level

TARGET, RANGE = -16.0, 12.0


@dataclass(frozen=True)
class Said:
    voice: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Recording:
    """Power per 10 ms, with the momentary loudness and the speech probability that belong to it."""

    power: np.ndarray
    own: np.ndarray
    said: tuple[Said, ...]

    @property
    def duration_ms(self) -> int:
        return len(self.power) * 10

    @property
    def momentary(self) -> np.ndarray:
        total = np.concatenate(([0.0], np.cumsum(self.power)))
        ends = np.arange(1, self.duration_ms // 100 + 1) * 10
        return (10 * np.log10((total[ends] - total[np.maximum(0, ends - 40)]) / 40 + 1e-12)).astype(np.float32)

    def levelled(self, range_db: float = RANGE) -> Levelled:
        return level(self.momentary, self.own, duration_ms=self.duration_ms, target_lufs=TARGET, range_db=range_db)

    def loudness(self, found: Levelled) -> dict[str, float]:
        """What each voice has after levelling, in LUFS."""
        after = self.power * 10 ** (found.gain_db.astype(float) / 10)
        voices = {one.voice for one in self.said}
        pieces = {v: [after[o.start_ms // 10 : o.end_ms // 10] for o in self.said if o.voice == v] for v in voices}
        return {voice: float(10 * np.log10(np.concatenate(pieces[voice]).mean())) for voice in voices}


def record(*turns: tuple[str, float, float], noise: float = -65, spread: float = 1.5, seed: int = 7) -> Recording:
    """Turns of (voice, LUFS, seconds), each of phrases of 1 to 4 s that differ by `spread` (standard deviation)."""
    rng = np.random.default_rng(seed)
    power, speech, said = [np.full(50, 10 ** (noise / 10))], [np.full(50, 0.02)], []
    for voice, lufs, seconds in turns:
        left = round(seconds * 100)
        while left > 30:
            frames = min(left, int(rng.uniform(100, 400)))
            syllables = 10 ** (np.repeat(rng.normal(0, 3, frames // 15 + 1), 15)[:frames] / 10)
            start = sum(map(len, power)) * 10
            said.append(Said(voice, start, start + frames * 10))
            phrase = 10 ** ((lufs + rng.normal(0, spread)) / 10) * syllables / syllables.mean()
            pause = int(rng.uniform(30, 70))
            power += [phrase + 10 ** (noise / 10), np.full(pause, 10 ** (noise / 10))]
            speech += [np.full(frames, 0.95), np.full(pause, 0.02)]
            left -= frames
    flat = np.concatenate(speech)
    frames = np.minimum(((np.arange(-(-len(flat) * 10 // 32)) + 0.5) * 3.2).astype(int), len(flat) - 1)
    return Recording(np.concatenate(power), flat[frames].astype(np.float32), tuple(said))


def dialogue(host: float, guest: float, count: int = 12) -> tuple[tuple[str, float, float], ...]:
    lengths = np.random.default_rng(3)
    turns = ((("host", host, lengths.uniform(1.5, 6)), ("guest", guest, lengths.uniform(4, 18))) for _ in range(count))
    return tuple(turn for pair in turns for turn in pair)


@pytest.mark.parametrize("lufs", [-50.0, -27.0, -5.0])
def test_one_voice_comes_to_the_target_and_keeps_its_emphasis(lufs):
    made = record(("a", lufs, 120), noise=lufs - 35)
    found = made.levelled()
    assert made.loudness(found)["a"] == pytest.approx(TARGET, abs=0.5)
    assert np.ptp(found.gain_db) < 3
    assert found.base_gain_db == pytest.approx(TARGET - lufs, abs=1)


@pytest.mark.parametrize("apart", [5.0, 8.0, 11.0])
@pytest.mark.parametrize("spread", [0.5, 1.5])
def test_two_voices_on_one_track_come_to_one_level(apart, spread):
    made = record(*dialogue(-22, -22 - apart), spread=spread)
    after = made.loudness(made.levelled())
    assert abs(after["host"] - after["guest"]) < 1.5
    assert after["guest"] == pytest.approx(TARGET, abs=1)


def test_a_host_who_asks_once_in_three_minutes_is_found():
    made = record(*(("host", -22, 2.0), ("guest", -32, 180)) * 3)
    after = made.loudness(made.levelled())
    assert after["host"] == pytest.approx(TARGET, abs=1.5)
    assert after["guest"] == pytest.approx(TARGET, abs=1.0)


def test_voices_that_take_turns_every_second():
    made = record(*(("host", -22, 1.0), ("guest", -30, 1.0)) * 60)
    after = made.loudness(made.levelled())
    assert abs(after["host"] - after["guest"]) < 1.5


def test_a_speaker_who_slowly_leaves_the_microphone_is_followed():
    made = record(*((f"{i // 10}", -20 - 8 * i / 60, 10.0) for i in range(60)))
    after = made.loudness(made.levelled())
    assert max(after.values()) - min(after.values()) < 2


def test_the_gain_never_leaves_its_range():
    made = record(*dialogue(-15, -45, 4), noise=-75)
    found = made.levelled(6.0)
    assert np.abs(found.gain_db - found.base_gain_db).max() <= 6.0 + 1e-4


def test_the_gain_is_held_in_speech_and_at_the_ends_of_a_long_pause():
    made = record(("host", -20, 20), ("guest", -31, 20))
    # Ten silent seconds between the two.
    cut = next(one.start_ms for one in made.said if one.voice == "guest")
    silence = np.full(1000, 10**-6.5)
    power = np.concatenate((made.power[: cut // 10], silence, made.power[cut // 10 :]))
    own = np.concatenate((made.own[: cut // 32], np.full(312, 0.02, np.float32), made.own[cut // 32 :]))
    found = Recording(power, own, ()).levelled()
    middle = found.gain_db[cut // 10 + 50 : cut // 10 + 900]
    assert np.ptp(middle) == 0  # nothing moves in a pause until its last moments
    assert middle[0] == pytest.approx(found.gain_db[cut // 10 - 100], abs=1.5)  # and noise has the smaller gain
    for stretch in found.stretches:
        inside = found.gain_db[stretch.start_ms // 10 + 12 : stretch.end_ms // 10 - 12]
        if len(inside):
            assert np.ptp(inside) < 0.35
            assert inside.mean() == pytest.approx(stretch.gain_db, abs=0.2)


def test_the_gain_of_a_louder_voice_is_there_before_its_first_word():
    made = record(("guest", -31, 20), ("host", -20, 20))
    found = made.levelled()
    first = next(one for one in made.said if one.voice == "host")
    steady = np.median(found.gain_db[first.start_ms // 10 : first.end_ms // 10])
    assert found.gain_db[first.start_ms // 10] == pytest.approx(steady, abs=0.5)


def test_a_shout_and_a_murmur_stay_what_they_are():
    made = record(
        ("a", -25, 40),
        ("shout", -20, 1.2),
        ("a", -25, 40),
        ("mm", -35.5, 0.45),
        ("a", -25, 20),
        ("mm", -35.5, 0.45),
        spread=0.7,
    )
    after = made.loudness(made.levelled())
    assert after["shout"] > TARGET + 2
    assert after["mm"] < TARGET - 3


def test_noise_taken_for_speech_is_not_raised():
    made = record(("a", -20, 20), noise=-40)
    power = np.concatenate((made.power, np.full(500, 10**-4.0)))
    own = np.concatenate((made.own, np.full(157, 0.9, np.float32)))
    found = Recording(power, own, ()).levelled()
    assert found.gain_db[-400:].max() <= found.base_gain_db + 0.01


def test_a_track_without_speech_gets_its_own_gain():
    momentary = np.full(600, -30, np.float32)
    momentary[100:300] = -70.5
    own = np.zeros(1875, np.float32)
    own[40:44] = 0.8  # the detector's error
    found = level(momentary, own, duration_ms=60_000, target_lufs=TARGET, range_db=RANGE)
    assert found.stretches == ()
    assert found.gain_db == pytest.approx(np.full(6000, 14.0))


@pytest.mark.parametrize("values", [[], [-70.0] * 30, [-120.7] * 30, [float("nan")] * 30])
def test_silence_is_not_raised(values):
    momentary = np.array(values, np.float32)
    found = level(momentary, np.zeros(94, np.float32), duration_ms=3000, target_lufs=TARGET, range_db=RANGE)
    assert found.gain_db.tolist() == [0.0] * 300


def test_integrated_loudness_has_both_gates():
    momentary = np.array([-20.0] * 10 + [-35.0] * 10 + [-90.0] * 1000, np.float32)
    assert gated(momentary) == pytest.approx(-20.0)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-60, 0), st.floats(0.1, 25)), max_size=8),
    st.floats(0, 20),
    st.integers(0, 90),
    st.integers(0, 2**16),
)
def test_whatever_is_said_the_gain_is_bounded_smooth_and_as_long_as_the_track(turns, range_db, odd_ms, seed):
    made = record(*((f"{lufs}", lufs, seconds) for lufs, seconds in turns), seed=seed)
    duration_ms = made.duration_ms + odd_ms
    found = level(made.momentary, made.own, duration_ms=duration_ms, target_lufs=TARGET, range_db=range_db)
    assert len(found.gain_db) == -(-duration_ms // 10)
    assert found.gain_db.dtype == np.float32
    assert np.isfinite(found.gain_db).all()
    assert np.abs(found.gain_db - found.base_gain_db).max(initial=0) <= range_db + 1e-3
    # A step of twice the range, made an S of 400 ms, is steepest in its middle: a twentieth in 10 ms.
    assert np.abs(np.diff(found.gain_db)).max(initial=0) <= 2 * range_db / 20 + 1e-3
    assert all(one.start_ms < one.end_ms for one in found.stretches)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1, width=32), max_size=100), st.lists(st.floats(-130, 5, width=32), max_size=40))
def test_any_numbers_at_all(own, momentary):
    found = level(
        np.array(momentary, np.float32),
        np.array(own, np.float32),
        duration_ms=3000,
        target_lufs=TARGET,
        range_db=RANGE,
    )
    assert np.isfinite(found.gain_db).all()
    assert np.abs(found.gain_db - found.base_gain_db).max() <= RANGE + 1e-3
