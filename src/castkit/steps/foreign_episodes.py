"""The episodes of a show on another host as castkit's: a slug, an episode.toml and what published.json will say.

Rule: pure; guid, date, enclosure and length are those of the feed, whatever they are; a slug is ours, safe and unique.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from castkit.audio.chapters import podcast_chapters
from castkit.feed import texts
from castkit.feed.reading.said import SaidEpisode, SaidFile
from castkit.model.chapters import Mark
from castkit.model.cue import Origin
from castkit.model.imported import identity_of
from castkit.model.language import canonical, is_spoken
from castkit.model.media_types import UNKNOWN, media_type
from castkit.model.published import Published, StoredFile
from castkit.notes.foreign import foreign_notes, has_markup, words_of
from castkit.scaffold.imported import EpisodeTexts, render_imported_episode
from castkit.scaffold.raw import ascii_name
from castkit.steps.files import json_text
from castkit.steps.foreign_show import ForeignShow, Told, cast, known_licence, places

_TRANSCRIPTS = frozenset(["text/vtt", "application/x-subrip", "application/json", "text/html", "text/plain"])
_CHAPTERS = "application/json+chapters"
_STREAMS = frozenset(["application/x-mpegurl", "application/vnd.apple.mpegurl"])
_DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d")  # names that Windows keeps for itself
_SLUG_LENGTH = 60
_EPOCH = datetime(1970, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ForeignEpisode:
    """An episode ready to be written: `published` is what the feed said, all its files elsewhere.

    `files` are those made of what stood in the feed itself, by their path in the episode's folder.
    """

    slug: str
    toml: str
    published: Published
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class _Identified:
    """An item with the guid, the date and the enclosure it is carried over with."""

    said: SaidEpisode
    guid: str
    is_permalink: bool
    date: datetime
    enclosure: SaidFile


def foreign_episodes(
    items: Iterable[SaidEpisode], show: ForeignShow, known: Mapping[str, str]
) -> tuple[tuple[ForeignEpisode, ...], tuple[Told, ...]]:
    """The episodes in the order of the feed, and what of them is not as it was.

    `known` are the slugs, by guid, of those that are there already: they keep them.
    """
    told: list[Told] = []
    found = []
    slugs = dict(known)
    for one in _identified(items, told):
        slug = slugs.get(one.guid) or _slug(one, set(slugs.values()))
        slugs[one.guid] = slug
        found.append(_episode(one, slug, show, told))
    return tuple(found), tuple(told)


def _identified(items: Iterable[SaidEpisode], told: list[Told]) -> Iterable[_Identified]:
    """Those of the items that are episodes, each with a guid of its own and a date."""
    guids: dict[str, str] = {}
    date = _EPOCH
    for said in items:
        where = f"item {said.place}"
        if said.enclosure is None:
            told.append(
                Told(where, "left", f"“{said.title[:80]}” has no enclosure on the web, so nothing to listen to")
            )
            continue
        guid, is_permalink = said.guid, said.is_permalink
        if guid is None:  # what apps then take for it
            guid, is_permalink = said.enclosure.url, False
            told.append(Told(where, "changed", f"“{said.title[:80]}” has no guid; it gets its enclosure's address"))
        elif guid in guids:
            if guids[guid] == said.enclosure.url:
                told.append(Told(where, "left", f"“{said.title[:80]}” is there already: the same guid and enclosure"))
                continue
            guid, is_permalink = said.enclosure.url, False
            told.append(
                Told(where, "changed", f"“{said.title[:80]}” has another's guid; it gets its enclosure's address")
            )
        if guid in guids:
            told.append(Told(where, "left", f"“{said.title[:80]}” has another's guid and another's enclosure"))
            continue
        guids[guid] = said.enclosure.url
        date = said.date or date - timedelta(seconds=1)  # just below the item above it
        yield _Identified(said, guid, is_permalink, date, said.enclosure)


def _slug(one: _Identified, taken: set[str]) -> str:
    """From the title where Latin letters tell it, else from number or date."""
    said = one.said
    from_title = ascii_name(said.title, "")[:_SLUG_LENGTH].strip("-")
    letters = sum(character.isalnum() for character in said.title)
    if len(from_title.replace("-", "")) * 2 < max(letters, 8):
        season = f"s{said.season:02d}-" if said.season else ""
        from_title = f"{season}episode-{said.number:02d}" if said.number else f"episode-{one.date:%Y-%m-%d}"
    if _DEVICES.fullmatch(from_title):
        from_title = f"episode-{from_title}"
    number, slug = 2, from_title
    while slug in taken:
        slug, number = f"{from_title}-{number}", number + 1
    return slug


def _episode(one: _Identified, slug: str, show: ForeignShow, told: list[Told]) -> ForeignEpisode:
    said, language = one.said, show.texts.language
    told += [Told(slug, "left", name) for name in said.left]
    told += [Told(slug, "changed", f"not understood: {what}") for what in said.wrong]
    title = texts.plain(said.title) or slug
    if said.title and title != said.title:
        told.append(Told(slug, "changed", f"the title, cut to {texts.PLAIN_CHARACTERS} characters"))
    if not said.title:
        told.append(Told(slug, "changed", "no title; it gets its slug"))
    summary = words_of(said.summary) or words_of(said.description) or words_of(said.content) or title
    explicit = show.texts.explicit if said.explicit is None else said.explicit
    toml = EpisodeTexts(
        guid=str(identity_of(one.guid)),
        came_with=one.guid,
        is_permalink=one.is_permalink,
        title=title,
        summary=texts.shorten(summary, texts.DESCRIPTION_BYTES),
        language=language if is_spoken(language) else "auto",
        date=one.date,
        season=said.season,
        number=said.number,
        type=said.type,
        explicit=explicit,
        people=cast(said.people, show.texts, told, slug),
        keywords=said.keywords,
        licence=known_licence(said.licence, told, slug),
        places=places(said.places),
    )
    published = _published(one, slug, toml, show, told)
    return ForeignEpisode(slug, render_imported_episode(toml), published, tuple(_chapters(published, show)))


def _chapters(published: Published, show: ForeignShow) -> Iterable[tuple[str, bytes]]:
    """Chapters that stood in the feed itself (Podlove's), as the file that other apps read."""
    for language, file in published.chapter_files.items():
        if not file.url:
            starts = [chapter.start_ms for chapter in published.chapters]
            ends = [*starts, published.duration_ms][1:]
            titles = [chapter.title.in_(language) for chapter in published.chapters]
            marks = [Mark(*one) for one in zip(starts, ends, titles, strict=True)]
            value = podcast_chapters(marks, title=published.title.in_(language), podcast=show.texts.title)
            yield f"imported/{language}.chapters.json", json_text(value).encode()


def _published(
    one: _Identified, slug: str, toml: EpisodeTexts, show: ForeignShow, told: list[Told]
) -> Published:  # fmt: skip
    said, language = one.said, show.texts.language
    return Published.model_validate(
        {
            "slug": slug,
            "guid": toml.guid,
            "date": one.date,
            "title": _text(toml.title),
            "summary": _text(toml.summary),
            "description": {},
            "content_html": _notes(said, language, slug, told),
            "spoken": language,
            "season": said.season,
            "number": said.number,
            "type": said.type,
            "explicit": toml.explicit,
            "keywords": said.keywords,
            "chapters": [{"start_ms": mark.start_ms, "title": mark.title} for mark in said.chapters],
            "soundbites": [
                {"start_ms": bite.start_ms, "duration_ms": bite.duration_ms, "title": bite.title}
                for bite in said.soundbites
            ],
            "duration_ms": said.duration_ms,
            "audio": _elsewhere(one.enclosure, _enclosure_type(one, slug, told)),
            **_other_forms(one, slug, told),
            "chapter_files": _chapter_files(said, language),
            "transcripts": _transcripts(said, language, slug, told),
            "image": _elsewhere(SaidFile(said.image, _type_of(said.image))) if said.image else None,
            "imported": {
                "guid": one.guid,
                "is_permalink": one.is_permalink,
                "link": said.link,
                "description_html": _description(said),
            },
        }
    )


def _chapter_files(said: SaidEpisode, language: str) -> dict[str, StoredFile]:
    """The file that the feed names; one without an address where the feed itself has the chapters."""
    if said.chapters_file:
        return {language: _elsewhere(said.chapters_file, _CHAPTERS)}
    return {language: _elsewhere(SaidFile("", _CHAPTERS))} if said.chapters else {}


def _text(text: str) -> dict[str, str]:
    """A text for all languages, as published.json has it."""
    return {"und": text}


def _elsewhere(file: SaidFile, kind: str = "") -> StoredFile:
    return StoredFile(key="", url=file.url, type=kind or file.type, length=file.length, sha256=file.sha256)


def _type_of(url: str) -> str:
    found = media_type(urlsplit(url).path)
    return "" if found == UNKNOWN else found


def _enclosure_type(one: _Identified, slug: str, told: list[Told]) -> str:
    if one.enclosure.length == 0:
        told.append(Told(slug, "note", "the feed does not say how long the enclosure is in bytes"))
    if one.said.duration_ms == 0:
        told.append(Told(slug, "note", "the feed does not say how long the episode lasts"))
    if one.enclosure.type:
        return one.enclosure.type
    found = _type_of(one.enclosure.url) or "audio/mpeg"
    told.append(Told(slug, "changed", f"the enclosure has no type; now {found}"))
    return found


def _other_forms(one: _Identified, slug: str, told: list[Told]) -> dict[str, object]:
    """What stands beside the enclosure: sound in other formats, one video, one stream."""
    sounds: list[StoredFile] = []
    found: dict[str, object] = {"other_audio": sounds}
    for file in one.said.alternates:
        if file.url == one.enclosure.url:
            continue
        if file.type in _STREAMS and "hls" not in found:
            found["hls"] = _elsewhere(file)
        elif file.type.startswith("audio/"):
            sounds.append(_elsewhere(file))
        elif file.type.startswith("video/") and "video" not in found:
            found |= {"video": _elsewhere(file), "video_height": file.height}
        else:
            told.append(Told(slug, "left", f"podcast:alternateEnclosure of {file.type[:60]}"))
    return found


def _transcripts(said: SaidEpisode, language: str, slug: str, told: list[Told]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for file in said.transcripts:
        kind = file.type.partition(";")[0]
        if kind not in _TRANSCRIPTS:
            told.append(Told(slug, "left", f"podcast:transcript of {file.type[:60]}, which is no type of a transcript"))
            continue
        tag = canonical(file.language.replace("_", "-")) or language
        found.append({"language": tag, "file": _elsewhere(file, kind), "origin": Origin.ELSEWHERE})
    return found


def _notes(said: SaidEpisode, language: str, slug: str, told: list[Told]) -> dict[str, str]:
    html = said.content or (said.description if has_markup(said.description) else "")
    if re.search(r"<(img|iframe|video|audio|table)\b", html, re.IGNORECASE):
        told.append(Told(slug, "left", "pictures, tables or players in the show notes"))
    notes = foreign_notes(html)
    return {language: notes} if notes else {}


def _description(said: SaidEpisode) -> str:
    """As it stands where it is plain text; else cleaned."""
    return foreign_notes(said.description) if has_markup(said.description) else said.description
