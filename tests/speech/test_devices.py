from __future__ import annotations

import pytest

from castkit.model.show import SpeechSettings
from castkit.speech.devices import Way, chosen


@pytest.mark.parametrize(
    ("given", "on", "way"),
    [
        ({}, "cpu", Way("cpu", "float32", 1, 8)),
        ({}, "cuda", Way("cuda", "float16", 5, 16)),
        ({"compute_type": "int8", "beam_size": 3}, "cpu", Way("cpu", "int8", 3, 8)),
        ({"batch_size": 2}, "cuda", Way("cuda", "float16", 5, 2)),
    ],
)
def test_what_is_not_given_is_the_devices_own(given, on, way):
    assert chosen(SpeechSettings.model_validate(given), on) == way
