"""The one time axis of every picture: before and after lie above one another, moment by moment.

Rule: it runs along the recordings' clock, so that what was removed leaves a gap in the sound after; the intro stands
before it, and the outro after the last piece that was kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from castkit.model.timeline import Timeline

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.floating[Any]]

_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_MOST_TICKS = 11


@dataclass(frozen=True, slots=True)
class Axis:
    """`span_ms` long; the recordings' clock begins at `lead_ms` on it."""

    timeline: Timeline
    lead_ms: int
    span_ms: int

    def of_recordings(self, ms: Numbers) -> Numbers:
        """Moments of the recordings' clock on the axis, ms."""
        return ms + self.lead_ms

    def of_master(self, ms: Numbers) -> Numbers:
        """Moments of the master's clock on the axis, ms."""
        import numpy as np  # noqa: PLC0415

        pieces = self.timeline.pieces
        starts, ends, at = (
            np.array([getattr(piece, name) for piece in pieces], dtype=float)
            for name in ("start_ms", "end_ms", "at_ms")
        )
        ends[-1] = np.inf  # the outro goes on
        which = np.clip(np.searchsorted(at, ms, side="right") - 1, 0, len(pieces) - 1)
        found: Numbers = np.minimum(starts[which] + ms - at[which], ends[which]) + self.lead_ms
        return found

    @property
    def is_cut(self) -> bool:
        """Whether the two clocks differ anywhere."""
        first = self.timeline.pieces[0]
        return len(self.timeline.pieces) > 1 or first.start_ms != first.at_ms


def common(timeline: Timeline, recordings_ms: int, master_ms: int) -> Axis:
    """The axis that shows recordings and master whole, both from 0 to their end."""
    first, last = timeline.pieces[0], timeline.pieces[-1]
    lead = max(0, first.at_ms - first.start_ms)
    end = last.end_ms + master_ms - last.until_ms
    return Axis(timeline, lead, max(lead + max(recordings_ms, end), 1))


def ticks(end_ms: int, span_ms: int) -> Iterator[int]:
    """Round times from 0 to `end_ms`, few enough for an axis of `span_ms`."""
    step = next((one for one in _STEPS_S if span_ms <= one * 1000 * _MOST_TICKS), _STEPS_S[-1]) * 1000
    yield from range(0, end_ms + 1, step)
