"""Chinese as it is typeset: no spaces between characters, signs in full width, letters and figures in half.

Rule: only white space goes and only widths change; a decimal point, a thousands separator, punctuation after Latin
letters and the space between Latin and Chinese stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from castkit.model.language import is_chinese
from castkit.model.proofread import Change
from castkit.model.transcript import Utterance
from castkit.wording.edits import Edit, edited, letters
from castkit.wording.segments import is_han

CODE = "spacing"

_TO_FULL = dict(zip(",.?!:;()", "，。？！：；（）", strict=True))
_FULL_SIGNS = frozenset("，。？！：；（）、…—《》「」『』【】“”‘’")
_NO_SPACE, _WIDE, _NARROW = "no space in Chinese", "full width in Chinese", "half width"
_ELLIPSIS = re.compile(r"(?<=[\u3400-\u9fff])\s*(?:[.。](?:\s*[.。]){2,}|(?<!…)…(?!…))")


def tidied(utterances: Sequence[Utterance], language: str) -> tuple[tuple[Utterance, ...], tuple[Change, ...]]:
    """The Chinese utterances typeset as Chinese is, and every change; others stay as they are.

    `language` is the transcript's (a tag or Whisper's code); words may name another.
    """
    done = [edited(one, _edits(one, language), CODE) for one in utterances]
    return tuple(one for one, _ in done), tuple(change for _, changes in done for change in changes)


def _edits(utterance: Utterance, language: str) -> Iterator[Edit]:
    spoken = next((word.language for word in utterance.words if word.language), language)
    if is_chinese(spoken):
        yield from _text_edits(letters(utterance))


def _text_edits(text: str) -> Iterator[Edit]:
    done = 0
    for ellipsis in _ELLIPSIS.finditer(text):
        yield from _run_edits(text, done, ellipsis.start())
        yield Edit(ellipsis.start(), ellipsis.end(), "……", _WIDE)
        done = ellipsis.end()
    yield from _run_edits(text, done, len(text))


def _run_edits(text: str, start: int, end: int) -> Iterator[Edit]:
    """The edits of one stretch, each judged by what stands beside it in the whole text."""
    before = next((one for one in reversed(text[:start]) if not one.isspace()), "")
    for place in range(start, end):
        sign = text[place]
        if sign.isspace():
            if place and _is_needless(text, place, before):
                yield Edit(place, place + 1, "", _NO_SPACE)
            continue
        shown = _shown(text, place, before)
        if shown != sign:
            yield Edit(place, place + 1, shown, _WIDE if shown in _FULL_SIGNS else _NARROW)
        before = shown


def _is_needless(text: str, place: int, before: str) -> bool:
    """Whether white space stands within Chinese, beside a full-width sign, or after other white space."""
    after = next((one for one in text[place:] if not one.isspace()), "")
    if not after or not before:
        return text[place - 1].isspace()
    if before in _FULL_SIGNS or after in _FULL_SIGNS or (is_han(before) and after in _TO_FULL):
        return True
    return text[place - 1].isspace() or (_is_chinese(before) and _is_chinese(after))


def _shown(text: str, place: int, before: str) -> str:
    """The character as it should be, given what stands before it."""
    sign = text[place]
    last, following = text[place - 1 : place], text[place + 1 : place + 4]
    if (
        sign in "．，"
        and last.isdigit()
        and re.match(r"\d\d\d(?!\d)" if sign == "，" else r"\d", text[place + 1 : place + 5])
    ):
        return "." if sign == "．" else ","
    if (unicodedata.east_asian_width(sign) == "F" and sign.isalnum()) or sign == "％":
        return unicodedata.normalize("NFKC", sign)
    if sign in _TO_FULL and (_is_chinese(before) or (sign == "(" and _is_chinese(following.strip()[:1]))):
        return _TO_FULL[sign]
    return sign


def _is_chinese(character: str) -> bool:
    return bool(character) and (is_han(character) or character in _FULL_SIGNS)
