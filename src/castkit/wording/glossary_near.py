"""Stretches of a text that are probably a term of the glossary misheard.

Rule: only what is no word in its own right is taken for a mis-hearing; a phrase of common words is one that a person
must list under `heard`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from castkit.model.glossary import Glossary
from castkit.model.language import is_chinese, primary
from castkit.wording.dictionary import chinese_words, is_chinese_word, is_word, stands_alone
from castkit.wording.glossary_forms import Token, are_neighbours, is_spaced, tears, tokens
from castkit.wording.sound import FUZZY, SAME, Syllable, distance, is_near, syllables

_SHORTEST = 3  # letters of a word that may be corrected
_TOO_SHORT = 2  # characters of an accepted form, or of a term of which no character is right, to guess at
_TOGETHER_APART = 6  # several words wrong at once: at most one letter in so many may differ
_JOINED_APART = 4  # words torn or run together: at most one letter in so many may differ


@dataclass(frozen=True, slots=True)
class Near:
    """From `start` to before `end` stands what was probably `form` of the term `term` (its index).

    `cost` orders what is offered for one place: the less, the liker.
    """

    start: int
    end: int
    term: int
    form: str
    cost: float


@dataclass(frozen=True, slots=True)
class _Form:
    """A form to look for, as words."""

    term: int
    text: str
    words: tuple[str, ...]


def near_misses(text: str, glossary: Glossary, language: str) -> Iterator[Near]:
    """Everything that may be a mis-hearing of a term; what overlaps is for the caller to choose from.

    Chinese is compared by its sound, English by sound and letters, other languages by letters as far as there is a
    word list; without one there is nothing to go by.
    """
    if is_chinese(language):
        yield from _chinese(text, glossary, language)
    elif is_spaced(language):
        yield from _spaced(text, glossary, language)


def _spaced(text: str, glossary: Glossary, language: str) -> Iterator[Near]:
    own = tokens(text)
    strange = [index for index, token in enumerate(own) if _is_strange(token.text, language)]
    forms = _forms(glossary, language) if strange else ()
    for form in forms:
        for size in {max(1, len(form.words) - 1), len(form.words), len(form.words) + 1}:
            starts = {start for one in strange for start in range(one - size + 1, one + 1)}
            for start in sorted(starts):
                window = own[start : start + size] if start >= 0 else ()
                if len(window) == size and _is_one_phrase(text, window):
                    cost = _cost(window, form, language)
                    if cost is not None and not _is_a_name(text, window, form, language):
                        yield Near(window[0].start, window[-1].end, form.term, form.text, cost)


def _is_strange(word: str, language: str) -> bool:
    """Whether the language's word list is there and lacks the word."""
    return len(word) >= _SHORTEST and word.isalpha() and is_word(word, language) is False


def _is_a_name(text: str, window: Sequence[Token], form: _Form, language: str) -> bool:
    """Whether recognisers wrote a strange word with a capital, which within a sentence they do for names."""
    if form.text != form.text.casefold():
        return False
    first = next((index for index, one in enumerate(text) if one.isalnum()), 0)
    return any(
        token.text[:1].isupper()
        and not token.text.isupper()
        and token.start != first
        and _is_strange(token.text, language)
        for token in window
    )


def _is_one_phrase(text: str, window: Sequence[Token]) -> bool:
    return all(are_neighbours(text, one, two) for one, two in pairwise(window))


def _cost(window: Sequence[Token], form: _Form, language: str) -> float | None:
    """How many of a hundred letters differ, or None where the two are not alike enough."""
    heard = [token.text.casefold() for token in window]
    wanted = [word.casefold() for word in form.words]
    if not _are_words_alike(heard, wanted, language) and not _are_letters_alike(heard, wanted, language):
        return None
    return 100 * distance("".join(heard), "".join(wanted)) / len("".join(heard))


def _are_words_alike(heard: Sequence[str], wanted: Sequence[str], language: str) -> bool:
    """Word by word; those that are right hold up the others, and so do several that are nearly so."""
    if len(heard) != len(wanted):
        return False
    pairs = [(one, two) for one, two in zip(heard, wanted, strict=True) if one != two]
    apart = sum(distance(one, two) for one, two in pairs)
    is_anchored = len(pairs) < len(wanted) or (len(wanted) > 1 and apart * _TOGETHER_APART <= len("".join(wanted)))
    return bool(pairs) and all(
        _is_strange(one, language) and is_near(one, two, language=primary(language), is_anchored=is_anchored)
        for one, two in pairs
    )


