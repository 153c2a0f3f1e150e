"""Finds dropouts, where a sound breaks off into digital silence and comes back.

Rule: silence that can be meant, between words, after a fade, or as a gate or a synthesiser makes it, is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from castkit.model.condition import Fault

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
_FRAME = 512
_NOTHING = 1  # of 32768: a decoder's rounding of silence
_SHORTEST = 160  # samples, 10 ms
_EDGE = 80  # samples beside a dropout (5 ms) whose level must be
_EDGE_LEVEL = 4.0  # at least this (RMS, of 32768): -78 dBFS, so that the sound breaks off and does not fade
_HABIT_SHARE = 0.2  # of all pauses' time: so much digital silence comes from a gate or a synthesiser
_HABIT_RATIO = 3.0  # and is so many times as common in pauses as elsewhere


@dataclass(slots=True)
class Silences:
    """Runs of digital silence of 10 ms and more, in samples (start, end); blocks are added in order."""

    runs: list[tuple[int, int]] = field(default_factory=list)
    _length: int = 0
    _open: int = -1

    def add(self, samples: NDArray[np.int16]) -> None:
        import numpy as np  # noqa: PLC0415

        is_nothing = (samples <= _NOTHING) & (samples >= -_NOTHING)
        edges = np.flatnonzero(np.diff(is_nothing, prepend=self._open >= 0)) + self._length
        if self._open >= 0:
            edges = np.concatenate(([self._open], edges))
        self._length += len(samples)
        self._open = int(edges[-1]) if len(edges) % 2 else -1
        starts, ends = edges[: len(edges) // 2 * 2 : 2], edges[1::2]
        long = ends - starts >= _SHORTEST
        self.runs += zip(starts[long].tolist(), ends[long].tolist(), strict=True)

    def finish(self) -> None:
        """Ends a run that goes on to the end of the sound."""
        if self._open >= 0 and self._length - self._open >= _SHORTEST:
            self.runs.append((self._open, self._length))
        self._open = -1

    @property
    def length(self) -> int:
        return self._length


def find(
    silences: Silences, is_pause: NDArray[np.bool_], read: Callable[[int, int], NDArray[np.int16]]
) -> tuple[Fault, ...]:
    """The silences that break off a sound; none where digital silence is how this recording pauses.

    `is_pause` is of each frame of 32 ms; `read(start, count)` gives samples.
    """
    inner = [(start, end) for start, end in silences.runs if start > 0 and end < silences.length]
    if _is_habit(inner, is_pause):
        return ()
    return tuple(
        Fault("dropout", start * 1000 // RATE, -(-end * 1000 // RATE))
        for start, end in inner
        if min(_level(read(max(0, start - _EDGE), min(_EDGE, start))), _level(read(end, _EDGE))) >= _EDGE_LEVEL
    )


def _is_habit(runs: list[tuple[int, int]], is_pause: NDArray[np.bool_]) -> bool:
    import numpy as np  # noqa: PLC0415

    silent = np.zeros(len(is_pause), np.bool_)
    for start, end in runs:
        silent[start // _FRAME : -(-end // _FRAME)] = True
    in_pauses = silent[is_pause].mean() if is_pause.any() else 0.0
    elsewhere = silent[~is_pause].mean() if not is_pause.all() else 0.0
    return bool(in_pauses > _HABIT_SHARE and in_pauses > _HABIT_RATIO * elsewhere)


def _level(samples: NDArray[np.int16]) -> float:
    import numpy as np  # noqa: PLC0415

    return float(np.sqrt(np.square(samples, dtype=np.float64).mean())) if len(samples) else 0.0
