"""The shape of a video: a picture fitted whole into 16:9, 1:1 or 9:16, over a blurred, darkened copy of itself.

Rule: nothing of the picture is cut off (a head, the edge of a slide), and no size is larger than the picture is worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

SHAPES: dict[str, Fraction] = {"16:9": Fraction(16, 9), "1:1": Fraction(1), "9:16": Fraction(9, 16)}
SOURCE = "source"
LARGEST = 1080  # pixels on the short side of a picture that is encoded; what is copied keeps its own
_SMALLEST = 2
_SAME = Fraction(1, 100)  # shapes nearer than this are one: 854x480 is 16:9
_BACK = 8  # the background is blurred at this fraction of its size, which costs next to nothing
_RANGE = "out_range=tv"  # phones and webcams film in full range, which some players show too dark


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels, square ones; both even where a video is encoded, as 4:2:0 asks."""

    width: int
    height: int

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.width, self.height)

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


def shaped(shape: str, source: Size) -> Size:
    """How large a video of this shape is, made of a picture of this size: 1280x720 gives 720x1280 for "9:16"."""
    short = min(source.width, source.height, LARGEST)
    ratio = source.ratio if shape == SOURCE else SHAPES[shape]
    return _even(short * max(ratio, Fraction(1)), short * max(1 / ratio, Fraction(1)))


def fitted(source: Size, room: Size) -> Size:
    """The largest size in which all of a picture of this size is seen in the room."""
    if abs(source.ratio / room.ratio - 1) < _SAME:
        return room
    scale = min(Fraction(room.width, source.width), Fraction(room.height, source.height))
    return _even(source.width * scale, source.height * scale)


def fitting(source: Size, room: Size) -> str:
    """Filters that make a picture of this size fill the room, in square pixels and 8 bit 4:2:0.

    The sizes are numbers, so that a recording whose size changes on the way (a browser's) comes out in one size.
    """
    inner = fitted(source, room)
    if inner == room:
        return f"scale={room.width}:{room.height}:{_RANGE},setsar=1,format=yuv420p"
    small = Size(max(2, room.width // _BACK), max(2, room.height // _BACK))
    scale = max(Fraction(small.width, source.width), Fraction(small.height, source.height))
    cover = Size(max(small.width, round(source.width * scale)), max(small.height, round(source.height * scale)))
    left, top = (room.width - inner.width) // 4 * 2, (room.height - inner.height) // 4 * 2
    back = f"scale={cover.width}:{cover.height},crop={small.width}:{small.height},boxblur=2:3"
    dark = "lutyuv=y=16+(val-16)*0.4:u=128+(val-128)*0.5:v=128+(val-128)*0.5"
    return (
        f"scale={_RANGE},setsar=1,format=yuv420p,split[back][front];[back]{back},scale={room.width}:{room.height},{dark},setsar=1[dim];"
        f"[front]scale={inner.width}:{inner.height},setsar=1[fit];[dim][fit]overlay={left}:{top}"
    )


def _even(width: Fraction | int, height: Fraction | int) -> Size:
    return Size(*(max(_SMALLEST, round(side / 2) * 2) for side in (width, height)))
