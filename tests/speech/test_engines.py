"""Which engines there are, where each computes, and in which numbers."""

from __future__ import annotations

import pytest

from castkit.errors import CastkitError
from castkit.speech.devices import TYPES, WAYS
from castkit.speech.engines import ENGINES, compute_types, device_of


@pytest.mark.parametrize("engine", ENGINES)
def test_a_device_that_is_asked_for_is_taken(engine):
    assert device_of(engine, "cuda") == "cuda"
    assert device_of(engine) in ("cpu", "cuda")


def test_an_engine_that_does_not_exist():
    with pytest.raises(CastkitError, match="wav2vec"):
        device_of("wav2vec")


@pytest.mark.parametrize("engine", ENGINES)
def test_the_usual_numbers_are_tried_first(engine):
    found = compute_types(engine, "cpu")
    assert found[0] == WAYS["cpu"].compute_type
    assert set(found) <= set(TYPES["cpu"])
