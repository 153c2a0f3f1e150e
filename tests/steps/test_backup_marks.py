"""Backups that take days, by a clock set forward: nothing is tidied away beneath them, nor by one that slept."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from built_show import build, make_show
from castkit.config import load_show
from castkit.errors import StoreError
from castkit.model.show import StoreSettings
from castkit.steps import backup as backup_step
from castkit.steps import backup_marks, backup_place
from castkit.steps.backup import backup, verify
from castkit.steps.backup_marks import LEFT_S, running, tidying
from castkit.storage.folder import FolderStore
from castkit.storage.open import open_store
from castkit.storage.store import ObjectInfo
from castkit.workspace import Workspace
from s3server import S3Server

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


class Clock:
    """The time of day, which a test sets forward."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s


class Dated(FolderStore):
    """A real folder store on a machine with that clock."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        super().__init__(folder, base_url="")
        self.clock = clock

    def send(self, key: str, *what: Any) -> ObjectInfo:
        info = super().send(key, *what)
        os.utime(self.path(key), (self.clock(), self.clock()))
        return info


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(backup_marks, "clock", clock)
    return clock


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Dated:
    store = Dated(tmp_path / "backup", clock)
    for number in range(3):
        backup_place.put(store, f"revisions/{number}.json", b"{}")
    return store


def is_tidied(store: Dated) -> bool:
    """Whether somebody else may remove what he takes for old."""
    with tidying(store) as mark:
        return mark is not None


def test_a_backup_of_days_keeps_its_mark(store: Dated, clock: Clock) -> None:
    with running(store) as mark:
        for _ in range(12):
            clock.ahead_s += 8 * HOUR_S
            mark.renew()
            assert not is_tidied(store)
    assert is_tidied(store)


def test_a_mark_is_written_seldom(store: Dated, clock: Clock) -> None:
    """Before each of thousands of pieces: it must cost a bucket no request."""
    with running(store) as mark:
        written = store.path(mark.key).stat().st_mtime_ns
        for _ in range(50):
            mark.renew()
        assert store.path(mark.key).stat().st_mtime_ns == written
        clock.ahead_s -= DAY_S
        mark.renew()
        assert store.path(mark.key).stat().st_mtime_ns != written, "a clock that is set back keeps no mark from ageing"


def test_a_process_that_was_killed_blocks_for_a_day(store: Dated, clock: Clock) -> None:
    backup_marks.Mark(store, "running/dead", clock()).write()
    clock.ahead_s += LEFT_S - HOUR_S
    assert not is_tidied(store)
    clock.ahead_s += 2 * HOUR_S
    with running(store) as mark:
        backup_marks.sweep(store)
        assert list(store.list("running/")) == [mark.key], "the dead one's is taken away, and no other"
    assert is_tidied(store)


def test_who_slept_too_long_does_not_go_on(store: Dated, clock: Clock) -> None:
    with running(store) as mark:
        clock.ahead_s += 13 * HOUR_S
        with pytest.raises(StoreError, match="for half a day") as caught:
            mark.renew()
    assert "again" in caught.value.hint
    assert not list(store.list("running/"))


def test_a_tidying_that_slept_removes_nothing_more(store: Dated, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    delete = store.delete

    def sleep_after(key: str) -> None:
        delete(key)
        clock.ahead_s += DAY_S

    monkeypatch.setattr(store, "delete", sleep_after)
    with pytest.raises(StoreError, match="for half a day"):
        backup_place.tidy(store, 1)
    assert list(store.list("revisions/")) == ["revisions/1.json", "revisions/2.json"], "one was removed before it slept"


def test_a_bucket_takes_a_mark_again_and_again(s3_server: S3Server, clock: Clock) -> None:
    store = open_store(s3_server.settings(s3_server.make_bucket("marks")), Path())
    with running(store) as mark:
        clock.ahead_s += HOUR_S
        mark.renew()
        assert [one.key for one in store.listing("running/")] == [mark.key]
    assert not list(store.list("running/"))


def test_the_mark_of_a_store_that_is_gone_hides_nothing(store: Dated, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_key: str) -> None:
        raise StoreError("the share is gone", "")

    with pytest.raises(ValueError, match="what went wrong"), running(store):  # noqa: PT012 - what is under test
        monkeypatch.setattr(store, "delete", gone)
        raise ValueError("what went wrong")


def test_a_backup_that_takes_days(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file takes ten hours, and after each somebody on another machine tries to remove old revisions."""
    workspace = Workspace(tmp_path / "show")
    build(make_show(workspace.root))
    monkeypatch.setattr(backup_step, "_AT_ONCE", 1)  # the clock goes on for one file after the other
    monkeypatch.setattr(backup_step, "open_place", lambda *_: Dated(tmp_path / "backup", clock))
    store, show = Dated(tmp_path / "backup", clock), load_show(workspace)

    def keep(hours: float = 0.0) -> tuple[backup_step.Outcome, list[tuple[int, int]]]:
        tidied: list[tuple[int, int]] = []

        def work(_done: int, _whole: int) -> None:
            clock.ahead_s += hours * HOUR_S
            if hours:
                tidied.append(backup_place.tidy(store, 1))

        return backup(workspace, show, StoreSettings(path="../backup"), progress=work), tidied

    keep()
    workspace.glossary.write_text("# more\n", "utf-8")
    second, tidied = keep(hours=10)
    assert len(tidied) > 10, "days of work"
    assert set(tidied) == {(0, 0)}
    assert verify(store, second.named.id)[1] == []
    assert backup_place.tidy(store, 1)[0] == 1
