"""Built episodes laid out in a store of their own, to be looked at before anything is published.

Rule: nothing is written to the workspace, and nothing leaves this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from castkit.feed.render import documents
from castkit.model.media_types import media_type
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.steps.carry import carried
from castkit.steps.context import EpisodeContext
from castkit.steps.feed_identity import addresses, cover_key
from castkit.steps.publication import Publication, publication, to_bytes
from castkit.steps.site_made import send_small_cover, show_site, site_documents
from castkit.storage.caching import cache_control
from castkit.storage.folder import FolderStore
from castkit.storage.keys import feed_key, published_key
from castkit.workspace import Workspace


def lay_out_episode(context: EpisodeContext, store: FolderStore) -> Published:
    """Copies a built episode's files into the store; CastkitError where it is not fully built."""
    made = carried(context, store.url) if context.episode.is_carried else _laid_out(context, store)
    for item in made.items:
        store.put(item.file.key, item.path, content_type=item.file.type, cache_control=item.cache_control)
    store.write(published_key(context.slug), to_bytes(made.published))
    return made.published


def _laid_out(context: EpisodeContext, store: FolderStore) -> Publication:
    return publication(context, store.url, into=store.folder / "made" / context.slug)


def lay_out_feeds(workspace: Workspace, show: Show, episodes: Iterable[Published], store: FolderStore) -> None:
    """Writes the feeds of these episodes, and the cover, into the store."""
    cover = workspace.root / show.show.image
    key = cover_key(cover)
    store.put(key, cover, content_type=media_type(key), cache_control=cache_control(key))
    ready = tuple(episodes)
    for feed in addresses(workspace, show, ready, store.url(key), store.url):
        for page, data in enumerate(documents(show, ready, feed)):
            store.write(feed_key(feed.name, page), data)


def lay_out_site(
    workspace: Workspace, show: Show, episodes: Iterable[Published], store: FolderStore, drafts: Collection[str]
) -> None:
    """Writes the show's pages into the store; they say which episodes, by slug, are not published."""
    send_small_cover(workspace, show, store)
    made = show_site(workspace, show, episodes, store.url)
    # Nobody is sent a link to a draft: the cover will do as its picture.
    site = replace(made, share_pictures={}, drafts=frozenset(drafts))
    for key, data in site_documents(site, workspace).items():
        store.write(key, data)


def at_home(episode: Published, store: FolderStore) -> Published:
    """The episode with all its files under the addresses of this store."""
    return Published.model_validate(_moved(episode.model_dump(), lambda key: {"url": store.url(key)}))


def abroad(episode: Published) -> Published:
    """The episode with all its files where they are, seen from a store that does not hold them."""
    return Published.model_validate(_moved(episode.model_dump(), lambda _: {"key": ""}))


def _moved(value: Any, change: Callable[[str], Mapping[str, str]]) -> Any:
    if isinstance(value, Mapping):
        moved = {key: _moved(one, change) for key, one in value.items()}
        is_stored = {"key", "url", "sha256"} <= value.keys() and value["key"]  # else it lies on another host
        return {**moved, **change(value["key"])} if is_stored else moved
    if isinstance(value, list | tuple):
        return [_moved(one, change) for one in value]
    return value
