"""The fonts that captions are drawn with: named, looked for, and checked to have every character before any drawing.

Rule: a font is used by its own name and from its own file; what it cannot draw is told, never drawn as empty boxes.
"""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from castkit.errors import CastkitError
from castkit.model.language import is_chinese, is_traditional, primary

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FontFiles = tuple[tuple[str, int], ...]  # (file name, index of the face within it), the best first
Finder = Callable[[FontFiles], Iterable[tuple[Path, int]]]  # which of them are on this machine, where, in their order

_PIXELS = 100  # at which widths are measured
_SIZE_OF_FACE = {"JP": 0, "KR": 1, "SC": 2, "TC": 3, "HK": 4}  # in Debian's NotoSansCJK-Regular.ttc


@dataclass(frozen=True, slots=True)
class Wanted:
    """The font that castkit names for some languages, files that serve instead, and the Debian package it comes in."""

    name: str
    files: FontFiles
    package: str


def _cjk(region: str, *others: tuple[str, int]) -> Wanted:
    files = (
        ("NotoSansCJK-Regular.ttc", _SIZE_OF_FACE[region]),
        (f"NotoSansCJK{region.lower()}-Regular.otf", 0),
        (f"NotoSans{region}-Regular.otf", 0),
        (f"NotoSans{region}-Regular.ttf", 0),
        (f"NotoSans{region}[wght].ttf", 0),
        *others,
    )
    return Wanted(f"Noto Sans CJK {region}", files, "fonts-noto-cjk")


def _noto(script: str, *others: tuple[str, int]) -> Wanted:
    stem = f"NotoSans{script.replace(' ', '')}"
    files = ((f"{stem}-Regular.ttf", 0), (f"{stem}[wght].ttf", 0), (f"{stem}[wdth,wght].ttf", 0), *others)
    return Wanted(f"Noto Sans {script}".strip(), files, "fonts-noto-core")


# What macOS and Windows bring; DejaVu and Liberation are on most Linux machines.
_SIMPLIFIED = (("Hiragino Sans GB.ttc", 0), ("msyh.ttc", 0), ("PingFang.ttc", 0), ("STHeiti Light.ttc", 1),
               ("simhei.ttf", 0), ("SourceHanSansSC-Regular.otf", 0), ("wqy-microhei.ttc", 0))  # fmt: skip
_TRADITIONAL = (("msjh.ttc", 0), ("STHeiti Light.ttc", 0), ("SourceHanSansTC-Regular.otf", 0))
_JAPANESE = (("YuGothM.ttc", 0), ("ヒラギノ角ゴシック W4.ttc", 0), ("SourceHanSansJP-Regular.otf", 0))
_KOREAN = (("malgun.ttf", 0), ("AppleSDGothicNeo.ttc", 0), ("SourceHanSansKR-Regular.otf", 0))
_LATIN = (("segoeui.ttf", 0), ("Arial.ttf", 0), ("arial.ttf", 0), ("LiberationSans-Regular.ttf", 0),
          ("DejaVuSans.ttf", 0))  # fmt: skip
_WIDER = (("segoeui.ttf", 0), ("Arial Unicode.ttf", 0), ("arial.ttf", 0), ("DejaVuSans.ttf", 0))

SIMPLIFIED = _cjk("SC", *_SIMPLIFIED)
TRADITIONAL = _cjk("TC", *_TRADITIONAL)
LATIN = _noto("", *_LATIN)
# By primary language; Chinese goes by its script, and every other language by LATIN (Greek and Cyrillic are in it).
BY_LANGUAGE: dict[str, Wanted] = {
    "ja": _cjk("JP", *_JAPANESE),
    "ko": _cjk("KR", *_KOREAN),
    **dict.fromkeys(("ar", "fa", "ur", "ps", "sd"), _noto("Arabic", *_WIDER)),
    **dict.fromkeys(("he", "yi"), _noto("Hebrew", *_WIDER)),
    **dict.fromkeys(("hi", "mr", "ne", "sa"), _noto("Devanagari", ("Nirmala.ttf", 0), ("Kohinoor.ttc", 0))),
    **dict.fromkeys(("bn", "as"), _noto("Bengali", ("Nirmala.ttf", 0))),
    "ta": _noto("Tamil", ("Nirmala.ttf", 0)),
    "te": _noto("Telugu", ("Nirmala.ttf", 0)),
    "gu": _noto("Gujarati", ("Nirmala.ttf", 0)),
    "pa": _noto("Gurmukhi", ("Nirmala.ttf", 0)),
    "kn": _noto("Kannada", ("Nirmala.ttf", 0)),
    "ml": _noto("Malayalam", ("Nirmala.ttf", 0)),
    "si": _noto("Sinhala", ("Nirmala.ttf", 0)),
    "th": _noto("Thai", ("LeelawUI.ttf", 0), ("Thonburi.ttc", 0)),
    "lo": _noto("Lao", ("LeelawUI.ttf", 0)),
    "km": _noto("Khmer", ("LeelawUI.ttf", 0)),
    "my": _noto("Myanmar", ("mmrtext.ttf", 0)),
    "ka": _noto("Georgian", *_WIDER),
    "hy": _noto("Armenian", *_WIDER),
    "am": _noto("Ethiopic", ("ebrima.ttf", 0)),
}


