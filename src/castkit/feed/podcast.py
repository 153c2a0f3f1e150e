"""feedgen, and our extension of it: the only module that knows either.

Rule: what feedgen gets wrong or asks the clock or the locale for (see `new_feed`) is written by the extension.
"""

from __future__ import annotations

from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from castkit.feed.tags import Tag
from castkit.model.text import printable

NAMESPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
}
_URIS = {**NAMESPACES, "atom": "http://www.w3.org/2005/Atom"}  # atom's is declared by feedgen itself
# The name under which feedgen hangs the extension on feeds and entries.
NAME = "castkit"


class _Tags:
    """Tags to be written below the element that feedgen hands over."""

    def __init__(self) -> None:
        self.tags: tuple[Tag, ...] = ()

    def write(self, parent: etree._Element) -> None:
        for tag in self.tags:
            _append(parent, tag)


class PodcastExtension(_Tags, BaseExtension):  # type: ignore[misc]
    """On the channel: `feed.castkit.tags = (…)`."""

    def extend_ns(self) -> dict[str, str]:
        return NAMESPACES

    def extend_rss(self, feed: etree._Element) -> etree._Element:
        self.write(feed[0])
        return feed


class PodcastEntryExtension(_Tags, BaseEntryExtension):  # type: ignore[misc]
    """On an item: `entry.castkit.tags = (…)`."""

    def extend_rss(self, entry: etree._Element) -> etree._Element:
        self.write(entry)
        return entry


def new_feed() -> Any:
    """A feedgen feed with feedgen's own iTunes extension (`.podcast`) and ours (`.castkit`).

    feedgen 1.0.0 takes lastBuildDate from the clock, and to format any date it changes the locale of the whole process,
    which steps running beside us would feel. So it is given no date, and its default one is taken away.
    """
    feed = FeedGenerator()
    feed.load_extension("podcast", atom=False)
    feed.register_extension(NAME, PodcastExtension, PodcastEntryExtension, atom=False)
    feed._FeedGenerator__rss_lastBuildDate = None
    return feed


def _append(parent: etree._Element, tag: Tag) -> None:
    prefix, _, name = tag.name.rpartition(":")
    element = etree.SubElement(parent, f"{{{_URIS[prefix]}}}{name}" if prefix else name)
    element.text = printable(tag.text) or None
    for key, value in tag.attributes:
        element.set(key, printable(value))
    for child in tag.children:
        _append(element, child)
