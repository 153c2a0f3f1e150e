"""Numbers in English text, found with their values.

Rule: a numeral that is an article, a pronoun or part of a name (one, a hundred, COVID-19) is loose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from castkit.wording import english_numerals as numerals
from castkit.wording.figures import FIGURES, Kind, Number, Shape, figures_of, shaped, with_shared_units

_SUFFIXES = {"k": 10**3, "mn": 10**6, "bn": 10**9, "tn": 10**12}
_CURRENCY_SUFFIXES = {**_SUFFIXES, "m": 10**6, "b": 10**9}
_JOINERS = frozenset(("to", "and", "or", "-", "–", "—", "through"))
_PERCENT = re.compile(r"\s?(?:%|percent(?:age points?)?\b|per cent\b)", re.IGNORECASE)
_TIME = r"(?! (?:years?|months?|weeks?|days?|hours?|minutes?)\b)"

# Words that hold a number and may be said in many ways, and those whose number must be there.
_HINTS = {"twice": 2, "double": 2, "doubled": 2, "doubles": 2, "doubling": 2, "both": 2, "couple": 2, "pair": 2}
_HINTS |= {"dozen": 12, "once": 1, "single": 1, "twofold": 2}
_HINTS |= {f"{tens[:-1]}ies": value for tens, value in numerals.SMALL.items() if value >= 20}
_FOLDS = {"thrice": 3, "triple": 3, "tripled": 3, "triples": 3, "tripling": 3, "threefold": 3, "fourfold": 4}
_FOLDS |= {"quadruple": 4, "quadrupled": 4, "fivefold": 5, "tenfold": 10}
_MONTHS = "january february march april may june july august september october november december".split()


def english_numbers(text: str) -> tuple[Number, ...]:
    """The numbers of an English text in order."""
    numbers = [_with_percent(one, text) for one in shaped(text, _SHAPES)]
    return tuple(with_shared_units(numbers, text, _JOINERS))


def _with_percent(number: Number, text: str) -> Number:
    """The number with the percent sign or word that follows it, if one does."""
    sign = _PERCENT.match(text, number.end)
    if sign is None or number.kind == "ordinal":
        return number
    whole = text[number.start : sign.end()]
    return replace(number, kind="percent", text=whole, end=sign.end(), is_loose=False)


def _made(match: re.Match[str], value: Fraction | int, kind: Kind = "plain", *, is_loose: bool = False) -> Number:
    return Number(Fraction(value), kind, match[0], *match.span(), is_loose=is_loose)


def _words(match: re.Match[str]) -> Iterator[Number]:
    text = match[0].rstrip(" -,").removesuffix(" and")
    value, scale = numerals.value_of(text), numerals.scale_of(text)
    is_loose = text.lower().startswith(("a ", "an ")) or (value in (0, 1, 2) and scale == 1)
    yield Number(value, "plain", text, match.start(), match.start() + len(text), scale, is_loose)


def _figures(match: re.Match[str]) -> Iterator[Number]:
    """Figures with their sign and unit: -5, 84 million, $4.2m, 30k; four alone may be a year."""
    value, unit = figures_of(match["amount"]), (match["unit"] or "").lower()
    units = _CURRENCY_SUFFIXES if match["currency"] else _SUFFIXES
    scale = 100 if unit == "hundred" else numerals.SCALES.get(unit) or units.get(unit, 1)
    is_year = not match["currency"] and not unit and re.fullmatch(r"1[1-9]\d\d|20\d\d", match["amount"])
    is_loose = (value in (0, 1, 2) and scale == 1) or (unit in ("m", "b") and scale == 1)  # metres, bytes
    start = match.start("minus") if match["minus"] else match.start("amount")
    signed = -value * scale if match["minus"] else value * scale
    text = match.string[start : match.end()]
    yield Number(signed, "year" if is_year else "plain", text, start, match.end(), scale, is_loose)


def _year(match: re.Match[str]) -> Iterator[Number]:
    yield _made(match, numerals.year_of(match), "year")


def _ordinal(match: re.Match[str]) -> Iterator[Number]:
    tens = numerals.SMALL[match["tens"].lower()] if match["tens"] else 0
    value = int(match["figures"]) if match["figures"] else tens + numerals.ORDINALS[match["word"].lower()]
    yield _made(match, value, "ordinal", is_loose=value <= 2)


def _part(match: re.Match[str]) -> Iterator[Number]:
    """Two thirds, a quarter of; a half is loose, being said in many ways."""
    count = match["count"].lower()
    below = numerals.PARTS[match["part"].lower()]
    yield _made(match, Fraction(numerals.SMALL.get(count, 1), below), is_loose=below == 2)


def _one_in(match: re.Match[str]) -> Iterator[Number]:
    """One in five: a fraction, or the two numbers."""
    one, two = (_small(match[name]) for name in ("one", "two"))
    for value in (one / two, one, two) if two else ():
        yield _made(match, value, is_loose=True)


def _small(text: str) -> Fraction:
    return figures_of(text) if text[0].isdigit() else numerals.value_of(text)


def _amount(match: re.Match[str]) -> Iterator[Number]:
    yield Number(figures_of(match["amount"]), "plain", match["amount"], *match.span("amount"), is_loose=True)


def _table(table: Mapping[str, int], *, is_loose: bool) -> Shape:
    def read(match: re.Match[str]) -> Iterator[Number]:
        yield _made(match, table[match[0].lower()], is_loose=is_loose)

    return _shape(rf"\b(?:{'|'.join(table)})\b", read)


def _shape(pattern: str, read: Callable[[re.Match[str]], Iterator[Number]], flags: int = re.IGNORECASE) -> Shape:
    return Shape(pattern, read, flags)


def _months() -> Iterator[Shape]:
    """Months are what 3月 may be called; May and March are verbs when small."""

    def read(match: re.Match[str]) -> Iterator[Number]:
        yield _made(match, _MONTHS.index(match[0].lower()) + 1, is_loose=True)

    yield _shape(rf"\b(?:{'|'.join(month.capitalize() for month in _MONTHS)})\b", read, flags=0)


_WORD = "|".join(sorted(numerals.ORDINALS, key=len, reverse=True))
# In this order: what is longer or more certain first.
_SHAPES = (
    # parts of names, a clock's time, decades: COVID-19, G20, 5G, 8:30, 3.5.1, the 1990s
    _shape(rf"(?<=[A-Za-z])-?(?P<amount>{FIGURES})\b", _amount),
    _shape(r"(?<![\w.,$€£¥])(?P<amount>\d+)(?=(?![KMB])[A-Z]\b)", _amount, flags=0),
    _shape(r"(?<![\d.])(?P<amount>\d{1,2})(?=:\d{2}\b)", _amount),
    _shape(r"(?<=:)(?P<amount>\d{2})\b", _amount),
    _shape(r"\b(?P<amount>(?:1[1-9]|20)?\d0)['’]?s\b", _amount),
    _shape(rf"\b(?P<count>{numerals.BELOW_100}|a|an)[ -](?P<part>half|third|quarter|fifth|tenth)(?= of\b)", _part),
    _shape(
        rf"\b(?P<count>{numerals.BELOW_100})[ -](?P<part>halve|third|quarter|fourth|fifth|sixth|eighth|tenth)s\b", _part
    ),
    _shape(r"\bone[ -](?P<part>half|third|quarter)\b(?P<count>)", _part),
    _shape(
        rf"\b(?P<one>{numerals.UNIT}|\d) (?:in|out of)(?: every)? (?P<two>{numerals.BELOW_100}|\d{{1,3}}\b){_TIME}",
        _one_in,
    ),
    _shape(rf"\b(?:(?P<tens>{numerals.TENS})[ -])?(?P<word>{_WORD})\b(?P<figures>)", _ordinal),
    _shape(r"(?<![\w.,])(?P<figures>\d+)(?:st|nd|rd|th)\b(?P<tens>)(?P<word>)", _ordinal),
    _shape(numerals.YEAR, _year),
    _shape(rf"{numerals.CARDINAL}{numerals.FRACTIONAL}", _words),
    _shape(numerals.CARDINAL, _words),
    _shape(rf"\ban? (?:hundred|{numerals.SCALE})\b", _words),
    _table(_FOLDS, is_loose=False),
    _table(_HINTS, is_loose=True),
    *_months(),
    _shape(
        r"\b(?:one[ -]half|half|halves|halved)\b", lambda match: iter((_made(match, Fraction(1, 2), is_loose=True),))
    ),
    _shape(r"\bquarters?\b", lambda match: iter((_made(match, Fraction(1, 4), is_loose=True),))),
    _shape(
        rf"(?P<minus>(?<![\w.)])[-−])?(?P<currency>[$€£¥]\s?)?(?P<amount>{FIGURES})"
        rf"(?:[ -]?(?P<unit>hundred|{numerals.SCALE}|(?<! )(?:k|mn|bn|tn|m|b))\b)?",
        _figures,
    ),
)
