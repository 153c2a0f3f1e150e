"""Writing the feeds where others may do the same at the same moment.

Rule: a feed is replaced only in the version that was there before the episodes were listed. So whoever writes last has
listed last, and nobody's episode falls out; feeds are never merged.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from castkit.steps.show_context import StoredEpisode
from castkit.storage.folder import sha256_of
from castkit.storage.mediatypes import cache_control, media_type
from castkit.storage.store import NOTHING, Store, Terms

_LONGEST_PAUSE_S = 4.0


@dataclass(frozen=True, slots=True)
class Stand:
    """What one attempt goes by: the episodes listed, the feeds' versions before that, and what was sent so far."""

    episodes: Mapping[str, StoredEpisode]
    versions: Mapping[str, str]
    sent: set[str]


def versions(store: Store, keys: Iterable[str]) -> dict[str, str]:
    """The tag of what lies under each key now."""
    found = {key: store.head(key) for key in keys}
    return {key: info.tag if info else NOTHING for key, info in found.items()}


def terms_of(key: str, path: Path, over: str | None = None) -> Terms:
    """The terms on which this file goes under this key."""
    return Terms(media_type(key), cache_control(key), sha256_of(path), over)


def put_over(store: Store, key: str, path: Path, version: str) -> bool:
    """Sends the file over this version, unless the store holds the very same already; whether it was sent. LostRace."""
    terms = terms_of(key, path, version)
    info = store.head(key)
    if info is not None and (info.size, info.sha256) == (path.stat().st_size, terms.sha256):
        return False
    store.send(key, path, terms)
    return True


def is_in_store(store: Store, key: str, path: Path) -> bool:
    """Whether the store holds this very file under the key."""
    info = store.head(key)
    if info is None or info.size != path.stat().st_size:
        return False
    return (info.sha256 or sha256(store.get(key)).hexdigest()) == sha256_of(path)


def pause(number: int) -> None:
    """Waits after the race was lost so many times before: longer each time, and by chance, so that two do not meet."""
    time.sleep(min(0.05 * 2**number, _LONGEST_PAUSE_S) * (0.5 + secrets.randbelow(1000) / 1000))
