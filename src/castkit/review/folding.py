"""From the journal into the history: what was typed becomes a draft of a person, merged with what others did meanwhile.

Rule: the history has it before the journal forgets it; done twice, as after a kill in between, it stands there once.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from castkit.model.cue import Cue
from castkit.model.timeline import Timeline
from castkit.review.journal import Entry, Start
from castkit.review.rows import Placed, Row, placed_to_json, row_to_json
from castkit.review.working import CONFLICT
from castkit.review.writable import shown, written
from castkit.steps.bring_together import HandedOut, Meanwhile, Timed, seen, together
from castkit.steps.subtitle_desk import (
    Desk,
    Held,
    Stand,
    as_srt,
    held,
    machine_cues,
    machines_of,
)
from castkit.subtitles.history import Revision, Role, State, What
from castkit.subtitles.merge.result import Conflict, on_clock

KIND = "review"  # of the lines that the page writes into the history
REFUSED_NAME = "refused.jsonl"


@dataclass(frozen=True, slots=True)
class Folded:
    """The revision that has the page's cues (0: none was needed), what to tell, and what contradicts a file's cues."""

    rev: int
    notes: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The cues of the page in order of time, how they came about since its journal began, and the source beside them.

    The source is that of the last build, on its clock; `counter` is the last number given to a cue.
    """

    rows: tuple[Row, ...] = ()
    entries: tuple[Entry, ...] = ()
    source: tuple[Cue, ...] = ()
    counter: int = 0


@dataclass(frozen=True, slots=True)
class _Cues:
    """Cues, the same as an SRT, and the edit that they are timed on."""

    cues: tuple[Cue, ...]
    data: bytes
    clock: Timeline


@dataclass(frozen=True, slots=True)
class _Source:
    """Cues of the source, and the sha256 under which the history has them."""

    timed: Timed
    digest: str


def fold(desk: Desk, start: Start, page: Page) -> Folded:
    """Writes what was typed since `start` into the history, as a draft of a person, with what others did meanwhile.

    The caller holds the episode's lock. CastkitError, and nothing written, where the cues cannot be.
    """
    given, mine = (written(row.cue for row in some) for some in (start.rows, page.rows))
    _keep_refused(desk, page.entries)
    if seen(given) == seen(mine):
        return Folded(0)
    data = as_srt(mine)  # what cannot be written is told before anything is
    now = held(desk)
    if now is None or now.revision.rev == start.rev:
        base = _on_record(desk, start, given)
        source = _source(desk, _kept_source(desk, start), start, page)
        return Folded(_write(desk, _Cues(mine, data, start.clock), source, base).rev)
    if now.clock == start.clock and seen(now.cues) == seen(mine):  # a kill came between the history and the journal
        return Folded(now.revision.rev)
    return _with_others(desk, start, (given, mine), now, page)


def _with_others(
    desk: Desk, start: Start, cues: tuple[tuple[Cue, ...], tuple[Cue, ...]], now: Held, page: Page
) -> Folded:
    """Three-way: what the page began from, what was typed in it, and what stands now."""
    (given, mine), source = cues, _kept_source(desk, start)
    revision = desk.history.find(start.rev) if start.rev else None
    base = HandedOut(Timed(given, start.clock), source.timed, Timed(*machines_of(desk, revision)))
    there = Meanwhile(machine_cues(desk), page.source, desk.today, Timed(now.cues, now.clock))
    made = together(base, mine, there, is_accepted=False)
    conflicts = made.conflicts
    if conflicts:
        _keep(desk, [_refused(desk.who, one.other, one.one) for one in conflicts])
        made = together(base, mine, there, is_accepted=False, prefer="standing")
    told = (f"revision {now.revision.rev} of {now.revision.who} came in meanwhile; both stand together", *made.notes)
    if seen(made.cues) == seen(now.cues) and now.clock == desk.today:
        return Folded(now.revision.rev, told, conflicts)
    theirs = _Source(desk.past.source(now.revision), now.revision.files.get(Role.SOURCE, ""))
    made_from = _source(desk, theirs if theirs.digest else source, start, page)
    done = _Cues(made.cues, as_srt(made.cues), desk.today)
    return Folded(_write(desk, done, made_from, now.revision.rev).rev, told, conflicts)


def _write(desk: Desk, cues: _Cues, source: _Source, base: int | None) -> Revision:
    files = {Role.CUES: desk.history.keep(cues.data), Role.SOURCE: source.digest}
    bare = (replace(cue, speaker=None) for cue in cues.cues)
    desk.past.parsed[files[Role.CUES]] = tuple(sorted(bare, key=lambda cue: (cue.start_ms, cue.end_ms)))
    line = Revision(What.REVIEW, desk.who, state=State.DRAFT, files=files, clock=cues.clock, kind=KIND)
    return desk.history.append(replace(line, source_clock=source.timed.clock, base=base))


