"""Numbers of English text written in figures or in words.

Rule: Netflix's English guide: words up to ten and at the start of a sentence, figures above; percentages in figures.
Ordinals and fractions stay as they are.
"""

from __future__ import annotations

import re

from castkit.wording import english_numerals as numerals
from castkit.wording.figures import Number, can_write, figures_of, written

_NUMERAL = rf"(?:{numerals.CARDINAL})(?:{numerals.FRACTIONAL})?"  # compiled when used: it is long
_BEFORE_YEARS = re.compile(
    r"\b(?:in|since|by|until|till|before|after|from|to|of|year|around|during|early|late|and)\s+$", re.IGNORECASE
)
_SENTENCE_START = re.compile(r"(?:^|[.?!…:][\"'”’)]*\s)\s*[\"'“‘(]*$")
_LONGEST_FIGURES = 7  # digits in a row without separators; more are a telephone's
_LARGEST = 10**15


def in_figures(number: Number, text: str) -> str | None:
    """What the number in words is in figures, or None where it stays as it is."""
    if number.is_in_figures or number.is_loose or not can_write(number.value):
        return None
    if _SENTENCE_START.search(text[: number.start]):
        return None
    if number.kind == "year":
        return written(number.value) if _BEFORE_YEARS.search(text[: number.start]) else None
    numeral = re.sub(r"\s?(?:percent.*|per cent)$", "", number.text, flags=re.IGNORECASE)
    if number.kind == "ordinal" or not re.fullmatch(_NUMERAL, numeral, re.IGNORECASE):
        return None
    if number.kind == "percent":
        is_points = number.text.lower().endswith(("point", "points"))
        return written(number.value) + (number.text[len(numeral) :] if is_points else "%" * (numeral != number.text))
    return _counted(number, numeral)


def _counted(number: Number, numeral: str) -> str | None:
    scale = numerals.scale_of(numeral)
    if scale == 100 and number.value > 1000 and "thousand" not in numeral.lower():  # nineteen hundred
        return None
    if number.scale >= 10**6 and can_write(number.value / number.scale):
        shown = written(number.value / number.scale)
        return shown if scale == 1 else f"{shown} {numeral.replace('-', ' ').split()[-1]}"
    if number.value <= 10 and number.value.denominator == 1:
        return None
    return written(number.value, is_grouped=True)


def in_words(number: Number, text: str) -> str | None:
    """What the number in figures is in words, or None where it stays as it is: years, ordinals, prices, names."""
    before, after = text[number.start - 1 : number.start], text[number.end : number.end + 2]
    if not number.is_in_figures or number.kind in ("year", "ordinal") or re.match(r"[\w$€£¥.:/–—-]", before):
        return None
    match = re.fullmatch(r"([-−]?)([\d,]+)(\.\d+)?(\s?(?:[a-z]+(?: \w+)?|%))?", number.text, re.IGNORECASE)
    if match is None or re.match(r"[\w/:–—-]|\.\d", after) or figures_of(match[2]) >= _LARGEST:
        return None
    whole = match[2].replace(",", "")
    if re.match("0[0-9]", whole) or ("," not in match[2] and len(whole) > _LONGEST_FIGURES):
        return None
    unit = match[4] or ""
    if unit and not unit.startswith((" ", "%")):  # 30k
        return None
    words = numerals.in_words(int(whole))
    if match[3]:
        words += " point " + numerals.digits_in_words(match[3][1:])
    words = f"{'minus ' if match[1] else ''}{words}{' percent' if unit.strip() == '%' else unit}"
    return words[0].upper() + words[1:] if _SENTENCE_START.search(text[: number.start]) else words
