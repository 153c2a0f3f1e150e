"""Plain text in lines that every mail program shows whole.

Rule: a line is as wide as it looks (a Chinese character is two columns), no address is ever broken, and no line begins
with a mark that may not begin one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

WIDTH = 76  # columns; RFC 5322, 2.1.1 asks for 78, and answers put two before each line

# What stands with the character before it, and with the one after it (GB/T 15834-2011, 5.1).
_NOT_FIRST = frozenset("，。、；：？！”’）》〉】」』〕…—·,.;:?!)]}%")
_NOT_LAST = frozenset("“‘（《〈【「『〔([{")
_INDENT = re.compile(r"( *(?:- )?)")
_WORDS = re.compile(r"[ \t]+")


def wrapped(text: str, width: int = WIDTH) -> str:
    """The text with every line of at most so many columns, but where a word alone is wider.

    What follows of a line is indented as it is, after `- ` by two more.
    """
    return "\n".join(line for given in text.split("\n") for line in _lines(given.rstrip(), width))


def columns(text: str) -> int:
    """How wide a text looks in a font of one width (Unicode Standard Annex 11)."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _lines(line: str, width: int) -> Iterator[str]:
    found = _INDENT.match(line)
    head = found[1] if found else ""
    indent, so_far, room = " " * len(head), head, False
    for gap, piece in _pieces(line[len(head) :]):
        joined = f"{so_far}{gap if room else ''}{piece}"
        if room and columns(joined) > width:
            yield so_far.rstrip()
            joined = indent + piece
        so_far, room = joined, True
    yield so_far


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """What may not be broken, each with the blank that stands before it where no line ends there."""
    for number, word in enumerate(_WORDS.split(text)):
        gap = " " if number else ""
        for piece in _unbroken(word):
            yield gap, piece
            gap = ""


def _unbroken(word: str) -> Iterator[str]:
    """A word's parts between which a line may end: before and after every wide character, but at its marks."""
    if "://" in word and word.isascii():
        yield word
        return
    piece = ""
    for character in word:
        is_cut = piece and (_width(character) == 2 or _width(piece[-1]) == 2)
        if is_cut and character not in _NOT_FIRST and piece[-1] not in _NOT_LAST:
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece
