"""Who and where the feeds are: which there are, their guids, their pages, and the cover's place in the store.

Rule: a guid is given once; what the ledger holds always wins.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from pathlib import Path
from uuid import UUID

from castkit.errors import CastkitError
from castkit.feed import ledger
from castkit.feed.address import FeedAddress, carried
from castkit.feed.paging import page_count
from castkit.model.feeds import KINDS, Kind, feed_name
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.model.web_address import is_loopback
from castkit.storage.folder import sha256_of
from castkit.storage.keys import feed_key
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


def possible_feeds(show: Show) -> tuple[tuple[str, Kind], ...]:
    """Language and kind of every feed that castkit.toml asks for, sound first; a video feed waits for a picture."""
    kinds = (kind for kind in KINDS if kind in show.feeds.kinds)
    return tuple((language, kind) for kind in kinds for language in show.feed_languages)


def wanted_feeds(show: Show, episodes: Iterable[Published], known: Container[str] = ()) -> tuple[tuple[str, Kind], ...]:
    """Language and kind of the feeds that a show with these episodes has.

    A feed for video that is `known` by name stays when its last picture is unpublished: apps that follow it must see
    that the episode is gone.
    """
    has_video = any(episode.video for episode in episodes)
    return tuple(one for one in possible_feeds(show) if one[1] == "audio" or has_video or feed_name(*one) in known)


def followed_at(
    show: Show, feeds: Iterable[tuple[str, Kind]], url: Callable[[str], str]
) -> dict[tuple[str, Kind], str]:
    """Where listeners follow each of these feeds: at the address it has moved to, else at its own in the store.

    `url` gives the public address of a key.
    """
    moved, names = show.feeds.moved_to, {one: feed_name(*one) for one in feeds}
    return {one: moved.get(name) or url(feed_key(name)) for one, name in names.items()}


def addresses(
    workspace: Workspace, show: Show, episodes: Sequence[Published], image: str, url: Callable[[str], str]
) -> tuple[FeedAddress, ...]:
    """The feeds of these episodes, with the guids they have or would get; `url` gives the address of a key."""
    wanted = wanted_feeds(show, episodes, ledger.read(workspace.ledger).feeds)
    guids = feed_guids(workspace, {feed_name(*one): url(feed_key(feed_name(*one))) for one in wanted}, episodes)
    made = []
    for language, kind in wanted:
        name = feed_name(language, kind)
        count = page_count(len(carried(episodes, kind)), show.feeds.page_size)
        pages = tuple(url(feed_key(name, page)) for page in range(1, count + 1))
        made.append(FeedAddress(language, guids[name], url(feed_key(name)), image, kind, pages))
    return tuple(made)


def feed_guids(workspace: Workspace, urls: Mapping[str, str], episodes: Iterable[Published]) -> dict[str, UUID]:
    """The podcast:guid of every feed by name: the ledger's, or for a new feed the one its address gives.

    On a loopback address the show's first episode is mixed in; while there is none, the guid is only a passing one.
    """
    known = ledger.read(workspace.ledger).feeds
    first = min(episodes, key=lambda episode: (episode.date, episode.slug), default=None)
    local = first.guid if first else None
    return {
        name: known.get(name) or ledger.podcast_guid(url, first_episode=local if is_loopback(url) else None)
        for name, url in urls.items()
    }


def lasting(feeds: Iterable[FeedAddress], episodes: Iterable[Published]) -> dict[str, UUID]:
    """The guids that may be kept for ever, by feed: all, but for loopback addresses before the first episode."""
    has_episodes = any(True for _ in episodes)
    return {feed.name: feed.guid for feed in feeds if has_episodes or not is_loopback(feed.url)}
