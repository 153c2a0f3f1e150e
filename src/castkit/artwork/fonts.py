"""Fonts of this machine that can draw a title.

Rule: a font is taken only for characters it has; what no font here can draw is told, never drawn as empty boxes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

# (file name, index of the face within it), the best first. Chinese fonts have good Latin letters too.
CJK_FONTS: tuple[tuple[str, int], ...] = (
    ("NotoSansCJK-Bold.ttc", 2),  # Debian's fonts-noto-cjk; 2 is the simplified Chinese face
    ("NotoSansCJKsc-Bold.otf", 0),
    ("NotoSansSC-Bold.otf", 0),
    ("SourceHanSansSC-Bold.otf", 0),
    ("PingFang.ttc", 0),  # macOS
    ("Hiragino Sans GB.ttc", 0),
    ("STHeiti Medium.ttc", 0),
    ("msyhbd.ttc", 0),  # Windows: Microsoft YaHei Bold
    ("msyh.ttc", 0),
    ("simhei.ttf", 0),
    ("wqy-zenhei.ttc", 0),
    ("wqy-microhei.ttc", 0),
    ("DroidSansFallbackFull.ttf", 0),
)
LATIN_FONTS: tuple[tuple[str, int], ...] = (
    ("NotoSans-Bold.ttf", 0),
    ("HelveticaNeue.ttc", 1),
    ("Arial Bold.ttf", 0),
    ("segoeuib.ttf", 0),
    ("arialbd.ttf", 0),
    ("LiberationSans-Bold.ttf", 0),
    ("DejaVuSans-Bold.ttf", 0),
)


def font_folders() -> tuple[Path, ...]:
    """Where this system keeps fonts, the user's own last."""
    if sys.platform == "win32":
        own = os.environ.get("LOCALAPPDATA")
        shared = Path(os.environ.get("SYSTEMROOT") or "C:/Windows") / "Fonts"
        return (shared, Path(own) / "Microsoft/Windows/Fonts") if own else (shared,)
    if sys.platform == "darwin":
        return (Path("/System/Library/Fonts"), Path("/Library/Fonts"), Path.home() / "Library/Fonts")
    folders = (os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share"
    return (*(Path(folder) / "fonts" for folder in folders if folder), Path(home) / "fonts")


def find_fonts(names: tuple[tuple[str, int], ...]) -> Iterator[tuple[Path, int]]:
    """The files of these fonts that are on this machine, with the face's index, in the order of `names`."""
    files = _font_files(font_folders())
    return ((files[name.lower()], face) for name, face in names if name.lower() in files)


@cache
def _font_files(folders: tuple[Path, ...]) -> dict[str, Path]:
    """Font files by name in small letters; the same name in two folders is the first one's."""
    found: dict[str, Path] = {}
    for folder in folders:
        for root, _, names in os.walk(folder):  # walks past what it may not read
            for name in sorted(names):
                if name.lower().endswith((".ttf", ".ttc", ".otf", ".otc")):
                    found.setdefault(name.lower(), Path(root) / name)
    return found


def font_for(text: str, size: int) -> tuple[FreeTypeFont, str]:
    """The font of this machine that can draw the most of `text` at `size` pixels, and the characters it cannot draw.

    Where the machine has none of the fonts above, Pillow's own serves, which knows Latin letters only.
    """
    best: tuple[FreeTypeFont, str] | None = None
    names = (*CJK_FONTS, *LATIN_FONTS) if has_chinese(text) else (*LATIN_FONTS, *CJK_FONTS)
    for font in _open(names, size):
        missing = undrawable(text, font)
        if not missing:
            return font, ""
        if best is None or len(missing) < len(best[1]):
            best = font, missing
    assert best is not None  # noqa: S101 - Pillow's own font is always among them
    return best


def _open(names: tuple[tuple[str, int], ...], size: int) -> Iterator[FreeTypeFont]:
    from PIL import ImageFont  # noqa: PLC0415

    for path, face in find_fonts(names):
        try:
            yield ImageFont.truetype(str(path), size, index=face, layout_engine=ImageFont.Layout.BASIC)
        except OSError:  # damaged, or with fewer faces than the one of this name that we know
            continue
    own = ImageFont.load_default(size)
    if isinstance(own, ImageFont.FreeTypeFont):
        yield own


def has_chinese(text: str) -> bool:
    """Whether the text has Chinese characters (CJK unified ideographs, their extension A, or compatibility forms)."""
    return any("\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or char >= "\U00020000" for char in text)


def undrawable(text: str, font: FreeTypeFont) -> str:
    """The characters of the text that this font has no glyph for, each once."""
    nothing = _picture(font, "\uffff")  # no font has a glyph for what is no character
    return "".join(char for char in dict.fromkeys(text) if not char.isspace() and _picture(font, char) == nothing)


def _picture(font: FreeTypeFont, char: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(char)
    return mask.size, bytes(mask)
