"""Captions as an ASS script, to be drawn into a picture by libass: one language, or two with Chinese above the other.

Rule: the same cues, size and fonts give the same script; every line break and every place is decided here, not by
libass, so that no line leaves the safe area and no caption jumps while it stands.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from castkit.model.cue import Cue
from castkit.model.text import printable
from castkit.video.shape import Size
from castkit.video.wrap import wrapped


class Lettering(Protocol):
    """What is to be known of a font; `video.fonts.Typeface` is one. Widths and heights are multiples of 1 em."""

    @property
    def family(self) -> str: ...
    @property
    def undrawn(self) -> str: ...
    @property
    def line_height(self) -> float: ...
    def width(self, text: str) -> float: ...


@dataclass(frozen=True, slots=True)
class Captions:
    """The cues of one language on the video's clock, and the font that draws them."""

    cues: Sequence[Cue]
    lettering: Lettering


@dataclass(frozen=True, slots=True)
class Layout:
    """Where captions may stand: shares of the width left free at each side, and of the height at the bottom.

    Sizes of letters (1 em) are shares of the shorter side: of one language alone or the upper, and of the lower.
    """

    side: float
    bottom: float
    upper: float = 0.052
    lower: float = 0.044


# (narrower than this ratio of width to height, the layout). The graphics-safe area of EBU R 95 is 5 % at every side;
# upright, apps lay their controls over the lower fifth and a strip at the right. A line of 16 Chinese characters, the
# longest that a Chinese cue has, fits everywhere.
LAYOUTS: tuple[tuple[float, Layout], ...] = (
    (0.8, Layout(side=0.1, bottom=0.24, upper=0.049)),
    (1.3, Layout(side=0.07, bottom=0.08)),
    (float("inf"), Layout(side=0.07, bottom=0.07)),
)
_SMALLEST_EM = 11  # pixels; smaller Chinese cannot be read at all
_OUTLINE = 0.075  # of 1 em
_SHADOW = 0.03

_HEAD = """\
[Script Info]
ScriptType: v4.00+
PlayResX: {size.width}
PlayResY: {size.height}
WrapStyle: 2
ScaledBorderAndShadow: yes
YCbCr Matrix: None

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
{styles}
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
_STYLE = (
    "Style: {name},{font},{height:.2f},&H00FFFFFF,&H00FFFFFF,&H00141414,&H78000000,0,0,0,0,100,100,0,0,1,"
    "{outline:.2f},{shadow:.2f},2,{side},{side},{bottom},1\n"
)


@dataclass(frozen=True, slots=True)
class _Block:
    """A language's place in the picture, in pixels; `bottom` is the lowest that its lines go."""

    name: str
    layer: int
    captions: Captions
    em: float
    room: float
    side: int
    bottom: int


def script(parts: Sequence[Captions], size: Size) -> str:
    """The ASS script for a video of this size: `parts` is one language, or two, the one that stands above first."""
    blocks = _blocks(parts, size)
    shown = [_broken(block) for block in blocks]
    heights = [_heights_below(shown[0], shown[1], blocks[1]) if len(blocks) > 1 else [0] * len(shown[0])]
    heights += [[0] * len(cues) for cues in shown[1:]]
    events = [
        (cue.start_ms, _event(cue, block, block.bottom + height))
        for block, cues, raised in zip(blocks, shown, heights, strict=True)
        for cue, height in zip(cues, raised, strict=True)
    ]
    styles = "".join(_style(block) for block in blocks)
    return _HEAD.format(size=size, styles=styles) + "".join(
        event for _, event in sorted(events, key=lambda one: one[0])
    )


def _blocks(parts: Sequence[Captions], size: Size) -> list[_Block]:
    layout = next(layout for narrower, layout in LAYOUTS if size.width / size.height < narrower)
    side, bottom = round(size.width * layout.side), round(size.height * layout.bottom)
    places = (("Upper", 1, layout.upper), ("Lower", 0, layout.lower))
    return [
        _Block(
            name, layer, part, max(_SMALLEST_EM, em * min(size.width, size.height)), size.width - 2 * side, side, bottom
        )
        for part, (name, layer, em) in zip(parts, places, strict=False)
    ]


def _style(block: _Block) -> str:
    """A style; libass takes the height of a line for a font's size, not the size of its letters."""
    lettering = block.captions.lettering
    return _STYLE.format(
        name=block.name,
        font=lettering.family.replace(",", " "),
        height=block.em * lettering.line_height,
        outline=max(1.0, block.em * _OUTLINE),
        shadow=block.em * _SHADOW,
        side=block.side,
        bottom=block.bottom,
    )


def _broken(block: _Block) -> list[Cue]:
    """The cues, one at a time, without what cannot be drawn, in lines that fit."""
    lettering = block.captions.lettering
    undrawn = str.maketrans(dict.fromkeys(lettering.undrawn, ""))
    found = []
    for cue in one_at_a_time(block.captions.cues):
        lines = (line.strip() for line in printable(cue.text).translate(undrawn).split("\n"))
        text = "\n".join(line for line in lines if line)
        if text:
            fitting = wrapped(text, block.room / block.em, lettering.width)
            found.append(Cue(cue.start_ms, cue.end_ms, "\n".join(fitting)))
    return found


def one_at_a_time(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """The cues in order of time; where some overlap, as in an SRT by another tool, their texts stand together."""
    ordered = sorted((cue for cue in cues if cue.end_ms > cue.start_ms), key=lambda cue: cue.start_ms)
    if all(one.end_ms <= other.start_ms for one, other in pairwise(ordered)):
        return tuple(ordered)
    return tuple(_parted(ordered))


def _parted(ordered: Sequence[Cue]) -> Iterator[Cue]:
    times = sorted({time for cue in ordered for time in (cue.start_ms, cue.end_ms)})
    standing: list[Cue] = []
    coming = list(reversed(ordered))
    for start, end in pairwise(times):
        standing = [cue for cue in standing if cue.end_ms > start]
        while coming and coming[-1].start_ms <= start:
            standing.append(coming.pop())
        if standing:
            yield Cue(start, end, "\n".join(cue.text for cue in standing))


def _heights_below(upper: Sequence[Cue], lower: Sequence[Cue], block: _Block) -> list[int]:
    """How high, in pixels, the lower language stands below each upper cue at most: so much higher that one stands."""
    line = block.captions.lettering.line_height * block.em
    starts = [cue.start_ms for cue in lower]
    heights, first = [], 0
    for cue in upper:
        while first < len(lower) and lower[first].end_ms <= cue.start_ms:
            first += 1
        behind = bisect_left(starts, cue.end_ms)
        heights.append(round(line * max((len(other.lines) for other in lower[first:behind]), default=0)))
    return heights


def _event(cue: Cue, block: _Block, raised: int) -> str:
    text = "\\N".join(_escaped(line) for line in cue.lines)
    return f"Dialogue: {block.layer},{_clock(cue.start_ms)},{_clock(cue.end_ms)},{block.name},,0,0,{raised},,{text}\n"


_COMMAND = re.compile(r"\\(?=[Nnh{}])")


def _escaped(line: str) -> str:
    """A line that libass draws as it is: an unseen word joiner parts a backslash from what it would mean."""
    return _COMMAND.sub("\\\\\u2060", line).replace("{", "\\{").replace("}", "\\}")


def _clock(ms: int) -> str:
    """`H:MM:SS.cc`, as ASS writes a time."""
    seconds, hundredths = divmod(round(ms / 10), 100)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}.{hundredths:02}"
