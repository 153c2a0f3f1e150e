"""Texts by language: which must say something, how long they may be, and in which languages they may stand.

Rule: a text without one of the show's languages is allowed, since another stands in for it; an empty title is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from castkit.config.problems import Finding, nodes, place, shown
from castkit.config.rules import Facts, nearest_language

LONGEST_DESCRIPTION = 4000  # bytes; Apple, "A podcaster's guide to RSS"
LONGEST_NAME = 128  # characters of a podcast:person


@dataclass(frozen=True, slots=True)
class TextRule:
    """A text by language: whether it must say something, and how long it may be in one language."""

    is_required: bool = True
    most_bytes: int = 0
    most_characters: int = 0


_TITLE = TextRule(most_characters=255)  # PSP-1: plain values are cut off after 255 characters
_NAME = TextRule(most_characters=LONGEST_NAME)
_OPTIONAL = TextRule(is_required=False)
_SHORT = TextRule(most_characters=128)  # what the podcast namespace shows beside a link or on a map
SHOW_TEXTS = {
    "show.title": _TITLE,
    "show.author": _TITLE,
    "show.description": TextRule(most_bytes=LONGEST_DESCRIPTION),
    "show.funding_statement": _OPTIONAL,
    "show.disclaimer": _OPTIONAL,
    "people[].name": _NAME,
    "people[].organisation": _OPTIONAL,
    "partners[].name": TextRule(),
    "funders[].name": TextRule(),
    "feeds.locations[].name": _SHORT,
    "feeds.seasons[].name": _SHORT,
    "feeds.funding[].text": _SHORT,
    "feeds.frequency.text": TextRule(is_required=False, most_characters=128),
}
EPISODE_TEXTS = {
    "title": _TITLE,
    "summary": TextRule(most_bytes=LONGEST_DESCRIPTION),
    "description": TextRule(is_required=False, most_bytes=LONGEST_DESCRIPTION),
    "people[].name": _NAME,
    "people[].organisation": _OPTIONAL,
    "chapters[].title": TextRule(),
    "soundbites[].title": TextRule(is_required=False, most_characters=128),  # podcast:soundbite
    "number_shown": TextRule(is_required=False, most_characters=32),  # podcast:episode
    "locations[].name": _SHORT,
    "links[].title": TextRule(),
    "links[].url": TextRule(),
}


def texts(data: dict[str, Any], rules: dict[str, TextRule], facts: Facts) -> Iterator[Finding]:
    """Every text by language that is empty or too long, or has a language that the show has not."""
    for path, value in nodes(data):
        rule = rules.get(place(path))
        if rule is None or not isinstance(value, str | dict):
            continue
        if value == {}:
            yield Finding(path, "text, or a table of texts by language", "an empty table")
        for spot, text in [(path, value)] if isinstance(value, str) else [((*path, k), v) for k, v in value.items()]:
            if spot != path and facts.languages and spot[-1] not in facts.languages:
                guess = nearest_language(str(spot[-1]), facts)
                yield Finding(spot, ", ".join(facts.languages), fault="not a language of the show", guess=guess)
            if isinstance(text, str) and (allowed := _text_fault(text, rule)):
                yield Finding(spot, allowed, shown(text))


def _text_fault(text: str, rule: TextRule) -> str:
    size = len(text.encode(errors="replace"))
    if rule.is_required and not text.strip():
        return "text that is not empty"
    if rule.most_bytes and size > rule.most_bytes:
        return f"at most {rule.most_bytes} bytes in UTF-8, not {size}"
    if rule.most_characters and len(text) > rule.most_characters:
        return f"at most {rule.most_characters} characters, not {len(text)}"
    return ""
