"""How alike two words sound or are spelt: Mandarin by syllable, English by phonetic key, other languages by letters.

Rule: likeness alone corrects nothing; whether a word is one in its own right is `dictionary`'s to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

SAME, TONE, FUZZY = 1, 2, 3  # what another character costs that sounds the same, has another tone, is confused by ear

_SHORTEST_ALONE = 8  # letters of an English word to be guessed at by itself: currier and courier are both words
_ENDING = 2  # letters at the end in which words of languages with rich endings must agree
# Initials and finals that southern speakers do not tell apart, and recognisers neither: zh/z, ch/c, sh/s, n/l, eng/en,
# ing/in. (The usual "fuzzy pinyin" of Chinese input methods.)
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_FINALS = (("eng", "en"), ("ing", "in"))
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_HAN_OR_OTHER = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<other>[^{_HAN}]+)")


@dataclass(frozen=True, slots=True)
class Syllable:
    """A Mandarin syllable: pinyin without its tone, the tone (5: neutral), and what the ear makes of it."""

    pinyin: str
    tone: int

    @property
    def fuzzy(self) -> str:
        """The pinyin with the sounds that are confused written alike."""
        text = next((to + self.pinyin[len(by) :] for by, to in _INITIALS if self.pinyin.startswith(by)), self.pinyin)
        return next((text.removesuffix(by) + to for by, to in _FINALS if text.endswith(by)), text)

    def cost(self, other: Syllable) -> int | None:
        """SAME, TONE or FUZZY, or None where the two sound unlike."""
        if self.pinyin == other.pinyin:
            return SAME if self.tone == other.tone else TONE
        return FUZZY if self.fuzzy == other.fuzzy else None


def syllables(text: str) -> tuple[Syllable | None, ...]:
    """The syllable of each character, read in context (银行 yín háng); None for what is no Chinese character."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    found: list[Syllable | None] = []
    for run in _HAN_OR_OTHER.finditer(text):
        if run.lastgroup == "other":
            found += [None] * len(run[0])
            continue
        for part in lazy_pinyin(
            run[0], style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False, errors=lambda rare: "?" * len(rare)
        ):
            found += [None] * len(part) if part.startswith("?") else [Syllable(part[:-1], int(part[-1]))]
    return tuple(found)


def readings(character: str) -> tuple[str, ...]:
    """Every way to read a Chinese character, in pinyin without tones."""
    from pypinyin import Style, pinyin  # noqa: PLC0415

    (found,) = pinyin(character, heteronym=True, style=Style.NORMAL, v_to_u=False)
    return tuple(found)


def is_near(heard: str, wanted: str, *, language: str, is_anchored: bool) -> bool:
    """Whether a word that is none may be a mis-spelling of `wanted`.

    `language` is the primary one; `is_anchored` says that other words of the same term stand beside it, so that less
    likeness is enough.
    """
    heard, wanted = heard.casefold(), wanted.casefold()
    return _BY_LANGUAGE.get(language, _near_by_letters)(heard, wanted, is_anchored)


def distance(one: str, other: str) -> int:
    """Letters to insert, delete, replace or swap with their neighbour (Damerau-Levenshtein)."""
    from rapidfuzz.distance import DamerauLevenshtein  # noqa: PLC0415

    return DamerauLevenshtein.distance(one, other)


def _near_in_english(heard: str, wanted: str, is_anchored: bool) -> bool:
    apart, longest = distance(heard, wanted), max(len(heard), len(wanted))
    if _key(heard) == _key(wanted):
        return apart * 2 <= longest if is_anchored else apart * 3 <= longest and longest - apart >= _SHORTEST_ALONE
    if wanted in heard:
        return False  # a word made from it: microinsurance
    return apart <= (longest // 4 if is_anchored else longest // 7)


def _near_by_letters(heard: str, wanted: str, is_anchored: bool) -> bool:
    """Endings are grammar in most languages, so two words must differ before them."""
    longest = max(len(heard), len(wanted))
    if longest < 6 or wanted in heard or heard[-_ENDING:] != wanted[-_ENDING:]:
        return False
    return distance(heard, wanted) <= (longest // 5 if is_anchored else longest // 8)


def _key(word: str) -> str:
    """Metaphone's key of an English word: what its consonants sound like."""
    from jellyfish import metaphone  # noqa: PLC0415

    return metaphone(word)


_BY_LANGUAGE: dict[str, Callable[[str, str, bool], bool]] = {"en": _near_in_english}
