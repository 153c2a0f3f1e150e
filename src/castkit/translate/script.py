"""Chinese from one script to the other, by OpenCC.

Rule: times and speakers stay; where a conversion changes a text's length, each word is converted for itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from castkit.model.cue import Cue
from castkit.model.language import is_chinese, is_traditional
from castkit.model.transcript import Utterance

# OpenCC's configurations by what is wanted; characters only, since a subtitle keeps the speaker's own words.
_SIMPLIFIED = "t2s"
_TRADITIONAL = {"TW": "s2tw", "HK": "s2hk", "MO": "s2hk"}


def can_convert(source: str, target: str) -> bool:
    """Whether two BCP 47 tags differ in nothing but their Chinese script."""
    return source != target and is_chinese(source) and is_chinese(target)


def convert(text: str, target: str) -> str:
    """A Chinese text in the script of the BCP 47 tag `target`; one already in that script stays as it is."""
    converted: str = _converter(_configuration(target)).convert(text)
    return converted


def convert_cues(cues: Iterable[Cue], target: str) -> tuple[Cue, ...]:
    """The same cues, times and lines in the script of `target`."""
    return tuple(replace(cue, text=convert(cue.text, target)) for cue in cues)


def convert_utterances(utterances: Iterable[Utterance], target: str) -> tuple[Utterance, ...]:
    """The same words in the script of `target`, converted in the context of their utterance."""
    return tuple(_converted(utterance, target) for utterance in utterances)


def _converted(utterance: Utterance, target: str) -> Utterance:
    joined = "".join(word.text for word in utterance.words)
    whole = convert(joined, target)
    if len(whole) != len(joined):
        words = tuple(replace(word, text=convert(word.text, target)) for word in utterance.words)
        return replace(utterance, words=words)
    letters = iter(whole)
    words = tuple(replace(word, text="".join(next(letters) for _ in word.text)) for word in utterance.words)
    return replace(utterance, words=words)


def _configuration(target: str) -> str:
    if not is_traditional(target):
        return _SIMPLIFIED
    return next((name for region, name in _TRADITIONAL.items() if region in target.split("-")), "s2t")


@cache
def _converter(configuration: str) -> Any:
    import opencc  # noqa: PLC0415

    return opencc.OpenCC(configuration)
