"""A whole feed: its first page, and those it leads to (RFC 5005).

Rule: a feed is read whole or not at all, so that no episode is lost on the way; its pages are followed within bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

from castkit.errors import CastkitError
from castkit.feed.check.node import Node
from castkit.feed.check.parsed import LARGEST
from castkit.feed.reading.channel import linked, read_channel
from castkit.feed.reading.fetch import Web, without_login
from castkit.feed.reading.item import read_item
from castkit.feed.reading.mend import tree
from castkit.feed.reading.said import SaidEpisode, SaidFeed
from castkit.feed.reading.values import address

MOST_PAGES = 1000
MOST_EPISODES = 50_000
Fetch = Callable[[str], tuple[bytes, str]]  # an address to the bytes there, and where they came from in the end


def read_feed(source: str, web: Web) -> SaidFeed:
    """The feed at this address or in this file; CastkitError where it, or a page of it, cannot be read."""

    def fetch(url: str) -> tuple[bytes, str]:
        data, arrived = web.get(url, largest=LARGEST)
        return data, arrived.url

    if address(source):
        data, place = fetch(source)
        return parse_feed(data, place, fetch)
    if "://" in source:
        raise CastkitError(f"{source} is no address of a feed", "name a file, or an address with https:// or http://")
    return parse_feed(_contents(Path(source)), source, fetch)


def parse_feed(data: bytes, place: str, fetch: Fetch) -> SaidFeed:
    """The feed of these bytes, which came from `place`; `fetch` gets its further pages."""
    mended: dict[str, None] = {}
    episodes: list[SaidEpisode] = []
    pages = 0
    for channel, told in _channels(data, place, fetch):
        mended.update(dict.fromkeys(told))
        if not pages:
            show = read_channel(channel)
        pages += 1
        for item in channel.children("item"):
            episodes.append(read_item(item, len(episodes) + 1))
            if len(episodes) > MOST_EPISODES:
                raise CastkitError(f"{place} has more than {MOST_EPISODES} episodes", "no show has; ask its host")
    if not show.title:
        raise CastkitError(f"{place} cannot be imported: the show has no title", "ask its host to put that right")
    return SaidFeed(show, tuple(episodes), pages, tuple(mended))


def _channels(data: bytes, place: str, fetch: Fetch) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """The channel of every page, and what was put right in it."""
    seen = {place}
    while True:
        root, told = tree(data, place)
        channel = root.first("channel")
        if channel is None:
            raise CastkitError(f"{place} cannot be imported: it has no channel", "name the feed of a podcast")
        yield channel, told
        further = linked(channel, "next") or linked(channel, "prev-archive")
        if not further:
            return
        url = address(_joined(place, further))
        if not url or url in seen:
            raise CastkitError(f"{place} leads to a further page that {'was read already' if url else 'is none'}",
                               "ask its host to put the pages right, or save the feed whole as a file")  # fmt: skip
        if len(seen) > MOST_PAGES:
            raise CastkitError(f"{place} has more than {MOST_PAGES} pages", "save the feed whole as a file")
        seen.add(url)
        data, place = fetch(url)
        seen.add(place)


def _joined(place: str, further: str) -> str:
    try:
        return urljoin(place, further) if address(place) else further
    except ValueError:
        return ""


def _contents(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise CastkitError(f"there is no feed {path}", "name its file, or its address: https://…") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CastkitError(f"the feed {path} cannot be read: {reason}", "check the path and its permissions") from error
    return data


def shown(source: str) -> str:
    """The feed as it may be written down: without a name and password."""
    return without_login(source) if address(source) else source
