"""How long a text is as a platform counts it, and a text made short enough for it.

Rule: a text is cut between words or sentences, never within a character, and "…" says that there was more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping


def _characters(text: str) -> int:
    return len(text)


def _utf16(text: str) -> int:
    """As JavaScript counts: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _bytes(text: str) -> int:
    """Of UTF-8: a Chinese character is three."""
    return len(text.encode("utf-8", "surrogatepass"))


UNITS: Mapping[str, Callable[[str], int]] = {"characters": _characters, "utf16": _utf16, "bytes": _bytes}
_ELLIPSIS = "…"
_JOINER = "\u200d"
_SENTENCE = re.compile(r"[。！？](?:[”’」』）])?|[.!?][)\"”’]*(?=\s)")
_WORD = re.compile(r"\s|[，、；：。！？—]|(?<=[\u3400-\u9fff])")
_LEAST_KEPT = 0.6  # of the room: a cut that loses more is no gain over one between words


def length(text: str, unit: str) -> int:
    """How long the text is in one of `UNITS`."""
    return UNITS[unit](text)


def shortened(text: str, most: int, unit: str) -> str:
    """The text where it fits, else as much of it as fits: to the end of a sentence, of a word, or as it comes.

    Never longer than `most`; "…" at its end where anything is missing, or nothing at all where not even that fits.
    """
    if length(text, unit) <= most:
        return text
    room = most - length(_ELLIPSIS, unit)
    if room <= 0:
        return ""
    kept = _start(text, room, unit)
    ends = [found.end() for found in _SENTENCE.finditer(text, 0, len(kept))]
    if not ends or ends[-1] < _LEAST_KEPT * len(kept):
        ends = [found.start() for found in _WORD.finditer(text, 1, len(kept) + 1)]
    if ends and ends[-1] >= _LEAST_KEPT * len(kept):
        kept = kept[: ends[-1]]
    return kept.rstrip().rstrip("，、；：,;:—-") + _ELLIPSIS


def _start(text: str, room: int, unit: str) -> str:
    """The longest start of the text that has room, combining marks with what they stand on."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if length(text[:middle], unit) <= room:
            low = middle
        else:
            high = middle - 1
    while 0 < low < len(text) and (_belongs_to_the_last(text[low]) or text[low - 1] == _JOINER):
        low -= 1
    return text[:low]


def _belongs_to_the_last(char: str) -> bool:
    """A combining mark, a variation selector or a joiner: alone it is shown as something else."""
    return unicodedata.combining(char) > 0 or char in f"{_JOINER}\ufe0e\ufe0f" or "\U0001f3fb" <= char <= "\U0001f3ff"


def only_allowed(text: str, allowed: str) -> str:
    """Letters, digits and the characters allowed; whatever else stood there becomes a space."""
    kept = "".join(char if char.isalnum() or char in allowed else " " for char in text)
    return " ".join(kept.split())
