"""What every step of the show is given: the show, and what its store holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from castkit.model.feeds import feed_name
from castkit.model.published import Published, published_from
from castkit.model.show import Show
from castkit.steps.feed_identity import possible_feeds
from castkit.steps.stored_copies import published_files
from castkit.storage.keys import feed_key, published_key, show_page_key
from castkit.storage.open import open_store
from castkit.storage.store import Store
from castkit.workspace import Workspace


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
        """The public addresses of the feeds that are made, by name (`en`, `en.video`); the store is not reached for it.

        A feed is made once it lies in feeds/ here: one for video waits for the first episode with a picture.
        """
        names = (feed_name(*one) for one in possible_feeds(self.show))
        return {name: self.store.url(feed_key(name)) for name in names if self.workspace.feed(name).is_file()}

    @property
    def page_urls(self) -> Mapping[str, str]:
        """The public addresses of the show's pages by language, where it has any; the store is not reached for it."""
        main, tags = self.show.main_language, self.show.languages if self.show.site.enabled else ()
        return {tag: self.store.url(show_page_key(tag, main)) for tag in tags}

    @cached_property
    def episodes(self) -> Mapping[str, StoredEpisode]:
        """Every published episode by slug, from the store and not from local folders, so that all publishers agree."""
        return self.episodes_now()

    def episodes_now(self) -> Mapping[str, StoredEpisode]:
        """What the store holds at this moment."""
        return stored_episodes(self.store, self.workspace.published_copies)


def stored_episodes(store: Store, copies: Path | None = None) -> Mapping[str, StoredEpisode]:
    """What the store holds now, in order of slug; CastkitError for a published.json that cannot be read.

    `copies` is a folder for copies of what was fetched.
    """
    return {slug: _loaded(slug, data) for slug, data in published_files(store, copies).items()}


def _loaded(slug: str, data: bytes) -> StoredEpisode:
    key = published_key(slug)
    published = published_from(data, f"{key} in the store", "publish that episode again")
    return StoredEpisode(sha256(data).hexdigest(), published)
