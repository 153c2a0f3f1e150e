"""The still picture behind an audiogram: the cover and the titles on colours taken from the cover.

Rule: the same cover, titles and fonts give the same picture, and every text stands out from what is behind it.
"""

from __future__ import annotations

import colorsys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from castkit.artwork.fonts import font_for, has_chinese
from castkit.artwork.lines import Box, fit
from castkit.errors import CastkitError

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from PIL.ImageDraw import ImageDraw

Colour = tuple[int, int, int]
Place = tuple[int, int, int, int]  # left, top, width, height in pixels

_INK: Colour = (9, 11, 16)
_PAPER: Colour = (255, 255, 255)
_QUIET: Colour = (214, 217, 222)
_CONTRAST = 7.0  # of white text, WCAG 2, 1.4.6: titles and captions are read in passing
_SPACING, _CHINESE_SPACING = 1.22, 1.28  # from line to line, as a multiple of the letters' size
_FINE = 8  # titles are fitted so much larger than they are drawn, because `fit` tries every tenth size
_PROOF = 48  # pixels: whether a font has a letter is told as well by a small one, and twenty times sooner
_GAP = 0.035  # between two titles, of the room's height
# By how many titles there are: of each, the share of the room's height it has, and its largest and smallest letters.
_TITLES: dict[int, tuple[tuple[float, float, float], ...]] = {
    0: (),
    1: ((1.0, 0.3, 0.1),),
    2: ((0.18, 0.13, 0.07), (0.78, 0.3, 0.1)),
    3: ((0.18, 0.13, 0.07), (0.45, 0.3, 0.1), (0.3, 0.16, 0.055)),
}
_LARGE_CONTRAST = 4.5  # of large letters and bars, the same rule's


@dataclass(frozen=True, slots=True)
class Frame:
    """The picture's size in pixels, and the room for the cover (square) and for the titles."""

    size: tuple[int, int]
    cover: Place
    titles: Place
    is_centred: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """What was drawn: two colours for what moves on the picture, and the characters no font here can draw."""

    accent: Colour
    quiet: Colour  # grey, between the background and white
    undrawn: str


def draw_card(path: Path, cover: Path, *, titles: Sequence[str], frame: Frame) -> Card:
    """Writes the picture as PNG: the show's title small, the episode's large, a third (another language's) below.

    Raises CastkitError where the cover cannot be read as a picture, OSError where the file cannot be written.
    """
    from PIL import ImageDraw  # noqa: PLC0415

    art = opened(cover, max(frame.size))
    picture = _background(art, frame.size)
    background = _mean(picture)
    accent = _accent(art, background)
    _place_cover(picture, art, frame.cover)
    shown = [one for one in titles if one.strip()][:3]
    undrawn = _draw_titles(ImageDraw.Draw(picture), shown, frame, accent)
    picture.save(path, "PNG")
    return Card(accent, _mixed(background, 0.42), undrawn)


def opened(cover: Path, most: int) -> Picture:
    """The cover in RGB, its transparency on ink, no side of more than `most` pixels.

    Raises CastkitError where it cannot be read as a picture.
    """
    from PIL import Image  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(cover) as found:
                found.draft("RGB", (most, most))  # a JPEG is decoded at a fraction of its size
                art = found.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise CastkitError(
            f"the cover {cover} cannot be read as a picture: {error}", "give image a PNG or JPEG"
        ) from None
    art.thumbnail((most, most), Image.Resampling.LANCZOS)
    whole = Image.new("RGBA", art.size, _INK)
    whole.alpha_composite(art)
    return whole.convert("RGB")


