"""Who and where one feed is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FeedAddress:
    """The feed of one language: its podcast:guid, its own public address and that of the show's cover."""

    language: str
    guid: UUID
    url: str
    image_url: str
