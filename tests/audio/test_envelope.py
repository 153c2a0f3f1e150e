from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from castkit.audio import envelope

own_speech = arrays(np.float32, st.integers(0, 200), elements=st.floats(0, 1, width=32))
curves = arrays(np.float32, st.integers(0, 300), elements=st.floats(-40, 40, width=32))


@pytest.mark.parametrize(("duration_ms", "values"), [(0, 0), (1, 1), (10, 1), (11, 2), (3_600_000, 360_000)])
def test_a_curve_has_a_value_for_every_10_ms_begun(duration_ms, values):
    assert envelope.length(duration_ms) == values


def test_stretches_of_speech():
    own = np.zeros(40, np.float32)
    own[2:10] = 0.9
    own[12:20] = 0.9  # a gap of 64 ms is none
    own[28:30] = 0.9  # too short
    own[33:40] = 0.4  # never sure
    found = envelope.spoken(own, pause_ms=200, shortest_ms=160)
    assert found.tolist() == [[2 * 32, 20 * 32]]


@given(own_speech, st.integers(0, 400), st.integers(0, 400))
def test_stretches_are_in_order_apart_and_long_enough(own, pause_ms, shortest_ms):
    found = envelope.spoken(own, pause_ms=pause_ms, shortest_ms=shortest_ms)
    assert found.shape == (len(found), 2)
    assert (found[:, 1] - found[:, 0] >= max(32, shortest_ms)).all()
    assert (found[1:, 0] - found[:-1, 1] >= max(32, pause_ms)).all()
    assert all(own[start // 32 : end // 32].max() >= envelope.SURE for start, end in found.tolist())


@given(own_speech)
def test_all_that_is_sure_lies_in_a_stretch(own):
    inside = np.zeros(len(own), bool)
    for start, end in envelope.spoken(own, pause_ms=0, shortest_ms=0).tolist():
        inside[start // 32 : end // 32] = True
    assert inside[own >= envelope.SURE].all()
    assert not inside[own < envelope.LEAVE].any()


@given(curves, st.integers(0, 1000))
def test_smoothing_keeps_length_and_range(curve, width_ms):
    found = envelope.smooth(curve, width_ms)
    assert len(found) == len(curve)
    if len(curve):
        assert curve.min() <= found.min() <= found.max() <= curve.max()


def test_a_step_becomes_an_s_of_its_width():
    step = np.repeat(np.array([0, 10], np.float32), 100)
    found = envelope.smooth(step, 400)
    assert (found[:80] == 0).all()
    assert found[120:] == pytest.approx(10)
    assert found[99] + found[100] == pytest.approx(10, abs=1e-4)
    assert np.diff(found).min() >= -1e-5
    assert np.diff(found).max() < 0.6
