"""From glossary.toml to the checked terms of a show, or to one error with every problem in the file.

Rule: a form belongs to one term in one language, so that no correction and no check has a choice.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from castkit.config import source, types
from castkit.config.problems import Finding, Path, Problem, dotted, nodes, place, raise_all, shown
from castkit.config.relations import tables
from castkit.config.rules import Facts, by_place, nearest_language
from castkit.config.source import Source
from castkit.model.glossary import Glossary
from castkit.model.language import NAMES, canonical, is_spoken
from castkit.model.show import Show
from castkit.model.text import ANY
from castkit.workspace import Workspace

LONGEST_FORM = 100  # characters; what is longer is a sentence, and no term
SHORTEST_MISHEARING = 2  # letters; one letter stands in every text

_FORMS = ("term", "accept", "heard")


def load_glossary(workspace: Workspace, show: Show) -> Glossary:
    """The terms of glossary.toml, none where there is no such file; ConfigError with every problem in it."""
    if not workspace.glossary.is_file():
        return Glossary()
    read = source.read(workspace.glossary, workspace.glossary.name)
    facts = Facts(workspace.root, workspace.root, languages=show.languages)
    glossary, problems = _checked(read, facts)
    raise_all(problems)
    return glossary or Glossary()


def _checked(read: Source, facts: Facts) -> tuple[Glossary | None, list[Problem]]:
    if read.data is None:
        return None, list(read.failures)
    glossary, found = None, list[Finding]()
    try:
        glossary = Glossary.model_validate(read.data)
    except ValidationError as error:
        found += types.findings(error, Glossary)
    for relation in (_texts, _languages, _at_home, _forms_once):
        found += relation(read.data, facts)
    found += by_place(read.data, {}, facts)
    return glossary, read.place(found)


def _texts(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    """Every form says something, on one line."""
    for index, term in tables(data, "terms"):
        if term.get("term") == {}:
            yield Finding(("terms", index, "term"), "text, or a table of texts by language", "an empty table")
        for key, path, _tag, text in _forms(index, term):
            letters = sum(character.isalnum() for character in text)
            if not letters:
                yield Finding(path, "text with letters in it", shown(text))
            elif len(text) > LONGEST_FORM or len(text.strip().splitlines()) > 1:
                yield Finding(path, f"at most {LONGEST_FORM} characters, on one line", shown(text))
            elif key == "heard" and letters < SHORTEST_MISHEARING:
                allowed = f"at least {SHORTEST_MISHEARING} letters, since it is always corrected"
                yield Finding(path, allowed, shown(text))


def _languages(data: dict[str, Any], facts: Facts) -> Iterator[Finding]:
    """The show's languages, and those that may be spoken in an episode."""
    for path, value in nodes(data):
        if place(path) not in ("terms[].term", "terms[].accept", "terms[].heard", "terms[].note"):
            continue
        for tag in value if isinstance(value, dict) else ():
            if _is_language(tag, facts):
                continue
            usual = canonical(tag) or NAMES.get(tag.lower(), "")
            guess = usual if is_spoken(usual) else nearest_language(tag, facts)
            allowed = f"{', '.join(facts.languages)}, or a language that Whisper knows"
            yield Finding((*path, tag), allowed, fault="not a language of the show", guess=guess)


def _is_language(tag: str, facts: Facts) -> bool:
    return tag in facts.languages or is_spoken(tag)


def _at_home(data: dict[str, Any], facts: Facts) -> Iterator[Finding]:
    """Nothing to accept or to correct where it is not told what the term is."""
    for index, term in tables(data, "terms"):
        agreed = term.get("term")
        for key in ("accept", "heard"):
            lists = term.get(key)
            if not isinstance(agreed, dict) or not isinstance(lists, dict):
                continue
            for tag in lists:
                if tag not in agreed and _is_language(tag, facts):
                    yield Finding(("terms", index, key, tag), f"the term itself in {tag}, in term", "no such term")


def _forms_once(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    """A form stands once in its language, or for all languages; whatever its capitals and spaces."""
    seen: dict[str, list[tuple[str, Path]]] = {}
    for index, term in tables(data, "terms"):
        for _key, path, tag, text in _forms(index, term):
            known = seen.setdefault(_folded(text), [])
            other = next((place for language, place in known if ANY in (tag, language) or tag == language), None)
            if other is not None and _folded(text):
                yield Finding(path, "each form once in a language", fault=f"{shown(text)} is also {dotted(other)}")
            known.append((tag, path))


def _forms(index: int, term: dict[str, Any]) -> Iterator[tuple[str, Path, str, str]]:
    """Key, place, language and text of every form of a term that is a text."""
    for key in _FORMS:
        value = term.get(key)
        by_tag = value.items() if isinstance(value, dict) else [(ANY, value)]
        for tag, found in by_tag:
            path: Path = ("terms", index, key, tag) if isinstance(value, dict) else ("terms", index, key)
            if key == "term" and isinstance(found, str):
                yield key, path, tag, found
            elif key != "term" and isinstance(found, list):
                yield from ((key, (*path, n), tag, one) for n, one in enumerate(found) if isinstance(one, str))


def _folded(text: str) -> str:
    """As two forms are compared: without capitals, hyphens and spaces of their own."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("-", " ").split())
