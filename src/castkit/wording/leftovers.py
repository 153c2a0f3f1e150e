"""Source text that a translation still holds.

Rule: names and terms are the same in many languages, so a few words are nothing; a run of them is a sentence forgotten.
"""

from __future__ import annotations

import re

from castkit.model.language import is_chinese, same_language

FEWEST_WORDS = 4  # of a language with spaces, running, and standing in the source as well
FEWEST_CHARACTERS = 2  # of Chinese, in a language without Chinese characters
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff][\u3400-\u9fff\uf900-\ufaff，、。？！]*")
_LATIN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_WITH_HAN = ("zh", "yue", "ja", "ko")


def leftover(source: str, source_language: str, target: str, target_language: str) -> str:
    """The longest stretch of `target` that is still in the source's words; empty where there is none.

    Languages are BCP 47 tags. Between two scripts of one language nothing can be told.
    """
    if same_language(source_language, target_language):
        return ""
    if is_chinese(source_language) and not _may_hold_han(target_language):
        found = [run for run in _HAN.findall(target) if len(run) >= FEWEST_CHARACTERS]
        return max(found, key=len, default="")
    return _common_words(source, target)


def _may_hold_han(language: str) -> bool:
    return any(same_language(language, other) for other in _WITH_HAN)


def _common_words(source: str, target: str) -> str:
    """The longest run of at least FEWEST_WORDS words of the target that the source has, too, in this order."""
    said = [word.casefold() for word in _LATIN.findall(source)]
    places = list(_LATIN.finditer(target))
    words = [place[0].casefold() for place in places]
    length, end = 0, 0
    row = [0] * (len(said) + 1)
    for number, word in enumerate(words, start=1):  # the longest common stretch of two lists
        above, row = row, [0] * (len(said) + 1)
        for other, one in enumerate(said, start=1):
            if one == word:
                row[other] = above[other - 1] + 1
                if row[other] > length:
                    length, end = row[other], number
    if length < FEWEST_WORDS:
        return ""
    return target[places[end - length].start() : places[end - 1].end()]
