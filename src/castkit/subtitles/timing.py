"""When a cue comes and goes, given when its words are spoken.

Rule: no cue overlaps another, none is shorter or longer than its profile allows; reading speed comes after that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from castkit.subtitles.profile import Profile

# How long a cue may hold up one spoken over it, so that its own text can be read.
LONGEST_HOLD_MS = 1000


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a cue will show: spoken from `start_ms` to `end_ms`, `width` characters to read."""

    start_ms: int
    end_ms: int
    width: float


def out_time(spoken: Spoken, start_ms: int, next_ms: int | None, profile: Profile) -> int:
    """When a cue that comes at `start_ms` goes: half a second after its words, later where reading needs it.

    It leaves before `next_ms`, when the next one's words begin (None: nothing follows), and closes a gap of less than
    half a second to two frames. So it may be shorter than the shortest allowed where speech leaves no room.
    """
    longest = start_ms + profile.longest_ms
    readable = start_ms + max(profile.shortest_ms, profile.reading_ms(spoken.width))
    end = min(longest, max(spoken.end_ms + profile.linger_ms, readable))
    if next_ms is not None and next_ms - end < profile.small_gap_ms:
        limit = next_ms - profile.gap_ms
        end = min(longest, max(limit, min(readable, limit + profile.hold_ms)))
    return end


def times(spoken: Spoken, profile: Profile, *, free_ms: int, next_ms: int | None, duration_ms: int) -> tuple[int, int]:
    """In and out time of a cue that may not come before `free_ms`.

    `next_ms` is when the next one's words begin, None where nothing follows until the programme ends at `duration_ms`.
    A cue that would be too short, or too fast to read, first comes up to 100 ms early; one too short then holds up the
    next.
    """
    start = max(spoken.start_ms, free_ms)
    limit = duration_ms if next_ms is None else next_ms - profile.gap_ms
    needed = max(profile.shortest_ms, profile.reading_ms(spoken.width))
    if limit - start < needed:
        start = max(free_ms, min(start, max(spoken.start_ms - profile.lead_ms, limit - needed)))
    end = out_time(spoken, start, next_ms, profile)
    if next_ms is None:
        end = min(end, duration_ms)
    elif spoken.end_ms > limit:  # two people speak at once
        readable = start + profile.reading_ms(spoken.width)
        end = max(end, min(spoken.end_ms, readable, limit + LONGEST_HOLD_MS))
    return start, min(max(end, start + profile.shortest_ms), start + profile.longest_ms)


def place(spoken: Sequence[Spoken], profile: Profile, duration_ms: int) -> list[tuple[int, int]]:
    """In and out time of every cue, in order of the first word's time; `duration_ms` is the programme's length."""
    placed: list[tuple[int, int]] = []
    free = 0
    for number, one in enumerate(spoken):
        next_ms = spoken[number + 1].start_ms if number + 1 < len(spoken) else None
        placed.append(times(one, profile, free_ms=free, next_ms=next_ms, duration_ms=duration_ms))
        free = placed[-1][1] + profile.gap_ms
    return placed
