"""What a recogniser and a translator are told of the glossary beforehand.

Rule: a hint costs time in every window, so the terms that are most likely to be misheard come first, and few.
"""

from __future__ import annotations

import math
from unicodedata import east_asian_width

from castkit.model.glossary import Glossary, Term
from castkit.wording.dictionary import chinese_words, is_word
from castkit.wording.glossary_forms import is_spaced, tokens

# Whisper keeps 223 tokens of what came before (half its context, less one); some are for the language's style.
MOST_TOKENS = 180


def hints(glossary: Glossary, language: str, *, most_tokens: int = MOST_TOKENS) -> tuple[str, ...]:
    """The agreed terms in the spoken language, as many as fit into so many of Whisper's tokens.

    First those that were misheard before, then names and words that no dictionary has, then the others, each in the
    order of the file.
    """
    own = [term for term in glossary.terms if term.agreed(language)]
    left, chosen = most_tokens, list[str]()
    for term in sorted(own, key=lambda term: _rank(term, language)):
        text = term.agreed(language)
        left -= _most_tokens(text)
        if left < 0:
            break
        chosen.append(text)
    return tuple(dict.fromkeys(chosen))


def agreed(glossary: Glossary, source: str, target: str) -> tuple[tuple[str, str, str], ...]:
    """Source term, target term and note of every term that has both, in the order of the file.

    The note is the one for readers of the target language, else any.
    """
    pairs = ((term.agreed(source), term.agreed(target), term.advice(target)) for term in glossary.terms)
    return tuple(pair for pair in pairs if pair[0] and pair[1])


def _rank(term: Term, language: str) -> int:
    if term.mishearings(language):
        return 0
    return 1 if term.case or _is_rare(term.agreed(language), language) else 2


def _is_rare(text: str, language: str) -> bool:
    """Whether a dictionary of the language lacks a word of it."""
    if not is_spaced(language):
        return len(chinese_words(text)) == len(text) > 1
    return any(is_word(token.text, language) is False for token in tokens(text))


def _most_tokens(text: str) -> int:
    """As many tokens as Whisper's multilingual tokenizer makes of a hint and the comma behind it, or a few more.

    Measured on it: a wide character takes 1.3 to 2, a Devanagari letter 1.1, three Latin letters one.
    """
    weights = (2 if east_asian_width(one) == "W" else 1 / 3 if one.isascii() else 1.2 for one in text)
    return math.ceil(sum(weights)) + 1
