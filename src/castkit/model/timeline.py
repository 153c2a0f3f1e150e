"""Where a moment of the recordings lies in the finished programme, after the edit.

Rule: pure arithmetic on milliseconds; every time that anything shows or stores for listeners goes through here once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_SAME_MS = 50  # a mapped span may grow by this much: rounding, or a pause that was shortened a little


@dataclass(frozen=True, slots=True)
class Piece:
    """From `start_ms` to `end_ms` on the recordings' clock (end excluded); begins at `at_ms` on the master's."""

    start_ms: int
    end_ms: int
    at_ms: int

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms

    @property
    def until_ms(self) -> int:
        """Where it ends on the master's clock."""
        return self.at_ms + self.duration_ms


@dataclass(frozen=True, slots=True)
class Timeline:
    """The pieces that are kept, at least one, in order on both clocks and without overlap."""

    pieces: tuple[Piece, ...]

    def to_master(self, ms: int) -> int | None:
        """A moment of the recordings on the master's clock; None where it was removed."""
        for piece in self.pieces:
            if piece.start_ms <= ms < piece.end_ms:
                return piece.at_ms + ms - piece.start_ms
        last = self.pieces[-1]
        return last.until_ms if ms == last.end_ms else None

    def nearest(self, ms: int) -> int:
        """The same; a moment that was removed lies where the sound goes on after it.

        After the end the clock runs on, so that what is said to lie there can be refused by name.
        """
        for piece in self.pieces:
            if ms < piece.end_ms:
                return piece.at_ms + max(0, ms - piece.start_ms)
        return self.pieces[-1].until_ms + ms - self.pieces[-1].end_ms

    def span(self, start_ms: int, end_ms: int) -> tuple[int, int] | None:
        """What is left of a span of the recordings, on the master's clock; None where nothing is."""
        left = [
            (piece.at_ms + max(start_ms, piece.start_ms) - piece.start_ms, piece)
            for piece in self.pieces
            if max(start_ms, piece.start_ms) < min(end_ms, piece.end_ms)
        ]
        if not left:
            return None
        last = left[-1][1]
        return left[0][0], last.at_ms + min(end_ms, last.end_ms) - last.start_ms

    def keeps(self, start_ms: int, end_ms: int) -> bool:
        """Whether anything of this span is left."""
        return self.span(start_ms, end_ms) is not None

    def to_recordings(self, at_ms: int) -> int:
        """A moment of the master on the recordings' clock; before, after and between the pieces by the nearest one."""
        before = [piece for piece in self.pieces if piece.at_ms <= at_ms]
        piece = before[-1] if before else self.pieces[0]
        ms = piece.start_ms + at_ms - piece.at_ms
        return min(ms, piece.end_ms) if before and piece is not self.pieces[-1] else ms


def joined(kept: Sequence[tuple[int, int]], lead_ms: int) -> Timeline:
    """The spans one after the other, the first at `lead_ms` on the master's clock."""
    pieces, at_ms = [], lead_ms
    for start_ms, end_ms in kept:
        pieces.append(Piece(start_ms, end_ms, at_ms))
        at_ms += end_ms - start_ms
    return Timeline(tuple(pieces))


def rebased(start_ms: int, end_ms: int, old: Timeline, new: Timeline) -> tuple[int, int] | None:
    """A span of an older master on the clock of a newer one; None where all of it was removed since.

    What lies outside the recordings (in an intro or outro) keeps its distance to them, and what reaches into them goes
    on doing so. A span over an old join, where the newer edit keeps what the older had removed, goes with its longer
    half: it does not grow over what was never its own.
    """
    first, last = old.pieces[0], old.pieces[-1]
    if end_ms <= first.at_ms or start_ms >= last.until_ms:
        is_before = end_ms <= first.at_ms
        shift = new.pieces[0].at_ms - first.at_ms if is_before else new.pieces[-1].until_ms - last.until_ms
        moved = (max(0, start_ms + shift), max(0, end_ms + shift))
        return moved if moved[0] < moved[1] else None
    found = _inside(max(start_ms, first.at_ms), min(end_ms, last.until_ms), old, new)
    if found is None:
        return None
    before = max(0, first.at_ms - start_ms) if found[0] == new.pieces[0].at_ms else 0
    after = max(0, end_ms - last.until_ms) if found[1] == new.pieces[-1].until_ms else 0
    return max(0, found[0] - before), found[1] + after


def _inside(start_ms: int, end_ms: int, old: Timeline, new: Timeline) -> tuple[int, int] | None:
    """The same for a span within the recordings."""
    found = new.span(old.to_recordings(start_ms), _end(old, end_ms))
    if found and found[1] - found[0] > end_ms - start_ms + _SAME_MS:
        halves = [
            (max(start_ms, piece.at_ms), min(end_ms, piece.until_ms))
            for piece in old.pieces
            if max(start_ms, piece.at_ms) < min(end_ms, piece.until_ms)
        ]
        one, other = max(halves, key=lambda half: half[1] - half[0])
        return new.span(old.to_recordings(one), _end(old, other))
    return found


def _end(timeline: Timeline, at_ms: int) -> int:
    """An end is excluded: at a join it belongs to the piece before it."""
    return timeline.to_recordings(at_ms - 1) + 1