def _are_letters_alike(heard: Sequence[str], wanted: Sequence[str], language: str) -> bool:
    """Of a term torn apart or run together: what differs is strange, and spelt nearly so."""
    heard, wanted = list(heard), list(wanted)
    while heard and wanted and heard[0] == wanted[0]:
        heard, wanted = heard[1:], wanted[1:]
    while heard and wanted and heard[-1] == wanted[-1]:
        heard, wanted = heard[:-1], wanted[:-1]
    one, two = "".join(heard), "".join(wanted)
    if not heard or not wanted or not any(_is_strange(word, language) for word in heard):
        return False
    return distance(one, two) * _JOINED_APART <= len(two) and (
        one == two or is_near(one, two, language=primary(language), is_anchored=False)
    )


def _forms(glossary: Glossary, language: str) -> tuple[_Form, ...]:
    found = []
    for index, term in enumerate(glossary.terms):
        for text in term.forms(language):
            found += [
                _Form(index, one, tuple(token.text for token in tokens(one))) for one in inflected(text, language)
            ]
    return tuple(found)


def inflected(form: str, language: str) -> tuple[str, ...]:
    """The form and, in English, its plural."""
    if primary(language) != "en":
        return (form,)
    if form[-1:].casefold() == "y" and form[-2:-1].casefold() not in ("", *"aeiou"):
        return form, form[:-1] + "ies"
    return form, form + ("es" if form.casefold().endswith(("s", "x", "z", "ch", "sh")) else "s")


def _chinese(text: str, glossary: Glossary, language: str) -> Iterator[Near]:
    """Spans of which every syllable sounds like the term's."""
    sounds, words = syllables(text), cache(lambda: chinese_words(text))
    ears = "".join(_ear(sound.fuzzy) if sound else character for sound, character in zip(sounds, text, strict=True))
    for index, term in enumerate(glossary.terms):
        for form in term.forms(language):
            if len(form) <= _TOO_SHORT and form != term.agreed(language):
                continue
            own, pattern = _sound_of(form)
            start = ears.find(pattern)
            while start >= 0:
                end = start + len(form)
                cost = _difference(text[start:end], form, sounds[start:end], own)
                if cost is not None and not _is_said(text, start, form, words()):
                    yield Near(start, end, index, form, cost)
                start = ears.find(pattern, start + 1)


def _difference(
    heard: str, form: str, sounds: Sequence[Syllable | None], own: Sequence[Syllable | None]
) -> float | None:
    """What all differing characters cost together, or None where it is nothing, or too much for the term's length."""
    total = 0
    for one, two, sound, wanted in zip(heard, form, sounds, own, strict=True):
        if one == two:
            continue
        cost = sound.cost(wanted) if sound and wanted else SAME
        if cost is None:
            return None
        total += cost
    is_unlike = total > len(form) or (len(form) <= _TOO_SHORT and all(a != b for a, b in zip(heard, form, strict=True)))
    return None if not total or is_unlike else 100 * total / (len(form) * FUZZY)


def _is_said(text: str, start: int, form: str, words: Sequence[tuple[int, int]]) -> bool:
    """Whether the dictionary knows any of the characters that differ as (part of) a word that was said."""
    end = start + len(form)
    if tears(start, end, words) or any(left < start < end < right for left, right in words):
        return True
    for at in (at for at in range(start, end) if text[at] != form[at - start]):
        if any(left <= at < right and right - left > 1 for left, right in words):
            return True
        if stands_alone(text[at], in_short_term=len(form) <= _TOO_SHORT):
            return True
        alone = [
            text[left]
            for left, right in words
            if right - left == 1 and (left, at) in ((start - 1, start), (end, end - 1))
        ]
        if any(is_chinese_word(one + text[at] if at == start else text[at] + one) for one in alone):
            return True
    return False


@lru_cache(maxsize=16_384)
def _sound_of(form: str) -> tuple[tuple[Syllable | None, ...], str]:
    sounds = syllables(form)
    return sounds, "".join(_ear(one.fuzzy) if one else letter for one, letter in zip(sounds, form, strict=True))


@cache
def _ear(syllable: str) -> str:
    """One private character for each of Mandarin's syllables, so that sounds are searched as text is."""
    return chr(0xF0000 + _EARS.setdefault(syllable, len(_EARS)))


_EARS: dict[str, int] = {}
