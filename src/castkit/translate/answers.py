"""What a model answered: whether it is the JSON that was asked for, and whether its texts can be translations.

Rule: nothing is repaired but what wraps the JSON; an answer that is not exactly what was asked for is refused.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from castkit.model.language import is_chinese, same_language
from castkit.model.question import Unusable
from castkit.model.text import one_line
from castkit.translate.letters import has_leftovers, is_dense, is_written_in, letters, scripts_of
from castkit.translate.script import convert

Differ = Callable[[str, str], bool]  # whether source and translation have different numbers

_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)  # of models that think aloud
_FENCE = re.compile(r"\A```[A-Za-z]*\s*\n(.*?)\n?\s*```\Z", re.DOTALL)
_NAME = 12  # letters; a shorter sentence may be a name, which stays what it is
_LONG = 25  # characters; a longer sentence is not the same in two languages

# How many characters of the translation one of the source may become: least, most; by whether letters are dense.
_RATIOS: Mapping[tuple[bool, bool], tuple[float, float]] = {
    (True, False): (0.8, 12.0),  # Chinese to English: about 3.5
    (False, True): (0.08, 1.2),  # English to Chinese: about 0.3
    (True, True): (0.3, 4.0),
    (False, False): (0.3, 4.0),
}
_MORE = 40  # characters a short sentence may become more than that
_ENOUGH = {True: 12, False: 40}  # characters from which a sentence cannot become next to nothing


@dataclass(frozen=True, slots=True)
class Asked:
    """What a translation is judged by; `terms` are those of the glossary that occur in the source."""

    text: str
    terms: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for all sentences of a request; `echoes` are words of ours that no translation has."""

    source: str
    target: str
    longest: int
    echoes: Collection[str]
    numbers_differ: Differ | None = None


def json_value(text: str) -> Any:
    """The JSON value in a model's words; Unusable where they are anything else, or name a key twice."""
    bare = _THOUGHTS.sub("", text.lstrip("\ufeff")).strip()
    if fenced := _FENCE.match(bare):
        bare = fenced[1]
    try:
        return json.loads(bare, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise Unusable("it is no JSON") from None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise Unusable("it names a key twice")
    return value


def texts_by_id(value: Any, ids: Sequence[int]) -> dict[int, str]:
    """The text for every id; Unusable unless each is there once, with a text, and nothing else is."""
    items = value.get("translations") if isinstance(value, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Unusable("it is not an object with a list of translations")
    found = [item.get("id") for item in items]
    if not all(isinstance(one, int) and not isinstance(one, bool) for one in found):
        raise Unusable("an id is not a number")
    counts = Counter(found)
    for fault, wrong in (
        ("missing", [one for one in ids if one not in counts]),
        ("not asked for", sorted(set(counts) - set(ids))),
        ("there more than once", [one for one, count in counts.items() if count > 1]),
    ):
        if wrong:
            raise Unusable(f"translations are {fault}: {', '.join(map(str, wrong[:10]))}")
    texts = {item["id"]: item.get("text") for item in items}
    if not all(isinstance(text, str) and one_line(text) for text in texts.values()):
        raise Unusable("a translation is empty")  # its words may stand in the one before
    return {number: one_line(texts[number]) for number in ids}


def in_script(text: str, target: str) -> str:
    """The text in the one script of a Chinese target."""
    return convert(text, target) if is_chinese(target) else text


def fault(text: str, asked: Asked, rules: Rules) -> str:
    """Why this cannot be a translation of what was asked, or an empty string."""
    return next((why for why, is_so in _faults(text, asked, rules) if is_so), "")


def doubts(text: str, asked: Asked, rules: Rules) -> tuple[str, ...]:
    """What speaks against a translation that may be right all the same: worth asking once more, no reason to stop."""
    found = (
        (f"longer than {rules.longest} characters", 0 < rules.longest < len(text)),
        ("numbers differ from the source", bool(rules.numbers_differ and rules.numbers_differ(asked.text, text))),
        ("words of the source language are left in it", has_leftovers(text, rules.source, rules.target)),
        *((f"the agreed term “{term}” is not used", term.casefold() not in text.casefold()) for _, term in asked.terms),
    )
    return tuple(why for why, is_so in found if is_so)


def _faults(text: str, asked: Asked, rules: Rules) -> Iterator[tuple[str, bool]]:
    low, high = _RATIOS[is_dense(rules.source), is_dense(rules.target)]
    size, folded = len(asked.text), text.casefold()
    yield "it is empty", not text
    yield "it repeats the instructions", any(echo in folded for echo in rules.echoes)
    yield "it is not in the target language", not _can_be_in_target(text, asked.text, rules)
    yield "it is the source, not a translation", _is_untranslated(text, asked.text, rules)
    yield "it is far longer than the source", len(text) > size * high + _MORE
    yield "it is far shorter than the source", size >= _ENOUGH[is_dense(rules.source)] and len(text) < size * low


def _can_be_in_target(text: str, source: str, rules: Rules) -> bool:
    is_name = text.casefold() == source.casefold() and letters(source).total() <= _NAME
    # An answer without any letter can only be the translation of a source without any.
    is_wordless = not letters(text) and bool(letters(source)) and bool(scripts_of(rules.target))
    has_digits = any(character.isdigit() for character in text)
    return is_name or (is_written_in(text, rules.target) and (not is_wordless or has_digits))


def _is_untranslated(text: str, source: str, rules: Rules) -> bool:
    is_same = text.casefold() == source.casefold()
    return is_same and len(source) > _LONG and not same_language(rules.source, rules.target)


def alike(texts: Mapping[int, str], asked: Mapping[int, Asked]) -> frozenset[int]:
    """The ids of different sentences that were given one and the same text: a model that says one thing to all."""
    by_text: dict[str, dict[str, list[int]]] = {}
    for number, text in texts.items():
        by_text.setdefault(text.casefold(), {}).setdefault(asked[number].text.casefold(), []).append(number)
    return frozenset(
        number for sources in by_text.values() if len(sources) > 1 for numbers in sources.values() for number in numbers
    )
