from __future__ import annotations

import wave

import floats
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bs1770
from castkit.audio.bed import Bed, ducked, lay_bed
from castkit.audio.canvas import Canvas
from castkit.audio.layers import Layer, stacked
from castkit.audio.r128 import FrameLog
from castkit.errors import CastkitError
from castkit.model.programme import Loudness

RATE = 48_000


class _Unknown(FrameLog):
    """Levels that no test here looks at."""

    def loudness(self) -> Loudness:
        return Loudness(0.0, 0.0, 0.0)


UNKNOWN = _Unknown()

spans = st.lists(st.tuples(st.integers(0, 60_000), st.integers(1, 4000)), max_size=12)


@given(spans, st.floats(0, 40))
def test_the_bed_is_down_wherever_somebody_speaks_and_never_jumps(spoken, duck_db):
    speech = [(start, start + length) for start, length in spoken]
    curve = ducked(speech, np.arange(6001) * 10, duck_db)
    assert len(curve) == 6001
    assert curve.max() <= 1e-6
    assert curve.min() >= -duck_db - 1e-4
    assert np.abs(np.diff(curve)).max(initial=0) <= duck_db / 20 + 1e-4
    at = np.arange(6001) * 10
    for start, end in speech:
        assert np.allclose(curve[(at >= start) & (at <= end)], -duck_db, atol=1e-3)
    far = np.ones(6001, bool)
    for start, end in speech:
        far &= (at < start - 500) | (at > end + 2200 + 2200)
    assert np.allclose(curve[far], 0, atol=1e-3)


def test_a_short_pause_leaves_it_down_and_a_long_one_lets_it_up():
    curve = ducked([(10_000, 20_000), (5000, 6000), (7500, 8000), (26_000, 30_000)], np.arange(4001) * 10, 8.0)
    assert np.allclose(curve[490:2050], -8)
    assert curve[2300] == pytest.approx(0, abs=1e-3)
    assert curve[2590] == pytest.approx(-8, abs=1e-3)
    assert not ducked([], np.arange(101) * 10, 8.0).any()


def _laid(tmp_path, bed: Bed, canvas: Canvas, span: tuple[int, int]):
    return lay_bed(bed, canvas, tmp_path / "mix.bed", span=span, loudness_lufs=-16.0)


def test_a_long_bed_is_played_once_at_its_level_ducked_and_faded(tmp_path):
    piece = floats.write_wav(tmp_path / "bed.wav", floats.tone(30, 1000))
    canvas = Canvas(RATE, 1, 0, 24_000)
    bed = Bed(piece, -14.0, 9.0, ((9000, 12_000),), 3000)
    layer = _laid(tmp_path, bed, canvas, (2000, 22_000))
    out = floats.played(stacked([layer], canvas, UNKNOWN))
    assert len(out) == canvas.samples
    assert not out[: 2 * RATE].any()
    assert not out[22 * RATE :].any()
    plain, low = out[6 * RATE : 8 * RATE], out[9 * RATE : 12 * RATE]
    assert bs1770.integrated(plain.T, RATE) == pytest.approx(-30.0, abs=0.15)
    assert floats.level_db(plain) - floats.level_db(low) == pytest.approx(9.0, abs=0.1)
    tenths = [floats.level_db(out[at : at + RATE // 10]) for at in range(2 * RATE, 5 * RATE, RATE // 10)]
    assert tenths == sorted(tenths)
    assert tenths[0] < floats.level_db(plain) - 40
    assert tenths[-1] == pytest.approx(floats.level_db(plain), abs=0.5)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_short_bed_is_repeated_without_a_gap_or_click(tmp_path, rate, channels):
    """A tone that does not fit its own length: each seam is a crossfade, and nothing is lost or doubled after it."""
    piece = floats.write_wav(tmp_path / "bed.wav", floats.tone(5.1234, 333.3, rate=rate), rate)
    canvas = Canvas(rate, channels, 0, 20_000)
    layer = _laid(tmp_path, Bed(piece, -10.0, 6.0), canvas, (0, 20_000))
    assert layer.period
    mixed = stacked([layer], canvas, UNKNOWN)
    out = floats.played(mixed)
    assert out.shape == (20 * rate, channels)
    inside = out[2 * rate : 18 * rate]
    peak = np.abs(inside).max()
    step = np.abs(np.diff(inside[:, 0])).max()
    assert step <= 1.1 * peak * 2 * np.pi * 333.3 / rate
    assert np.allclose(inside[: 4 * rate - layer.period], inside[layer.period : 4 * rate], atol=1e-6)
    for start_ms, duration_ms in ((1, 500), (7777, 3000), (10_900, 3000), (19_500, None)):
        first = canvas.sample(start_ms)
        excerpt = floats.played(mixed, start_ms, duration_ms)
        assert np.abs(excerpt - out[first : first + len(excerpt)]).max() < 1e-6


def test_only_what_the_layer_needs_is_left_beside_the_mix(tmp_path):
    piece = floats.write_wav(tmp_path / "bed.wav", floats.tone(3))
    layer = _laid(tmp_path, Bed(piece, -10.0, 6.0), Canvas(RATE, 2, 0, 9000), (0, 9000))
    assert isinstance(layer, Layer)
    assert {path.name for path in tmp_path.iterdir()} == {"bed.wav", "mix.bed.round.wav", "mix.bed.curve"}
    with wave.open(str(layer.path)) as file:
        assert (file.getnframes(), file.getnchannels(), file.getframerate()) == (layer.period, 2, RATE)


def test_a_silent_bed_is_refused_by_name(tmp_path):
    piece = floats.write_wav(tmp_path / "bed.wav", np.zeros((RATE, 1)))
    with pytest.raises(CastkitError, match=r"bed\.wav is silent"):
        _laid(tmp_path, Bed(piece, -10.0, 6.0), Canvas(RATE, 2, 0, 9000), (0, 9000))
