"""The quality of cues, counted by rules of its own: nothing here is castkit's, so that it can find castkit wrong.

Rule: figures and lists come from the guides (Netflix Timed Text Style Guides, General Requirements and the languages'
own), Chinese words from tests/data/words, which ICU's dictionary cut and a person went over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path

WORDS = Path(__file__).parent.parent / "data" / "words"

# language: (characters a line, characters a second)
LIMITS = {"en": (42, 20.0), "zh": (16, 9.0)}
SHORTEST, LONGEST = 5000 / 6, 7000


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _set(
    "a an the this these those my your his its our their every each another no some any both all whose mr mrs ms dr"
)
AUXILIARIES = _set(
    "am is are was were be been being have has had do does did will would shall should can could may might must cannot"
)
PRONOUNS = _set("i you he she it we they who i'm you're we're they're it's i've we've nobody everybody")
PREPOSITIONS = _set(
    "of in on at by for from to with without into onto about between among through during within against under over "
    "after before than per as via across"
)
JOINERS = _set("and or but nor that which when where while because if whether although though so how what why then not")
NEGATIONS = _set("not never n't")
NUMBERS = _set(
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred thousand million billion first second third fourth next last"
)
ADJECTIVES = _set(
    "new old good bad great big small large long short high low young simple difficult public social common voluntary "
    "monthly open pooled active main own sick ill self other same whole single earlier pregnant insured usual delivery "
    "useful cheap firm ordinary changing waiting very too quite more most less almost"
)
# verb: what belongs to it
PARTICLES = {
    "up": _set("set go goes went give gives gave pick make made take end ended come came grow look"),
    "out": _set("pay pays paid find found carry carried turn turned work worked go goes went fill figure"),
    "in": _set("fill fills filled bring brings join step take begin"),
    "at": _set("look looks looked"),
    "aside": _set("put puts set money"),
    "back": _set("go come give pay pays paid take"),
    "on": _set("keep kept go goes went carry depend depends agree working"),
    "off": _set("pay take took turn go goes"),
    "away": _set("go take took give put"),
    "down": _set("go come bring slow write"),
}

ZH_OPENS, ZH_CLOSES = "（《「『【〈“‘", "，。？！、；：）》」』】〉”’…"
ZH_HOLDS_NEXT = _set(
    "在 从 对 把 被 向 给 由 按 为 与 和 以 跟 通过 根据 不 没 没有 很 太 更 最 也 都 就 要 会 能 可以 应该 必须 愿意 "
    "是 这 那 这个 那个 每 每个 各 某 一个 一名 一种 一场 一张 一笔 第 我 你 您 他 她 它 我们 你们 他们 人们 不能 不太 "
    "不会 并不 有 却 才 再 又 还 另 所有 同 之 谁 称 其他 这种 多少 什么 两 三 几 约 只能 只有"
)
ZH_HOLDS_PREVIOUS = _set("的 了 着 过 吗 呢 吧 啊 们 地 得 之 里 上 中 内 时 来说 人 个 年 元 % 万")


@dataclass(frozen=True, slots=True)
class Figures:
    """What the judge counted; `breaks` are the ends of lines, those between cues too."""

    cues: int = 0
    too_long: int = 0
    too_brief: int = 0
    overlaps: int = 0
    lines: int = 0
    wide_lines: int = 0
    third_lines: int = 0
    too_fast: int = 0
    breaks: int = 0
    inside_words: int = 0
    forbidden: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Figures)))


@dataclass(frozen=True, slots=True)
class Shown:
    """A cue of any tool: times in ms, and its lines."""

    start_ms: float
    end_ms: float
    lines: tuple[str, ...]


def shown(cues: Iterable[object]) -> list[Shown]:
    """castkit's cues."""
    return [Shown(cue.start_ms, cue.end_ms, tuple(cue.text.split("\n"))) for cue in cues]  # type: ignore[attr-defined]


def gold(name: str) -> list[str]:
    """The Chinese words of a text of tests/data/words."""
    return (WORDS / f"{name}.txt").read_text("utf-8").split()


