"""Long feeds in pages, as RFC 5005 links them: the feed itself has the newest episodes, pages the older ones.

Rule: pages are counted from the oldest episode, so that a page that is full never changes when a new episode appears,
and only the feed itself does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from castkit.feed.address import FeedAddress
from castkit.model.published import Published


@dataclass(frozen=True, slots=True)
class Page:
    """One document of a feed: its address, its episodes (newest first), and where the others are.

    `links` are pairs of rel and address. `trailers` are those of the whole show, in the document that apps subscribe
    to; a page of older episodes has none, or it would change with every new one.
    """

    url: str
    episodes: tuple[Published, ...]
    links: tuple[tuple[str, str], ...]
    trailers: tuple[Published, ...] = ()


def page_count(episodes: int, size: int) -> int:
    """How many pages of older episodes a feed of so many has: the feed itself keeps `size` to twice as many."""
    return max(0, episodes // size - 1)


def paged(episodes: Sequence[Published], address: FeedAddress, size: int) -> tuple[Page, ...]:
    """The documents of a feed of these episodes (newest first): the feed itself, then its pages from the oldest on."""
    urls, count = address.pages, len(address.pages)
    newest_first = (address.url, *reversed(urls))
    parts = [tuple(episodes[: len(episodes) - count * size])]
    parts += [tuple(episodes[max(0, len(episodes) - (n + 1) * size) : len(episodes) - n * size]) for n in range(count)]
    trailers = tuple(one for one in episodes if one.type == "trailer")
    made = []
    for url, part in zip((address.url, *urls), parts, strict=True):
        links = _links(newest_first, newest_first.index(url))
        made.append(Page(url, part, links, trailers if url == address.url else ()))
    return tuple(made)


def _links(newest_first: tuple[str, ...], at: int) -> tuple[tuple[str, str], ...]:
    """RFC 5005, section 3: `next` leads on to older episodes. A feed without pages links nowhere."""
    if len(newest_first) == 1:
        return ()
    links = [("first", newest_first[0])]
    if at > 0:
        links.append(("previous", newest_first[at - 1]))
    if at + 1 < len(newest_first):
        links.append(("next", newest_first[at + 1]))
    return (*links, ("last", newest_first[-1]))
