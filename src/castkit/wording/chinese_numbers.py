"""Numbers in Chinese text: found with their values, and written in figures or in words.

Rule: a numeral inside a word of the dictionary (三明治, 五花八门, 四川) or in an approximation (三五个, 几十) counts
nothing exactly: it is loose, and stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from castkit.wording.figures import FIGURES, Kind, Number, Shape, figures_of, shaped, with_shared_units
from castkit.wording.segments import segments, simplified

DIGITS = "〇一二三四五六七八九"
_DIGIT_VALUES = {**{digit: value for value, digit in enumerate(DIGITS)}, "零": 0, "两": 2}
SCALES = {"百": 100, "千": 1000, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}
_FULL_WIDTH = str.maketrans("０１２３４５６７８９％．", "0123456789%.")

_UNIT = "(?:万亿|百万|千万|亿|万|千|百)"
_ARABIC = rf"{FIGURES}(?:\s?{_UNIT}(?:{FIGURES}{_UNIT})*)?"
_DIGIT = f"[{DIGITS}零]"
_WHOLE = "[〇零一二两三四五六七八九十廿][〇零一二两三四五六七八九十百千万亿廿]*"
_HAN = rf"{_WHOLE}(?:点{_DIGIT}+(?![十百千分刻]){_UNIT}?)?"
_AMOUNT = rf"(?:{_ARABIC}|{_HAN})"
_MINUS = r"(?:负|(?<![\w.)])[-−])?"

# Two digits side by side mean about so many (三五个, 七八十), more of them are counted off; years are read elsewhere.
_ABOUT = re.compile("[一二两三四五六七八九]{2,}")
_JOINERS = frozenset(("到", "至", "-", "–", "—", "~", "～", "或", "或者"))
# Listed words that are but a number and what it counts: 六万人.
_COUNTED = re.compile(f"(?:{_WHOLE})[个人名位家元年月天日次岁倍]")
# jieba's tags of words that are numerals or times, or of which it knows nothing.
_COUNTING = frozenset(("m", "mq", "q", "t", "x", "eng"))


def chinese_numbers(text: str) -> tuple[Number, ...]:
    """The numbers of a Chinese text (in either script) in order."""
    plainly = simplified(text).translate(_FULL_WIDTH)
    numbers = shaped(plainly, _SHAPES)
    if not numbers:
        return ()
    listed = segments(plainly, guesses=False)
    lexical = [(one.start, one.end) for one in listed if one.kind not in _COUNTING and not _COUNTED.fullmatch(one.text)]
    shared = with_shared_units(numbers, plainly, _JOINERS)
    return tuple(
        replace(one, text=text[one.start : one.end], is_loose=one.is_loose or _is_within(one, lexical))
        for one in shared
    )


def value_of(amount: str) -> Fraction | None:
    """The value of an amount in figures, in characters or both (三点五亿, 8,400万, 1亿2000万), or None."""
    if amount[0] in "-−负":
        value = value_of(amount[1:])
        return None if value is None else -value
    if amount[0].isdigit():
        parts = re.findall(rf"({FIGURES})\s?({_UNIT}?)", amount)
        return sum((figures_of(figures) * SCALES.get(unit, 1) for figures, unit in parts), Fraction(0))
    whole, _, rest = amount.partition("点")
    value = _whole(whole)
    digits = re.match(f"{_DIGIT}*", rest)
    if value is None or digits is None:
        return None
    for place, digit in enumerate(digits[0], start=1):
        value += Fraction(_DIGIT_VALUES[digit], 10**place)
    return value * SCALES.get(rest[digits.end() :], 1)


def _whole(numeral: str) -> Fraction | None:
    """The value of a whole number in characters by cn2an; of digits one by one, as a year is read, too."""
    import cn2an  # noqa: PLC0415

    try:
        return Fraction(int(cn2an.cn2an(numeral, "normal")))
    except (ValueError, KeyError, IndexError):  # 〇亿〇
        return None


def numeral(value: int) -> str:
    """A whole number of at most 16 digits in characters, by cn2an: 二千 for 2000, 十二 for 12."""
    import cn2an  # noqa: PLC0415

    return str(cn2an.an2cn(value, "low"))


def _is_within(number: Number, words: list[tuple[int, int]]) -> bool:
    """Whether the number is but a part of a longer word."""
    return any(
        start <= number.start and number.end <= end and end - start > number.end - number.start for start, end in words
    )


def _number(match: re.Match[str], name: str, kind: Kind = "plain", *, is_loose: bool = False) -> Iterator[Number]:
    """The number of a match whose amount is the group `name`, with what belongs to it (百分之, %, 第)."""
    amount = match[name]
    if _is_about(amount) and kind == "plain":
        yield from _about(match, name)
        return
    value = value_of(amount)
    if value is not None:
        unit = re.search(rf"{_UNIT}$", amount)
        is_small = kind in ("plain", "ordinal") and value in (0, 1, 2) and not unit
        start, end = match.span() if kind in ("percent", "ordinal") else match.span(name)
        scale = SCALES[unit[0]] if unit else 1
        yield Number(value, kind, match.string[start:end], start, end, scale, is_loose or is_small)


def _is_about(amount: str) -> bool:
    found = _ABOUT.search(amount)
    return found is not None and not (len(amount) >= 4 and len(found[0]) > 2)


def _about(match: re.Match[str], name: str) -> Iterator[Number]:
    """Both ends of an approximation, each in its place in the numeral: 三 and 五 of 三五个."""
    amount = match[name]
    start, end = match.span(name)
    digits = _ABOUT.search(amount)
    for digit in digits[0] if digits else "":
        value = value_of(amount[: digits.start()] + digit + amount[digits.end() :]) if digits else None
        if value is not None:
            yield Number(value, "plain", amount, start, end, is_loose=True)


def _fraction(match: re.Match[str]) -> Iterator[Number]:
    below, above = value_of(match["below"]), value_of(match["above"])
    if below and above is not None:
        yield Number(above / below, "plain", match[0], *match.span())


def _permille(match: re.Match[str]) -> Iterator[Number]:
    for number in _number(match, "amount", "percent"):
        yield replace(number, value=number.value / 10)


def _tenths(match: re.Match[str]) -> Iterator[Number]:
    """三成 is 30 percent, 三成五 is 35."""
    for number in _number(match, "amount", "percent"):
        yield replace(number, value=number.value * 10 + (5 if match["half"] else 0))


def _decade(match: re.Match[str]) -> Iterator[Number]:
    """90年代 and 20世纪90年代, as the year the decade begins with."""
    tens = value_of(match["tens"])
    century = value_of(match["century"]) if match["century"] else None
    if tens is not None:
        value = tens if century is None else (century - 1) * 100 + tens
        yield Number(value, "year", match[0], *match.span(), is_loose=True)


def _and_a_half(match: re.Match[str]) -> Iterator[Number]:
    for number in _number(match, "amount", is_loose=True):
        yield number
        yield replace(number, value=number.value + Fraction(1, 2))


def _over(match: re.Match[str]) -> Iterator[Number]:
    """两千多万: the unit comes after 多."""
    for number in _number(match, "amount"):
        scale = SCALES[match["unit"]]
        start, end = match.span()
        yield replace(
            number, value=number.value * scale, text=match[0], start=start, end=end, scale=scale, is_loose=False
        )


def _date(match: re.Match[str]) -> Iterator[Number]:
    yield from _number(match, "month", is_loose=True)
    if match["day"]:
        yield from _number(match, "day")


def _clock(match: re.Match[str]) -> Iterator[Number]:
    for name in ("hour", "minute"):
        yield from _number(match, name, is_loose=True)


def _shape(pattern: str, name: str, kind: Kind = "plain", *, is_loose: bool = False) -> Shape:
    return Shape(pattern, lambda match: _number(match, name, kind, is_loose=is_loose))


def _nothing(_: re.Match[str]) -> tuple[Number, ...]:
    return ()


# In this order: what is longer or more certain first.
_SHAPES = (
    # words that hold numerals and count nothing, approximations without a figure, days of the week
    Shape(
        "十分(?!钟|之)|双十一|(?<!分)之一|(?<![〇零一二两三四五六七八九十百千])(?:万一|一共|一(?:起|些|样|直|定|般|下|切|旦))|统一|唯一",
        _nothing,
    ),
    Shape(f"好?[几数]{_WHOLE}|{_WHOLE}几[十百千万亿]*|(?:周|星期|礼拜)[一二三四五六](?![十百千个])", _nothing),
    Shape(rf"(?:(?P<century>{_AMOUNT})世纪)?(?P<tens>[1-9]0|[二三四五六七八九]十)年代", _decade),
    _shape(rf"百分之(?P<amount>{_MINUS}{_AMOUNT})", "amount", "percent"),
    Shape("百分之?百", lambda match: (Number(Fraction(100), "percent", match[0], *match.span()),)),
    Shape(rf"千分之(?P<amount>{_AMOUNT})", _permille),
    Shape(rf"(?P<amount>{FIGURES})‰", _permille),
    Shape(rf"(?P<below>{_AMOUNT})分之(?P<above>{_AMOUNT})", _fraction),
    _shape(rf"(?P<amount>{_MINUS}{_AMOUNT})\s?%", "amount", "percent"),
    _shape(rf"(?P<amount>{_MINUS}{_AMOUNT})(?=\s?个百分点)", "amount", "percent"),
    Shape(
        r"(?P<amount>[一二两三四五六七八九]|(?<![\d.])[1-9])成(?P<half>[五半])?(?![为立功长熟本果绩员人就分语型份])",
        _tenths,
    ),
    _shape(rf"第(?P<amount>{_AMOUNT})", "amount", "ordinal"),
    _shape(rf"(?<!\d)(?P<amount>\d{{4}}|{_DIGIT}{{4}})(?=\s?年)(?!\s?年(?:前|后|间|来|的时间))", "amount", "year"),
    Shape(
        rf"(?<![一二三四五六七八九十\d])(?P<month>1?\d|十?[一二三四五六七八九]|十)\s?月(?:份|\s?(?P<day>{_AMOUNT})\s?[日号])?",
        _date,
    ),
    Shape(r"(?<!\d)(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?!\d)", _clock),
    Shape(rf"(?P<amount>{_AMOUNT})[多余](?P<unit>万亿|百万|千万|亿|万)", _over),
    Shape(rf"(?P<amount>{_AMOUNT})(?:个|年|倍|天|岁|点|小时)半", _and_a_half),
    # part of a name: COVID-19, G20, 5G
    _shape(rf"(?<=[A-Za-z])-?(?P<amount>{FIGURES})", "amount", is_loose=True),
    _shape(r"(?<![\d.,])(?P<amount>\d+)(?=[A-Za-z])", "amount", is_loose=True),
    _shape(rf"(?P<amount>{_MINUS}{_AMOUNT})", "amount"),
    Shape("半", lambda match: (Number(Fraction(1, 2), "plain", "半", *match.span(), is_loose=True),)),
)
