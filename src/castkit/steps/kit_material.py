"""What there is to say of an episode, gathered for a kit, in the language its platform reads.

Rule: what is missing in that language is said and taken from another; nothing is translated here, only the script of
Chinese is changed where a platform reads the other one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from castkit.kits.checks import Note
from castkit.kits.rules import Platform
from castkit.kits.sections import Line
from castkit.kits.texts import Material
from castkit.model.language import best_match, is_chinese, is_traditional, language_name
from castkit.model.origins import in_words
from castkit.model.text import one_line, paragraphs
from castkit.notes.view import Material as NotesMaterial
from castkit.notes.view import view
from castkit.steps.context import EpisodeContext
from castkit.steps.credits import credited
from castkit.steps.files import BuiltTrack, load_programme
from castkit.steps.package import placed
from castkit.translate.script import can_convert, convert


def language_of(context: EpisodeContext, platform: Platform, asked: str) -> str:
    """The language of the texts: as asked, else the platform's, else the show's main one."""
    return asked or platform.language or context.show.main_language


def gathered(
    context: EpisodeContext, language: str, tracks: Sequence[BuiltTrack], duration_ms: int
) -> tuple[Material, tuple[Note, ...]]:
    """Everything to say in this language, and what is to be said about that.

    `tracks` are those whose words go along; `duration_ms` is that of the finished sound.
    """
    show, episode = context.show, context.episode
    programme = load_programme(context)
    said = view(NotesMaterial(show, episode, credited(context), programme, ()), language)
    marks = placed(context, programme, duration_ms, language) if episode.chapters else ()
    told = said["episode"]
    material = Material(
        language=language,
        title=one_line(told["title"]),
        show=one_line(said["show"]["title"]),
        summary=one_line(told["summary"]),
        description=paragraphs(told["description"]),
        chapters=tuple((mark.start_ms, mark.title) for mark in marks),
        duration_ms=duration_ms,
        people=tuple(_people(said["people"], language)),
        documents=tuple(_documents(said["documents"], said["labels"])),
        partners=tuple(Line(one_line(one["name"]), one["url"]) for one in said["partners"]),
        funding=tuple(_funding(said)),
        disclaimer=" ".join(paragraphs(said["disclaimer"])),
        licence=Line(said["licence"]["name"], said["licence"]["url"]),
        keywords=told["keywords"],
        categories=tuple(show.show.categories),
        machine_made=tuple(_machine_made(tracks, language)),
        labels=said["labels"],
    )
    return _in_script(context, material, language)


def _people(people: Sequence[Mapping[str, str]], language: str) -> Iterator[str]:
    colon, left, right = ("：", "（", "）") if is_chinese(language) else (": ", " (", ")")
    for person in people:
        name, role, organisation = (one_line(person[key]) for key in ("name", "role", "organisation"))
        named = name if role.casefold() == name.casefold() else f"{role}{colon}{name}"
        yield f"{named}{left}{organisation}{right}" if organisation else named


def _documents(documents: Sequence[Mapping[str, str]], labels: Mapping[str, str]) -> Iterator[Line]:
    for one in documents:
        yield Line(f"{one['kind']}{labels['colon']}{one_line(one['title'])}", one["url"])


def _funding(said: Mapping[str, Any]) -> Iterator[str]:
    """The statement as funders ask for it; without one, who they are."""
    if statement := paragraphs(said["funding_statement"]):
        yield from statement
    elif said["funders"]:
        yield said["labels"]["list"].join(one_line(one["name"]) for one in said["funders"])


def _machine_made(tracks: Sequence[BuiltTrack], language: str) -> Iterator[str]:
    """What viewers must be told: captions that a machine translated and nobody read."""
    for track in tracks:
        if track.label:
            name, words = language_name(track.language, language), in_words(track.origin, language)
            is_zh = is_chinese(language)
            yield f"{name}字幕：{words}。" if is_zh else f"Captions in {name}: {words}."


def _in_script(context: EpisodeContext, material: Material, language: str) -> tuple[Material, tuple[Note, ...]]:
    """The material with what is missing named, and in the script that is read there."""
    episode = context.episode
    missing = [
        name for name, text in (("title", episode.title), ("summary", episode.summary)) if not text.own(language)
    ]
    if missing:
        return material, (Note("language-missing", {"language": language, "fields": " ".join(missing)}),)
    written = best_match(language, tuple(episode.title.root))
    if written and can_convert(written, language) and is_traditional(written) != is_traditional(language):
        return _mapped(material, lambda text: convert(text, language)), (Note("script-converted"),)
    return material, ()


def _mapped(material: Material, change: Callable[[str], str]) -> Material:
    """Every text of the material changed; addresses stay."""

    def lines(found: tuple[Line, ...]) -> tuple[Line, ...]:
        return tuple(replace(line, text=change(line.text)) for line in found)

    def texts(found: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(change(text) for text in found)

    return replace(
        material,
        title=change(material.title),
        show=change(material.show),
        summary=change(material.summary),
        description=texts(material.description),
        chapters=tuple((at, change(title)) for at, title in material.chapters),
        people=texts(material.people),
        documents=lines(material.documents),
        partners=lines(material.partners),
        funding=texts(material.funding),
        disclaimer=change(material.disclaimer),
        keywords=texts(material.keywords),
    )
