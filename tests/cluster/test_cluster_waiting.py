"""A task that no worker can do any more: Dask keeps it for ever, castkit says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from castkit.cluster import on_dask
from castkit.cluster.on_dask import Handed, Lines
from castkit.errors import CastkitError


class Pending:
    """A task as Dask holds it: not begun."""

    key = "transcribe-1"

    def add_done_callback(self, told: Callable[[object], None]) -> None:
        """Never told."""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_dask, "_LOOK_S", 0.0)
    monkeypatch.setattr(on_dask, "_JOIN_S", 0.0)


def test_when_all_who_could_do_it_have_left_the_wait_ends() -> None:
    hopes = [False, True]
    handed = Handed(Pending(), Lines(lambda _: None), lambda: hopes.pop(0))
    assert handed.wait(0.01) is False
    with pytest.raises(CastkitError, match="the workers that could do this left"):
        handed.wait(0.01)


def test_while_one_is_there_it_goes_on() -> None:
    handed = Handed(Pending(), Lines(lambda _: None), lambda: False)
    assert [handed.wait(0.01) for _ in range(5)] == [False] * 5
