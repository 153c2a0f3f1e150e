from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from castkit import atomic


def failing(times: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The system's rename refuses this often, as under a virus scanner; gives a list that grows with every call."""
    real, calls = os.replace, []

    def rename(source: Path, target: Path) -> None:
        calls.append(1)
        if len(calls) <= times:
            raise PermissionError(13, "Access is denied")
        real(source, target)

    monkeypatch.setattr(os, "replace", rename)
    return calls


def test_a_rename_that_fails_three_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = failing(3, monkeypatch)
    atomic.write_bytes(tmp_path / "a" / "b.json", b"content")
    assert (tmp_path / "a" / "b.json").read_bytes() == b"content"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.json"]
    assert len(calls) == 4


def test_a_rename_that_never_succeeds_ends_soon_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "b.json").write_bytes(b"old")
    calls = failing(1000, monkeypatch)
    with pytest.raises(PermissionError):
        atomic.write_bytes(tmp_path / "b.json", b"new")
    assert len(calls) == 10
    assert [path.name for path in tmp_path.iterdir()] == ["b.json"]
    assert (tmp_path / "b.json").read_bytes() == b"old"


def test_other_errors_are_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    with pytest.raises(FileNotFoundError):
        atomic.replace(tmp_path / "none", tmp_path / "b")
    assert waits == []


@pytest.mark.parametrize("name", ["b.json", "第二集.mp3", "x" * 255, "集" * 85])
def test_the_unfinished_file_has_a_possible_name(tmp_path: Path, name: str) -> None:
    part = atomic.part_of(tmp_path / name)
    assert atomic.is_part(part.name)
    assert not atomic.is_part(name)
    assert part.parent == tmp_path
    part.write_bytes(b"")
    assert len(part.name.encode()) <= 255


def test_what_a_killed_process_left_is_written_over(tmp_path: Path) -> None:
    atomic.part_of(tmp_path / "b").write_bytes(b"half of something much longer")
    atomic.write_bytes(tmp_path / "b", b"new")
    assert (tmp_path / "b").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_sync(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    atomic.sync_file(tmp_path / "a")
    atomic.sync_folder(tmp_path)
    assert (tmp_path / "a").read_bytes() == b"x"
    with pytest.raises(FileNotFoundError):
        atomic.sync_file(tmp_path / "none")
