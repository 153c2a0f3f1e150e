"""What belongs to one episode in a feed and feedgen does not know.

Rule: pure; an item's list of people replaces the channel's, so the hosts are named again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from castkit.feed import wording
from castkit.feed.address import FeedAddress
from castkit.feed.channel import hosts
from castkit.feed.media import alternates
from castkit.feed.tags import Tag, bare_type, cover, for_language, licence, location, person, rfc2822, tag, txt
from castkit.feed.texts import EPISODE_CHARACTERS, NAME_CHARACTERS, SOUNDBITE_CHARACTERS, plain
from castkit.model.language import same_language
from castkit.model.published import Published, PublishedPerson, PublishedSoundbite, PublishedTranscript
from castkit.model.roles import is_host
from castkit.model.show import Person, Show

# AntennaPod prefers JSON and takes the first file of each type; other apps take the first they can read.
_TRANSCRIPT_ORDER = ("text/vtt", "application/x-subrip", "application/json", "text/html", "text/plain")
_CAPTIONS = frozenset(["text/vtt", "application/x-subrip"])  # timed as on a screen


def item_tags(show: Show, episode: Published, address: FeedAddress) -> Iterator[Tag]:
    """The tags in the order in which they are written."""
    language = address.language
    yield tag("pubDate", rfc2822(episode.date))
    yield tag("itunes:explicit", "true" if episode.explicit else "false")
    if episode.keywords:
        yield tag("itunes:keywords", plain(",".join(word.replace(",", " ") for word in episode.keywords)))
    yield from _numbers(show, episode, language)
    if episode.image:
        yield tag("itunes:image", href=episode.image.url)  # feedgen refuses addresses such as cover.jpg?v=2
        yield cover(episode.image.url, episode.title, language, show.languages)
    if episode.licence:
        yield licence(episode.licence)
    yield from (location(place, language, show.languages) for place in episode.locations)
    for one in credits_of(show, episode):
        yield person(one, language, show.languages)
    if chapters := for_language(episode.chapter_files, language):
        yield tag("podcast:chapters", url=chapters.url, type="application/json+chapters")
    for soundbite in episode.soundbites:
        title = soundbite.title.in_(language, show.languages) or episode.title.in_(language, show.languages)
        yield _soundbite(soundbite, title)
    yield from map(_transcript, transcripts_of(show, episode, language))
    yield from alternates(show, episode, address)
    yield from txt(wording.machine_made(episode, language), "ai-content")


def _numbers(show: Show, episode: Published, language: str) -> Iterator[Tag]:
    """Season and episode, with the names that listeners see instead of numbers."""
    if episode.season:
        season = next((one for one in show.feeds.seasons if one.number == episode.season), None)
        name = plain(season.name.in_(language, show.languages), NAME_CHARACTERS) if season else ""
        yield tag("podcast:season", str(episode.season), name=name)
    if episode.number:
        display = plain(episode.number_shown.in_(language, show.languages), EPISODE_CHARACTERS)
        yield tag("podcast:episode", str(episode.number), display=display)


def transcripts_of(show: Show, episode: Published, language: str) -> tuple[PublishedTranscript, ...]:
    """The transcripts that a feed of this language names, those in it first."""
    found = in_order(episode.transcripts, language, episode.spoken)
    if not show.feeds.only_own_language:
        return found
    exact = tuple(one for one in found if one.language == language)
    return exact or tuple(one for one in found if same_language(one.language, language))


def in_order(transcripts: Iterable[PublishedTranscript], language: str, spoken: str) -> tuple[PublishedTranscript, ...]:
    """The feed's language first, then the one spoken: AntennaPod ignores the attribute and takes what comes first."""

    def place(transcript: PublishedTranscript) -> tuple[object, ...]:
        own, kind = transcript.language, bare_type(transcript.file.type)
        nearness = (own != language, not same_language(own, language), not same_language(own, spoken))
        rank = _TRANSCRIPT_ORDER.index(kind) if kind in _TRANSCRIPT_ORDER else len(_TRANSCRIPT_ORDER)
        return (*nearness, own, rank, transcript.file.key)

    return tuple(sorted(transcripts, key=place))


def credits_of(show: Show, episode: Published) -> tuple[Person | PublishedPerson, ...]:
    """Everybody of an episode, with the show's hosts where it names no host: an item's list replaces the channel's."""
    if any(is_host(one.role) for one in episode.people):
        return episode.people
    named = {one.id for one in episode.people}
    return (*(host for host in hosts(show) if host.id not in named), *episode.people)


def _soundbite(soundbite: PublishedSoundbite, title: str) -> Tag:
    start, duration = (f"{ms / 1000}" for ms in (soundbite.start_ms, soundbite.duration_ms))
    return tag("podcast:soundbite", plain(title, SOUNDBITE_CHARACTERS), startTime=start, duration=duration)


def _transcript(transcript: PublishedTranscript) -> Tag:
    kind = bare_type(transcript.file.type)
    rel = "captions" if kind in _CAPTIONS else ""
    return tag("podcast:transcript", url=transcript.file.url, type=kind, language=transcript.language, rel=rel)
