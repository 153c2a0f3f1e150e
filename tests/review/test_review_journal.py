"""The journal of a page: whole or torn, damaged or without room, it loses nothing that was answered."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import reviewed_show
from reviewed_show import Tab, session

from castkit.errors import CastkitError
from castkit.review.journal import Journal
from castkit.workspace import Workspace

WRITTEN = ["Coverage is 64%.", "Thank you.", "Farewell."]


@pytest.fixture
def show(tmp_path: Path) -> Workspace:
    return reviewed_show.make(tmp_path / "show")


@pytest.fixture
def journal(show: Workspace) -> Path:
    """Of a page that was killed after three edits."""
    tab = Tab(session(show))
    for own, text in zip(("c1", "c2", "c3"), WRITTEN, strict=True):
        tab.write(own, text)
    return show.episode("talk").review_journal("en")


def test_every_edit_is_a_line_with_who_and_when(journal: Path) -> None:
    first, *lines = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    assert (first["rev"], first["stand"], len(first["cues"])) == (0, "machine", 3)
    assert [(line["client"], line["who"], line["status"]) for line in lines] == [("tab", "ann", "done")] * 3
    assert [line["set"][0]["text"] for line in lines] == WRITTEN
    assert all(line["when"].endswith("+00:00") for line in lines)


def test_a_line_that_a_kill_cut_short_at_any_byte_takes_nothing_else_with_it(show: Workspace, journal: Path) -> None:
    whole, kept = journal.read_bytes(), shutil.copytree(journal.parent, show.root / "kept")
    last = whole.rstrip(b"\n").rindex(b"\n") + 1
    for size in (last, last + 1, (last + len(whole)) // 2, len(whole) - 2):
        journal.parent.mkdir(exist_ok=True)
        shutil.copytree(kept, journal.parent, dirs_exist_ok=True)
        journal.write_bytes(whole[:size])
        again = session(show)
        assert Tab(again).texts() == [*WRITTEN[:2], "Goodbye."]
        assert Tab(again).write("c3", "Written again.")["status"] == "done"
        assert Tab(session(show)).texts() == [*WRITTEN[:2], "Written again."]
        shutil.rmtree(journal.parent)


def test_after_a_torn_line_the_next_edit_stands_on_its_own(show: Workspace, journal: Path) -> None:
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-20])
    found = Journal(journal)
    _, entries = found.read() or (None, ())
    found.append(entries[:1])
    assert len((found.read() or (None, ()))[1]) == 3


def test_a_damaged_line_is_left_out_and_said_and_the_whole_file_is_kept(show: Workspace, journal: Path) -> None:
    lines = journal.read_bytes().split(b"\n")
    lines[2] = lines[2].replace(b'"Thank you."', b"\xff\xfe")
    damaged = b"\n".join(lines)
    journal.write_bytes(damaged)
    again = session(show)
    assert Tab(again).texts() == [WRITTEN[0], "Thanks to all.", WRITTEN[2]]
    assert "line 3 is not as castkit wrote it" in again.document()["notes"][0]
    assert journal.with_name(f"{journal.name}.damaged-1").read_bytes() == damaged


@pytest.mark.parametrize("head", [b"", b"{}", b"nonsense", b'{"format": 99}', b"[]", b"[" * 100_000])
def test_a_journal_without_its_beginning_is_refused_by_name_and_left_as_it_is(
    show: Workspace, journal: Path, head: bytes
) -> None:
    damaged = head + b"\n" + journal.read_bytes().split(b"\n", 1)[1]
    journal.write_bytes(damaged)
    with pytest.raises(CastkitError, match=r"en\.review\.jsonl is not as castkit wrote it") as caught:
        session(show)
    assert "rename it" in caught.value.hint
    assert journal.read_bytes() == damaged


def test_an_edit_that_the_disk_has_no_room_for_is_not_done(small_disk: Callable[[int], Path]) -> None:
    disk = small_disk(400)
    show = reviewed_show.make(disk / "show")
    open_page = session(show)
    tab = Tab(open_page)
    assert tab.write("c1", WRITTEN[0])["status"] == "done"
    filler = disk / "filler"
    with pytest.raises(OSError, match="No space"):
        fill(filler)
    with pytest.raises(OSError, match="No space"):
        write_on(tab)
    stood = Tab(open_page).texts()
    assert tab.poll()["reload"]
    filler.unlink()
    assert Tab(open_page).write("c3", WRITTEN[2])["status"] == "done"
    assert Tab(session(show)).texts() == [WRITTEN[0], stood[1], WRITTEN[2]]


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)


def write_on(tab: Tab) -> None:
    """A longer and longer text, until the page of memory that the journal ends in is full."""
    for _ in range(20):
        tab.poll()
        tab.write("c2", tab.cues["c2"]["text"] + " and" * 20)
