"""Where the terms of a glossary stand in a text.

Rule: the longest form wins: 社会保险 is not found inside 社会保险法 where both are terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from castkit.model.glossary import Glossary
from castkit.model.language import is_chinese, primary
from castkit.wording.dictionary import base_form, chinese_words

# Written without spaces between words, as Whisper's own splitter has it (zh, ja, th, lo, my, yue), and Khmer.
_UNSPACED = frozenset(("zh", "yue", "ja", "th", "lo", "km", "my"))
# An apostrophe before one or two letters is within a word (don't, they've), before more it ends an article
# (l'assurance); a genitive's s is no word.
_WORD = re.compile(r"(?!(?<=['’])[sS](?![^\W_]))[^\W_]+(?:['’](?![sS](?![^\W_]))[^\W_]{1,2}(?![^\W_]))*")
_BETWEEN = re.compile(r"(?:['’][sS]?)?[\s\u2010\u2011-]+|['’]")  # a genitive's sign, a space or hyphen; an elision


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text with spaces, from `start` to before `end`; a genitive's 's is no part of it."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """A form of the glossary's term `term` (its index) in a text, from `start` to before `end`."""

    start: int
    end: int
    term: int
    form: str


def is_spaced(language: str) -> bool:
    """Whether the language writes spaces between words."""
    return primary(language) not in _UNSPACED


def tokens(text: str) -> tuple[Token, ...]:
    """The words of a text with spaces."""
    return tuple(Token(found.start(), found.end(), found[0]) for found in _WORD.finditer(text))


def are_neighbours(text: str, one: Token, other: Token) -> bool:
    """Whether nothing but a space or hyphen stands between two words."""
    return _BETWEEN.fullmatch(text, one.end, other.start) is not None


def occurrences(text: str, glossary: Glossary, language: str, *, whole_words: bool = True) -> tuple[Found, ...]:
    """The terms in a text, in order and none within another.

    Words may be inflected and in capitals. In Chinese a form does not count where it tears a word of the dictionary
    (试点 in 考试点名), unless `whole_words` is false.
    """
    forms = [(index, form) for index, term in enumerate(glossary.terms) for form in term.forms(language)]
    found = list(_in_words(text, forms, language) if is_spaced(language) else _in_letters(text, forms))
    if whole_words and is_chinese(language):
        words = chinese_words(text) if found else ()
        found = [one for one in found if not tears(one.start, one.end, words)]
    return longest_first(found)


def longest_first(found: Iterable[Found]) -> tuple[Found, ...]:
    """Those that remain in order of place where the longest take theirs first."""
    taken: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start - one.end, one.start, one.term)):
        if all(one.end <= other.start or other.end <= one.start for other in taken):
            taken.append(one)
    return tuple(sorted(taken, key=lambda one: one.start))


def tears(start: int, end: int, words: Iterable[tuple[int, int]]) -> bool:
    """Whether a span begins or ends inside one of these words without holding it, or lying in it, whole."""
    return any(left < start < right < end or start < left < end < right for left, right in words)


def spans_of(phrases: Iterable[str], text: str, language: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and phrase wherever one of these stands in the text as it is, capitals aside."""
    if not is_spaced(language):
        yield from ((one.start(), one.end(), phrase) for phrase in phrases for one in _literal(phrase).finditer(text))
        return
    own = tokens(text)
    folded = [token.text.casefold() for token in own]
    for phrase in phrases:
        wanted = [token.text.casefold() for token in tokens(phrase)]
        for run in _runs_of(wanted, own, folded, text):
            yield run[0].start, run[-1].end, phrase


def _in_words(text: str, forms: Sequence[tuple[int, str]], language: str) -> Iterator[Found]:
    own = tokens(text)
    bases = [base_form(token.text, language) for token in own]
    present = set(bases)
    for index, form in forms:
        wanted = _bases_of(form, language)
        if present.issuperset(wanted):
            for run in _runs_of(wanted, own, bases, text):
                yield Found(run[0].start, run[-1].end, index, form)


def _in_letters(text: str, forms: Sequence[tuple[int, str]]) -> Iterator[Found]:
    for index, form in forms:
        yield from (Found(one.start(), one.end(), index, form) for one in _literal(form).finditer(text))


def _runs_of(wanted: Sequence[str], own: Sequence[Token], keys: Sequence[str], text: str) -> Iterator[Sequence[Token]]:
    """Every run of neighbouring words that have these keys."""
    for at in range(len(own) - len(wanted) + 1 if wanted else 0):
        if list(keys[at : at + len(wanted)]) == list(wanted):
            run = own[at : at + len(wanted)]
            if all(are_neighbours(text, one, two) for one, two in pairwise(run)):
                yield run


@lru_cache(maxsize=16_384)
def _bases_of(form: str, language: str) -> tuple[str, ...]:
    return tuple(base_form(token.text, language) for token in tokens(form))


@lru_cache(maxsize=16_384)
def _literal(form: str) -> re.Pattern[str]:
    """The form whatever its capitals; Latin letters at its edges end a word there (AI is not in AIDS)."""
    left = "(?<![A-Za-z0-9])" if form[:1].isascii() and form[:1].isalnum() else ""
    right = "(?![A-Za-z0-9])" if form[-1:].isascii() and form[-1:].isalnum() else ""
    return re.compile(left + re.escape(form) + right, re.IGNORECASE)
