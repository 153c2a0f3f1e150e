"""What every step of the show is given: the show, and what its store holds."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from castkit.errors import CastkitError
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.storage.keys import feed_key, published_slug
from castkit.storage.open import open_store
from castkit.storage.store import Store
from castkit.workspace import Workspace

# Requests to the store side by side: they wait for the network, not for this machine.
CONNECTIONS = 8
_VERSION = 1


@dataclass(frozen=True, slots=True)
class StoredEpisode:
    """An episode as published: `digest` is the sha256 of its published.json in the store."""

    digest: str
    published: Published


@dataclass(frozen=True)
class ShowContext:
    """The show and its store; made after the episodes' uploads, because `episodes` is asked for once and kept."""

    workspace: Workspace
    show: Show
    store: Store

    @classmethod
    def open(cls, workspace: Workspace, show: Show) -> ShowContext:
        """The context of a show with the store that its castkit.toml names; nothing is reached yet."""
        return cls(workspace, show, open_store(show.store, workspace.root))

    @property
    def feed_urls(self) -> Mapping[str, str]:
        """The public address of the feed of every language, in the show's order; the store is not reached for it."""
        return {language: self.store.url(feed_key(language)) for language in self.show.languages}

    @cached_property
    def episodes(self) -> Mapping[str, StoredEpisode]:
        """Every published episode by slug, from the store and not from local folders, so that all publishers agree."""
        return stored_episodes(self.store)


def stored_episodes(store: Store) -> Mapping[str, StoredEpisode]:
    """What the store holds now, in order of slug; CastkitError for a published.json that cannot be read."""
    keys = {slug: key for key in store.list("episodes/") if (slug := published_slug(key))}
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return dict(zip(keys, pool.map(lambda key: _load(store, key), keys.values()), strict=True))


def _load(store: Store, key: str) -> StoredEpisode:
    data = store.get(key)
    try:
        published = Published.model_validate_json(data)
    except ValueError as error:
        reason = ": ".join(line.strip() for line in str(error).splitlines()[1:3])
        raise CastkitError(f"{key} in the store is damaged: {reason}", "publish that episode again") from error
    if published.version > _VERSION:
        raise CastkitError(
            f"{key} was written by a newer castkit", "install the castkit that wrote it, from its own repository"
        )
    return StoredEpisode(sha256(data).hexdigest(), published)
