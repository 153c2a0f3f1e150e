"""Chinese punctuation as readers expect it, where a recogniser gave Latin signs.

Rule: a text keeps its length, character for character, so that word times still hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from castkit.model.transcript import Utterance
from castkit.subtitles.profile import is_wide

_FULL_WIDTH = str.maketrans(",.?!:;()", "，。？！：；（）")


def full_width_punctuation(text: str) -> str:
    """The text with its Latin punctuation in full width wherever a Chinese character stands before it (or within).

    A decimal point, a thousands separator and punctuation after Latin letters stay as they are.
    """
    shown = list(text)
    for number, character in enumerate(text):
        before = next((one for one in reversed(shown[:number]) if one != " "), "")
        after = next((one for one in text[number + 1 :] if one != " "), "")
        if is_wide(before) or (character == "(" and is_wide(after)):
            shown[number] = character.translate(_FULL_WIDTH)
    return "".join(shown)


def with_full_width_punctuation(utterances: Iterable[Utterance]) -> tuple[Utterance, ...]:
    """The utterances with full-width punctuation, judged over each whole utterance."""
    return tuple(_replaced(utterance) for utterance in utterances)


def _replaced(utterance: Utterance) -> Utterance:
    letters = iter(full_width_punctuation("".join(word.text for word in utterance.words)))
    words = tuple(replace(word, text="".join(next(letters) for _ in word.text)) for word in utterance.words)
    return replace(utterance, words=words)
