"""A cue's text in lines that fit the picture, by measured width.

Rule: lines that fit stay as they are; otherwise the text is broken anew into the fewest lines, as even as can be.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

Width = Callable[[str], float]  # of a text, in any one unit

# Between wide characters a line may end, but closing punctuation stays with what is before it, and an opening mark
# with what follows (CLREQ, "prohibition rules for line start and line end"). Anything else ends at its spaces.
_OPENING = "「『（《〈【〔“‘(["
_CLOSING = "，。、；：！？）》〉】〕」』”’…—·～,.;:!?)]%"
_CLAUSE = "，。；：！？,.;:!?"
_AFTER_CLAUSE = 0.7  # a line that ends with a clause may be this much of the longest and is taken gladly


def wrapped(text: str, room: float, width: Width) -> list[str]:
    """The lines of a text, none wider than the room; a word wider than that is broken between letters."""
    lines = text.split("\n")
    if all(width(line) <= room for line in lines):
        return lines
    units = [part for unit in _units(flowing(lines)) for part in _short(unit, room, width)]
    fewest = _filled(units, room, width)
    return _evened(units, len(fewest), room, width)


def flowing(lines: Sequence[str]) -> str:
    """The lines as one: a space between them, but not between Chinese characters."""
    joined = ""
    for line in lines:
        needs_space = bool(joined) and not (is_wide(joined[-1]) or is_wide(line[:1]))
        joined += f" {line}" if needs_space else line
    return joined


def is_wide(character: str) -> bool:
    """Whether a line may end on either side of it: Chinese, Japanese and Korean characters and their punctuation."""
    return bool(character) and (unicodedata.east_asian_width(character) in "WF" or character in "“”‘’…—·")


def _units(text: str) -> list[str]:
    """The parts of a text between which a line may end; a trailing space stands between words."""
    units: list[str] = []
    for word in re.findall(r"\S+\s*", text):
        start = 0
        for at in range(1, len(word.rstrip())):
            before, after = word[at - 1], word[at]
            is_break = is_wide(before) or is_wide(after)
            if is_break and after not in _CLOSING and before not in _OPENING:
                units.append(word[start:at])
                start = at
        units.append(word[start:])
    return units


def _short(unit: str, room: float, width: Width) -> list[str]:
    return [unit] if width(unit.rstrip()) <= room else list(unit)


def _filled(units: Sequence[str], room: float, width: Width) -> list[str]:
    lines: list[str] = []
    line = ""
    for unit in units:
        if line and width((line + unit).rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
        line += unit
    return [*lines, line.rstrip()] if line else lines


def _evened(units: Sequence[str], count: int, room: float, width: Width) -> list[str]:
    """The same number of lines, the longest as short as can be; two lines part after a clause where one ends well."""
    if count == 2:
        halves = [("".join(units[:at]).rstrip(), "".join(units[at:]).rstrip()) for at in range(1, len(units))]
        fitting = [pair for pair in halves if max(map(width, pair)) <= room]
        if fitting:
            best = min(fitting, key=lambda pair: _unevenness(pair[0], pair[1], width))
            return list(best)
    low, high = 0.0, room
    for _ in range(12):  # to a four-thousandth of the room
        middle = (low + high) / 2
        tried = _filled(units, middle, width)
        fits = len(tried) <= count and all(width(line) <= middle for line in tried)
        low, high = (low, middle) if fits else (middle, high)
    return _filled(units, high, width)


def _unevenness(upper: str, lower: str, width: Width) -> float:
    longest = max(width(upper), width(lower))
    ends_well = upper.endswith(tuple(_CLAUSE)) or lower.startswith(tuple(_OPENING))
    return longest * _AFTER_CLAUSE if ends_well else longest
