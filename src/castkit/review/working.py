"""The cues as people left them on their pages, and which of two changes stands where both meet in one cue.

Rule: an edit is decided against what the person saw; what somebody else changed meanwhile is never overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from castkit.model.cue import Cue
from castkit.review.rows import Op, Placed, Row, placed_to_json, row_from_json, row_to_json
from castkit.review.writable import fault_of, fault_of_texts, shown

DONE, MERGED, CONFLICT, REFUSED = "done", "merged", "conflict", "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of an edit: the cues that stand from then on (`rows`) and the ids that are gone (`drop`).

    `ids` are those of the cues put, in order; `theirs` is what stands where it contradicts; `mine` what was wanted.
    """

    status: str
    why: str = ""
    ids: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    drop: tuple[str, ...] = ()
    theirs: tuple[Row, ...] = ()
    mine: tuple[Placed, ...] = ()

    @property
    def is_change(self) -> bool:
        return bool(self.rows or self.drop)


class Working:
    """The cues by id, each with the version at which it changed last; `counter` is the last number given to a cue."""

    def __init__(self, rows: Iterable[Row], *, version: int, counter: int) -> None:
        self.rows = {row.id: row for row in rows}
        self.version, self.counter = version, counter
        self.floor = version  # of what changed before it nobody knows
        self._changed: dict[str, int] = {}
        self._gone: dict[str, int] = {}
        self._order: tuple[str, ...] | None = None
        self._order_version = version
        self._base = {row.id: _seen(row.cue) for row in self.rows.values()}
        self._differing: set[str] = set()

    @property
    def is_changed(self) -> bool:
        """Whether any cue is not as it was at the last checkpoint."""
        return bool(self._differing)

    @property
    def order(self) -> tuple[str, ...]:
        """The ids in order of time."""
        if self._order is None:
            self._order = tuple(row.id for row in sorted(self.rows.values(), key=_place))
        return self._order

    def is_gone(self, own: str) -> bool:
        """Whether this cue stood on the page and was taken out."""
        return own in self._gone

    def in_order(self) -> tuple[Row, ...]:
        return tuple(self.rows[one] for one in self.order)

    def checkpoint(self, rows: Iterable[Row]) -> None:
        """From now on a cue counts as changed where it is not as it is in these."""
        self._base, self._differing = {row.id: _seen(row.cue) for row in rows}, set()
        for own in (*self._base, *self.rows):
            self._compare(own)

    def decide(self, op: Op) -> Outcome:
        """What becomes of an edit; changes nothing."""
        if why := self._fault(op):
            return Outcome(REFUSED, why)
        seen, puts = {one.id: one for one in op.remove}, {one.id: one for one in op.put if one.id}
        others = [own for own, one in seen.items() if own and self._contradicts(own, one, puts.get(own))]
        if others:
            standing = (own for own in seen if own in self.rows)
            return Outcome(CONFLICT, theirs=tuple(self.rows[own] for own in standing if own), mine=op.put)
        return self._outcome(op, seen)

    def apply(self, outcome: Outcome) -> None:
        """Makes a change; the version goes up by one where anything changes."""
        if not outcome.is_change:
            return
        self.version += 1
        for row in outcome.rows:
            before = self.rows.get(row.id)
            self.counter = max(self.counter, row.number)
            self.rows[row.id] = row
            self._gone.pop(row.id, None)
            self._changed[row.id] = self.version
            if before is None or _place(before) != _place(row):
                self._moved()
        for own in outcome.drop:
            if self.rows.pop(own, None):
                self._gone[own] = self.version
                self._moved()
        for own in (*outcome.drop, *(row.id for row in outcome.rows)):
            self._compare(own)

    def since(self, version: int) -> dict[str, Any]:
        """What changed after a version, as the page reads it; a version that is not known asks for a reload."""
        is_lost = not self.floor <= version <= self.version
        changed = [] if is_lost else [own for own, at in self._changed.items() if at > version and own in self.rows]
        return {
            "version": self.version,
            "cues": [row_to_json(self.rows[own]) for own in changed],
            "removed": [] if is_lost else [own for own, at in self._gone.items() if at > version],
            "order": list(self.order) if not is_lost and self._order_version > version else None,
            "reload": is_lost,
        }

    def forget(self, version: int = 0) -> None:
        """Has every page fetch the whole document again; the next version is this one at least."""
        self.version = max(self.version + 1, version)
        self.floor = self.version

    def _fault(self, op: Op) -> str:
        ids = [one.id for one in op.put if one.id]
        named = {one.id for one in op.remove}
        if len(set(ids)) < len(ids) or len(named) < len(op.remove):
            return "a cue is named twice"
        for own in (*ids, *named):
            if own and int(own[1:]) > self.counter:
                return f"there is no cue {own}"
        if stands := next((own for own in ids if own in self.rows and own not in named), None):
            return f"the cue {stands} stands already"
        if why := next((why for one in op.put if (why := fault_of(one))), ""):
            return why
        seen = {one.id: one.text for one in op.remove}
        return fault_of_texts([one.text for one in op.put if one.id is None or seen.get(one.id) != one.text])

    def _contradicts(self, own: str, seen: Placed, put: Placed | None) -> bool:
        """Whether somebody else changed the same of this cue: its text, or its times, or that it is there."""
        row = self.rows.get(own)
        if row is None:
            return put is not None
        is_reworded, is_retimed = shown(row.cue.text) != shown(seen.text), _times(row.cue) != _times(seen)
        if put is None:
            return is_reworded or is_retimed
        return (is_reworded and put.text != seen.text and shown(put.text) != shown(row.cue.text)) or (
            is_retimed and _times(put) != _times(seen) and _times(put) != _times(row.cue)
        )

    def _outcome(self, op: Op, seen: Mapping[str | None, Placed]) -> Outcome:
        rows, ids, number = [], [], self.counter
        is_merged = any(_is_other(self.rows.get(str(own)), one) for own, one in seen.items())
        speaker = next((row.cue.speaker for one in op.remove if (row := self.rows.get(str(one.id)))), None)
        for put in op.put:
            own = put.id
            if own is None:
                number += 1
                own = f"c{number}"
            ids.append(own)
            row = self._row(own, put, seen.get(put.id) if put.id else None, speaker)
            if row != self.rows.get(own):
                rows.append(row)
        drop = tuple(own for one in op.remove if (own := str(one.id)) in self.rows and own not in ids)
        return Outcome(MERGED if is_merged else DONE, ids=tuple(ids), rows=tuple(rows), drop=drop)

    def _row(self, own: str, put: Placed, seen: Placed | None, speaker: str | None) -> Row:
        """The cue put, with what somebody else changed of it meanwhile."""
        row = self.rows.get(own)
        if row is None or seen is None:
            return Row(own, Cue(put.start_ms, put.end_ms, put.text, speaker))
        is_reworded, is_retimed = put.text != seen.text, _times(put) != _times(seen)
        start_ms, end_ms = _times(put if is_retimed else row.cue)
        cue = Cue(start_ms, end_ms, put.text if is_reworded else row.cue.text, row.cue.speaker)
        if cue == row.cue:
            return row
        return Row(own, cue, stale=None if shown(cue.text) != shown(row.cue.text) else row.stale)

    def _moved(self) -> None:
        self._order, self._order_version = None, self.version

    def _compare(self, own: str) -> None:
        row = self.rows.get(own)
        if self._base.get(own) == (_seen(row.cue) if row else None):
            self._differing.discard(own)
        else:
            self._differing.add(own)


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """An outcome as the journal has it."""
    value = {
        "status": outcome.status,
        "why": outcome.why,
        "ids": list(outcome.ids),
        "set": [row_to_json(row) for row in outcome.rows],
        "drop": list(outcome.drop),
        "theirs": [row_to_json(row) for row in outcome.theirs],
        "mine": [placed_to_json(one) for one in outcome.mine],
    }
    return {key: one for key, one in value.items() if one}


