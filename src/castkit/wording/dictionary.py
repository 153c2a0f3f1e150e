"""Which words a language has, by word lists: simplemma's for languages with spaces, jieba's for Chinese.

Rule: what a list has is a word in its own right; nobody but a person may say that another was meant.
"""

from __future__ import annotations

from functools import lru_cache

from castkit.model.language import primary

# simplemma's codes where they are not the tag's primary language.
_LISTS = {"no": "nb", "bs": "hbs", "hr": "hbs", "sr": "hbs"}
# Parts of speech (ICTCLAS) whose single characters are words: pronoun, adverb, preposition, conjunction, particle …
_FUNCTION_KINDS = frozenset("rdpcuye")
_NUMERALS = frozenset("零〇一二两兩三四五六七八九十百千万萬亿億半几幾")
# Occurrences in jieba's corpus from which a single character of another kind counts as a word: 手, 事, 看. Beside a
# term of two characters there is less to go by.
_COMMON, _COMMON_IN_SHORT = 45_000, 10_000


@lru_cache(maxsize=65_536)
def is_word(text: str, language: str) -> bool | None:
    """Whether the list of this language has the word; None where there is no list. Capitals count for little."""
    from simplemma import is_known  # noqa: PLC0415

    code = _code(language)
    try:
        return any(is_known(one, lang=code) for one in (text, text.casefold()))
    except ValueError:
        return None


@lru_cache(maxsize=65_536)
def base_form(text: str, language: str) -> str:
    """The word as dictionaries list it (benefits: benefit), in small letters; unchanged where there is no list."""
    from simplemma import lemmatize  # noqa: PLC0415

    try:
        return lemmatize(text.casefold(), lang=_code(language)).casefold()
    except ValueError:
        return text.casefold()


def chinese_words(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each dictionary word in a Chinese text, one character alone being a word of its own."""
    import rjieba  # noqa: PLC0415

    spans: list[tuple[int, int]] = []
    for word in rjieba.cut(text, False):  # without the guesses that make words of what is none
        start = spans[-1][1] if spans else 0
        spans.append((start, start + len(word)))
    return tuple(spans)


def is_chinese_word(text: str) -> bool:
    """Whether the dictionary has these characters as one word."""
    import rjieba  # noqa: PLC0415

    return bool(rjieba.has_word(text))


def is_numeral(character: str) -> bool:
    """Whether a Chinese character writes a number."""
    return character in _NUMERALS


def frequency(text: str) -> int:
    """How often the dictionary's corpus has a Chinese word that the dictionary knows."""
    import rjieba  # noqa: PLC0415

    return int(rjieba.suggest_freq(text))


@lru_cache(maxsize=16_384)
def stands_alone(character: str, *, in_short_term: bool) -> bool:
    """Whether a Chinese character is a common word by itself, so that it may well have been said."""
    import rjieba  # noqa: PLC0415

    if is_numeral(character):
        return True
    if any(kind[:1] in _FUNCTION_KINDS for _, kind in rjieba.tag(character)):
        return True
    return frequency(character) > (_COMMON_IN_SHORT if in_short_term else _COMMON)


def _code(language: str) -> str:
    return _LISTS.get(primary(language), primary(language))
