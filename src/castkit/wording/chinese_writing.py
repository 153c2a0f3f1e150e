"""Numbers of Chinese text written in figures or in characters.

Rule: GB/T 15835-2011: figures for dates, percentages, measures and whatever is ten or more; single counts (三个省),
ordinals, fractions, approximations and idioms stay in characters.
"""

from __future__ import annotations

import re
from fractions import Fraction

from castkit.wording.chinese_numbers import DIGITS, numeral
from castkit.wording.figures import FIGURES, Number, can_write, figures_of, written
from castkit.wording.segments import simplified

# Units of measure, before which even a single figure is written as one.
_MEASURES = re.compile(
    "分钟|秒|小时|公里|千米|米|厘米|毫米|公斤|千克|克|吨|升|毫升|平方|立方|亩|公顷|度|元|块钱|美元|欧元|港元|日元|英镑|岁"
    "|千瓦|瓦|赫兹|兆|卡路里|个百分点"
)
_NO_FIGURES_BEFORE = re.compile("大|全|足|分之|来[个年岁天人次]")
# Dates and floors are counted 二, everything else that is counted 两.
_TWO_STAYS = re.compile("$|[月日号楼层路班组级、，。？！；：,.?!;:]")
_DAY = re.compile("(?:[二三]?十)?[一二三四五六七八九]?")  # and not 八九, which is about so many
_LARGE = ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"))
_LONGEST_FIGURES = 7  # digits in a row without separators; more are a telephone's


def in_figures(number: Number, text: str) -> str | None:
    """What the number in characters is in figures, or None where it stays as it is."""
    before, following = text[: number.start], simplified(text[number.end : number.end + 6])
    if number.is_in_figures:
        return None
    if number.kind == "plain" and (following.startswith("月") or before.endswith("月")):
        return written(number.value) if _DAY.fullmatch(number.text) and _is_date(before, following) else None
    if number.is_loose or not can_write(number.value) or number.kind == "ordinal":
        return None
    if number.kind == "plain":
        return _counted(number, following)
    return _percent(number, following) if number.kind == "percent" else written(number.value)


def _counted(number: Number, following: str) -> str | None:
    is_large = number.value >= 10 or number.value.denominator > 1 or bool(_MEASURES.match(following))
    if not is_large or "分之" in number.text or _NO_FIGURES_BEFORE.match(following):
        return None
    if over := re.search("[多余][百千]?[万萬亿億]+$", number.text):
        return written(number.value / number.scale) + over[0]
    return _grouped(number.value)


def _is_date(before: str, following: str) -> bool:
    """Whether this is a month (of the common calendar, as far as one sees) or a day of one; 八月十五 is a feast."""
    if following.startswith("月"):
        return re.match("月[一二三四五六七八九十]+(?![一二三四五六七八九十日号])", following) is None
    return before.endswith("月") and following[:1] in ("日", "号")


def _percent(number: Number, following: str) -> str | None:
    if "成" in number.text or number.text.endswith(("分百", "之百")):
        return None
    if number.text.startswith("千分之"):
        return f"{written(number.value * 10)}‰"
    return written(number.value) + ("" if following.startswith("个百分点") else "%")


def _grouped(value: Fraction) -> str:
    """8400万, 1.2亿, 15000: in the largest unit that leaves at most four decimals, 万 without any."""
    for scale, unit in _LARGE:
        coefficient = value / scale
        if coefficient >= 1 and (coefficient * (10**4 if scale > 10**4 else 1)).denominator == 1:
            return written(coefficient) + unit
    return written(value)


def in_characters(number: Number, text: str) -> str | None:
    """What the number in figures is in characters, or None where it stays as it is."""
    before, after = text[number.start - 1 : number.start], text[number.end : number.end + 1]
    if not number.is_in_figures or _is_name(before) or _is_name(after):
        return None
    figures = re.sub(r"\D.*", "", number.text.lstrip("-−负第"))
    if re.match("0[0-9]", figures) or (len(figures) > _LONGEST_FIGURES):
        return None
    if number.kind == "year":
        return None if number.is_loose else "".join(DIGITS[int(digit)] for digit in figures)
    if number.kind == "ordinal":
        return f"第{_amount(number.text[1:], '月')}"
    sign = "负" if number.value < 0 else ""
    amount = number.text.lstrip("-−负").rstrip("%％").strip()
    if number.text.endswith(("%", "％")):
        return f"百分之{sign}{_amount(amount, '月')}"
    return (
        sign + _amount(amount, simplified(after))
        if re.fullmatch(f"[{DIGITS}\\d,.\\s百千多余万萬亿億]+", amount)
        else None
    )


def _is_name(neighbour: str) -> bool:
    """Whether figures beside this are a name, a range, a time: COVID-19, 3-5, 8:30."""
    return bool(neighbour) and (neighbour in "-/:_.–—：~～" or (neighbour.isascii() and neighbour.isalpha()))


def _amount(amount: str, following: str) -> str:
    """Figures and the units among them in characters: 1亿2000万, 3.5亿, 2个."""
    parts = re.findall(rf"({FIGURES})\s?([百千多余万萬亿億]*)", amount)
    return "".join(_characters(figures_of(figures), unit or following) + unit for figures, unit in parts)


def _characters(value: Fraction, following: str) -> str:
    """The characters of a value of at most 16 digits, decimals one by one."""
    whole, decimals = divmod(value, 1)
    shown = numeral(int(whole))
    if decimals:
        return shown + "点" + "".join(DIGITS[int(digit)].replace("〇", "零") for digit in written(decimals)[2:])
    if value == 2 and not _TWO_STAYS.match(following):
        return "两"
    return re.sub("^二(?=[千万亿])", "两", shown)
