from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from castkit.audio.gates import CROSSTALK_DB, PAUSE_DB, Microphone, gates

LOUD, QUIET, BLEED = -25.0, -65.0, -55.0


def microphone(seconds: float, *spoken: tuple[float, float], heard: tuple[tuple[float, float], ...] = (), **more):
    """A track of `seconds` whose speaker speaks from .. to (s), and on which others are heard."""
    middle_s = (np.arange(int(seconds * 1000) // 32 + 1) + 0.5) * 0.032
    inside = [
        np.any([(a <= middle_s) & (middle_s < b) for a, b in spans] or [middle_s < 0], 0) for spans in (spoken, heard)
    ]
    own = np.where(inside[0], 0.95, 0.02).astype(np.float32)
    anybody = np.where(inside[0] | inside[1], np.float32(0.95), own)
    own = np.where(anybody > own, np.float32(0), own)
    level = np.where(inside[0], LOUD, np.where(inside[1], BLEED, QUIET)).astype(np.float32)
    return Microphone(anybody, own, level, int(seconds * 1000), **more)


def at(curve, start_s: float, end_s: float | None = None):
    return curve[round(start_s * 100) : round((start_s if end_s is None else end_s) * 100) + 1]


def test_the_louder_microphone_wins_and_no_consonant_is_cut():
    host = microphone(30, (2, 10), heard=((12, 20),))
    guest = microphone(30, (12, 20), heard=((2, 10),))
    turned = gates((host, guest))
    for curve, own, other in ((turned[0], (2, 10), (12, 20)), (turned[1], (12, 20), (2, 10))):
        assert (at(curve, own[0] - 0.1, own[1] + 0.2) == 0).all()
        assert at(curve, other[0] + 1, other[1]) == pytest.approx(CROSSTALK_DB, abs=0.1)
        assert curve.min() >= CROSSTALK_DB


def test_both_are_open_while_both_speak_and_an_interjection_opens():
    turned = gates((microphone(20, (1, 9)), microphone(20, (4, 6), (7.9, 8.2))))
    assert (at(turned[0], 1, 9) == 0).all()
    assert (at(turned[1], 4, 6) == 0).all()
    assert (at(turned[1], 7.8, 8.3) == 0).all()
    assert at(turned[1], 3).max() < CROSSTALK_DB + 1


def test_pauses_within_what_somebody_says_stay_as_they_are():
    turned = gates((microphone(20, (1, 4), (4.8, 9)), microphone(20, (12, 15))))
    assert (at(turned[0], 0.9, 9.2) == 0).all()


def test_who_spoke_last_keeps_the_room():
    turned = gates((microphone(20, (1, 5)), microphone(20, (8, 12))))
    assert (at(turned[0], 1, 7) == 0).all()
    assert at(turned[0], 9, 19) == pytest.approx(CROSSTALK_DB, abs=0.1)
    assert at(turned[1], 2, 7) == pytest.approx(CROSSTALK_DB, abs=0.1)
    assert (at(turned[1], 8, 19) == 0).all()


def test_where_noise_is_worth_it_all_go_down_gently_in_pauses():
    noisy = {"pause_db": PAUSE_DB}
    turned = gates((microphone(20, (1, 5), **noisy), microphone(20, (8, 12), **noisy)))
    assert at(turned[0], 6, 7.5) == pytest.approx(PAUSE_DB, abs=0.1)
    assert at(turned[1], 14, 19) == pytest.approx(PAUSE_DB, abs=0.1)
    assert all(np.abs(np.diff(curve)).max() < 0.5 for curve in (at(turned[0], 5, 6), at(turned[1], 12, 14)))


def test_laughter_that_the_detector_overhears_stays():
    host, guest = microphone(20, (1, 5)), microphone(20, (8, 12), heard=((1, 5),))
    host.level_db[round(9 / 0.032) : round(10 / 0.032)] = LOUD - 4
    turned = gates((host, guest))
    assert (at(turned[0], 9.05, 10) == 0).all()
    assert at(turned[0], 11.5).max() < CROSSTALK_DB + 1
    # The same loudness where another's voice was found on the track is crosstalk, not laughter.
    guest.level_db[round(2 / 0.032) : round(4 / 0.032)] = LOUD - 4
    assert at(gates((host, guest))[1], 2, 4).max() < CROSSTALK_DB + 1


def test_two_recorders_that_began_apart_and_drift():
    """The guest's recorder starts 100 s later and loses 100 ppm: after 3000 s it is 300 ms off."""
    host = microphone(3200, (3000, 3010))
    at_guest = [(t - 100) / (1 + 100e-6) for t in (2990, 3000, 3010)]
    guest = microphone(3100, (at_guest[0], at_guest[1] - 0.2), offset_ms=100_000, drift_ppm=100)
    turned = gates((host, guest))
    assert (at(turned[0], 2999.9, 3010) == 0).all()
    assert at(turned[0], 2999.7).max() < -1
    assert at(turned[1], at_guest[1] + 1, at_guest[2]) == pytest.approx(CROSSTALK_DB, abs=0.1)
    assert (at(turned[1], at_guest[0] - 0.1, at_guest[1]) == 0).all()


def test_one_microphone_is_left_alone_unless_asked():
    assert (gates((microphone(10, (2, 4)),))[0] == 0).all()
    expanded = gates((microphone(10, (2, 4), pause_db=-9.0),))[0]
    assert (at(expanded, 1.9, 4.2) == 0).all()
    assert at(expanded, 6, 9) == pytest.approx(-9, abs=0.1)


def test_music_beside_speech_is_left_alone_and_a_silent_guests_microphone_is_not():
    host = microphone(20, (1, 9), (10, 19))
    music = microphone(20)
    silent_guest = microphone(20, heard=((1, 9), (10, 19)))
    turned = gates((host, music, silent_guest))
    assert (turned[1] == 0).all()
    assert at(turned[2], 3, 18) == pytest.approx(CROSSTALK_DB, abs=0.1)


def test_no_microphones_and_empty_ones():
    assert gates(()) == ()
    nothing = np.zeros(0, np.float32)
    turned = gates((Microphone(nothing, nothing, nothing, 0), microphone(5, (1, 2))))
    assert [len(curve) for curve in turned] == [0, 500]


spans = st.lists(st.tuples(st.floats(0, 30), st.floats(0.1, 5)), max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(spans, st.floats(-20_000, 20_000), st.floats(-300, 300)), min_size=1, max_size=4))
def test_curves_are_bounded_smooth_and_open_over_all_own_speech(made):
    microphones = [
        microphone(30.005, *((a, a + d) for a, d in said), offset_ms=offset, drift_ppm=drift, pause_db=-9.0)
        for said, offset, drift in made
    ]
    for one, curve in zip(microphones, gates(microphones), strict=True):
        assert len(curve) == 3001
        assert curve.dtype == np.float32
        assert CROSSTALK_DB - 1e-3 <= curve.min() <= curve.max() <= 0
        assert np.abs(np.diff(curve)).max() < 2.5  # dB in 10 ms
        frame = np.minimum(((np.arange(3001) + 0.5) / 3.2).astype(int), len(one.own) - 1)
        own = one.own[frame] > 0.5
        runs = np.convolve(own, np.ones(14), "same") >= 14  # in the midst of speech longer than a click
        assert (curve[runs] == 0).all()
