"""What came back from a person, brought together with what others did and with what the episode has become since.

Rule: every merge is checked for loss before anybody sees its result; nothing here reads or writes a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from castkit.model.cue import Cue
from castkit.model.timeline import Timeline
from castkit.subtitles.merge.changes import Kind, changes
from castkit.subtitles.merge.likeness import told
from castkit.subtitles.merge.notes import notes
from castkit.subtitles.merge.people import decided, merge_people
from castkit.subtitles.merge.result import Base, Conflict, Merged, New, Stale, on_clock, recut
from castkit.subtitles.merge.three_way import merge
from castkit.subtitles.merge.verify import verify, verify_people


@dataclass(frozen=True, slots=True)
class Timed:
    """Cues, and the edit of the recordings that they are timed on."""

    cues: tuple[Cue, ...]
    clock: Timeline


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What a person was given, the source it was made from, and the machine's cues that it goes back to.

    Where the last are not known there are none: then every cue counts as a person's.
    """

    given: Timed
    source: Timed
    machine: Timed


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """The last build's machine cues (none where a person's stand) and source; and what stands of a person, if any."""

    machine: tuple[Cue, ...]
    source: tuple[Cue, ...]
    clock: Timeline
    held: Timed | None = None


@dataclass(frozen=True, slots=True)
class StaleCue:
    """A person's cue (on today's clock) under which something else is said now than when it was written."""

    cue: Cue
    stale: Stale


@dataclass(frozen=True, slots=True)
class Together:
    """The cues on today's clock, and what there is to tell; with `conflicts`, nothing may be written of it yet."""

    cues: tuple[Cue, ...]
    notes: tuple[str, ...] = ()
    stale: tuple[StaleCue, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def together(
    base: HandedOut, theirs: Sequence[Cue], now: Meanwhile, *, is_accepted: bool, prefer: str = ""
) -> Together:
    """What came back of `base` (`theirs`, on its clock) with what stands of another person's and with today's source.

    `prefer`: whose version is taken where two people exclude each other: "incoming", "standing", or nobody's.
    """
    mine, remarks = Timed(tuple(theirs), base.given.clock), list[str]()
    conflicts: tuple[Conflict, ...] = ()
    given, other = _today(base.given, now), _today(now.held, now) if now.held else None
    is_other = other is not None and seen(other) != seen(given)
    if now.held:
        remarks += _cut_out(now.held, now)
    if other is not None and is_other:
        remarks += _cut_out(mine, now)
        mine = Timed(_today(mine, now), now.clock)
        merged = merge_people(given, other, mine.cues)
        verify_people(given, other, mine.cues, merged)
        conflicts = () if prefer else merged.conflicts
        mine = Timed(_decided(merged, prefer), now.clock)
        remarks += [*_contested(merged, prefer), *notes(replace(merged, conflicts=()))]
    if conflicts or not (mine.clock != now.clock or _is_new(base.source, now)):
        return Together(mine.cues, tuple(remarks), conflicts=conflicts)
    source, machine = (on_clock(one.cues, one.clock, mine.clock)[0] for one in (base.source, base.machine))
    clock = recut(mine.clock, now.clock)
    merged = merge(Base(machine, source), mine.cues, New(now.machine, now.source, clock), is_accepted=is_accepted)
    verify(machine, mine.cues, merged, clock=clock)
    found = tuple(StaleCue(one.cue, one.stale) for one in merged.cues if one.stale)
    told = dict.fromkeys((*remarks, *notes(merged)))
    return Together(tuple(one.cue for one in merged.cues), tuple(told), found)


def as_given(given: Sequence[Cue], theirs: Sequence[Cue], rounding_ms: int = 0) -> tuple[Cue, ...]:
    """The returned cues, those that nobody changed as they were handed out: to the byte, and not rounded.

    Editors write composed letters in another form and blanks at line ends, ASS rounds times to `rounding_ms`.
    """
    found: list[Cue] = []
    for change in changes(given, theirs, rounding_ms=rounding_ms):
        cues = [theirs[index] for index in change.theirs]
        if change.kind is Kind.SAME:
            cues = [replace(given[change.base[0]], speaker=None)]
        elif change.kind is Kind.TEXT:
            old = given[change.base[0]]
            cues = [replace(cues[0], start_ms=old.start_ms, end_ms=old.end_ms)]
        found += cues
    return tuple(sorted(found, key=lambda cue: (cue.start_ms, cue.end_ms)))


def stale_cues(cues: Timed, source: Timed, today: Meanwhile) -> tuple[StaleCue, ...]:
    """The cues of a person under which something else is said now; those that were cut out are none of them."""
    theirs, _ = on_clock(cues.cues, cues.clock, source.clock)
    new = New((), today.source, recut(source.clock, today.clock))
    merged = merge(Base(theirs, source.cues), theirs, new, is_accepted=True)
    return tuple(StaleCue(one.cue, one.stale) for one in merged.cues if one.stale)


def seen(cues: Sequence[Cue]) -> list[tuple[int, int, str]]:
    """What people see of cues: times and texts."""
    return sorted((cue.start_ms, cue.end_ms, told(cue.text)) for cue in cues)


def _is_new(source: Timed, now: Meanwhile) -> bool:
    return source.clock != now.clock or seen(source.cues) != seen(now.source)


def _today(cues: Timed, now: Meanwhile) -> tuple[Cue, ...]:
    return on_clock(cues.cues, cues.clock, now.clock)[0]


def _cut_out(cues: Timed, now: Meanwhile) -> list[str]:
    _, gone = on_clock(cues.cues, cues.clock, now.clock)
    return [
        f"“{' / '.join(cue.lines)}” lies in what was cut since; it is left out, and the history has it" for cue in gone
    ]


def _contested(merged: Merged, prefer: str) -> list[str]:
    """What was not taken of two people's versions."""
    left = [(one.one if prefer == "incoming" else one.other) for one in merged.conflicts] if prefer else []
    texts = (" + ".join(f"“{' / '.join(cue.lines)}”" for cue in cues) or "the deletion" for cues in left)
    return [f"two people changed the same cue; not taken, and in the history: {text}" for text in texts]


def _decided(merged: Merged, prefer: str) -> tuple[Cue, ...]:
    """The cues of a merge of two people; of a conflict, the version of the one who is preferred."""
    person = {"standing": 1, "incoming": 2}.get(prefer)
    return tuple(one.cue for one in merged.cues) if person is None else decided(merged, person)
