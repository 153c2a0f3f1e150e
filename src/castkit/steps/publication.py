"""What publishing one built episode comes to: the objects to be stored, and what published.json says of them.

Rule: it reads what the steps before made and sends nothing (only chapters get their links here); an object whose name
holds its hash never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from castkit.errors import CastkitError
from castkit.model import soundbites
from castkit.model.episode import Soundbite
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
from castkit.steps import hls, pictures
from castkit.steps.chapter_files import published_chapters
from castkit.steps.context import EpisodeContext
from castkit.steps.credits import credited
from castkit.steps.files import BuiltTrack, json_text, load_as, load_programme, load_tracks
from castkit.steps.package import other_formats
from castkit.storage.folder import sha256_of
from castkit.storage.mediatypes import cache_control, media_type
from castkit.timecode import clock

HASH_LENGTH = 12  # hex digits in a name
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
class Publication:
    """The objects in the order of sending (media, transcripts, pictures, chapters, pages), and what they make up."""

    items: tuple[Item, ...]
    published: Published


def built_tracks(context: EpisodeContext) -> tuple[BuiltTrack, ...]:
    """The tracks to publish, in the show's order: those with words in them."""
    return load_tracks(context).worded


def inputs(context: EpisodeContext) -> Iterator[Path]:
    """Every file that a publication is made of, or would be if it existed."""
    paths = context.paths
    yield from (paths.tracks, paths.programme, paths.report, paths.audio, paths.video)
    yield from (*other_audio_paths(context), *stream_paths(context))
    for track in built_tracks(context):
        yield from (*transcript_paths(context, track.language), paths.transcript_html(track.language))
    yield from pictures.paths(context)
    for language in context.show.languages:
        yield from (paths.chapters_json(language), paths.notes_html(language), paths.notes_markdown(language))
        yield paths.share_image(language)


def transcript_paths(context: EpisodeContext, language: str) -> tuple[Path, ...]:
    """A track's files as listeners get them: VTT, SRT, Podcasting 2.0 JSON."""
    paths = context.paths
    return paths.vtt(language), paths.published_srt(language), paths.transcript_json(language)


def other_audio_paths(context: EpisodeContext) -> tuple[Path, ...]:
    """The sound in the formats made beside the MP3."""
    return tuple(context.paths.audio_in(codec) for codec in other_formats(context))


def stream_paths(context: EpisodeContext) -> tuple[Path, ...]:
    """The files of the video's stream in the order they are sent, the playlist for players last; none without one."""
    return tuple(context.paths.hls / name for name in hls.names(context)) if hls.is_wanted(context) else ()


def stream_names(context: EpisodeContext) -> tuple[tuple[str, str], ...]:
    """Names in the episode's folder of the store and whole SHA-256 of `stream_paths`.

    The files name each other, so that they keep their names: the hash of all is in their folder's, `hls-<hash>/`.
    """
    found = [(path.name, _sha256(context, path)) for path in stream_paths(context)]
    whole = sha256("".join(f"{digest} {name}\n" for name, digest in found).encode()).hexdigest()
    return tuple((f"hls-{whole[:HASH_LENGTH]}/{name}", digest) for name, digest in found)


def hashed_name(context: EpisodeContext, path: Path, content: Path | None = None) -> tuple[str, str]:
    """A built file's name in the episode's folder of the store, `<slug>-<hash>.en.vtt`, and its whole SHA-256.

    `content` is where the file lies while it is being made.
    """
    digest = _sha256(context, content or path)
    ending = path.name.removeprefix(context.slug)
    return f"{context.slug}-{digest[:HASH_LENGTH]}{ending}", digest


def episode_key(slug: str, name: str) -> str:
    """Where a file of an episode lies in the store."""
    return f"episodes/{slug}/{name}"


def publication(context: EpisodeContext, address: Address, *, into: Path | None = None) -> Publication:
    """The publication under the addresses that `address` gives; CastkitError where the episode is not fully built.

    Chapters with links or pictures are written to the folder `into`, else to build/public.
    """
    paths, languages = context.paths, context.show.languages
    audio = _hashed(context, paths.audio, address)
    others = [_hashed(context, path, address) for path in other_audio_paths(context)]
    video = _hashed(context, paths.video, address) if paths.video.is_file() else None
    stream = _stream(context, address)
    duration_ms, height = load_as(paths.report, lambda value: _measures(value, has_video=video is not None))
    transcripts = [
        (track, _hashed(context, path, address))
        for track in built_tracks(context)
        for path in (*transcript_paths(context, track.language), paths.transcript_html(track.language))
    ]
    shown = _pictures(context, address)
    chapters = {
        language: _hashed(context, path, address)
        for language, path in published_chapters(context, lambda one: shown[one.path].file.url, into).items()
    }
    notes = {
        language: _named(context, paths.notes_html(language), address)
        for language in languages
        if paths.notes_html(language).is_file()
    }
    shares = {
        language: _hashed(context, paths.share_image(language), address)
        for language in notes
        if paths.share_image(language).is_file()
    }
    published = Published.model_validate(
        {
            **described(context),
            "imported": _kept_of_old_host(context),
            "content_html": {
                language: fragment(paths.notes_markdown(language).read_text("utf-8"))
                for language in languages
                if paths.notes_markdown(language).is_file()
            },
            "spoken": load_tracks(context).spoken,
            "image": shown[paths.root / context.episode.image].file if context.episode.image else None,
            "chapters": _chapters(context, shown),
            "soundbites": _soundbites(context),
            "duration_ms": duration_ms,
            "audio": audio.file,
            "other_audio": [item.file for item in others],
            "video": video.file if video else None,
            "video_height": height,
            "hls": stream[-1].file if stream else None,
            "hls_parts": [item.file for item in stream[:-1]],
            "chapter_files": {language: item.file for language, item in chapters.items()},
            "transcripts": [
                PublishedTranscript(language=track.language, file=item.file, origin=track.origin)
                for track, item in transcripts
            ],
            "notes": {language: item.file for language, item in notes.items()},
            "share_images": {language: item.file for language, item in shares.items()},
        }
    )
    media = (audio, *others, *((video,) if video else ()), *stream)
    words = (item for _, item in transcripts)
    return Publication(
        (*media, *words, *shown.values(), *chapters.values(), *shares.values(), *notes.values()), published
    )


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


def _measures(report: Any, *, has_video: bool) -> tuple[int, int]:
    """The length in ms and the height of the picture, 0 without one."""
    return int(report["duration_ms"]), int(report["video"]["height"]) if has_video else 0


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
    return _item(path, episode_key(context.slug, path.name), _sha256(context, path), address)


def _stream(context: EpisodeContext, address: Address) -> tuple[Item, ...]:
    """The stream's files, the playlist for players last."""
    pairs = zip(stream_paths(context), stream_names(context), strict=True)
    return tuple(_item(path, episode_key(context.slug, name), digest, address) for path, (name, digest) in pairs)


def _item(path: Path, key: str, digest: str, address: Address) -> Item:
    length = path.stat().st_size
    file = StoredFile(key=key, url=address(key), type=media_type(key), length=length, sha256=digest)
    return Item(path, file)


def _sha256(context: EpisodeContext, path: Path) -> str:
    try:
        return sha256_of(path)
    except FileNotFoundError:
        raise _not_built(context, path) from None


def _not_built(context: EpisodeContext, path: Path) -> CastkitError:
    return CastkitError(f"{context.slug} is not built yet: {path.name} is missing", f"castkit build {context.slug}")
