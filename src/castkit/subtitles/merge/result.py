"""What goes into a merge and what comes out of it.

Rule: whatever of a person's does not stand in the merged cues as they left it is listed here, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from castkit.model.cue import Cue
from castkit.model.timeline import Timeline, rebased

Clock = Callable[[int, int], tuple[int, int] | None]  # a span (ms) of the old master on the new one; None: cut out
SHORTEST_MS = 200  # what a cut left of a cue is listed as removed when it is shorter: nobody can read it


def unmoved(start_ms: int, end_ms: int) -> tuple[int, int]:
    """The clock of an episode that was not cut again."""
    return start_ms, end_ms


def recut(old: Timeline, new: Timeline) -> Clock:
    """The clock of an episode that was cut again since."""
    return unmoved if old == new else partial(rebased, old=old, new=new)


def moved(cue: Cue, clock: Clock) -> tuple[int, int] | None:
    """Where a person's cue goes (ms), even one of no length; None where too little of it is left to be read."""
    length = cue.duration_ms
    at = clock(cue.start_ms, max(cue.end_ms, cue.start_ms + 1))
    if at is None:
        return None
    if length <= 0:
        return at[0], at[0] + length
    return at if at[1] - at[0] >= min(SHORTEST_MS, length) else None


def on_clock(cues: Sequence[Cue], old: Timeline, new: Timeline) -> tuple[tuple[Cue, ...], tuple[Cue, ...]]:
    """The cues of one edit on the clock of another, and those (as they were) of which too little is left."""
    clock = recut(old, new)
    kept, gone = [], []
    for cue in cues:
        if at := moved(cue, clock):
            kept.append(replace(cue, start_ms=at[0], end_ms=at[1]))
        else:
            gone.append(cue)
    return tuple(kept), tuple(gone)


@dataclass(frozen=True, slots=True)
class Base:
    """The cues handed out, and those of the source they came from; both on the clock of that day's master.

    For subtitles of the language that is spoken, `source` is the cues themselves. Without it nothing is ever stale.
    """

    cues: tuple[Cue, ...]
    source: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True)
class New:
    """The machine's cues of today, the source's, and the clock that brings old times to theirs."""

    cues: tuple[Cue, ...]
    source: tuple[Cue, ...] = ()
    clock: Clock = unmoved


class Whose(StrEnum):
    HUMAN = "human"
    READ = "read"  # the machine's words, left as they were by a person who accepted the file
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Stale:
    """What was said under a cue when it was written, and what is said there now."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class MergedCue:
    """A cue of the result; indexes are those of the sequences that went in.

    `person` is 1 or 2 of two people, 0 where both or none. `conflict` is an index into `Merged.conflicts`.
    """

    cue: Cue
    origin: Whose
    base: tuple[int, ...] = ()
    theirs: int | None = None
    new: int | None = None
    stale: Stale | None = None
    person: int = 0
    conflict: int | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """A cue as it came back (old clock), its index in what came back, and the base cues it was made of."""

    cue: Cue
    theirs: int
    base: tuple[int, ...] = ()
    stale: Stale | None = None


@dataclass(frozen=True, slots=True)
class Shortened:
    """A person's cue of which a cut took a part: as returned (old clock), and where it stands now (ms)."""

    cue: Cue
    theirs: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Deleted:
    """A base cue (old clock) that a person took out; `person` as in `MergedCue`."""

    cue: Cue
    base: int
    person: int = 0


class Way(StrEnum):
    """How a machine's cue made room."""

    REPLACED = "a person's cue or deletion stands for it"
    WORDS_TAKEN = "the words a person's cue already has were taken out of it"
    MOVED = "its time was changed"
    PERHAPS_TWICE = "it may repeat words of a person's cue"
    PERHAPS_LOST = "it was left out, but may say more than the person's cue in its place"
    NO_ROOM = "it was left out: a person's cue leaves no room for it"


@dataclass(frozen=True, slots=True)
class Yielded:
    """A machine's cue that made room, by its index in `New.cues`; `shown` is what stands there, if anything."""

    cue: Cue
    new: int
    way: Way
    shown: Cue | None = None

    @property
    def is_flagged(self) -> bool:
        """Whether a person should look at it."""
        return self.way in (Way.PERHAPS_TWICE, Way.PERHAPS_LOST, Way.NO_ROOM)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Cues that two people made of the same base cues; no cues: that one took them out."""

    base: tuple[int, ...]
    one: tuple[Cue, ...]
    other: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """The cues in order of time on the new clock, and all that is not as it was."""

    cues: tuple[MergedCue, ...]
    removed_by_cut: tuple[Returned, ...] = ()
    shortened: tuple[Shortened, ...] = ()
    deleted: tuple[Deleted, ...] = ()
    replaced: tuple[Returned, ...] = ()  # read and left as they were, but what is said there changed
    yielded: tuple[Yielded, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def stale(self) -> tuple[MergedCue, ...]:
        return tuple(cue for cue in self.cues if cue.stale)

    @property
    def flagged(self) -> tuple[Yielded, ...]:
        """The machine's cues that a person should look at."""
        return tuple(one for one in self.yielded if one.is_flagged)


def in_order(cues: list[MergedCue]) -> tuple[MergedCue, ...]:
    return tuple(sorted(cues, key=lambda one: (one.cue.start_ms, one.cue.end_ms)))
