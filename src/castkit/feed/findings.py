"""Where the material of a feed breaks a rule: one function a rule, each giving the places.

Rule: pure; a place is a key of castkit.toml or an episode's slug, with what was found there.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from castkit.feed.address import FeedAddress
from castkit.feed.tags import bare_type
from castkit.feed.texts import DESCRIPTION_BYTES, byte_length
from castkit.model.categories import CATEGORIES, is_known
from castkit.model.language import canonical as canonical_language
from castkit.model.published import Published, StoredFile
from castkit.model.roles import canonical as canonical_role
from castkit.model.show import Show
from castkit.model.text import one_line

# Apple: the types an enclosure may have, and the file name's extension each needs ("the URL's extension decides").
_ENCLOSURES = {
    "audio/mpeg": ".mp3",
    "audio/x-m4a": ".m4a",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/x-m4v": ".m4v",
}
_TRANSCRIPTS = frozenset(["text/vtt", "application/x-subrip", "application/json", "text/html", "text/plain"])
_EPISODE_TYPES = frozenset(["full", "trailer", "bonus"])
_ADDRESS = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Planned:
    """What the feeds will be made of."""

    show: Show
    episodes: tuple[Published, ...]
    feeds: tuple[FeedAddress, ...]


def _is_bad_address(url: str) -> bool:
    """Whether this is no absolute http(s) address in ASCII without blanks."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    return not (_ADDRESS.fullmatch(url) and parts.scheme in ("http", "https") and parts.hostname)


def _addresses(planned: Planned) -> Iterator[tuple[str, str]]:
    """Every address (where, url) that the feeds will hold; optional ones only where given."""
    yield "show.link", planned.show.show.link
    for feed in planned.feeds:
        yield f"feed {feed.language}", feed.url
        if feed.image_url:
            yield f"feed {feed.language}: cover", feed.image_url
    for person in planned.show.people:
        yield from ((f"people.{person.id}", url) for url in (person.href, person.img) if url)
    for episode in planned.episodes:
        yield from ((f"{episode.slug}: {file.key}", file.url) for file in files_of(episode))
        for credit in episode.people:
            yield from ((f"{episode.slug}: {credit.id}", url) for url in (credit.href, credit.img) if url)


def files_of(episode: Published) -> Iterator[StoredFile]:
    """Every object in the store that the feeds or pages name for an episode, and those that a stream is made of.

    What an imported episode left on its old host is not among them.
    """
    return (file for file in _named(episode) if not file.is_elsewhere)


def _named(episode: Published) -> Iterator[StoredFile]:
    yield episode.audio
    yield from episode.other_audio
    if episode.video:
        yield episode.video
    yield from episode.hls_parts
    if episode.hls:
        yield episode.hls
    yield from episode.chapter_files.values()
    yield from (transcript.file for transcript in episode.transcripts)
    yield from episode.notes.values()
    yield from episode.share_images.values()
    yield from (chapter.image for chapter in episode.chapters if chapter.image)
    if episode.image:
        yield episode.image


def empty_files(planned: Planned) -> Iterator[str]:
    return (f"{e.slug}: {file.key}" for e in planned.episodes for file in files_of(e) if file.length <= 0)


def wrong_media(planned: Planned) -> Iterator[str]:
    for episode in planned.episodes:
        for file in (episode.audio, episode.video):
            if file and not file.is_elsewhere and not _plays(file):
                yield f"{episode.slug}: {file.url} ({file.type})"


def _plays(file: StoredFile) -> bool:
    ending = _ENCLOSURES.get(bare_type(file.type))
    return ending is not None and file.url.lower().endswith(ending)


def _twice(values: Iterable[tuple[str, str]]) -> Iterator[str]:
    """For (slug, value): the values that stand more than once, with all their slugs."""
    rows = tuple(values)
    counts = Counter(value for _, value in rows)
    for value in sorted(value for value, count in counts.items() if count > 1):
        yield f"{value} in {', '.join(sorted(slug for slug, other in rows if other == value))}"


def unknown_categories(planned: Planned) -> Iterator[str]:
    for category in planned.show.show.categories:
        if not is_known(category):
            near = difflib.get_close_matches(category, CATEGORIES, 1)
            yield f"show.categories: {category!r}" + (f" (did you mean {near[0]!r}?)" if near else "")


def bad_languages(planned: Planned) -> Iterator[str]:
    tags = [("show.languages", tag) for tag in planned.show.languages]
    tags += [(e.slug, transcript.language) for e in planned.episodes for transcript in e.transcripts]
    return (f"{where}: {tag!r}" for where, tag in dict.fromkeys(tags) if "_" in tag or canonical_language(tag) is None)