def size(text: str, language: str) -> float:
    """Characters, punctuation and spaces included; in Chinese half for what is half as wide (Netflix)."""
    return float(len(text)) if language == "en" else sum(0.5 if one.isascii() else 1.0 for one in text)


def judged(cues: Sequence[Shown], language: str, words: Sequence[str] = ()) -> Figures:
    """The figures of a track; `words` are the Chinese words of its text, in order."""
    width, speed = LIMITS[language]
    lines = [line for cue in cues for line in cue.lines]
    wrong = bad_breaks(lines, language, words)
    return Figures(
        cues=len(cues),
        too_long=sum(cue.end_ms - cue.start_ms > LONGEST for cue in cues),
        too_brief=sum(cue.end_ms - cue.start_ms < SHORTEST for cue in cues),
        overlaps=sum(other.start_ms < one.end_ms for one, other in pairwise(cues)),
        lines=len(lines),
        wide_lines=sum(size(line, language) > width for line in lines),
        third_lines=sum(len(cue.lines) > 2 for cue in cues),
        too_fast=sum(_speed(cue, language) > speed + 1e-9 for cue in cues),
        breaks=max(0, len(lines) - 1),
        inside_words=sum(kind == "inside" for _, _, kind in wrong),
        forbidden=len(wrong),
    )


def _speed(cue: Shown, language: str) -> float:
    text = (" " if language == "en" else "").join(cue.lines)
    return size(text, language) * 1000 / max(1.0, cue.end_ms - cue.start_ms)


def bad_breaks(lines: Sequence[str], language: str, words: Sequence[str] = ()) -> list[tuple[str, str, str]]:
    """Every pair of lines that is parted where it should not be, and why."""
    if language == "zh":
        return list(_chinese(lines, words))
    return [(one, other, why) for one, other in pairwise(lines) if (why := _english(one.split(), other.split()))]


def _bare(word: str) -> str:
    return word.strip("\"'“”‘().,;:!?–—-…").replace("’", "'").lower()


def _english(before: Sequence[str], after: Sequence[str]) -> str:
    if not before or not after:
        return ""
    if not re.search(r"\w", after[0]):
        return "punctuation"
    if re.search(r"[.,;:!?…–—)\"”]$", before[-1]):
        return ""
    left, right = _bare(before[-1]), _bare(after[0])
    rules = (
        ("article", left in ARTICLES),
        ("negation", right in NEGATIONS or left in NEGATIONS),
        ("auxiliary", left in AUXILIARIES and right not in JOINERS),
        ("pronoun", left in PRONOUNS),
        ("preposition", left in PREPOSITIONS),
        ("joiner", left in JOINERS),
        ("number", (left in NUMBERS or left[-1:].isdigit()) and right not in JOINERS | PREPOSITIONS),
        ("unit", right in ("percent", "%", "euros", "dollars", "years") and (left in NUMBERS or left[-1:].isdigit())),
        ("name", before[-1][:1].isupper() and after[0][:1].isupper() and left != "i" and right != "i"),
        ("adjective", left in ADJECTIVES and right not in JOINERS | PREPOSITIONS | AUXILIARIES),
        ("particle", left in PARTICLES.get(right, ())),
    )
    return next((name for name, holds in rules if holds), "")


def _chinese(lines: Sequence[str], words: Sequence[str]) -> Iterable[tuple[str, str, str]]:
    plain = ["".join(line.split()) for line in lines]
    if "".join(plain) != "".join(words):
        raise ValueError("the words are not those of the text")
    ends, position = {}, 0
    for number, word in enumerate(words):
        position += len(word)
        ends[position] = number
    position = 0
    for one, other in pairwise(plain):
        position += len(one)
        if position not in ends:
            yield one, other, "inside"
            continue
        left, right = words[ends[position]], words[ends[position] + 1]
        if right[0] in ZH_CLOSES or left[-1] in ZH_OPENS:
            yield one, other, "punctuation"
        elif left[-1] not in ZH_CLOSES and (left in ZH_HOLDS_NEXT or right in ZH_HOLDS_PREVIOUS or left[-1].isdigit()):
            yield one, other, "held"
