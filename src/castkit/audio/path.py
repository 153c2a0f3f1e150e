"""The likeliest way through a master: at every moment one of the offsets that were found, or none; few changes.

Rule: Viterbi's algorithm; time never runs backwards, and a pause of the master decides nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
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

    @property
    def last(self) -> int:
        """The step after its last."""
        return self.first + len(self.gains)

    def gain(self, step: int) -> float:
        """What being at this offset brings in this step."""
        return float(self.gains[step - self.first])


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
    return _runs(candidates, _way(candidates, len(active)))


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


def _way(candidates: Sequence[_Candidate], steps: int) -> list[int]:
    """The number of the candidate in every step, or _NOTHING, by Viterbi."""
    came: list[array[int]] = []  # per step: candidate, and the one before it, by turns
    best: dict[int, float] = {_NOTHING: 0.0}
    waiting = sorted(range(len(candidates)), key=lambda number: -candidates[number].first)
    alive: list[int] = []
    for step in range(steps):
        while waiting and candidates[waiting[-1]].first <= step:
            alive.append(waiting.pop())
        alive = [number for number in alive if candidates[number].last > step]
        here: dict[int, float] = {}
        back = array("i")
        for number in (_NOTHING, *alive):
            score, before = _arriving(candidates, best, number)
            here[number] = score if number == _NOTHING else score + candidates[number].gain(step)
            back.extend((number, before))
        came.append(back)
        best = here
    way = [max(best, key=lambda number: best[number])]
    for back in reversed(came[1:]):
        way.append(back[2 * back[::2].index(way[-1]) + 1])
    return way[::-1] if steps else []


def _arriving(candidates: Sequence[_Candidate], best: Mapping[int, float], number: int) -> tuple[float, int]:
    """The best sum with which `number` (or nothing) can be reached, and from where; never back in time."""
    limit = None if number == _NOTHING else candidates[number].offset + _SAME_FRAMES
    return max(
        (score - (0 if name == number else _CHANGE), name)
        for name, score in best.items()
        if limit is None or name == _NOTHING or candidates[name].offset <= limit
    )


def _runs(candidates: Sequence[_Candidate], way: Sequence[int]) -> list[Run]:
    runs: list[Run] = []
    start = 0
    for step in range(1, len(way) + 1):
        if step == len(way) or way[step] != way[start]:
            if way[start] != _NOTHING:
                runs.append(Run(start * HOP_FRAMES, step * HOP_FRAMES, candidates[way[start]].offset))
            start = step
    return runs
