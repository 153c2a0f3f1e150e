"""What was typed on the pages of one language: the cues as they stand, with the journal that has every edit.

Rule: an edit is in the journal before it is answered; where the disk refuses it, it is undone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from castkit.review.folding import Page
from castkit.review.journal import KEPT_ANSWERS, Entry, Journal, Start
from castkit.review.rows import Op, Row, row_to_json
from castkit.review.telling import Telling
from castkit.review.working import REFUSED, Outcome, Working, differing
from castkit.steps.subtitle_desk import Stand
from castkit.subtitles.merge.result import Conflict


class Draft:
    """The cues that a journal leaves; every method holds `mutex` for a moment, and may be called from any thread."""

    def __init__(self, journal: Journal, start: Start, entries: Sequence[Entry] = ()) -> None:
        self.journal, self.start = journal, start
        self.entries: list[Entry] = []
        self.edited_at = time.monotonic()
        self.mutex = threading.RLock()
        self._telling = Telling()
        self._answered: dict[tuple[str, str], Outcome] = {}
        self._replay(entries)
        self.working.forget(time.time_ns() // 1_000_000)  # a page of an earlier server knows other versions

    @property
    def state(self) -> str:
        """Whose the cues are; a person's draft as soon as one differs."""
        return Stand.DRAFT.value if self.working.is_changed else self.start.stand.value

    def page(self, source: Sequence[Any] = ()) -> Page:
        """All of it as it is now."""
        with self.mutex:
            return Page(self.working.in_order(), tuple(self.entries), tuple(source), self.working.counter)

    def document(self) -> dict[str, Any]:
        with self.mutex:
            rows = [row_to_json(row) for row in self.working.in_order()]
            return {"state": self.state, "version": self.working.version, "cues": rows, **self._telling.since(0)}

    def changes(self, since: int) -> dict[str, Any]:
        """What is new after a version."""
        with self.mutex:
            return {**self.working.since(since), "state": self.state, **self._telling.since(since)}

    def edit(self, ops: Sequence[Op], who: str) -> dict[str, Any]:
        """Does the edits in order, each whole or not at all; they are on the disk when this returns.

        OSError where the disk cannot take them: then none of them is done.
        """
        with self.mutex:
            answers, entries = [], list[Entry]()
            for op in ops:
                outcome = self._answered.get(op.key)
                if outcome is None:
                    outcome = self.working.decide(op)
                    if outcome.status != REFUSED:
                        entries.append(Entry(op.key, outcome, who, _now()))
                        self._do(entries[-1])
                answers.append(_answer(op, outcome))
            self._write(entries)
            return {"version": self.working.version, "results": answers}

    def rename(self, who: str) -> None:
        """Writes down that somebody else works on it from now on; OSError where the disk cannot take it."""
        with self.mutex:
            self._write([Entry(None, None, who, _now())])

    def begin_anew(self, page: Page, new: Start, *, is_elsewhere: bool, who: str) -> bool:
        """Lets what stands now (`new`) be what the journal starts from, where the cues were those of `page`.

        False, and nothing is done, where that meets what was typed since. `is_elsewhere`: every page asks for all.
        """
        with self.mutex:
            later = self.entries[len(page.entries) :]
            before = {row.id: row for row in page.rows}
            outcome = differing(before, new.rows)
            if later and _meets(outcome, later, before):
                return False
            if is_elsewhere:
                self.working.forget()
            self.working.counter = max(self.working.counter, new.counter)
            self.working.apply(outcome)
            rows = {**before, **{row.id: row for row in outcome.rows}}
            kept = tuple(row for own, row in rows.items() if own not in outcome.drop)
            self._answered = dict(list(self._answered.items())[-KEPT_ANSWERS:])
            start = replace(new, rows=kept, version=self.working.version, counter=self.working.counter)
            start = replace(start, who=who, answered=dict(self._answered))
            self.journal.begin(start, later)
            self.start, self.entries = start, later
            self.working.checkpoint(kept)
            return True

    def say(self, note: str) -> None:
        """Tells every page something."""
        with self.mutex:
            self.working.version += 1
            self._telling.say(note, self.working.version)

    def contradict(self, conflict: Conflict) -> None:
        """Tells every page of a file's cues that stand, and of what was typed against them."""
        with self.mutex:
            self.working.version += 1
            self._telling.contradict(conflict, self.working.rows, self.working.version)

    def _replay(self, entries: Sequence[Entry]) -> None:
        self.working = Working(self.start.rows, version=self.start.version, counter=self.start.counter)
        self._answered = dict(self.start.answered)
        self.entries = list(entries)
        for entry in entries:
            self._do(entry)

    def _do(self, entry: Entry) -> None:
        if entry.key and entry.outcome:
            self._answered[entry.key] = entry.outcome
            self.working.apply(entry.outcome)

    def _write(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        try:
            self.journal.append(entries)
        except OSError:  # the cues as the journal has them; every page asks for them again
            version = self.working.version
            self._replay(self.entries)
            self.working.forget(version + 1)
            raise
        self.entries += entries
        self.edited_at = time.monotonic()


def _meets(outcome: Outcome, later: Sequence[Entry], before: Mapping[str, Row]) -> bool:
    """Whether an edit touches a cue that was changed, taken out or newly numbered at the same time."""
    changed = {row.id for row in outcome.rows} | set(outcome.drop)
    done = [one.outcome for one in later if one.outcome]
    touched = {own for one in done for own in (*(row.id for row in one.rows), *one.drop)}
    return bool(changed & touched) or bool(changed - before.keys() and touched - before.keys())


def _answer(op: Op, outcome: Outcome) -> dict[str, Any]:
    theirs = [row_to_json(row) for row in outcome.theirs]
    return {"op": op.name, "status": outcome.status, "ids": list(outcome.ids), "why": outcome.why, "theirs": theirs}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
