"""Who and where one feed is, and which of the show's episodes it carries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from castkit.model.feeds import Kind, feed_name
from castkit.model.published import Published


@dataclass(frozen=True, slots=True)
class FeedAddress:
    """The feed of one language and kind: its podcast:guid, its own public address and that of the show's cover.

    `pages` are the addresses of its pages of older episodes, the oldest page first; a short feed has none.
    """

    language: str
    guid: UUID
    url: str
    image_url: str
    kind: Kind = "audio"
    pages: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the feed is called in files, addresses and the ledger."""
        return feed_name(self.language, self.kind)


def carried(episodes: Iterable[Published], kind: Kind) -> tuple[Published, ...]:
    """The episodes of a feed of this kind, the newest first; a video feed has those with a picture.

    Of two episodes of one moment, the one whose slug sorts last comes first.
    """
    found = (episode for episode in episodes if kind == "audio" or episode.video)
    return tuple(sorted(found, key=lambda episode: (episode.date, episode.slug), reverse=True))