def outcome_from_json(value: Mapping[str, Any]) -> Outcome:
    """The outcome of a value made by `outcome_to_json`; KeyError, TypeError or ValueError where it is none."""
    return Outcome(
        str(value["status"]),
        str(value.get("why", "")),
        tuple(map(str, value.get("ids", ()))),
        tuple(row_from_json(one) for one in value.get("set", ())),
        tuple(map(str, value.get("drop", ()))),
        tuple(row_from_json(one) for one in value.get("theirs", ())),
        tuple(Placed(one["id"], one["startMs"], one["endMs"], one["text"]) for one in value.get("mine", ())),
    )


def differing(old: Mapping[str, Row], new: Iterable[Row]) -> Outcome:
    """What has to change for the cues `old` to become the cues `new`."""
    wanted = {row.id: row for row in new}
    changed = tuple(_kept_text(old.get(own), row) for own, row in wanted.items())
    rows = tuple(row for row in changed if old.get(row.id) != row)
    return Outcome(DONE, rows=rows, drop=tuple(own for own in old if own not in wanted))


def _kept_text(before: Row | None, row: Row) -> Row:
    """What somebody is typing keeps its blanks."""
    if before is None or shown(before.cue.text) != shown(row.cue.text):
        return row
    return replace(row, cue=replace(row.cue, text=before.cue.text))


def _is_other(row: Row | None, seen: Placed) -> bool:
    return row is None or shown(row.cue.text) != shown(seen.text) or _times(row.cue) != _times(seen)


def _times(one: Cue | Placed) -> tuple[int, int]:
    return one.start_ms, one.end_ms


def _place(row: Row) -> tuple[int, int, int]:
    return row.cue.start_ms, row.cue.end_ms, row.number


def _seen(cue: Cue) -> tuple[int, int, str]:
    return cue.start_ms, cue.end_ms, shown(cue.text)
