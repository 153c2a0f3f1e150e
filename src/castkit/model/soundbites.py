"""Soundbites: kept in episode.toml on the recordings' clock, shown to the world on the master's.

Rule: however the episode is cut later, a soundbite stays on the words it was made of, or goes with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from castkit.model.episode import Soundbite
from castkit.model.timeline import Timeline

SHORTEST_MS = 1000  # less is nothing to share


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a soundbite lies in the finished programme: ms on the master's clock, the end excluded."""

    start_ms: int
    end_ms: int
    soundbite: Soundbite

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms


def on_recordings_clock(start_ms: int, end_ms: int, timeline: Timeline) -> tuple[int, int] | None:
    """A stretch of the master (ms) on the recordings' clock, for episode.toml.

    Of what lies in an intro or outro nothing is taken along; None where less than a second is left then.
    """
    first, last = timeline.pieces[0], timeline.pieces[-1]
    start_ms, end_ms = max(start_ms, first.at_ms), min(end_ms, last.until_ms)
    if end_ms - start_ms < SHORTEST_MS:
        return None
    # An end is excluded: at a join it belongs to the piece before it.
    return max(0, timeline.to_recordings(start_ms)), timeline.to_recordings(end_ms - 1) + 1


def on_masters_clock(
    soundbites: Sequence[Soundbite], timeline: Timeline, duration_ms: int
) -> tuple[tuple[Placed, ...], tuple[Soundbite, ...]]:
    """The soundbites in a master of `duration_ms`, by time; and those of which the edit leaves less than a second."""
    placed, gone = [], []
    for soundbite in soundbites:
        start_ms, end_ms = timeline.span(soundbite.start, soundbite.end) or (0, 0)
        end_ms = min(end_ms, duration_ms)
        if end_ms - start_ms < SHORTEST_MS:
            gone.append(soundbite)
        else:
            placed.append(Placed(start_ms, end_ms, soundbite))
    return tuple(sorted(placed, key=lambda one: (one.start_ms, one.end_ms))), tuple(gone)
