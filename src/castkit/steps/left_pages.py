"""Pages in the store that the feeds and the show have no more: they may name an episode that is gone.

Rule: only what castkit made goes. A feed's page is castkit's own by its name; index.html, robots.txt and their like are
anybody's: there the content has to show who made it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from urllib.parse import unquote

from castkit.model.published import Published
from castkit.model.show import Show
from castkit.site.show_pages import NOT_FOUND, ROBOTS, SITEMAP
from castkit.site.sitemap import robots
from castkit.steps.feed_identity import addresses
from castkit.steps.forecast_objects import Touched
from castkit.steps.site_made import site_pages
from castkit.storage.keys import feed_page, show_page
from castkit.storage.store import Store
from castkit.workspace import Workspace

_MADE_BY_US = b'<meta name="generator" content="castkit">'  # templates/show.html.j2, show_404.html.j2
_ADDRESS = re.compile(r"<loc>([^<]*)</loc>")


def left_pages(workspace: Workspace, show: Show, store: Store, episodes: Sequence[Published]) -> tuple[Touched, ...]:
    """What is left in the store of feeds and show pages that these episodes do not fill; nothing is changed."""
    return (*_of_feeds(workspace, show, store, episodes), *left_show_pages(workspace, show, store, len(episodes)))


def _of_feeds(workspace: Workspace, show: Show, store: Store, episodes: Sequence[Published]) -> Iterator[Touched]:
    """Pages of older episodes beyond the last one; those of a feed that is made no more stay for who follows it."""
    counts = {feed.name: len(feed.pages) for feed in addresses(workspace, show, episodes, "", store.url)}
    for one in store.listing("feeds/"):
        name, page = feed_page(one.key) or ("", 0)
        if page > counts.get(name, page):
            yield Touched(one.key, one.size, "delete", "the feed has no such page any more")


def left_show_pages(workspace: Workspace, show: Show, store: Store, episodes: int) -> tuple[Touched, ...]:
    """The show's own pages that a show of so many episodes does not have; all of them where `[site]` is not enabled."""
    is_made = show.site.enabled
    wanted = {key for keys in site_pages(show, episodes).values() for key in keys} if is_made else set()
    why = "the show has no such page any more" if is_made else "[site] enabled = false"
    sizes = () if is_made else _sizes(store, (ROBOTS, SITEMAP, NOT_FOUND))
    found = (*sizes, *((one.key, one.size) for one in store.listing("index") if show_page(one.key)))
    return tuple(
        Touched(key, size, "delete", why)
        for key, size in found
        if key not in wanted and _is_castkits(workspace, store, key)
    )


def left_in_words(workspace: Workspace, show: Show, store: Store) -> str:
    """What a person must know where `[site]` was switched off and its pages are still there; else nothing."""
    left = () if show.site.enabled else left_show_pages(workspace, show, store, 0)
    if not left:
        return ""
    name = min((one.key for one in left), key=lambda key: (show_page(key) is None, key))
    more = f" and {len(left) - 1} more" if len(left) > 1 else ""
    return (
        f"[site] enabled = false, and pages that castkit made are still in the {store.name} ({name}{more}); "
        "they are not renewed: castkit prune shows and removes them"
    )


def _sizes(store: Store, keys: Iterable[str]) -> Iterator[tuple[str, int]]:
    for key in keys:
        if found := store.head(key, digest=False):
            yield key, found.size


def _is_castkits(workspace: Workspace, store: Store, key: str) -> bool:
    """Whether castkit made what lies under this name, and not a person whose website shares the store."""
    data, made = store.get(key), workspace.site(key)
    if made.is_file() and made.read_bytes() == data:  # a template of one's own need not say who made the page
        return True
    if key == ROBOTS:
        return data == robots(store.url(SITEMAP))
    return _names_only_ours(store, data) if key == SITEMAP else _MADE_BY_US in data


def _names_only_ours(store: Store, data: bytes) -> bool:
    """Whether a sitemap leads to pages of castkit's and to no other: a person's website would be in a person's."""
    base = store.url(SITEMAP).removesuffix(SITEMAP)
    found = [unescape(text) for text in _ADDRESS.findall(data.decode("utf-8", "replace"))]
    keys = [unquote(one.removeprefix(base)) for one in found if one.startswith(base)]
    return bool(keys) and len(keys) == len(found) and all(show_page(key) or key.startswith("episodes/") for key in keys)
