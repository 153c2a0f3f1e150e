"""What two people made of the same cues, in one file.

Rule: both sets of edits stand; where both changed the same cue in ways that exclude each other, both versions do.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from castkit.model.cue import Cue
from castkit.subtitles.merge.changes import Change, Kind, changes
from castkit.subtitles.merge.likeness import told
from castkit.subtitles.merge.result import Conflict, Deleted, Merged, MergedCue, Whose, in_order


def merge_people(base: Sequence[Cue], one: Sequence[Cue], other: Sequence[Cue], *, rounding_ms: int = 0) -> Merged:
    """Both people's cues on the clock of `base`; what neither touched is the machine's. See `verify_people`.

    Text of one and times of the other go into one cue. Where they exclude each other both versions are in `cues`,
    marked with their conflict: somebody has to take one out. Indexes (`theirs`) are those of the named person's file.
    """
    making = _Both(base, one, other)
    first, second = (changes(base, cues, rounding_ms=rounding_ms) for cues in (one, other))
    for mine, yours in _together(len(base), first, second):
        making.take(mine, yours)
    making.insert(
        [change.theirs[0] for change in first if change.kind is Kind.INSERTED],
        [change.theirs[0] for change in second if change.kind is Kind.INSERTED],
    )
    return Merged(in_order(making.kept), deleted=tuple(making.deleted), conflicts=tuple(making.conflicts))


def decided(merged: Merged, person: int) -> tuple[Cue, ...]:
    """The cues with the whole version of person 1 or 2 in every conflict, what they had left as it was included."""
    cues = [one.cue for one in merged.cues if one.conflict is None]
    for conflict in merged.conflicts:
        cues += conflict.one if person == 1 else conflict.other
    return tuple(sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms)))


class _Both:
    """One merge of two people's cues in the making."""

    def __init__(self, base: Sequence[Cue], one: Sequence[Cue], other: Sequence[Cue]) -> None:
        self.base, self.files = base, (one, other)
        self.kept: list[MergedCue] = []
        self.deleted: list[Deleted] = []
        self.conflicts: list[Conflict] = []

    def take(self, mine: Sequence[Change], yours: Sequence[Change]) -> None:
        """All that both made of the same base cues."""
        are_human = [any(change.is_human for change in one) for one in (mine, yours)]
        if not any(are_human):
            index = mine[0].base[0]
            self.kept.append(MergedCue(self.base[index], Whose.MACHINE, (index,), theirs=mine[0].theirs[0]))
        elif not all(are_human):
            person = 1 if are_human[0] else 2
            self._keep(mine if are_human[0] else yours, person, person)
        elif _seen(self._cues(mine, 1)) == _seen(self._cues(yours, 2)):
            self._keep(mine, 1, 0)
        elif both := self._combined(mine, yours):
            self.kept.append(MergedCue(both, Whose.HUMAN, mine[0].base, theirs=mine[0].theirs[0]))
        else:
            self._contradict(mine, yours)

    def insert(self, mine: Sequence[int], yours: Sequence[int]) -> None:
        """Cues that stand on none of the base: the same ones once, and those at the same place as a conflict."""
        one, other = self.files
        equal = {_seen([other[index]])[0]: index for index in yours}
        shared = {index for index in mine if _seen([one[index]])[0] in equal}
        again = {equal[_seen([one[index]])[0]] for index in shared}
        self.kept += [MergedCue(one[index], Whose.HUMAN, theirs=index) for index in sorted(shared)]
        left = [index for index in mine if index not in shared]
        right = sorted((index for index in yours if index not in again), key=lambda index: other[index].start_ms)
        marks = self._at_one_place(left, right)
        for person, indexes in ((1, left), (2, right)):
            self.kept += [
                MergedCue(
                    self.files[person - 1][index],
                    Whose.HUMAN,
                    theirs=index,
                    person=person,
                    conflict=marks.get((person, index)),
                )
                for index in indexes
            ]

    def _at_one_place(self, mine: Sequence[int], yours: Sequence[int]) -> dict[tuple[int, int], int]:
        """By person and index: the conflict that inserted cues are in; `yours` in order of time."""
        one, other = self.files
        starts = [other[index].start_ms for index in yours]
        longest = max((other[index].duration_ms for index in yours), default=0)
        marks: dict[tuple[int, int], int] = {}
        for index in mine:
            cue = one[index]
            near = yours[bisect_left(starts, cue.start_ms - longest) : bisect_left(starts, cue.end_ms)]
            found = [that for that in near if other[that].end_ms > cue.start_ms and (2, that) not in marks]
            if found:
                marks[1, index] = len(self.conflicts)
                marks |= {(2, that): len(self.conflicts) for that in found}
                self.conflicts.append(Conflict((), (cue,), tuple(other[that] for that in found)))
        return marks

    def _cues(self, made: Sequence[Change], person: int) -> list[Cue]:
        return [self.files[person - 1][index] for change in made for index in change.theirs]

    def _keep(self, made: Sequence[Change], file: int, person: int) -> None:
        for change in made:
            self.kept += [
                MergedCue(self.files[file - 1][index], Whose.HUMAN, change.base, theirs=index, person=person)
                for index in change.theirs
            ]
            if not change.theirs:
                self.deleted += [Deleted(self.base[index], index, person) for index in change.base]

    def _combined(self, mine: Sequence[Change], yours: Sequence[Change]) -> Cue | None:
        """The text that one wrote at the time that the other set; None where both changed the same of it."""
        made = (*mine, *yours)
        if any(len(change.base) != 1 or len(change.theirs) != 1 for change in made):
            return None
        cue = self.base[mine[0].base[0]]
        one, other = self._cues(mine, 1)[0], self._cues(yours, 2)[0]
        texts = {told(each.text): each.text for each in (one, other) if told(each.text) != told(cue.text)}
        reset = [change.kind in {Kind.TIMES, Kind.TEXT_AND_TIMES} for change in made]
        times = {(each.start_ms, each.end_ms) for each, is_reset in zip((one, other), reset, strict=True) if is_reset}
        speakers = {each.speaker for each in (one, other)} - {None, cue.speaker}
        if max(len(texts), len(times), len(speakers)) > 1:
            return None
        start_ms, end_ms = next(iter(times), (cue.start_ms, cue.end_ms))
        speaker = next(iter(speakers), cue.speaker)
        return replace(
            cue, start_ms=start_ms, end_ms=end_ms, text=next(iter(texts.values()), cue.text), speaker=speaker
        )

    def _contradict(self, mine: Sequence[Change], yours: Sequence[Change]) -> None:
        one, other = self._cues(mine, 1), self._cues(yours, 2)
        number = len(self.conflicts)
        base = tuple(sorted({index for change in (*mine, *yours) for index in change.base}))
        self.conflicts.append(Conflict(base, tuple(one), tuple(other)))
        same = set(_seen(one)) & set(_seen(other))
        for person, made in ((1, mine), (2, yours)):
            for change in made:
                for index in change.theirs:
                    cue = self.files[person - 1][index]
                    is_same = _seen([cue])[0] in same
                    if not change.is_human or (is_same and person == 2):
                        continue
                    whose = 0 if is_same else person
                    self.kept.append(MergedCue(cue, Whose.HUMAN, change.base, index, person=whose, conflict=number))


def _seen(cues: Sequence[Cue]) -> list[tuple[int, int, str]]:
    return [(cue.start_ms, cue.end_ms, told(cue.text)) for cue in cues]


def _together(count: int, first: Sequence[Change], second: Sequence[Change]) -> list[tuple[list[Change], list[Change]]]:
    """Both people's changes by what they share of the base, in its order."""
    parent = list(range(count))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for change in (*first, *second):
        for index in change.base[1:]:
            parent[max(root(index), root(change.base[0]))] = min(root(index), root(change.base[0]))
    found: dict[int, tuple[list[Change], list[Change]]] = {index: ([], []) for index in range(count)}
    for person, made in enumerate((first, second)):
        for change in made:
            if change.base:
                found[root(change.base[0])][person].append(change)
    return [one for one in found.values() if one[0]]
