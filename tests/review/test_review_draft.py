"""A checkpoint that meets what is being typed: either all of it is on the page, or it is done once more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from reviewed_show import row

from castkit.model.timeline import Timeline, joined
from castkit.review.draft import Draft
from castkit.review.journal import Journal, Start
from castkit.review.rows import Op, Placed
from castkit.steps.subtitle_desk import Stand

CLOCK: Timeline = joined([(0, 60_000)], 0)
ROWS = (row("c1", 1000, 4000, "One."), row("c2", 5000, 8000, "Two."))
START = Start(ROWS, 1, Stand.ACCEPTED, CLOCK, "0" * 64, CLOCK, 7, 2)


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    journal = Journal(tmp_path / "en.review.jsonl")
    journal.begin(START)
    return Draft(journal, START)


def write(draft: Draft, own: str | None, text: str, name: str) -> None:
    before = draft.working.rows.get(own or "")
    seen = [Placed(own, before.cue.start_ms, before.cue.end_ms, before.cue.text)] if before else []
    put = replace(seen[0], text=text) if seen else Placed(None, 9000, 9500, text)
    (answer,) = draft.edit((Op("tab", name, tuple(seen), (put,)),), "ann")["results"]
    assert answer["status"] == "done"


def read(draft: Draft) -> Draft:
    """As it is after a kill."""
    start, entries = draft.journal.read() or (START, ())
    return Draft(draft.journal, start, entries)


def texts(draft: Draft) -> list[str]:
    return [cue["text"] for cue in draft.document()["cues"]]


def test_what_is_typed_elsewhere_meanwhile_stays_typed_on_top(draft: Draft) -> None:
    write(draft, "c1", "First.", "a")
    page = draft.page()
    write(draft, "c1", "First of all.", "b")
    new = replace(START, rev=2, rows=(row("c1", 1000, 4000, "First."), row("c2", 5000, 8000, "Second.")))
    assert draft.begin_anew(page, new, is_elsewhere=False, who="ann")
    assert texts(draft) == texts(read(draft)) == ["First of all.", "Second."]
    assert (draft.start.rev, len(draft.entries), draft.state) == (2, 1, "draft")


@pytest.mark.parametrize("own", ["c2", None], ids=["the same cue", "two new cues"])
def test_what_meets_a_file_that_comes_in_is_left_for_the_next_time(draft: Draft, own: str | None) -> None:
    page = draft.page()
    write(draft, own, "Typed.", "a")
    rows = (ROWS[0], row("c2", 5000, 8000, "Second."), row("c3", 9000, 9900, "Third."))
    before = draft.journal.file.read_bytes()
    assert not draft.begin_anew(page, replace(START, rev=2, rows=rows), is_elsewhere=False, who="ann")
    assert draft.journal.file.read_bytes() == before
    assert "Typed." in texts(draft)
    assert draft.start == START


def test_a_page_that_knows_nothing_of_a_new_clock_asks_for_everything(draft: Draft) -> None:
    version = draft.changes(0)["version"]
    assert draft.begin_anew(draft.page(), START, is_elsewhere=True, who="ann")
    assert draft.changes(version)["reload"]


def test_notes_are_told_once_and_are_in_every_new_document(draft: Draft) -> None:
    version = draft.document()["version"]
    draft.say("A file came in.")
    found = draft.changes(version)
    assert found["notes"] == ["A file came in."]
    assert draft.changes(found["version"])["notes"] == []
    assert draft.document()["notes"] == ["A file came in."]
