"""English number words: the patterns of well-formed ones, their values, and the words of a value.

Rule: what a pattern matches has one value; where words could be two numbers (five hundred and six hundred) they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

_UNITS = "zero one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
SMALL = {
    **{word: value for value, word in enumerate(_UNITS + _TEENS)},
    **{word: 10 * (at + 2) for at, word in enumerate(_TENS)},
}
PARTS = {"half": 2, "halve": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth"
).split()
ORDINALS = {
    **{word: value for value, word in enumerate(_ORDINALS, start=1)},
    **{f"{word[:-1]}ieth": SMALL[word] for word in _TENS},
}


def _any(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


UNIT, TENS, SCALE = _any(_UNITS[1:]), _any(_TENS), _any(SCALES)
_TEEN = _any(_TEENS)
BELOW_100 = rf"(?:{TENS}(?:[ -]{UNIT}\b)?|{_TEEN}|{_any(_UNITS)})\b"
_NO_SCALE = rf"(?![ -](?:hundred|{SCALE})\b)"
_BELOW_1000 = rf"{BELOW_100}(?:[ -]hundred\b(?:(?: and |[ -]){BELOW_100}(?![ -]hundred\b))?)?"
_JOIN = rf"(?:(?: and |[ -]|, (?={BELOW_100} hundred))(?={BELOW_100}))?"
CARDINAL = (
    rf"\b(?={BELOW_100})"
    + "".join(rf"(?:{_BELOW_1000}[ -]{scale}\b{_JOIN})?" for scale in reversed(SCALES))
    + rf"(?:{_BELOW_1000}{_NO_SCALE})?"
)
FRACTIONAL = rf"(?: and a (?:half|quarter)\b| point(?: (?:{_any(_UNITS)}|oh)\b)+)(?: {SCALE}\b)?"
YEAR = rf"\b(?P<century>{_TEEN}|twenty)[ -](?P<rest>{TENS}(?:[ -]{UNIT}\b)?|{_TEEN}|oh[ -]{UNIT}){_NO_SCALE}\b"


def value_of(words: str) -> Fraction:
    """The value of words that CARDINAL matches, with or without FRACTIONAL after them, or of `a million`."""
    total = group = Fraction(0)
    scale, places = 1, 0
    for word in re.findall("[a-z]+", words.lower()):
        if word in ("half", "quarter"):
            group += Fraction(1, PARTS[word])
        elif word == "hundred":
            group *= 100
        elif word in SCALES:
            scale = SCALES[word]
            total, group, places = total + group * scale, Fraction(0), 0
        elif word == "point":
            places = 1
        elif places:
            group += Fraction(SMALL.get(word, 0), 10**places)
            places += 1
        elif word in ("a", "an") and not group:
            group = Fraction(1)
        else:
            group += SMALL.get(word, 0)
    is_part = total and 0 < group < 1
    return total + (group * scale if is_part else group)  # one million and a half


def scale_of(words: str) -> int:
    """What a number's last word counts in: 10⁶ for `two million`, 100 for `a hundred`, else 1."""
    last = words.lower().replace("-", " ").split()[-1]
    return 100 if last == "hundred" else SCALES.get(last, 1)


def year_of(match: re.Match[str]) -> int:
    """The year that YEAR matched: twenty twenty-six, nineteen oh five."""
    rest = match["rest"].lower().replace("-", " ")
    return SMALL[match["century"].lower()] * 100 + sum(SMALL.get(word, 0) for word in rest.split())


def in_words(value: int) -> str:
    """A whole number below 10¹⁵ in words: one hundred and five is `one hundred five`, 84 is `eighty-four`."""
    if value < 0:
        return f"minus {in_words(-value)}"
    for name, scale in reversed(SCALES.items()):
        if value >= scale:
            rest = value % scale
            return f"{in_words(value // scale)} {name}" + (f" {in_words(rest)}" if rest else "")
    if value >= 100:
        return f"{_UNITS[value // 100]} hundred" + (f" {in_words(value % 100)}" if value % 100 else "")
    if value >= 20:
        return _TENS[value // 10 - 2] + (f"-{_UNITS[value % 10]}" if value % 10 else "")
    return (_UNITS + _TEENS)[value]


def digits_in_words(digits: str) -> str:
    """Digits one by one, as after a decimal point."""
    return " ".join(_UNITS[int(digit)] for digit in digits)
