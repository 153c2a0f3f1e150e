"""The tags that feedgen does not know, as plain values: the podcast namespace, itunes:explicit, dates.

Rule: pure; a tag that has nothing to say is not there. Source: github.com/Podcastindex-org/podcast-namespace, docs/1.0.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from castkit.feed import wording
from castkit.feed.address import FeedAddress
from castkit.feed.texts import NAME_CHARACTERS, SOUNDBITE_CHARACTERS, TXT_CHARACTERS, plain
from castkit.model.language import best_match, same_language
from castkit.model.published import Published, PublishedPerson, PublishedSoundbite, PublishedTranscript, StoredFile
from castkit.model.roles import GROUP_OF, canonical, is_host
from castkit.model.show import Person, Show

Pairs = tuple[tuple[str, str], ...]

# AntennaPod prefers JSON and takes the first file of each type; other apps take the first they can read.
_TRANSCRIPT_ORDER = ("text/vtt", "application/x-subrip", "application/json", "text/html", "text/plain")
_CAPTIONS = frozenset(["text/vtt", "application/x-subrip"])  # timed as on a screen
_STREAM_TYPE = "application/x-mpegURL"  # what feeds call a playlist of HLS, whatever the server says of it


@dataclass(frozen=True, slots=True)
class Tag:
    """An element: `name` with its namespace's usual prefix, or bare."""

    name: str
    text: str = ""
    attributes: Pairs = ()
    children: tuple[Tag, ...] = ()


def _tag(name: str, text: str = "", /, **attributes: object) -> Tag:
    """A tag with those attributes that are not empty."""
    pairs = tuple((key, str(value)) for key, value in attributes.items() if value not in ("", None))
    return Tag(name, text, pairs)


def rfc2822(moment: datetime) -> str:
    """A date as RSS writes it, whatever the locale; one without a zone is in UTC."""
    return format_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def bare_type(media_type: str) -> str:
    """A media type without its charset, as attributes in a feed carry it."""
    return media_type.split(";", maxsplit=1)[0].strip().lower()


def channel_tags(show: Show, episodes: tuple[Published, ...], address: FeedAddress) -> Iterator[Tag]:
    """What stands above the items; `episodes` newest first."""
    info = show.show
    if episodes:  # not the clock's time: the same episodes give the same bytes
        yield _tag("lastBuildDate", rfc2822(episodes[0].date))
    yield _tag("itunes:explicit", "true" if info.explicit else "false")
    yield _tag("podcast:guid", str(address.guid))
    yield _tag("podcast:locked", "yes" if info.locked else "no", owner=plain(info.owner_email))
    yield _tag("podcast:medium", "podcast")
    if info.licence:
        yield _licence(info.licence)
    for host in _hosts(show):
        yield _person(host, address.language, show.languages)
    yield from _ai_content(wording.machine_made_show(episodes, address.language))


def item_tags(show: Show, episode: Published, language: str) -> Iterator[Tag]:
    """What belongs to one episode in the feed of this language."""
    yield _tag("pubDate", rfc2822(episode.date))
    yield _tag("itunes:explicit", "true" if episode.explicit else "false")
    if episode.keywords:
        yield _tag("itunes:keywords", plain(",".join(word.replace(",", " ") for word in episode.keywords)))
    if episode.season:
        yield _tag("podcast:season", str(episode.season))
    if episode.number:
        yield _tag("podcast:episode", str(episode.number))
    for person in credits_of(show, episode):
        yield _person(person, language, show.languages)
    if chapters := for_language(episode.chapter_files, language):
        yield _tag("podcast:chapters", url=chapters.url, type="application/json+chapters")
    for soundbite in episode.soundbites:
        title = soundbite.title.in_(language, show.languages) or episode.title.in_(language, show.languages)
        yield _soundbite(soundbite, title)
    for transcript in in_order(episode.transcripts, language, episode.spoken):
        yield _transcript(transcript)
    yield from _alternates(episode, language)
    yield from _ai_content(wording.machine_made(episode, language))


def for_language(files: dict[str, StoredFile], language: str) -> StoredFile | None:
    """The file a reader of this language wants: in it, else in any other."""
    tag = best_match(language, files)
    return files[tag] if tag else next((files[tag] for tag in sorted(files)), None)


