"""Numbers of a transcript in figures or in words, as the show wishes, and the numbers that a text holds.

Rule: only what is plainly a number is rewritten, and what it counts stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

from castkit.model.language import is_chinese, primary
from castkit.model.proofread import Change
from castkit.model.transcript import Utterance
from castkit.wording import chinese_writing, english_writing
from castkit.wording.chinese_numbers import chinese_numbers
from castkit.wording.edits import Edit, edited, letters
from castkit.wording.english_numbers import english_numbers
from castkit.wording.figures import Number

CODE = "number"
Style = Literal["as-heard", "digits", "words"]
_WHY = {"digits": "numbers in figures", "words": "numbers in words"}
_RANGES = frozenset(("to", "and", "or", "through", "到", "至", "或", "-", "–", "—", "~", "～"))


def numbers_in(text: str, language: str) -> tuple[Number, ...]:
    """The numbers of a text in Chinese or English (BCP 47 tag or Whisper's code), in order; of another, none."""
    if is_chinese(language):
        return chinese_numbers(text)
    return english_numbers(text) if primary(language) == "en" else ()


def in_style(
    utterances: Sequence[Utterance], language: str, style: Style
) -> tuple[tuple[Utterance, ...], tuple[Change, ...]]:
    """The utterances with their numbers in this style, and every change; as heard, nothing changes.

    `language` is the transcript's; words may name another. Chinese and English are known, others stay as they are.
    Words that make up one number become one, over their whole time.
    """
    if style == "as-heard":
        return tuple(utterances), ()
    done = [edited(one, _edits(one, language, style), CODE) for one in utterances]
    return tuple(one for one, _ in done), tuple(change for _, changes in done for change in changes)


def rewritten(text: str, language: str, style: Style) -> str:
    """A text with its numbers in this style."""
    for start, end, new in reversed(list(_replacements(text, language, style))):
        text = text[:start] + new + text[end:]
    return text


def _edits(utterance: Utterance, language: str, style: Style) -> Iterator[Edit]:
    spoken = next((word.language for word in utterance.words if word.language), language)
    for start, end, new in _replacements(letters(utterance), spoken, style):
        yield Edit(start, end, new, _WHY[style])


def _replacements(text: str, language: str, style: Style) -> Iterator[tuple[int, int, str]]:
    """Start, end and new text of each number to be rewritten, without what stays at either end of it."""
    write = _writer(language, style)
    numbers = numbers_in(text, language)
    if write is None or not numbers:
        return
    written = {number.start: (number, write(number, text)) for number in numbers}
    for one, two in pairwise(numbers):  # a range is written in one way
        if text[one.end : two.start].strip().lower() in _RANGES and one.start != two.start:
            is_whole = written[one.start][1] is not None and written[two.start][1] is not None
            if not is_whole and not (one.kind == two.kind == "year"):
                written[one.start], written[two.start] = (one, None), (two, None)
    for number, new in written.values():
        if new is not None:
            yield _trimmed(number, new)


def _writer(language: str, style: Style) -> Callable[[Number, str], str | None] | None:
    chinese, english = is_chinese(language), primary(language) == "en"
    if style == "digits":
        return chinese_writing.in_figures if chinese else english_writing.in_figures if english else None
    return chinese_writing.in_characters if chinese else english_writing.in_words if english else None


def _trimmed(number: Number, new: str) -> tuple[int, int, str]:
    """The change without the unit that both end with (万, million), so that its word stays a word of its own."""
    old, end = number.text, number.end
    for unit in ("万亿", "亿", "万", " million", " billion", " trillion", " thousand", " percent"):
        if old.endswith(unit) and new.endswith(unit):
            return number.start, end - len(unit), new[: -len(unit)]
    return number.start, end, new
