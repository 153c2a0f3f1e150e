"""A kit's folder as people and their tools leave it: what counts as a change, and what a change reaches."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from castkit.errors import CastkitError
from castkit.steps import kit_folder
from castkit.steps.work_folder import work_folder

MEDIA = bytes(range(256)) * 5000
LEFT = (".DS_Store", "._title.txt", "Thumbs.db", "desktop.ini", "Desktop.ini", ".directory", "covers/.DS_Store")


def make(folder: Path) -> kit_folder.Before:
    """A small kit in this folder, with its sound copied from beside it."""
    source = folder.with_name("talk.mp3")
    source.write_bytes(MEDIA)
    with work_folder(kit_folder.work_path(folder), "the kit") as work:
        (work / "covers").mkdir()
        (work / "covers/wide.jpg").write_bytes(b"jpeg")
        (work / "title.txt").write_text("One\n", "utf-8")
        kit_folder.copy(source, work / "talk.mp3")
        kit_folder.write_receipt(work, {"episode": "talk"}, {"talk.mp3": kit_folder.Kept("key", {})})
        kit_folder.swap_in(work, folder, kit_folder.read(folder))
    return before(folder)


def before(folder: Path) -> kit_folder.Before:
    found = kit_folder.read(folder)
    assert found is not None
    return found


@pytest.mark.parametrize("name", LEFT)
def test_what_a_file_manager_leaves_changes_nothing(tmp_path: Path, name: str) -> None:
    made = make(tmp_path / "kit")
    (made.folder / name).write_bytes(b"left")
    assert not made.is_changed


@pytest.mark.parametrize("name", ["notes.txt", "title.txt", ".hidden.txt", "thumbs.db.txt"])
def test_what_a_person_leaves_does(tmp_path: Path, name: str) -> None:
    made = make(tmp_path / "kit")
    (made.folder / name).write_bytes(b"mine")
    assert made.is_changed


def test_a_folder_that_was_only_looked_into_is_empty(tmp_path: Path) -> None:
    folder = tmp_path / "kit"
    folder.mkdir()
    for name in LEFT[:4]:
        (folder / name).write_bytes(b"left")
    assert kit_folder.read(folder) is None
    assert make(folder).files.keys() == {"covers/wide.jpg", "talk.mp3", "title.txt"}
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/thesis.txt").write_bytes(b"years of work")
    with pytest.raises(CastkitError, match="is no kit"):
        kit_folder.read(tmp_path / "theirs")


def test_what_appears_while_a_kit_is_made_is_none_of_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "kit"
    with work_folder(kit_folder.work_path(folder), "the kit") as work:
        (work / "title.txt").write_text("One\n", "utf-8")
        (work / ".DS_Store").write_bytes(b"left")
        written = kit_folder.write_receipt(work, {"episode": "talk"}, {})
        kit_folder.swap_in(work, folder, None)
    assert written.keys() == {"title.txt"}
    assert not before(folder).is_changed


def test_a_tool_that_writes_into_a_kit_changes_nothing_else(tmp_path: Path) -> None:
    made = make(tmp_path / "kit")
    with (made.folder / "talk.mp3").open("r+b") as file:
        file.write(b"ID3 by a tag editor")
    assert (tmp_path / "talk.mp3").read_bytes() == MEDIA
    assert made.is_changed


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EOPNOTSUPP, None])
def test_a_copy_where_the_kernel_makes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int | None) -> None:
    """Another file system refuses; other systems than Linux have no such call at all."""

    def refuse(_reader: int, writer: int, _size: int) -> int:
        os.write(writer, b"half")
        raise OSError(code, "refused")

    if code is None:
        monkeypatch.delattr(os, "copy_file_range", raising=False)
    else:
        monkeypatch.setattr(os, "copy_file_range", refuse, raising=False)
    make(tmp_path / "kit")
    assert (tmp_path / "kit/talk.mp3").read_bytes() == MEDIA


def test_an_empty_file_is_copied(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    kit_folder.copy(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b""
    with pytest.raises(FileNotFoundError):
        kit_folder.copy(tmp_path / "nothing", tmp_path / "c")
