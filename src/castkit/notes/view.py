"""What a template of the show notes can say: every value it may use, for one language.

Rule: plain strings, tuples and dictionaries only, already in the page's language; templates do the escaping.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from castkit.model import origins
from castkit.model.chapters import on_masters_clock
from castkit.model.cue import Origin
from castkit.model.episode import Episode
from castkit.model.language import direction, language_name, primary
from castkit.model.programme import Programme
from castkit.model.show import Organisation, Person, Show
from castkit.model.text import LocalText, one_line
from castkit.notes.labels import date_in_words, labels_for
from castkit.notes.licences import licence_name
from castkit.notes.markdown import safe_address
from castkit.notes.roles import role_name
from castkit.timecode import clock


@dataclass(frozen=True, slots=True)
class Material:
    """What the notes are made of; `transcripts` are languages with where their words come from."""

    show: Show
    episode: Episode
    people: tuple[Person, ...]
    programme: Programme
    transcripts: tuple[tuple[str, Origin], ...]


def view(material: Material, language: str) -> dict[str, Any]:
    """The values for a template; the packaged templates use every one of them, or nearly."""
    return {
        **common(material.show, material.episode, language),
        "people": tuple(_person(person, material.show, language) for person in material.people),
        "chapters": _chapters(material, language),
        "documents": _documents(material, language),
        "transcripts": tuple(
            {"language": language_name(tag, language), "note": origins.in_words(origin, language)}
            for tag, origin in own_first(material.transcripts, language)
        ),
        "partners": _organisations(material.show.partners, material.show, language),
        "funders": _organisations(material.show.funders, material.show, language),
    }


def common(show: Show, episode: Episode, language: str) -> dict[str, Any]:
    """The part of the values that needs no built file."""
    info = show.show

    def text(value: LocalText) -> str:
        return value.in_(language, show.languages)

    licence, licence_url = licence_name(info.licence)
    return {
        "language": language,
        "direction": direction(language),
        "labels": labels_for(language),
        "show": {
            "title": text(info.title),
            "author": text(info.author),
            "description": text(info.description),
            "url": safe_address(info.link),
            "copyright": info.copyright,
        },
        "episode": {
            "title": text(episode.title),
            "summary": text(episode.summary),
            "description": text(episode.description),
            "date": date_in_words(episode.date, language),
            "number": _number(episode, language),
            "keywords": tuple(one_line(word) for word in episode.keywords),
        },
        "funding_statement": text(info.funding_statement),
        "disclaimer": text(info.disclaimer),
        "licence": {"name": licence, "url": licence_url},
    }


def _number(episode: Episode, language: str) -> str:
    labels = labels_for(language)
    if episode.type != "full":
        return labels[episode.type]
    if episode.number is None:
        return ""
    return labels["season" if episode.season else "episode"].format(season=episode.season, number=episode.number)


def _person(person: Person, show: Show, language: str) -> dict[str, str]:
    return {
        "name": person.name.in_(language, show.languages),
        "role": role_name(person.role, language),
        "organisation": person.organisation.in_(language, show.languages),
        "url": safe_address(person.href),
    }


def _chapters(material: Material, language: str) -> tuple[dict[str, str], ...]:
    """In order of time, on the clock of the finished sound; the first at 00:00:00."""
    return tuple(
        {"time": clock(start_ms), "title": chapter.title.in_(language, material.show.languages)}
        for start_ms, chapter in on_masters_clock(material.episode.chapters, material.programme)
    )


def _documents(material: Material, language: str) -> tuple[dict[str, str], ...]:
    fallbacks = material.show.languages
    return tuple(
        {
            "kind": labels_for(language)[link.kind],
            "title": link.title.in_(language, fallbacks),
            "url": safe_address(link.url.in_(language, fallbacks)),
        }
        for link in material.episode.links
    )


def own_first(tracks: Iterable[tuple[str, Origin]], language: str) -> list[tuple[str, Origin]]:
    """Tracks in the order a reader of this language wants them: the same tag, the same language, the rest."""
    return sorted(tracks, key=lambda track: (track[0] != language, primary(track[0]) != primary(language)))


def _organisations(found: Iterable[Organisation], show: Show, language: str) -> tuple[dict[str, str], ...]:
    return tuple({"name": one.name.in_(language, show.languages), "url": safe_address(one.href)} for one in found)