def in_order(transcripts: Iterable[PublishedTranscript], language: str, spoken: str) -> tuple[PublishedTranscript, ...]:
    """The feed's language first, then the one spoken: AntennaPod ignores the attribute and takes what comes first."""

    def place(transcript: PublishedTranscript) -> tuple[object, ...]:
        tag, kind = transcript.language, bare_type(transcript.file.type)
        nearness = (tag != language, not same_language(tag, language), not same_language(tag, spoken))
        rank = _TRANSCRIPT_ORDER.index(kind) if kind in _TRANSCRIPT_ORDER else len(_TRANSCRIPT_ORDER)
        return (*nearness, tag, rank, transcript.file.key)

    return tuple(sorted(transcripts, key=place))


def _hosts(show: Show) -> tuple[Person, ...]:
    return tuple(person for person in show.people if is_host(person.role))


def credits_of(show: Show, episode: Published) -> tuple[Person | PublishedPerson, ...]:
    """Everybody of an episode, with the show's hosts where it names no host: an item's list replaces the channel's."""
    if any(is_host(person.role) for person in episode.people):
        return episode.people
    named = {person.id for person in episode.people}
    return (*(host for host in _hosts(show) if host.id not in named), *episode.people)


def _person(person: Person | PublishedPerson, language: str, fallbacks: Iterable[str]) -> Tag:
    role = canonical(person.role) or "guest"
    name = plain(person.name.in_(language, fallbacks), NAME_CHARACTERS)
    return _tag("podcast:person", name, role=role, group=GROUP_OF[role], img=person.img, href=person.href)


def _soundbite(soundbite: PublishedSoundbite, title: str) -> Tag:
    start, duration = (f"{ms / 1000}" for ms in (soundbite.start_ms, soundbite.duration_ms))
    return _tag("podcast:soundbite", plain(title, SOUNDBITE_CHARACTERS), startTime=start, duration=duration)


def _transcript(transcript: PublishedTranscript) -> Tag:
    kind = bare_type(transcript.file.type)
    rel = "captions" if kind in _CAPTIONS else ""
    return _tag("podcast:transcript", url=transcript.file.url, type=kind, language=transcript.language, rel=rel)


def _alternates(episode: Published, language: str) -> Iterator[Tag]:
    """The episode in other forms than the enclosure, which is the MP3 that every app plays."""
    for audio in episode.other_audio:
        yield _alternate(episode, audio, wording.AUDIO_TITLES.get(bare_type(audio.type), ""))
    title = wording.video_title(language)
    if episode.video:
        yield _alternate(episode, episode.video, title, height=episode.video_height)
    if episode.hls:
        yield _stream(episode, episode.hls, f"{title} (HLS)")


def _alternate(episode: Published, file: StoredFile, title: str, *, height: int = 0) -> Tag:
    _, _, codecs = file.type.partition("codecs=")
    facts = {
        "type": bare_type(file.type),
        "length": file.length,
        "bitrate": file.length * 8000 // max(episode.duration_ms, 1),
        "height": height or "",
        "lang": episode.spoken,
        "title": title,
        "codecs": codecs,
    }
    digest = b64encode(bytes.fromhex(file.sha256)).decode()
    children = (
        _tag("podcast:source", uri=file.url, contentType=bare_type(file.type)),
        _tag("podcast:integrity", type="sri", value=f"sha256-{digest}"),
    )
    return Tag("podcast:alternateEnclosure", "", _tag("", **facts).attributes, children)


def _stream(episode: Published, playlist: StoredFile, title: str) -> Tag:
    """Without length, bit rate and checksum: those of a playlist say nothing of what it plays."""
    height = episode.video_height or ""
    facts = {"type": _STREAM_TYPE, "height": height, "lang": episode.spoken, "title": title}
    source = _tag("podcast:source", uri=playlist.url, contentType=_STREAM_TYPE)
    return Tag("podcast:alternateEnclosure", "", _tag("", **facts).attributes, (source,))


def _licence(licence: str) -> Tag:
    """An SPDX name in lower case; a licence of one's own is known by its address."""
    is_address = licence.startswith(("http://", "https://"))
    return _tag(
        "podcast:license", "custom" if is_address else plain(licence).lower(), url=licence if is_address else ""
    )


def _ai_content(text: str) -> Iterator[Tag]:
    if text:
        yield _tag("podcast:txt", plain(text, TXT_CHARACTERS), purpose="ai-content")
