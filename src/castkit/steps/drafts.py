"""Built episodes laid out in a store of their own, to be looked at before anything is published.

Rule: nothing is written to the workspace, and nothing leaves this machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from castkit.feed.address import FeedAddress
from castkit.feed.render import render
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.steps.context import EpisodeContext
from castkit.steps.feed_identity import cover_key, feed_guids
from castkit.steps.publication import publication, to_bytes
from castkit.storage.folder import FolderStore
from castkit.storage.keys import feed_key, published_key
from castkit.storage.mediatypes import cache_control, media_type
from castkit.workspace import Workspace


def lay_out_episode(context: EpisodeContext, store: FolderStore) -> Published:
    """Copies a built episode's files into the store; CastkitError where it is not fully built."""
    made = publication(context, store.url)
    for item in made.items:
        store.put(item.file.key, item.path, content_type=item.file.type, cache_control=item.cache_control)
    store.write(published_key(context.slug), to_bytes(made.published))
    return made.published


def lay_out_feeds(workspace: Workspace, show: Show, episodes: Iterable[Published], store: FolderStore) -> None:
    """Writes the feeds of these episodes, and the cover, into the store."""
    cover = workspace.root / show.show.image
    key = cover_key(cover)
    store.put(key, cover, content_type=media_type(key), cache_control=cache_control(key))
    ready = tuple(episodes)
    urls = {language: store.url(feed_key(language)) for language in show.languages}
    guids = feed_guids(workspace, urls, ready)
    for language, url in urls.items():
        address = FeedAddress(language, guids[language], url, store.url(key))
        store.write(feed_key(language), render(show, ready, address))


def at_home(episode: Published, store: FolderStore) -> Published:
    """The episode with all its files under the addresses of this store."""
    return Published.model_validate(_moved(episode.model_dump(), store))


def _moved(value: Any, store: FolderStore) -> Any:
    if isinstance(value, Mapping):
        moved = {key: _moved(one, store) for key, one in value.items()}
        return moved | {"url": store.url(value["key"])} if {"key", "url", "sha256"} <= value.keys() else moved
    if isinstance(value, list | tuple):
        return [_moved(one, store) for one in value]
    return value
