"""What publishing one built episode comes to: the objects to be stored, and what published.json says of them.

Rule: it reads what the steps before made and sends nothing (only chapters get their links here); an object whose name
holds its hash never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from castkit.model import soundbites
from castkit.model.episode import Soundbite
from castkit.model.media_types import media_type
from castkit.model.published import (
    Published,
    PublishedChapter,
    PublishedImport,
    PublishedPerson,
    PublishedSoundbite,
    PublishedTranscript,
    StoredFile,
)
from castkit.model.soundbites import Placed
from castkit.notes.html import fragment
from castkit.steps import pictures
from castkit.steps.chapter_files import published_chapters
from castkit.steps.context import EpisodeContext
from castkit.steps.credits import credited
from castkit.steps.files import BuiltTrack, json_text, load_as, load_programme, load_tracks
from castkit.steps.published_files import (
    built_tracks,
    digest_of,
    episode_key,
    hashed_name,
    other_audio_paths,
    stream_names,
    stream_paths,
    transcript_paths,
)
from castkit.storage.caching import cache_control
from castkit.timecode import clock

Address = Callable[[str], str]  # the public address of a key


@dataclass(frozen=True, slots=True)
class Item:
    """A local file and the object it becomes."""

    path: Path
    file: StoredFile

    @property
    def cache_control(self) -> str:
        return cache_control(self.file.key)


@dataclass(frozen=True, slots=True)
class _Objects:
    """What is stored of an episode, by what it is to listeners; mappings by language, pictures by their files here."""

    audio: Item
    others: tuple[Item, ...]
    video: Item | None
    stream: tuple[Item, ...]  # the playlist for players last
    transcripts: tuple[tuple[BuiltTrack, Item], ...]
    pictures: Mapping[Path, Item]
    chapters: Mapping[str, Item]
    shares: Mapping[str, Item]
    notes: Mapping[str, Item]

    def in_order(self) -> tuple[Item, ...]:
        """In the order of sending: no page before what it shows."""
        media = (self.audio, *self.others, *((self.video,) if self.video else ()), *self.stream)
        words = (item for _, item in self.transcripts)
        return (
            *media,
            *words,
            *self.pictures.values(),
            *self.chapters.values(),
            *self.shares.values(),
            *self.notes.values(),
        )

    def values(self) -> dict[str, Any]:
        """The files by their names in published.json."""
        return {
            "audio": self.audio.file,
            "other_audio": [item.file for item in self.others],
            "video": self.video.file if self.video else None,
            "hls": self.stream[-1].file if self.stream else None,
            "hls_parts": [item.file for item in self.stream[:-1]],
            "chapter_files": {language: item.file for language, item in self.chapters.items()},
            "transcripts": [
                PublishedTranscript(language=track.language, file=item.file, origin=track.origin)
                for track, item in self.transcripts
            ],
            "notes": {language: item.file for language, item in self.notes.items()},
            "share_images": {language: item.file for language, item in self.shares.items()},
        }


@dataclass(frozen=True, slots=True)
class Publication:
    """The objects in the order of sending (media, transcripts, pictures, chapters, pages), and what they make up."""

    items: tuple[Item, ...]
    published: Published


def publication(context: EpisodeContext, address: Address, *, into: Path | None = None) -> Publication:
    """The publication under the addresses that `address` gives; CastkitError where the episode is not fully built.

    Chapters with links or pictures are written to the folder `into`, else to build/public.
    """
    found = _objects(context, address, into)
    published = Published.model_validate(
        {
            **described(context),
            **_told(context, found.pictures),
            **_measured(context, has_video=found.video is not None),
            **found.values(),
        }
    )
    return Publication(found.in_order(), published)


def _objects(context: EpisodeContext, address: Address, into: Path | None) -> _Objects:
    paths = context.paths
    audio = _hashed(context, paths.audio, address)  # first: where it is missing, nothing is built yet
    shown = _pictures(context, address)
    chapter_files = published_chapters(context, lambda one: shown[one.path].file.url, into)
    notes = [language for language in context.show.languages if paths.notes_html(language).is_file()]
    return _Objects(
        audio=audio,
        others=tuple(_hashed(context, path, address) for path in other_audio_paths(context)),
        video=_hashed(context, paths.video, address) if paths.video.is_file() else None,
        stream=_stream(context, address),
        transcripts=tuple(
            (track, _hashed(context, path, address))
            for track in built_tracks(context)
            for path in (*transcript_paths(context, track.language), paths.transcript_html(track.language))
        ),
        pictures=shown,
        chapters={language: _hashed(context, path, address) for language, path in chapter_files.items()},
        shares={
            language: _hashed(context, paths.share_image(language), address)
            for language in notes
            if paths.share_image(language).is_file()
        },
        notes={language: _named(context, paths.notes_html(language), address) for language in notes},
    )


def _told(context: EpisodeContext, shown: Mapping[Path, Item]) -> dict[str, Any]:
    """What an app shows of the episode beside what `described` has: notes, cover, chapters, soundbites."""
    paths, episode = context.paths, context.episode
    return {
        "imported": _kept_of_old_host(context),
        "content_html": {
            language: fragment(paths.notes_markdown(language).read_text("utf-8"))
            for language in context.show.languages
            if paths.notes_markdown(language).is_file()
        },
        "spoken": load_tracks(context).spoken,
        "image": shown[paths.root / episode.image].file if episode.image else None,
        "chapters": _chapters(context, shown),
        "soundbites": _soundbites(context),
    }


def _kept_of_old_host(context: EpisodeContext) -> PublishedImport | None:
    """The guid of an imported episode that was made anew from its recordings: to apps it is the same."""
    came = context.episode.imported
    return PublishedImport(guid=came.guid, is_permalink=came.permalink) if came else None


def described(context: EpisodeContext) -> dict[str, Any]:
    """What people wrote about the episode, its translators among the people, as plain values of published.json."""
    episode = context.episode
    people = [
        PublishedPerson(
            id=person.id,
            name=person.name,
            role=person.role,
            organisation=person.organisation,
            href=person.href,
            img=person.img,
        ).model_dump(mode="json")
        for person in credited(context)
    ]
    keys = {"guid", "date", "title", "summary", "description", "season", "number", "number_shown", "type", "keywords"}
    keys |= {"licence", "locations", "links"}
    return {
        **episode.model_dump(mode="json", include=keys),
        "slug": context.slug,
        "explicit": context.show.show.explicit if episode.explicit is None else episode.explicit,
        "people": people,
    }


def to_bytes(published: Published) -> bytes:
    """published.json: sorted keys, UTF-8, LF."""
    value = published.model_dump(mode="json")
    return json_text(value).encode()


def _measured(context: EpisodeContext, *, has_video: bool) -> dict[str, int]:
    """The length in ms and the height of the picture, 0 without one."""
    return load_as(
        context.paths.report,
        lambda report: {
            "duration_ms": int(report["duration_ms"]),
            "video_height": int(report["video"]["height"]) if has_video else 0,
        },
    )


def _chapters(context: EpisodeContext, shown: Mapping[Path, Item]) -> list[PublishedChapter]:
    return [
        PublishedChapter(
            start_ms=start_ms,
            title=chapter.title,
            url=chapter.url,
            image=shown[picture.path].file if picture else None,
        )
        for start_ms, chapter, picture in pictures.in_chapters(context)
    ]


def _soundbites(context: EpisodeContext) -> list[PublishedSoundbite]:
    return [
        PublishedSoundbite(start_ms=one.start_ms, duration_ms=one.duration_ms, title=one.soundbite.title)
        for one in _placed_soundbites(context)[0]
    ]


def soundbites_cut_out(context: EpisodeContext) -> Iterator[str]:
    """What to tell of the soundbites that are not published, because the edit removes them."""
    for soundbite in _placed_soundbites(context)[1]:
        yield (
            f"the soundbite from {clock(soundbite.start)} to {clock(soundbite.end)} of the recordings is not listed: "
            "less than a second of it is in the programme; correct it in episode.toml, or remove it"
        )


def _placed_soundbites(context: EpisodeContext) -> tuple[tuple[Placed, ...], tuple[Soundbite, ...]]:
    duration_ms = load_as(context.paths.report, lambda value: int(value["duration_ms"]))
    return soundbites.on_masters_clock(context.episode.soundbites, load_programme(context).timeline, duration_ms)


def _pictures(context: EpisodeContext, address: Address) -> dict[Path, Item]:
    """The episode's own cover and the chapters' pictures, by their files here."""
    cover = pictures.own_cover(context)
    found = [cover, *(picture for _, _, picture in pictures.in_chapters(context))]
    return {one.path: _item(one.path, episode_key(context.slug, one.name), one.digest, address) for one in found if one}


def _hashed(context: EpisodeContext, path: Path, address: Address) -> Item:
    """Under a name with a hash of the content, for files that players keep and resume: `<slug>-<hash>.en.vtt`."""
    name, digest = hashed_name(context, path)
    return _item(path, episode_key(context.slug, name), digest, address)


def _named(context: EpisodeContext, path: Path, address: Address) -> Item:
    """Under a name of its own that stays, for pages people link to."""
    return _item(path, episode_key(context.slug, path.name), digest_of(context, path), address)


def _stream(context: EpisodeContext, address: Address) -> tuple[Item, ...]:
    """The stream's files, the playlist for players last."""
    pairs = zip(stream_paths(context), stream_names(context), strict=True)
    return tuple(_item(path, episode_key(context.slug, name), digest, address) for path, (name, digest) in pairs)


def _item(path: Path, key: str, digest: str, address: Address) -> Item:
    length = path.stat().st_size
    file = StoredFile(key=key, url=address(key), type=media_type(key), length=length, sha256=digest)
    return Item(path, file)
