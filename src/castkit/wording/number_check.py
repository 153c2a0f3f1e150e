"""Whether two texts that say the same in two languages hold the same numbers.

Rule: what a faithful translator may leave out or put otherwise (one, twice, half a year) is never missed, and what is
counted exactly must be there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from castkit.model.language import is_chinese, primary
from castkit.wording.figures import Number
from castkit.wording.numbers import numbers_in

_GROWN = re.compile("[增涨长多高大升][加长了到出至]*$")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A number of the source that the target lacks, one of the target that the source lacks, or one for the other."""

    source: Number | None
    target: Number | None

    @property
    def why(self) -> str:
        """What is wrong, for people."""
        source, target = (one.text if one else "" for one in (self.source, self.target))
        if source and target:
            return f"{source} became {target}"
        return f"{source} is not in the translation" if source else f"{target} is not in the source"


def can_compare(language: str) -> bool:
    """Whether numbers of this language are known: Chinese and English."""
    return is_chinese(language) or primary(language) == "en"


def mismatches(source_text: str, source_language: str, target_text: str, target_language: str) -> tuple[Mismatch, ...]:
    """The numbers that one text has and the other lacks; none where a language is not known (`can_compare`).

    A number said twice needs saying once. The order is not looked at, since languages differ in it.
    """
    if not (can_compare(source_language) and can_compare(target_language)):
        return ()
    source, target = numbers_in(source_text, source_language), numbers_in(target_text, target_language)
    missing = _unanswered(source, source_text, target, target_text)
    added = _unanswered(target, target_text, source, source_text)
    return tuple(Mismatch(one, two) for one, two in zip_longest(missing, added))


def _unanswered(numbers: Sequence[Number], text: str, others: Sequence[Number], other_text: str) -> list[Number]:
    """The exact numbers that none of the others, loose or exact, answers; each value once."""
    kept: dict[tuple[object, ...], Number] = {}
    for one in numbers:
        is_there = any(_answers(one, text, other, other_text) for other in others)
        if not one.is_loose and not is_there:
            kept.setdefault((abs(one.value), one.kind), one)
    return list(kept.values())


def _answers(one: Number, text: str, other: Number, other_text: str) -> bool:
    """Whether the two say the same: 30 percent and 三成, the third and 三, 1990s and 90年代, half and 50%."""
    left, right = abs(one.value), abs(other.value)
    if (one.kind == "percent") != (other.kind == "percent"):
        percent, plain = (left, right) if one.kind == "percent" else (right, left)
        return plain.denominator > 1 and percent == plain * 100
    if left == right:
        return True
    if one.is_loose and other.is_loose and left % 100 == right % 100:
        return True
    return _grows_by(one, text) == right or _grows_by(other, other_text) == left


def _grows_by(number: Number, text: str) -> object:
    """What a growth by so many times grows to: 增加了三倍 is to four times as much. None where there is none."""
    is_growth = text[number.end : number.end + 1] == "倍" and _GROWN.search(text[: number.start])
    return abs(number.value) + 1 if is_growth else None
