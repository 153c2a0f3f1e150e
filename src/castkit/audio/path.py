"""The best way through a master: at every moment one of the offsets that were found, or none, with few changes.

Rule: Viterbi's algorithm; time never runs backwards, and a pause of the master decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from castkit.audio.rhythm import FRAMES_PER_SECOND

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from castkit.audio.rhythm import Rhythm

    Floats = NDArray[np.float32]

HOP_FRAMES = FRAMES_PER_SECOND // 4
_LIKE = 0.3  # of the same sound through other equipment 0.5 and more; of other sound 0.1
_CHANGE = 1.0  # what a change of offset costs: about a second of a better match
_REACH_STEPS = 60  # an offset is thought of for 15 s around where it was found
_SAME_FRAMES = 2
_NOTHING = -1


@dataclass(frozen=True, slots=True)
class Run:
    """Frames `start` to `stop` of the master lie `offset` frames later in the recordings."""

    start: int
    stop: int
    offset: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An offset (frames), the first step it is thought of, and its gain in every step from there."""

    offset: int
    first: int
    gains: Floats

    def gain(self, step: int) -> float | None:
        """What being at this offset brings; None where it is not thought of."""
        index = step - self.first
        return float(self.gains[index]) if 0 <= index < len(self.gains) else None


def likeness(moves: Rhythm, sung: Rhythm, offset: int, steps: tuple[int, int]) -> Floats:
    """How alike master and recordings are at this offset, from -1 to 1, in the steps from and to; over 0.75 s each."""
    import numpy as np  # noqa: PLC0415

    start, stop = (steps[0] - 1) * HOP_FRAMES, (steps[1] + 1) * HOP_FRAMES
    x = _cut(sung, start, stop)
    y = _cut(moves, start + offset, stop + offset)
    sums = [product.sum(axis=1).reshape(-1, HOP_FRAMES).sum(axis=1) for product in (x * y, x * x, y * y)]
    both, first, second = (one[:-2] + one[1:-1] + one[2:] for one in sums)
    scale = np.sqrt(first * second)
    return np.asarray(np.where(scale > 0, both / np.maximum(scale, 1.0), 0.0), np.float32)


def _cut(rhythm: Rhythm, start: int, stop: int) -> Floats:
    import numpy as np  # noqa: PLC0415

    part = np.zeros((stop - start, rhythm.shape[1]), np.float32)
    first, last = max(0, start), min(len(rhythm), stop)
    if first < last:
        part[first - start : last - start] = rhythm[first:last]
    return part


def cheapest(moves: Rhythm, sung: Rhythm, active: Floats, offsets: Iterable[tuple[int, int]]) -> list[Run]:
    """The runs of the best way, in order; `offsets` are (frame of the master, offset), `active` a weight per step."""
    candidates = _candidates(moves, sung, active, offsets)
    steps = len(active)
    alive: list[list[int]] = [[] for _ in range(steps)]
    for number, candidate in enumerate(candidates):
        for step in range(candidate.first, min(steps, candidate.first + len(candidate.gains))):
            alive[step].append(number)
    return _runs(candidates, _backwards(_forwards(candidates, alive)))


def _candidates(moves: Rhythm, sung: Rhythm, active: Floats, offsets: Iterable[tuple[int, int]]) -> list[_Candidate]:
    """One per offset and stretch of the master in which it was found."""
    found: list[list[int]] = []  # offset, first step, last step
    for at, offset in sorted(offsets, key=lambda one: (one[1], one[0])):
        first, last = max(0, at // HOP_FRAMES - _REACH_STEPS), min(len(active), at // HOP_FRAMES + _REACH_STEPS)
        for one in reversed(found):
            if offset - one[0] > _SAME_FRAMES:
                found.append([offset, first, last])
                break
            if first <= one[2] and last >= one[1]:
                one[1], one[2] = min(one[1], first), max(one[2], last)
                break
        else:
            found.append([offset, first, last])
    return [
        _Candidate(offset, first, (likeness(moves, sung, offset, (first, last)) - _LIKE) * active[first:last])
        for offset, first, last in found
        if last > first
    ]


def _forwards(candidates: Sequence[_Candidate], alive: Sequence[Sequence[int]]) -> list[dict[int, tuple[float, int]]]:
    """Per step and offset the best sum so far, and the offset before it."""
    table: list[dict[int, tuple[float, int]]] = []
    before: dict[int, tuple[float, int]] = {_NOTHING: (0.0, _NOTHING)}
    for step, numbers in enumerate(alive):
        here: dict[int, tuple[float, int]] = {}
        nothing = max(before, key=lambda name: before[name][0] - (0 if name == _NOTHING else _CHANGE))
        here[_NOTHING] = (before[nothing][0] - (0 if nothing == _NOTHING else _CHANGE), nothing)
        for number in numbers:
            best, name = max(
                (score - (0 if name == number else _CHANGE), name)
                for name, (score, _) in before.items()
                if name == _NOTHING or candidates[name].offset <= candidates[number].offset + _SAME_FRAMES
            )
            here[number] = (best + (candidates[number].gain(step) or 0.0), name)
        table.append(here)
        before = here
    return table


def _backwards(table: Sequence[dict[int, tuple[float, int]]]) -> list[int]:
    if not table:
        return []
    name = max(table[-1], key=lambda one: table[-1][one][0])
    way = []
    for here in reversed(table):
        way.append(name)
        name = here[name][1]
    return way[::-1]


def _runs(candidates: Sequence[_Candidate], way: Sequence[int]) -> list[Run]:
    runs: list[Run] = []
    start = 0
    for step in range(1, len(way) + 1):
        if step == len(way) or way[step] != way[start]:
            if way[start] != _NOTHING:
                runs.append(Run(start * HOP_FRAMES, step * HOP_FRAMES, candidates[way[start]].offset))
            start = step
    return runs
