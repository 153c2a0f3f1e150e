"""A number as it stands in a text, and what may be said of it in any language.

Rule: values are exact (fractions), never floats, so that 8,400万 and 84 million are the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Literal

Kind = Literal["plain", "percent", "year", "ordinal"]

# Figures as English and Chinese write them: 8400, 8,400 and 3.5.
FIGURES = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"


@dataclass(frozen=True, slots=True)
class Number:
    """A number at `start` to `end` of a text; a percentage's value is in percent (35 for 35% and 百分之三十五).

    `scale` is the unit it is counted in (10⁴ for 万, 10⁶ for million). `is_loose` says that a faithful translation may
    lack it: an article, an idiom, a name, an approximation.
    """

    value: Fraction
    kind: Kind
    text: str
    start: int
    end: int
    scale: int = 1
    is_loose: bool = False

    @property
    def is_in_figures(self) -> bool:
        return any("0" <= one <= "9" for one in self.text)


@dataclass(frozen=True)
class Shape:
    """A way to write numbers: its pattern, and what numbers a match of it holds (none for what only looks like one).

    Compiled when a text is first searched: all of them take a tenth of a second, and most commands search none.
    """

    expression: str
    read: Callable[[re.Match[str]], Iterable[Number]]
    flags: int = 0

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.expression, self.flags)


def shaped(text: str, shapes: Iterable[Shape]) -> tuple[Number, ...]:
    """The numbers of a text in order; what an earlier shape matches, a later one does not see."""
    numbers: list[Number] = []
    rest = text
    for shape in shapes:
        for match in shape.pattern.finditer(rest):
            numbers += shape.read(match)
            rest = rest[: match.start()] + "\0" * len(match[0]) + rest[match.end() :]
    return tuple(sorted(numbers, key=lambda one: (one.start, one.end)))


def with_shared_units(numbers: Sequence[Number], text: str, joiners: frozenset[str]) -> Iterator[Number]:
    """The numbers, the ends of a range sharing what is said once: 11 to 64 percent, 两到三百万, 百分之六十到八十.

    `joiners` are what may stand between the two, without white space.
    """
    shared = list(numbers)
    for index, (one, two) in enumerate(pairwise(numbers)):
        is_range = text[one.end : two.start].strip().lower() in joiners
        if not is_range or {one.kind, two.kind} & {"ordinal", "year"}:
            continue
        if {one.kind, two.kind} == {"plain", "percent"} and one.scale == two.scale == 1:
            shared[index] = replace(shared[index], kind="percent", is_loose=False)
            shared[index + 1] = replace(two, kind="percent", is_loose=False)
        elif one.kind == two.kind and one.scale == 1 < two.scale and one.value < two.value / two.scale:
            shared[index] = replace(one, value=one.value * two.scale, scale=two.scale, is_loose=False)
    yield from shared


def figures_of(text: str) -> Fraction:
    """The value of FIGURES."""
    return Fraction(text.replace(",", ""))


def written(value: Fraction, *, is_grouped: bool = False) -> str:
    """A value in figures, with thousands separators or without; it must have at most nine decimals (`can_write`)."""
    whole, rest = divmod(abs(value), 1)
    decimals = f".{round(rest * 10**9):09d}".rstrip("0") if rest else ""
    return (
        f"{'-' if value < 0 else ''}{whole:,}{decimals}"
        if is_grouped
        else f"{'-' if value < 0 else ''}{whole}{decimals}"
    )


def can_write(value: Fraction) -> bool:
    """Whether a value has at most nine decimals."""
    return (value * 10**9).denominator == 1
