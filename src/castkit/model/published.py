"""What one published episode is to the world: the content of published.json, from which alone feeds are made.

Rule: everything a feed says about an episode is here, so that two people on two machines make the same feed. A key is
added with a default and never taken away or given another meaning: what was published once is read by every later
castkit. Only a file that an older castkit would misread gets a higher version.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from castkit.errors import CastkitError
from castkit.model.cue import Origin
from castkit.model.language import best_match
from castkit.model.text import LocalText

_VERSION = 1  # the highest that this castkit reads


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class StoredFile(_Value):
    """An object in the store; `length` in bytes, `sha256` in lower-case hex, `type` its media type.

    Without a key it lies on another host, and `length` and `type` are what that host's feed said.
    """

    key: str
    url: str
    type: str
    length: int
    sha256: str

    @property
    def is_elsewhere(self) -> bool:
        return not self.key


class PublishedTranscript(_Value):
    """A transcript file of one language."""

    language: str
    file: StoredFile
    origin: Origin


class PublishedChapter(_Value):
    start_ms: int
    title: LocalText
    url: str = ""
    image: StoredFile | None = None


class PublishedLocation(_Value):
    name: LocalText
    rel: str = "subject"
    geo: str = ""
    osm: str = ""
    country: str = ""


class PublishedSoundbite(_Value):
    """A stretch worth sharing, ms on the master's clock; without a title apps show the episode's."""

    start_ms: int
    duration_ms: int
    title: LocalText


class PublishedPerson(_Value):
    id: str
    name: LocalText
    role: str
    organisation: LocalText
    href: str = ""
    img: str = ""


class PublishedLink(_Value):
    """A related document; `kind` is one of episode.toml's."""

    kind: str
    title: LocalText
    url: LocalText


class PublishedImport(_Value):
    """What an episode keeps of the host it came from, so that no app sees a change.

    `guid` is the one in that feed, `link` the episode's page there, `description_html` its description as it stood.
    """

    guid: str
    is_permalink: bool = False
    link: str = ""
    description_html: str = ""


class Published(_Value):
    """One episode; times in ms on the master's clock, `video_height` in pixels (0 without a video)."""

    version: int = 1
    slug: str
    guid: UUID
    date: datetime
    title: LocalText
    summary: LocalText
    description: LocalText
    content_html: dict[str, str]  # show notes by language: a sanitised fragment
    spoken: str
    season: int | None = None
    number: int | None = None
    number_shown: LocalText = LocalText({})
    type: str = "full"
    image: StoredFile | None = None  # a cover of its own
    licence: str = ""  # where it differs from the show's
    locations: tuple[PublishedLocation, ...] = ()
    explicit: bool = False
    keywords: tuple[str, ...] = ()
    people: tuple[PublishedPerson, ...] = ()
    links: tuple[PublishedLink, ...] = ()  # related documents
    chapters: tuple[PublishedChapter, ...] = ()
    soundbites: tuple[PublishedSoundbite, ...] = ()
    duration_ms: int
    audio: StoredFile
    other_audio: tuple[StoredFile, ...] = ()  # the same sound as M4A or Opus
    video: StoredFile | None = None
    video_height: int = 0
    hls: StoredFile | None = None  # the video as a stream: the playlist that players are given
    hls_parts: tuple[StoredFile, ...] = ()  # what that playlist leads to, beside it
    chapter_files: dict[str, StoredFile] = {}
    transcripts: tuple[PublishedTranscript, ...] = ()
    notes: dict[str, StoredFile] = {}  # the show notes as a page, by language
    share_images: dict[str, StoredFile] = {}  # the picture that a chat shows beside a link to the page, by language
    imported: PublishedImport | None = None  # where the episode was brought from another host

    def page_for(self, language: str) -> tuple[str, StoredFile] | None:
        """The page that a reader of this language wants, with its own language: the same, else the first; or None."""
        tag = best_match(language, self.notes) or next(iter(self.notes), None)
        return (tag, self.notes[tag]) if tag else None


def published_from(data: bytes, where: str, remedy: str) -> Published:
    """What a published.json says; CastkitError naming `where` it lies, with the remedy, for one that is damaged.

    So for one that a newer castkit wrote, and that this one would misread.
    """
    try:
        published = Published.model_validate_json(data)
    except ValueError as error:
        reason = ": ".join(line.strip() for line in str(error).splitlines()[1:3])
        raise CastkitError(f"{where} is damaged: {reason}", remedy) from error
    if published.version > _VERSION:
        raise CastkitError(
            f"{where} was written by a newer castkit", "install the castkit that wrote it, from its own repository"
        )
    return published