def _on_record(desk: Desk, start: Start, given: Sequence[Cue]) -> int | None:
    """The revision that the page began from; a machine's cues are written down as handed out by then."""
    if start.rev or start.stand is not Stand.MACHINE:
        return start.rev or None
    files = {Role.CUES: desk.history.keep(as_srt(given)), Role.SOURCE: start.source}
    line = Revision(What.EXPORT, desk.who, files=files, clock=start.clock, source_clock=start.source_clock, kind=KIND)
    line = replace(line, handed=Stand.MACHINE.value)
    for one in reversed(desk.history.revisions):
        if (one.what, one.files, one.clock, one.kind) == (What.EXPORT, files, start.clock, KIND):
            return one.rev
    return desk.history.append(line).rev


def _source(desk: Desk, old: _Source, start: Start, page: Page) -> _Source:
    """The source that the cues were made from: `old`, but today's under what was written or settled on the page."""
    if start.clock != desk.today:  # built meanwhile: the page showed another source than today's
        return old
    before = {row.id: row for row in start.rows}
    spans = sorted((row.cue.start_ms, row.cue.end_ms) for row in page.rows if _is_read(before.get(row.id), row))
    there, _ = on_clock(old.timed.cues, old.timed.clock, desk.today)
    both = [*_outside(there, spans), *_within(page.source, spans)]
    if old.timed.clock == desk.today and seen(both) == seen(there):
        return old
    cues = tuple(sorted(both, key=lambda cue: (cue.start_ms, cue.end_ms)))
    return _Source(Timed(cues, desk.today), desk.history.keep(as_srt(cues)))


def _within(cues: Sequence[Cue], spans: Sequence[tuple[int, int]]) -> list[Cue]:
    """The cues whose middle lies in one of the spans, which are in order."""
    starts = [start_ms for start_ms, _ in spans]
    ends = list(accumulate((end_ms for _, end_ms in spans), max))
    found = []
    for cue in cues:
        middle = (cue.start_ms + cue.end_ms) // 2
        at = bisect_right(starts, middle) - 1
        if at >= 0 and middle < ends[at]:
            found.append(cue)
    return found


def _outside(cues: Sequence[Cue], spans: Sequence[tuple[int, int]]) -> list[Cue]:
    inside = {id(cue) for cue in _within(cues, spans)}
    return [cue for cue in cues if id(cue) not in inside]


def _is_read(before: Row | None, row: Row) -> bool:
    """Whether somebody wrote a cue on the page, or said there that it is right."""
    if before is None or shown(before.cue.text) != shown(row.cue.text):
        return True
    return before.stale is not None and row.stale is None


def _kept_source(desk: Desk, start: Start) -> _Source:
    line = Revision(What.REVIEW, "", files={Role.SOURCE: start.source})
    return _Source(Timed(desk.past.cues(line, Role.SOURCE), start.source_clock), start.source)


def _keep_refused(desk: Desk, entries: Sequence[Entry]) -> None:
    """What was typed against what somebody else had typed: their cue stands, and both versions are in the history."""
    found = [
        _refused_op(one.who, one.outcome.mine, one.outcome.theirs)
        for one in entries
        if one.outcome and one.outcome.status == CONFLICT
    ]
    _keep(desk, found)


def _keep(desk: Desk, lines: Sequence[bytes]) -> None:
    if not lines:
        return
    digest = desk.history.keep(b"".join(lines))
    if any(one.files.get(Role.RECEIVED) == digest for one in desk.history.revisions):
        return
    why = "two people changed the same cue; this version does not stand"
    line = Revision(What.REFUSED, desk.who, files={Role.RECEIVED: digest}, kind=KIND, name=REFUSED_NAME, notes=(why,))
    desk.history.append(line)


def _refused_op(who: str, mine: Sequence[Placed], theirs: Sequence[Row]) -> bytes:
    return _json_line(who, [placed_to_json(one) for one in mine], [row_to_json(row) for row in theirs])


def _refused(who: str, mine: Sequence[Cue], theirs: Sequence[Cue]) -> bytes:
    return _json_line(who, [_cue(one) for one in mine], [_cue(one) for one in theirs])


def _json_line(who: str, mine: list[dict[str, object]], theirs: list[dict[str, object]]) -> bytes:
    return json.dumps({"who": who, "refused": mine, "stands": theirs}, ensure_ascii=False).encode() + b"\n"


def _cue(cue: Cue) -> dict[str, object]:
    return {"startMs": cue.start_ms, "endMs": cue.end_ms, "text": cue.text}