def _background(art: Picture, size: tuple[int, int]) -> Picture:
    """The cover, out of focus, over the whole frame, darkened until white text stands out everywhere."""
    from PIL import Image, ImageFilter, ImageOps  # noqa: PLC0415

    small = ImageOps.fit(art, (size[0] // 4, size[1] // 4))
    blurred = small.filter(ImageFilter.GaussianBlur(min(small.size) / 5))
    for tenth in range(3, 10):
        dark = Image.blend(blurred, Image.new("RGB", blurred.size, _INK), tenth / 10)
        extrema = cast("tuple[tuple[int, int], ...]", dark.getextrema())  # of each of the three bands
        if contrast(_PAPER, [most for _, most in extrema]) >= _CONTRAST:
            break
    return dark.resize(size, Image.Resampling.BICUBIC)


def _place_cover(picture: Picture, art: Picture, place: Place) -> None:
    """The cover with rounded corners, over a soft shadow."""
    from PIL import Image, ImageDraw, ImageFilter, ImageOps  # noqa: PLC0415

    left, top, side, _ = place
    corner, blur = side // 20, side // 22
    large = Image.new("L", (side * 4, side * 4), 0)
    ImageDraw.Draw(large).rounded_rectangle((0, 0, side * 4 - 1, side * 4 - 1), radius=corner * 4, fill=255)
    mask = large.resize((side, side), Image.Resampling.LANCZOS)
    shadow = Image.new("L", picture.size, 0)
    shadow.paste(mask.point([level * 3 // 5 for level in range(256)]), (left, top + blur // 2))
    picture.paste(_INK, mask=shadow.filter(ImageFilter.GaussianBlur(blur)))
    picture.paste(ImageOps.fit(art, (side, side), Image.Resampling.LANCZOS), (left, top), mask)


def _draw_titles(draw: ImageDraw, titles: Sequence[str], frame: Frame, accent: Colour) -> str:
    """The titles below each other, each in its share of the room; gives back what no font here can draw."""
    left, top, width, height = frame.titles
    undrawn, at = "", float(top)
    for text, colour, rule in zip(titles, (accent, _PAPER, _QUIET), _TITLES[len(titles)], strict=False):
        high, largest, smallest = (round(_FINE * share * height) for share in rule)
        spacing = _CHINESE_SPACING if has_chinese(text) else _SPACING
        room = Box(_FINE * width, high, largest, smallest, spacing)
        at, missing = _draw_text(draw, text, room, (left + width / 2 if frame.is_centred else None, left, at, colour))
        undrawn += missing
        at += _GAP * height
    return undrawn


def _draw_text(
    draw: ImageDraw, title: str, room: Box, place: tuple[float | None, int, float, Colour]
) -> tuple[float, str]:
    """Draws a title around the middle, if there is one, else from the left; where it ends, and what is missing."""
    middle, left, top, colour = place
    font, missing = font_for(title, _PROOF)
    text = "".join(char for char in title if char not in missing).strip()
    sized = cache(lambda at: font.font_variant(size=at))  # a size is asked for once a word
    enlarged, lines = fit(text, room, lambda at, line: sized(at).getlength(line))
    size = enlarged // _FINE
    font = font.font_variant(size=size)
    for line in lines:
        at, anchor = (left - font.getbbox(line, anchor="ls")[0], "ls") if middle is None else (middle, "ms")
        draw.text((at, top + size * 0.9), line, font=font, fill=colour, anchor=anchor)
        top += size * room.spacing
    return top, missing


def _mean(picture: Picture) -> Colour:
    from PIL import Image  # noqa: PLC0415

    red, green, blue = picture.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[misc]
    return int(red), int(green), int(blue)


def _mixed(colour: Colour, share: float) -> Colour:
    """The colour with a share of white in it."""
    red, green, blue = (round(value + (255 - value) * share) for value in colour)
    return red, green, blue


def _accent(art: Picture, background: Colour) -> Colour:
    """The cover's most vivid colour that covers a part of it worth seeing, lightened until it stands out."""
    from PIL import Image  # noqa: PLC0415

    counted = art.resize((96, 96), Image.Resampling.NEAREST).quantize(16).convert("RGB").getcolors(96 * 96) or []
    _, best = max((_vividness(count, colour), colour) for count, colour in counted if isinstance(colour, tuple))
    red, green, blue = (int(value) for value in best[:3])
    lighter = (_mixed((red, green, blue), step / 10) for step in range(11))
    return next((found for found in lighter if contrast(found, background) >= _LARGE_CONTRAST), _PAPER)


def _vividness(count: int, colour: Sequence[float]) -> float:
    _, saturation, value = colorsys.rgb_to_hsv(*(part / 255 for part in colour[:3]))
    return saturation * value * min(1.0, count / 90)


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """The contrast of two colours, 1 to 21, as WCAG 2 has it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Sequence[float]) -> float:
    parts = [value / 255 for value in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
