"""What `castkit publish --due` sends: the episodes whose time has come and that the store does not hold.

Rule: the store is asked, and no file of this machine: on another machine, and after a run that was cut off, the same
episodes are found. What is published already is left alone, changed or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from castkit.cli import road
from castkit.steps.past_publications import unpublished
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
    listed = tuple(store.listing("episodes/"))
    published, gone = {slug for one in listed if (slug := published_slug(one.key))}, unpublished(listed)
    new = [one for one in contexts if one.slug not in published]
    held = {one.slug: back for one in new if (back := road.held_back(one.episode) or _kept_out(one.slug, gone))}
    ready = sorted((one for one in new if one.slug not in held), key=lambda one: (one.episode.date, one.slug))
    return Due(tuple(ready), tuple(f"{slug} waits: {why}" for slug, why in held.items()))


def _kept_out(slug: str, gone: Mapping[str, datetime]) -> str | None:
    """Why an episode that was unpublished, on whatever machine, does not come back by itself."""
    when = gone.get(slug)
    return f"it was unpublished on {when:%Y-%m-%d} (to bring it back: castkit publish {slug})" if when else None


def not_unpublished(contexts: Sequence[EpisodeContext]) -> Due:
    """The episodes that `publish --all` may send: those that were unpublished come back only by name."""
    if not contexts:
        return Due((), ())
    store = open_store(contexts[0].show.store, contexts[0].workspace.root)
    gone = unpublished(store.listing("episodes/"))
    why = {one.slug: text for one in contexts if (text := _kept_out(one.slug, gone))}
    left = tuple(one for one in contexts if one.slug not in why)
    return Due(left, tuple(f"{slug} waits: {text}" for slug, text in why.items()))
