"""A cover for a show that has none yet: its title in large type on a plain colour, above a wave of sound.

Rule: the same title and fonts give the same picture, and the title is legible at the size of a thumb.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from castkit.artwork.fonts import font_for, has_chinese
from castkit.artwork.lines import Box, fit

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

Colour = tuple[int, int, int]

SIZE = 3000  # pixels a side, the largest that Apple takes
_MARGIN = 250
_TITLE = Box(SIZE - 2 * _MARGIN, 1270, largest=540, smallest=110, spacing=1.16)
_ALONE = Box(SIZE - 2 * _MARGIN, 1500, largest=620, smallest=110, spacing=1.16)
_SECOND = Box(SIZE - 2 * _MARGIN, 300, largest=230, smallest=90, spacing=1.2)
_PAPER: Colour = (255, 249, 240)
# (background, accent): pairs with a contrast of at least 4.5 to 1, to the paper white too.
_PALETTE: tuple[tuple[Colour, Colour], ...] = (
    ((11, 60, 73), (242, 165, 65)),
    ((20, 33, 61), (252, 163, 17)),
    ((27, 67, 50), (149, 213, 178)),
    ((74, 21, 38), (244, 162, 89)),
    ((45, 30, 79), (212, 170, 255)),
    ((34, 51, 59), (234, 180, 100)),
)
# A PNG text chunk by which a placeholder is known again without decoding it.
_MARK = ("castkit", "generated cover")
_BARS = 33
_HEARD = 0.62  # the share of the wave in full colour, as in a player


def draw_cover(path: Path, titles: Sequence[str], *, is_placeholder: bool = False) -> str:
    """Writes a cover as PNG, 3000 × 3000 pixels, RGB: the first title large, the second, if there is one, below it.

    Gives back the characters that no font of this machine can draw; they are left out. A placeholder carries a mark
    by which castkit knows it again. Raises OSError where the file cannot be written.
    """
    from PIL import Image, ImageDraw, PngImagePlugin  # noqa: PLC0415

    seed = hashlib.sha256("\n".join(titles).encode(errors="replace")).digest()
    background, accent = _PALETTE[seed[0] % len(_PALETTE)]
    picture = Image.new("RGB", (SIZE, SIZE), background)
    draw = ImageDraw.Draw(picture)
    undrawn = _draw_titles(draw, titles, accent)
    _draw_wave(draw, seed, accent, _mixed(accent, background, 0.3))
    notes = PngImagePlugin.PngInfo()
    if is_placeholder:
        notes.add_text(*_MARK)
    picture.save(path, "PNG", optimize=True, pnginfo=notes)
    return undrawn


def is_generated_cover(path: Path) -> bool:
    """Whether this file is a placeholder drawn here, told by its mark; False for a file that is not there."""
    try:
        with path.open("rb") as file:
            head = file.read(1024)  # the mark stands before the picture
    except (OSError, ValueError):
        return False
    return head.startswith(b"\x89PNG\r\n\x1a\n") and "\0".join(_MARK).encode() in head


def _draw_titles(draw: ImageDraw, titles: Sequence[str], accent: Colour) -> str:
    undrawn = ""
    top = float(_MARGIN)
    draw.rectangle((_MARGIN, top, _MARGIN + 330, top + 34), fill=accent)
    top += 130
    boxes = (_TITLE, _SECOND) if len(titles) > 1 else (_ALONE,)
    for title, box, colour in zip(titles, boxes, (_PAPER, accent), strict=False):
        bottom, missing = _draw_text(draw, title, box, (top, colour))
        undrawn += missing
        top = bottom + 60
    return undrawn


def _draw_text(draw: ImageDraw, title: str, box: Box, place: tuple[float, Colour]) -> tuple[float, str]:
    """Draws the text at the left margin; gives back where it ends and what could not be drawn."""
    top, colour = place
    font, missing = font_for(title, box.largest)
    text = "".join(char for char in title if char not in missing).strip()
    size, lines = fit(text, box, lambda at, line: font.font_variant(size=at).getlength(line))
    font = font.font_variant(size=size)
    spacing = box.spacing + (0.06 if has_chinese(text) else 0)
    for line in lines:
        # "ls" puts the baseline, so that lines of capitals and of Chinese stand at even distances.
        left = font.getbbox(line, anchor="ls")[0]
        draw.text((_MARGIN - left, top + size * 0.88), line, font=font, fill=colour, anchor="ls")
        top += size * spacing
    return top, missing


def _draw_wave(draw: ImageDraw, seed: bytes, heard: Colour, ahead: Colour) -> None:
    """Bars mirrored at a line, with heights that the title decides: swells of speech with pauses between."""
    width = SIZE - 2 * _MARGIN
    step = width / _BARS
    middle = 2470.0
    for bar in range(_BARS):
        at = bar / (_BARS - 1)
        swell = 0.5 + 0.5 * math.sin(2 * math.pi * (at * (2 + seed[1] % 3) + seed[2] / 255))
        grain = seed[3 + bar % 28] / 255
        half = 34 + 250 * (0.25 + 0.75 * swell) * (0.35 + 0.65 * grain)
        left = _MARGIN + bar * step
        colour = heard if at <= _HEARD else ahead
        draw.rounded_rectangle(
            (left, middle - half, left + step * 0.52, middle + half), radius=step * 0.26, fill=colour
        )


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(one, other, strict=True))
    return red, green, blue
