"""Tags and chapters as ffmpeg reads them from a file, for containers whose tags it writes.

Rule: whatever text is given comes out whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from castkit.model.chapters import Mark
from castkit.model.text import printable

_SPECIAL = re.compile(r"([=;#\\\n])")  # ffmetadata: each is written with a backslash before it


def metadata(tags: Mapping[str, str], marks: Sequence[Mark]) -> str:
    """Tags and chapters in ffmpeg's metadata format; text with line breaks or special characters comes out whole."""
    lines = [";FFMETADATA1", *(f"{key}={_escaped(text)}" for key, text in tags.items() if text)]
    for mark in marks:
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={mark.start_ms}", f"END={mark.end_ms}"]
        lines.append(f"title={_escaped(mark.title)}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    safe = _SPECIAL.sub(r"\\\1", printable(text))
    return (
        f"{safe} " if safe.endswith("\\") else safe
    )  # ffmpeg 5 takes a backslash at the end for one that escapes the line's end
