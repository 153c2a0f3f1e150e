"""Which returned cues come from which cues handed out: one to one, one to several, several to one, or none.

Rule: order, times and texts are weighed together, and never a time alone; the cheapest way through both lists wins.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from math import inf

from castkit.model.cue import Cue
from castkit.subtitles.merge.anchors import anchors, shifts
from castkit.subtitles.merge.likeness import letters, likeness, shared

Group = tuple[tuple[int, ...], tuple[int, ...]]  # indexes of base cues and of returned cues that belong together

# What a pair costs, weighed against a cue that has no counterpart.
_ALONE = 0.35
_OTHER_TEXT = 0.10
_OTHER_TIME = 0.05
_MORE = 0.10  # each cue more in a split or a merge
_PARTS = 4
_ONE_TO_ONE = (1, 1)
_STEPS = (
    (1, 0), (0, 1), _ONE_TO_ONE,
    *((1, parts) for parts in range(2, _PARTS + 1)),
    *((parts, 1) for parts in range(2, _PARTS + 1)),
)  # fmt: skip
_NEAR = 20  # cues before and after that are looked at


def aligned(base: Sequence[Cue], theirs: Sequence[Cue]) -> list[Group]:
    """Groups in order, every index of both in exactly one; both lists must be in order of time."""
    fixed = [(-1, -1), *anchors(base, theirs), (len(base), len(theirs))]
    found: list[Group] = []
    for (before, other_before), (after, other_after) in pairwise(fixed):
        if before >= 0:
            found.append(((before,), (other_before,)))
        gap = _Gap(base[before + 1 : after], theirs[other_before + 1 : other_after])
        for ours, others in gap.way():
            found.append(
                (tuple(before + 1 + one for one in ours), tuple(other_before + 1 + one for one in others)),
            )
    return found


class _Gap:
    """Both lists between two anchors; a dynamic programme over a band along the times."""

    def __init__(self, base: Sequence[Cue], theirs: Sequence[Cue]) -> None:
        self.base, self.theirs = base, theirs
        self.base_letters = [letters(cue.text) for cue in base]
        self.their_letters = [letters(cue.text) for cue in theirs]
        self.alike: dict[tuple[int, int, int, int], float] = {}
        self.shifts = shifts(base, theirs)
        self.middles = self._middles()

    def way(self) -> Iterator[Group]:
        """The groups of the cheapest way, in order."""
        taken = self._taken() if self.base and self.theirs else {}
        row, column = len(self.base), len(self.theirs)
        back: list[Group] = []
        while row or column:
            down, right = taken.get((row, column), (1, 0) if row else (0, 1))
            back.append((tuple(range(row - down, row)), tuple(range(column - right, column))))
            row, column = row - down, column - right
        return reversed(back)

    def _middles(self) -> list[int]:
        """By base cue: how many were returned that stand before it, shifted as it is; and all of them at the end."""
        starts = [cue.start_ms for cue in self.theirs]
        at = (bisect_left(starts, cue.start_ms + by) for cue, by in zip(self.base, self.shifts, strict=True))
        return [*accumulate(at, max), len(starts)]

    def _taken(self) -> dict[tuple[int, int], tuple[int, int]]:
        """By place: the last step of the cheapest way there."""
        costs: dict[int, dict[int, float]] = {}  # the last rows alone: memory stays flat in the length
        taken: dict[tuple[int, int], tuple[int, int]] = {}
        for row in range(len(self.base) + 1):
            costs.pop(row - _PARTS - 1, None)
            here = costs[row] = {0: 0.0} if row == 0 else {}
            low, high = self.middles[row - 1] - _NEAR if row else 0, self.middles[row] + _NEAR
            for column in range(max(0, low), min(len(self.theirs), high) + 1):
                best = here.get(column, inf)
                for step in _STEPS:
                    before = costs.get(row - step[0], {}).get(column - step[1], inf)
                    if before + _MORE * (sum(step) - 2) >= best:
                        continue
                    cost = before + self._cost(row - step[0], column - step[1], step, best - before)
                    if cost < best:
                        best, taken[row, column] = cost, step
                here[column] = best
        return taken

    def _cost(self, row: int, column: int, step: tuple[int, int], limit: float) -> float:
        """What it costs to go a step from a place; anything from `limit` on may be told as infinite."""
        if 0 in step:
            return _ALONE
        time = self._time(row, column, step)
        if step == _ONE_TO_ONE:
            return _unlike(self._single(row, column), time)
        most = limit - _MORE * (sum(step) - 2)
        least = 1 - (most - _OTHER_TIME * (1 - time)) / (1 - time + _OTHER_TEXT)  # solved for the text
        if least >= 1:
            return inf
        text = self._likeness((row, row + step[0]), (column, column + step[1]), max(0.0, least))
        if text < least or text < self._best_without_one(row, column, step):
            return inf  # of the latter the others alone say it better: the one at the end was not joined to them
        return _unlike(text, time) + _MORE * (sum(step) - 2)

    def _best_without_one(self, row: int, column: int, step: tuple[int, int]) -> float:
        """How alike both are without the first or the last of the several."""
        down, right = (int(parts > 1) for parts in step)
        rows, columns = (row, row + step[0]), (column, column + step[1])
        return max(
            self._likeness((rows[0] + down, rows[1]), (columns[0] + right, columns[1])),
            self._likeness((rows[0], rows[1] - down), (columns[0], columns[1] - right)),
        )

    def _single(self, row: int, column: int) -> float:
        return self._likeness((row, row + 1), (column, column + 1))

    def _likeness(self, rows: tuple[int, int], columns: tuple[int, int], least: float = 0.0) -> float:
        found = self.alike.get((*rows, *columns))
        if found is None:
            ours, others = "".join(self.base_letters[slice(*rows)]), "".join(self.their_letters[slice(*columns)])
            found = likeness(ours, others, least)
            if not least:  # with it, 0 may only mean that it is less
                self.alike[*rows, *columns] = found
        return found

    def _time(self, row: int, column: int, step: tuple[int, int]) -> float:
        """What both spans share, as they are or shifted like the next cue that is surely the same."""
        ours, others = self.base[row : row + step[0]], self.theirs[column : column + step[1]]
        start_ms, end_ms = ours[0].start_ms, max(cue.end_ms for cue in ours)
        other = others[0].start_ms, max(cue.end_ms for cue in others)
        by_ms = self.shifts[row]
        shifted = shared(start_ms + by_ms, end_ms + by_ms, *other) if by_ms else 0.0
        return max(shifted, shared(start_ms, end_ms, *other))


def _unlike(text: float, time: float) -> float:
    return (1 - text) * (1 - time) + _OTHER_TEXT * (1 - text) + _OTHER_TIME * (1 - time)