def wanted(language: str) -> Wanted:
    """The font for a BCP 47 tag."""
    if is_chinese(language):
        return TRADITIONAL if is_traditional(language) else SIMPLIFIED
    return BY_LANGUAGE.get(primary(language), LATIN)


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font that was found: the family as the file itself names it, the file, and the face's index within it.

    `undrawn` are the characters of the text it was chosen for that it has no glyph for.
    """

    family: str
    path: Path
    index: int
    undrawn: str = ""

    def width(self, text: str) -> float:
        """How long a line of this text is, as a multiple of the size of the letters (1 em)."""
        return _opened(self.path, self.index).getlength(text) / _PIXELS

    @property
    def line_height(self) -> float:
        """From one line to the next, as a multiple of the size of the letters."""
        ascent, descent = _opened(self.path, self.index).getmetrics()
        return (ascent + descent) / _PIXELS


def typeface_for(language: str, texts: Iterable[str], find: Finder) -> Typeface:
    """The first font of this machine for the language that has every character of the texts, else the one with most.

    An English text with a Chinese name in it is drawn by a Chinese font, which has Latin letters too. Raises
    CastkitError, naming the font and how to get it, where the machine has none for the language.
    """
    choice = wanted(language)
    letters = "".join(sorted({char for text in texts for char in text if _is_drawn(char)}))
    found = list(_faces(choice.files, letters, find))
    if not found and choice is LATIN:  # a Chinese font has Latin letters, too
        found = list(_faces(SIMPLIFIED.files, letters, find))
    if not found:
        raise CastkitError(
            f"no font on this machine for captions in {language}: {choice.name} is not installed",
            f'install it with "apt-get install {choice.package}", or from https://fonts.google.com/noto '
            "into your own font folder",
        )
    others = [] if choice is SIMPLIFIED else _faces(SIMPLIFIED.files, letters, find)
    return _best([*found, *others] if found[0].undrawn else found)


def _best(faces: Sequence[Typeface]) -> Typeface:
    return min(faces, key=lambda face: len(face.undrawn))  # the first of the best


def _faces(files: FontFiles, letters: str, find: Finder) -> Iterator[Typeface]:
    for path, index in find(files):
        try:
            font = _opened(path, index)
        except OSError:  # damaged, or with fewer faces than the one of this name that is meant
            continue
        family = font.getname()[0]
        if family:
            yield Typeface(family, path, index, _undrawable(letters, font))


@lru_cache(maxsize=16)
def _opened(path: Path, index: int) -> FreeTypeFont:
    from PIL import ImageFont  # noqa: PLC0415

    return ImageFont.truetype(str(path), _PIXELS, index=index, layout_engine=ImageFont.Layout.BASIC)


def _is_drawn(char: str) -> bool:
    """Whether a character needs a glyph of its own: no blank, control, joiner or selector."""
    return not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf", "Mn", "Zl", "Zp", "Zs")


def _undrawable(letters: str, font: FreeTypeFont) -> str:
    small = font.font_variant(size=24)
    nothing = _shape(small, "\uffff")  # no font has a glyph for what is no character
    return "".join(char for char in letters if _shape(small, char) == nothing)


def _shape(font: FreeTypeFont, char: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(char)
    return mask.size, bytes(mask)


def gather(faces: Iterable[Typeface], folder: Path) -> None:
    """Puts the files of these fonts, and no others, into a folder for libass, which reads all that it finds there."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(dict.fromkeys(face.path for face in faces)):
        target = folder / f"{number}{path.suffix.lower()}"
        target.unlink(missing_ok=True)
        try:
            os.link(path, target)
        except OSError:  # another drive, or a system that does not allow it
            shutil.copyfile(path, target)
