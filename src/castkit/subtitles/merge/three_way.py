"""A person's subtitles and the machine's new ones, brought together over what the person was given.

Rule: what a person wrote, timed, split, joined or took out stands whole; the machine's cues fill what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from castkit.model.cue import Cue
from castkit.subtitles.merge.changes import Change, Kind, changes
from castkit.subtitles.merge.result import (
    Base,
    Deleted,
    Merged,
    MergedCue,
    New,
    Returned,
    Shortened,
    Stale,
    Whose,
    in_order,
    moved,
)
from castkit.subtitles.merge.staleness import Sources
from castkit.subtitles.merge.yielding import Claim, Yielding


def merge(base: Base, theirs: Sequence[Cue], new: New, *, is_accepted: bool = False, rounding_ms: int = 0) -> Merged:
    """People's cues of `theirs` with the machine's of `new` around them; nothing is checked yet: see `verify`.

    `is_accepted`: a person has read the whole file; a cue they left alone stays too while its source says the same.
    Where the machine has nothing new (`new.cues` empty), all that came back stays. `rounding_ms`: see `changes`.
    """
    making = _Making(base, theirs, new, Sources(base.source, new.source, new.clock), is_accepted=is_accepted)
    for change in changes(base.cues, theirs, rounding_ms=rounding_ms):
        making.take(change)
    spans = [(one.cue.start_ms, one.cue.end_ms) for one in making.kept]
    machine, yielded = Yielding(spans, making.claims).around(new.cues)
    return Merged(
        in_order([*making.kept, *machine]),
        removed_by_cut=tuple(making.removed),
        shortened=tuple(making.shortened),
        deleted=tuple(making.deleted),
        replaced=tuple(making.replaced),
        yielded=tuple(yielded),
    )


@dataclass
class _Making:
    """One merge in the making, change by change."""

    base: Base
    theirs: Sequence[Cue]
    new: New
    sources: Sources
    is_accepted: bool
    kept: list[MergedCue] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    removed: list[Returned] = field(default_factory=list)
    shortened: list[Shortened] = field(default_factory=list)
    deleted: list[Deleted] = field(default_factory=list)
    replaced: list[Returned] = field(default_factory=list)

    def take(self, change: Change) -> None:
        if change.kind is Kind.DELETED:
            self.deleted += [Deleted(self.base.cues[index], index) for index in change.base]
            self._claim(change)
        elif change.is_human:
            self._keep(change, Whose.HUMAN)
        elif self.is_accepted or not self.new.cues:
            self._read(change)

    def _read(self, change: Change) -> None:
        """A cue that was read and left alone gives way only to words that are said there now and were not."""
        cue = self.theirs[change.theirs[0]]
        at = moved(cue, self.new.clock)
        stale = self._stale(change, change.theirs[0], at) if at else None
        if stale and self.new.cues:
            self.replaced.append(Returned(cue, change.theirs[0], change.base, stale))
        else:
            self._keep(change, Whose.READ)

    def _keep(self, change: Change, origin: Whose) -> None:
        is_left = False
        for index in change.theirs:
            cue = self.theirs[index]
            at = moved(cue, self.new.clock)
            if at is None:
                self.removed.append(Returned(cue, index, change.base))
                continue
            is_left = True
            if at[1] - at[0] != cue.duration_ms:
                self.shortened.append(Shortened(cue, index, *at))
            here = replace(cue, start_ms=at[0], end_ms=at[1])
            stale = self._stale(change, index, at)
            self.kept.append(MergedCue(here, origin, change.base, theirs=index, stale=stale))
        if is_left:
            self._claim(change)

    def _claim(self, change: Change) -> None:
        """What is said under the cues a person was given is theirs to say, wherever they say it."""
        for index in change.base:
            cue = self.base.cues[index]
            at = self.new.clock(cue.start_ms, cue.end_ms) if cue.duration_ms > 0 else None
            if at:
                self.claims.append(Claim(*at, cue.text))

    def _stale(self, change: Change, index: int, at: tuple[int, int]) -> Stale | None:
        """What changed under the cues a returned one was made of; of an inserted one, under itself."""
        given = [self.base.cues[one] for one in change.base] or [self.theirs[index]]
        before = min(cue.start_ms for cue in given), max(cue.end_ms for cue in given)
        now = self.new.clock(*before) if change.base and before[0] < before[1] else at
        return self.sources.stale(before, now or at)
