"""Long shows in pages: the first has the newest episodes, the others the older ones.

Rule: pages are counted from the oldest episode, as the feeds' are (RFC 5005), so that a page that is full stays as it
is when an episode is added; it changes once more, when the next page appears.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from castkit.model.published import Published


@dataclass(frozen=True, slots=True)
class Part:
    """One page's share of the episodes, newest first; numbers are those of pages, 0 the first one, 1 the oldest."""

    number: int
    episodes: tuple[Published, ...]
    newer: int | None
    older: int | None


def page_count(episodes: int, size: int) -> int:
    """How many pages of older episodes there are: the first page keeps `size` to twice as many."""
    return max(0, episodes // size - 1)


def paged(episodes: Sequence[Published], count: int, size: int) -> tuple[Part, ...]:
    """The episodes (newest first) on the first page and on `count` others, these from the oldest on."""
    whole = len(episodes)
    first = Part(0, tuple(episodes[: max(0, whole - count * size)]), None, count or None)
    others = (
        Part(
            number,
            tuple(episodes[max(0, whole - number * size) : max(0, whole - (number - 1) * size)]),
            number + 1 if number < count else 0,
            number - 1 or None,
        )
        for number in range(1, count + 1)
    )
    return (first, *others)