def _is_blank(text: str) -> bool:
    return not one_line(text).strip()


def untitled(planned: Planned) -> Iterator[str]:
    for key in ("title", "description", "author"):
        if _is_blank(getattr(planned.show.show, key).in_(planned.show.main_language)):
            yield f"show.{key}"
    yield from (f"{e.slug}: title" for e in planned.episodes if _is_blank(e.title.in_(planned.show.main_language)))


def long_descriptions(planned: Planned) -> Iterator[str]:
    show = planned.show
    for language in show.languages:
        texts = [("show.description", show.show.description.in_(language, show.languages))]
        texts += [(f"{e.slug}: summary", e.summary.in_(language, show.languages)) for e in planned.episodes]
        yield from (f"{where} ({language})" for where, text in texts if byte_length(text) > DESCRIPTION_BYTES)


def links_to_feed(planned: Planned) -> Iterator[str]:
    feeds = {feed.url.rstrip("/") for feed in planned.feeds}
    if planned.show.show.link.rstrip("/") in feeds:
        yield "show.link"
    for episode in planned.episodes:
        yield from (f"{episode.slug}: {page.url}" for page in episode.notes.values() if page.url.rstrip("/") in feeds)


def unknown_roles(planned: Planned) -> Iterator[str]:
    people = [(f"people.{person.id}", person.role) for person in planned.show.people]
    people += [(f"{e.slug}: {person.id}", person.role) for e in planned.episodes for person in e.people]
    return (f"{where} ({role!r})" for where, role in people if canonical_role(role) is None)


def nameless(planned: Planned) -> Iterator[str]:
    people = [(f"people.{person.id}", person.name) for person in planned.show.people]
    people += [(f"{e.slug}: {person.id}", person.name) for e in planned.episodes for person in e.people]
    return (where for where, name in people if _is_blank(name.in_(planned.show.main_language)))


def wrong_transcripts(planned: Planned) -> Iterator[str]:
    for episode in planned.episodes:
        for transcript in episode.transcripts:
            if bare_type(transcript.file.type) not in _TRANSCRIPTS:
                yield f"{episode.slug}: {transcript.file.key} ({transcript.file.type!r})"


def wrong_chapters(planned: Planned) -> Iterator[str]:
    for episode in planned.episodes:
        for file in episode.chapter_files.values():
            if bare_type(file.type) != "application/json+chapters":
                yield f"{episode.slug}: {file.key} ({file.type!r})"


def no_image(planned: Planned) -> Iterator[str]:
    return (f"feed {feed.language}" for feed in planned.feeds if not feed.image_url)


def no_category(planned: Planned) -> Iterator[str]:
    return (key for key in ("show.categories",) if not planned.show.show.categories)


def bad_addresses(planned: Planned) -> Iterator[str]:
    return (f"{where} ({url!r})" for where, url in _addresses(planned) if _is_bad_address(url))


def no_owner(planned: Planned) -> Iterator[str]:
    return (key for key in ("show.owner_email",) if "@" not in planned.show.show.owner_email)


def shared_media(planned: Planned) -> Iterator[str]:
    return _twice((one.slug, one.audio.url) for one in planned.episodes if not one.audio.is_elsewhere)


def shared_guids(planned: Planned) -> Iterator[str]:
    return _twice((episode.slug, str(episode.guid)) for episode in planned.episodes)


def no_duration(planned: Planned) -> Iterator[str]:
    return (one.slug for one in planned.episodes if one.duration_ms <= 0 and not one.imported)


def stray_soundbites(planned: Planned) -> Iterator[str]:
    for episode in planned.episodes:
        for bite in episode.soundbites:
            if bite.start_ms < 0 or bite.duration_ms <= 0 or bite.start_ms + bite.duration_ms > episode.duration_ms:
                yield f"{episode.slug}: soundbite at {bite.start_ms / 1000} s, {bite.duration_ms / 1000} s long"


def zero_numbers(planned: Planned) -> Iterator[str]:
    return (e.slug for e in planned.episodes if any(n is not None and n < 1 for n in (e.season, e.number)))


def no_number(planned: Planned) -> Iterator[str]:
    if planned.show.show.type == "serial":
        yield from (e.slug for e in planned.episodes if e.type == "full" and e.number is None and not e.imported)


def unknown_types(planned: Planned) -> Iterator[str]:
    return (f"{e.slug} ({e.type!r})" for e in planned.episodes if e.type not in _EPISODE_TYPES)
