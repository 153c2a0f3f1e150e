"""Which letters a language is written with, to tell a translation from what is none.

Rule: only languages with one script are judged; of the others everything passes.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache

from castkit.model.language import primary

# Scripts by the first word of their letters' names in Unicode.
_HAN, _LATIN = "CJK", "LATIN"
_LATIN_LANGUAGES = (
    "af br bs ca cs cy da de en es et eu fi fo fr gl ha haw hr ht hu id is it la lb ln lt lv mg mi ms mt nl nn no oc "
    "pl pt ro sk sl sn so sq su sv sw tl tr vi yo"
)
_OTHERS: Mapping[str, tuple[str, ...]] = {
    "zh": (_HAN,), "yue": (_HAN,), "ja": (_HAN, "HIRAGANA", "KATAKANA"), "ko": ("HANGUL",),
    "ru": ("CYRILLIC",), "uk": ("CYRILLIC",), "be": ("CYRILLIC",), "bg": ("CYRILLIC",), "mk": ("CYRILLIC",),
    "ar": ("ARABIC",), "fa": ("ARABIC",), "ur": ("ARABIC",), "ps": ("ARABIC",), "he": ("HEBREW",), "yi": ("HEBREW",),
    "el": ("GREEK",), "hy": ("ARMENIAN",), "ka": ("GEORGIAN",), "am": ("ETHIOPIC",), "hi": ("DEVANAGARI",),
    "mr": ("DEVANAGARI",), "ne": ("DEVANAGARI",), "sa": ("DEVANAGARI",), "bn": ("BENGALI",), "as": ("BENGALI",),
    "gu": ("GUJARATI",), "pa": ("GURMUKHI",), "ta": ("TAMIL",), "te": ("TELUGU",), "kn": ("KANNADA",),
    "ml": ("MALAYALAM",), "si": ("SINHALA",), "th": ("THAI",), "lo": ("LAO",), "km": ("KHMER",), "my": ("MYANMAR",),
    "bo": ("TIBETAN",),
}  # fmt: skip
_SCRIPTS: Mapping[str, tuple[str, ...]] = {**dict.fromkeys(_LATIN_LANGUAGES.split(), (_LATIN,)), **_OTHERS}

# A letter of these says as much as three of an alphabet.
_DENSE = frozenset((_HAN, "HIRAGANA", "KATAKANA", "HANGUL"))
_WEIGHT = 3
_FEW = 30  # weight of foreign letters that names in a short text may have


def scripts_of(language: str) -> tuple[str, ...]:
    """The scripts of a BCP 47 tag's language; empty where there is more than one way to write it."""
    return _SCRIPTS.get(primary(language), ())


def letters(text: str) -> Counter[str]:
    """How many letters of each script a text has."""
    return Counter(script for character in text if (script := _script(character)))


@cache
def _script(character: str) -> str:
    """The script of a letter, or an empty string; full-width Latin is Latin."""
    if not unicodedata.category(character).startswith("L"):
        return ""
    name = unicodedata.name(character, "").removeprefix("FULLWIDTH ").removeprefix("HALFWIDTH ")
    return name.partition(" ")[0].partition("-")[0]


def is_dense(language: str) -> bool:
    """Whether a letter of the language says as much as a few of an alphabet."""
    return any(script in _DENSE for script in scripts_of(language))


def is_written_in(text: str, language: str) -> bool:
    """Whether a text can be of this language: it has letters of it, and not mostly others.

    A text without any letters can be of every language.
    """
    own_scripts, found = scripts_of(language), letters(text)
    if not own_scripts or not found:
        return True
    weights = {script: count * (_WEIGHT if script in _DENSE else 1) for script, count in found.items()}
    own = sum(weights.get(script, 0) for script in own_scripts)
    foreign = sum(weights.values()) - own
    return own > 0 and (foreign <= own or foreign < _FEW)


def has_leftovers(text: str, source: str, target: str) -> bool:
    """Whether letters of the source language stand in a text of the target language, and cannot be names there.

    Latin letters can be names everywhere.
    """
    strange = set(scripts_of(source)) - set(scripts_of(target)) - {_LATIN}
    return bool(scripts_of(target)) and any(letters(text)[script] for script in strange)
