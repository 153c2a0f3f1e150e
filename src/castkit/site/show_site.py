"""What the show's pages are made of, and where each of them lies.

Rule: pure; addresses of keys, dates and licences in words are handed in, because others decide them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from castkit.model.published import Published, StoredFile
from castkit.model.show import Show


@dataclass(frozen=True, slots=True)
class Wording:
    """What other rooms put into words: a date for a language, the licence's name and address."""

    date: Callable[[datetime, str], str]
    licence: tuple[str, str]


@dataclass(frozen=True, slots=True)
class ShowSite:
    """The whole site: `episodes` newest first, `feeds` public addresses by name, `url` the public address of a key.

    `pages` are keys by language: the first page, then the older ones from the oldest on; as many in each language.
    `cover` and `small_cover` are keys, as are `share_pictures` by language (1200 × 630 pixels). `drafts` are slugs that
    the page calls not published; None where it says nothing of that.
    """

    show: Show
    episodes: tuple[Published, ...]
    feeds: Mapping[str, str]
    pages: Mapping[str, tuple[str, ...]]
    cover: str
    small_cover: str
    url: Callable[[str], str]
    wording: Wording
    share_pictures: Mapping[str, str] = field(default_factory=dict)
    drafts: frozenset[str] | None = None

    @property
    def older_pages(self) -> int:
        return len(self.pages[self.show.main_language]) - 1


def own_pages(episode: Published) -> dict[str, StoredFile]:
    """The episode's pages in this store, by language."""
    return {tag: file for tag, file in episode.notes.items() if not file.is_elsewhere}


def web_address(url: str) -> str:
    """The address where it is one of the web, else nothing: what another host's feed says is no promise."""
    return url if url.startswith(("https://", "http://")) else ""
