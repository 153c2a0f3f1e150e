"""What the caller knows beside the feed itself: the store's objects, the art, the transcripts, the clock.

Rule: everything is optional; a rule whose fact is not given finds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """What lies under an address: its length in bytes, and its media type ("" where nobody knows)."""

    length: int
    type: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Keyed by address: `objects` are those known to be there, `problems` say in words what is wrong with a file.

    `base` is the beginning of every address that the store answers for: what is below it and not among `objects` is
    missing. `feed_url` is where the feed lies; `now` has a zone.
    """

    feed_url: str = ""
    now: datetime | None = None
    objects: Mapping[str, Stored] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    base: str = ""


NOTHING = Facts()
