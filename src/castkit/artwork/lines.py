"""A title broken into lines that fill a box: as large as can be, and as even as can be.

Rule: Latin text breaks between words, Chinese between any two characters, but never before closing punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

Measure = Callable[[int, str], float]  # width in pixels, at a font size in pixels, of a text

# A Chinese character is a unit of its own; punctuation that may not start a line stays with what is before it, and
# an opening quote or bracket with what follows.
_UNIT = re.compile(
    r"[「『（《〈【“‘]?[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
    r"[，。、；：！？）》〉】」』”’…—·]*|[^\s\u3400-\u9fff\uf900-\ufaff]+"
)
_RUN = re.compile("[\u3400-\u9fff]+")
_SHORT_RUN = 10  # characters; in a longer one the pairs are too often wrong


@dataclass(frozen=True, slots=True)
class Box:
    """The room for a text, in pixels; `spacing` is a line's height as a multiple of the font size."""

    width: int
    height: int
    largest: int
    smallest: int
    spacing: float


def fit(text: str, box: Box, measure: Measure) -> tuple[int, list[str]]:
    """The font size and the lines with which `text` fills the box; cut off with "…" where it is too long."""
    units = units_of(text)
    for size in range(box.largest, box.smallest - 1, -10):
        lines = _wrap(units, box.width, partial(measure, size))
        is_narrow = all(measure(size, line) <= box.width for line in lines)
        if is_narrow and len(lines) * size * box.spacing <= box.height:
            return size, _evened(units, lines, box.width, partial(measure, size))
    return box.smallest, _cut(units, box, partial(measure, box.smallest))


def units_of(text: str) -> list[str]:
    """The parts of a text between which a line may end; a trailing space tells that one stood there.

    Chinese words are mostly pairs: a short run of an even number of characters breaks between pairs only.
    """
    seconds = {
        position
        for run in _RUN.finditer(text)
        if len(run[0]) % 2 == 0 and len(run[0]) <= _SHORT_RUN
        for position in range(run.start() + 1, run.end(), 2)
    }
    units: list[str] = []
    end = 0
    for one in _UNIT.finditer(text):
        if units and one.start() > end:
            units[-1] += " "
        if units and not seconds.isdisjoint(range(one.start(), one.end())):
            units[-1] += one[0]
        else:
            units.append(one[0])
        end = one.end()
    return units


def _wrap(units: Sequence[str], width: float, measure: Callable[[str], float]) -> list[str]:
    lines: list[str] = []
    line = ""
    for unit in units:
        if line and measure((line + unit).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += unit
    return [*lines, line.rstrip()] if line else lines


def _evened(units: Sequence[str], lines: list[str], width: int, measure: Callable[[str], float]) -> list[str]:
    """The same number of lines, with the longest as short as it can be."""
    low, high = 1, width
    while low < high:
        middle = (low + high) // 2
        tried = _wrap(units, middle, measure)
        if len(tried) <= len(lines) and all(measure(line) <= middle for line in tried):
            high = middle
        else:
            low = middle + 1
    return _wrap(units, high, measure)


def _cut(units: Sequence[str], box: Box, measure: Callable[[str], float]) -> list[str]:
    room = max(1, int(box.height / (box.smallest * box.spacing)))
    lines = _wrap([part for unit in units for part in _short(unit, box.width, measure)], box.width, measure)
    if len(lines) <= room:
        return lines
    last = lines[room - 1]
    while last and measure(last + "…") > box.width:
        last = last[:-1]
    return [*lines[: room - 1], last.rstrip() + "…"]


def _short(unit: str, width: int, measure: Callable[[str], float]) -> list[str]:
    """A word wider than the box, letter by letter."""
    return [unit] if measure(unit.rstrip()) <= width else list(unit)
