"""What `castkit publish --due` sends: the episodes whose time has come and that the store does not hold.

Rule: the store is asked, and no file of this machine: on another machine, and after a run that was cut off, the same
episodes are found. What is published already is left alone, changed or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from castkit.cli import road
from castkit.storage.keys import published_slug
from castkit.storage.open import open_store

if TYPE_CHECKING:
    from castkit.steps.context import EpisodeContext


@dataclass(frozen=True, slots=True)
class Due:
    """The episodes to publish now, in order of date, and why the others that are not published wait."""

    now: tuple[EpisodeContext, ...]
    waiting: tuple[str, ...]


def due(contexts: Sequence[EpisodeContext]) -> Due:
    """Of all the show's episodes those that are due; StoreError where the store cannot be asked."""
    if not contexts:
        return Due((), ())
    first = contexts[0]
    store = open_store(first.show.store, first.workspace.root)
    published = {slug for key in store.list("episodes/") if (slug := published_slug(key))}
    new = [one for one in contexts if one.slug not in published]
    held = {one.slug: back for one in new if (back := road.held_back(one.episode))}
    ready = sorted((one for one in new if one.slug not in held), key=lambda one: (one.episode.date, one.slug))
    return Due(tuple(ready), tuple(f"{slug} waits: {why}" for slug, why in held.items()))
