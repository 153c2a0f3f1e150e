"""Texts cut and escaped to what podcast apps take.

Rule: limits are counted as Apple and PSP-1 count them (bytes of UTF-8 for descriptions, characters for plain values),
and a cut falls at the end of a sentence, else of a word, never within a character that a reader sees as one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import escape, unescape

from castkit.model.text import one_line, paragraphs

DESCRIPTION_BYTES = 4000  # Apple: of a channel's and of an item's description
PLAIN_CHARACTERS = 255  # PSP-1: titles and other plain values
NAME_CHARACTERS = 128  # podcast:person
SOUNDBITE_CHARACTERS = 128  # podcast:soundbite
TXT_CHARACTERS = 4000  # podcast:txt
EPISODE_CHARACTERS = 32  # what podcast:episode shows instead of the number

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s)|[。！？…][”’」』）]*|\n")
_MAYBE_ENTITY = re.compile(r"&#?\w+;?")
_MAYBE_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")  # parts of one emoji
_ELLIPSIS = "…"


def byte_length(text: str) -> int:
    """Bytes of the text in UTF-8."""
    return len(text.encode())


def shorten(text: str, limit: int, measure: Callable[[str], int] = byte_length) -> str:
    """The text, or as much of its beginning as `measure` finds to be at most `limit`, ended where a sentence ends.

    Where the last sentence ends before half of the room is used, the cut falls after a word, with an ellipsis.
    """
    if measure(text) <= limit:
        return text
    end = _longest(text, limit, measure)
    sentences = [found.end() for found in _SENTENCE_END.finditer(text, 0, end + 1) if found.end() <= end]
    if sentences and sentences[-1] * 2 >= end:
        return text[: sentences[-1]].rstrip()
    end = _before_a_mark(text, _longest(text, limit - measure(_ELLIPSIS), measure))
    blank = text.rfind(" ", 0, end + 1)
    end = blank if blank * 2 >= end else end
    return text[:end].rstrip() + _ELLIPSIS if end > 0 else ""


def _longest(text: str, limit: int, measure: Callable[[str], int]) -> int:
    """How many characters of the text fit."""
    low, high = 0, min(len(text), max(limit, 0))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) <= limit else (low, middle - 1)
    return low


def _before_a_mark(text: str, end: int) -> int:
    """A place to cut, at `end` or before it, that parts no letter from its accents and no emoji from its parts."""
    while 0 < end < len(text) and (
        unicodedata.combining(text[end]) or text[end] in _JOINERS or text[end - 1] == "\u200d"
    ):
        end -= 1
    return end


def plain(text: str, limit: int = PLAIN_CHARACTERS) -> str:
    """A plain value: one line of at most `limit` characters."""
    return shorten(one_line(text), limit, len)


def channel_description(text: str) -> str:
    """A show's description as text: apps print it as it stands, or read it as HTML, and it must be the same in both.

    So only what an HTML reader would take for markup is escaped: `R&D` stays, `<b>` and `&lt;` do not.
    """
    whole = "\n\n".join(paragraphs(text))
    return _guarded(shorten(whole, DESCRIPTION_BYTES, lambda part: byte_length(_guarded(part))))


def _guarded(text: str) -> str:
    text = _MAYBE_ENTITY.sub(lambda found: f"&amp;{found[0][1:]}" if unescape(found[0]) != found[0] else found[0], text)
    return _MAYBE_TAG.sub("&lt;", text)


def item_description(text: str, chapters: str, note: str) -> str:
    """An episode's description in the HTML that Apple allows: the text, a list of chapters if it fits, a last note.

    `chapters` is HTML already. The whole has at most 4000 bytes.
    """
    ending = _as_html(note)
    room = DESCRIPTION_BYTES - byte_length(ending)
    whole = "\n\n".join(paragraphs(text))
    if byte_length(_as_html(whole) + chapters) <= room:
        return _as_html(whole) + chapters + ending
    return _as_html(shorten(whole, room, lambda part: byte_length(_as_html(part)))) + ending


def _as_html(text: str) -> str:
    return "".join(f"<p>{escape(part, quote=False)}</p>" for part in paragraphs(text))


def chapter_list(chapters: tuple[tuple[str, str], ...]) -> str:
    """Chapters (time, title) as an HTML list that apps turn into marks; empty for fewer than the three Apple wants."""
    if len(chapters) < 3:
        return ""
    rows = (f"<li>{time} {escape(one_line(title), quote=False)}</li>" for time, title in chapters)
    return f"<ul>{''.join(rows)}</ul>"
