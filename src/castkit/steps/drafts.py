"""Built episodes laid out in a store of their own, to be looked at before anything is published.

Rule: nothing is written to the workspace, and nothing leaves this machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from castkit.errors import CastkitError
from castkit.feed import ledger
from castkit.feed.address import FeedAddress
from castkit.feed.render import render
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.steps.context import EpisodeContext
from castkit.steps.publication import publication, published_key, to_bytes
from castkit.storage.folder import FolderStore
from castkit.storage.mediatypes import SHORT, media_type
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
    key = f"feeds/cover{cover.suffix.lower()}"
    if not cover.is_file():
        raise CastkitError(f"the cover {cover} is not there", "put it there, or correct image in castkit.toml")
    store.put(key, cover, content_type=media_type(key), cache_control=SHORT)
    ready = tuple(episodes)
    known = ledger.read(workspace.ledger).feeds
    for language in show.languages:
        url = store.url(f"feeds/{language}.xml")
        guid = known.get(language) or ledger.podcast_guid(url)
        store.write(f"feeds/{language}.xml", render(show, ready, FeedAddress(language, guid, url, store.url(key))))


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
