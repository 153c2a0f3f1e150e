"""Who and where the feeds are: their guids, and the cover's place in the store.

Rule: a guid is given once; what the ledger holds always wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from uuid import UUID

from castkit.errors import CastkitError
from castkit.feed import ledger
from castkit.model.published import Published
from castkit.storage.folder import sha256_of
from castkit.storage.keys import is_loopback
from castkit.workspace import Workspace

_COVER_ENDINGS = {".png": ".png", ".jpg": ".jpg", ".jpeg": ".jpg"}  # feedgen drops any other, and so do some apps


def cover_key(cover: Path) -> str:
    """A name with a hash of the content: directories look at a cover again only when its address changes."""
    ending = _COVER_ENDINGS.get(cover.suffix.lower())
    if ending is None:
        raise CastkitError(f"{cover.name} cannot be the cover", "save it as .png or .jpg, 1400 to 3000 pixels square")
    try:
        digest = sha256_of(cover)
    except FileNotFoundError:
        raise CastkitError(
            f"the cover {cover} is not there", "put it there, or correct image in castkit.toml"
        ) from None
    return f"feeds/cover-{digest[:12]}{ending}"


def feed_guids(workspace: Workspace, urls: Mapping[str, str], episodes: Iterable[Published]) -> dict[str, UUID]:
    """The podcast:guid of the feed of every language: the ledger's, or for a new feed the one its address gives.

    On a loopback address the show's first episode is mixed in; while there is none, the guid is only a passing one.
    """
    known = ledger.read(workspace.ledger).feeds
    first = min(episodes, key=lambda episode: (episode.date, episode.slug), default=None)
    local = first.guid if first else None
    return {
        language: known.get(language) or ledger.podcast_guid(url, first_episode=local if is_loopback(url) else None)
        for language, url in urls.items()
    }


def lasting(guids: Mapping[str, UUID], urls: Mapping[str, str], episodes: Iterable[Published]) -> dict[str, UUID]:
    """Those of the guids that may be kept for ever: all, but for loopback addresses before the first episode."""
    has_episodes = any(True for _ in episodes)
    return {language: guid for language, guid in guids.items() if has_episodes or not is_loopback(urls[language])}
