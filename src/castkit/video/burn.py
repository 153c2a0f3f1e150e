"""Captions drawn into a picture: the script and its fonts laid out for libass, and the ffmpeg filter that draws them.

Rule: libass is given the checked fonts in a folder of their own, so that it draws with them on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from castkit.video.ass import Captions, script
from castkit.video.fonts import Typeface, gather
from castkit.video.shape import Size


def lay_out(parts: Sequence[Captions], size: Size, folder: Path) -> str:
    """Writes the captions and the files of their fonts into a folder; gives back the filter that draws them.

    `parts` is one language, or two, the one that stands above first; `size` is the finished video's. The folder may be
    removed once ffmpeg is done.
    """
    fonts, captions = folder / "fonts", folder / "captions.ass"
    gather([part.lettering for part in parts if isinstance(part.lettering, Typeface)], fonts)
    captions.write_text(script(parts, size), encoding="utf-8", newline="\n")
    return drawing(captions, fonts)


def drawing(captions: Path, fonts: Path) -> str:
    """The ffmpeg filter that draws an ASS script with the fonts of a folder, whatever characters their paths have."""
    return f"subtitles=filename={_escaped(captions)}:fontsdir={_escaped(fonts)}"


def _escaped(path: Path) -> str:
    """A path as the value of an option in a filter graph: ffmpeg takes escapes off twice, first the graph's."""
    value = re.sub(r"([\\':])", r"\\\1", path.absolute().as_posix())
    return re.sub(r"([\\'\[\],;])", r"\\\1", value)
