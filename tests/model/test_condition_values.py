from __future__ import annotations

import json

import pytest

from castkit.model.condition import Cleaning, Condition, Fault, Hum, Line, Noise

NOISE = Noise(-71.5, (-100.0, -101.5), is_steady=True, is_heard_alone=True)
HUM = Hum(49.98, (Line(49.98, -60.0, 40.1), Line(149.94, -66.0, 30.2)))
CONDITIONS = [
    Condition(-24.0, 0.6, 12_000, NOISE, -80.0, are_lows_heard_alone=True),
    Condition(None, 0.0, 0, NOISE, -80.0, are_lows_heard_alone=False, hum=HUM, faults=(Fault("dropout", 10, 60),)),
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_survives_json(condition):
    assert Condition.from_json(json.loads(json.dumps(condition.to_json()))) == condition


def test_a_cleaning_survives_json():
    cleaning = Cleaning(75.0, (49.98, 149.94), 12.0, (-100.0, -101.5), ("because",))
    assert Cleaning.from_json(json.loads(json.dumps(cleaning.to_json()))) == cleaning


@pytest.mark.parametrize("broken", [{}, {"speech_dbfs": 1}, {**CONDITIONS[0].to_json(), "noise": {}}])
def test_what_is_no_condition_is_refused(broken):
    with pytest.raises((KeyError, TypeError)):
        Condition.from_json(broken)


def test_noise_is_compared_with_the_voice_only_where_both_are_known():
    unheard = Noise(-71.5, (-100.0,), is_steady=False, is_heard_alone=False)
    assert CONDITIONS[0].snr_db == pytest.approx(47.5)
    assert CONDITIONS[1].snr_db is None
    assert Condition(-24.0, 0.6, 0, unheard, -80.0, are_lows_heard_alone=False).snr_db is None


@pytest.mark.parametrize(("cleaning", "is_nothing"), [
    (Cleaning(), True),
    (Cleaning(reasons=("clean",)), True),
    (Cleaning(high_pass_hz=75), False),
    (Cleaning(notches_hz=(50.0,)), False),
    (Cleaning(denoise_db=6, noise_dbfs_hz=(-90.0,)), False),
])  # fmt: skip
def test_nothing_is_nothing(cleaning, is_nothing):
    assert cleaning.is_nothing is is_nothing
