"""Where the show's cover and the titles stand on a picture of any size.

Rule: the cover is seen whole and square; titles stand beside it where the picture is wide, below it elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

Place = tuple[int, int, int, int]  # left, top, width, height in pixels

_WIDE = 1.2  # wider than high by so much: titles beside the cover
_MARGIN = 0.07  # of the shorter side; some apps cut off the corners


@dataclass(frozen=True, slots=True)
class Layout:
    """Cover (square) and titles on a picture of `size`; `is_centred`: titles in the middle of their room."""

    size: tuple[int, int]
    cover: Place
    titles: Place
    is_centred: bool


def layout_of(width: int, height: int) -> Layout:
    """The layout for a picture of this many pixels."""
    margin = round(min(width, height) * _MARGIN)
    if width >= height * _WIDE:
        side = min(height - 2 * margin, round(width * 0.42))
        top = (height - side) // 2
        left = margin * 2 + side
        titles = (left, top, width - left - margin, side)
        return Layout((width, height), (margin, top, side, side), titles, is_centred=False)
    side = min(round(height * 0.54), width - 2 * margin)
    top = margin * 2 + side
    titles = (margin, top, width - 2 * margin, height - top - margin)
    return Layout((width, height), ((width - side) // 2, margin, side, side), titles, is_centred=True)
