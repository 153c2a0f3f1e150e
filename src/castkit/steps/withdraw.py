"""Takes an episode out of the feeds, and its files out of the store where that is wanted.

Rule: what keeps it from coming back goes first, then what the feeds are made of, then the feeds, and the files last. So
whatever is cut off, nothing is named that is gone, and the same command finishes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from castkit import atomic
from castkit.errors import CastkitError, StoreError
from castkit.feed.findings import files_of
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.scaffold.toml import set_draft
from castkit.steps.forecast_feeds import FeedsForecast, cleared_forecast
from castkit.steps.forecast_objects import Touched
from castkit.steps.left_pages import left_pages
from castkit.steps.past_publications import (
    histories,
    history,
    published_bytes,
    short_digest,
    write_down,
    write_removed,
)
from castkit.steps.show_context import ShowContext, stored_episodes
from castkit.storage.keys import published_key
from castkit.storage.store import LostRace, Store
from castkit.workspace import EpisodePaths, Workspace


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What unpublishing would do: `published` is None where the episode is out already.

    `files` are the objects that would be removed, or stay; `feeds` is what becomes of the feeds.
    """

    slug: str
    published: Published | None
    digest: str | None
    files: tuple[Touched, ...]
    feeds: FeedsForecast


def planned_withdrawal(workspace: Workspace, show: Show, store: Store, slug: str) -> Withdrawal:
    """What taking the episode out would do; CastkitError where the store has nothing of it. Nothing is written."""
    stored = {one: episode.published for one, episode in stored_episodes(store).items()}
    published = stored.pop(slug, None)
    files = _files(store, slug, stored)
    if published is None and not files:
        known = ", ".join(sorted(stored)) or "none"
        raise CastkitError(f"{slug} is not published: the {store.name} has nothing of it", f"published are: {known}")
    feeds = cleared_forecast(workspace, show, store, [stored[one] for one in sorted(stored)])
    return Withdrawal(slug, published, short_digest(published_bytes(store, slug)), files, feeds)


def _files(store: Store, slug: str, others: Mapping[str, Published]) -> tuple[Touched, ...]:
    """Everything below the episode's folder that no other episode names, without published.json, which goes anyway."""
    if "/" in slug:
        raise CastkitError(f"{slug!r} is no slug", "give the name of the episode's folder")
    named = {file.key for episode in others.values() for file in files_of(episode)}
    listed = list(store.listing(f"episodes/{slug}/"))
    entries = histories(listed).get(slug, ())
    named |= {published_key(slug), *(one.key for one in entries if one.kind == "removed")}
    return tuple(
        Touched(one.key, one.size, "delete", "no other episode names it") for one in listed if one.key not in named
    )


def keep_back(paths: EpisodePaths, *, is_draft: bool = True) -> bool:
    """Sets draft in episode.toml, comments kept; whether there was anything to change. CastkitError where it cannot."""
    if not paths.toml.is_file():
        return False
    try:
        text = paths.toml.read_bytes().decode("utf-8")
        changed = set_draft(text, is_draft=is_draft)
        if changed != text:
            atomic.write_bytes(paths.toml, changed.encode())
    except (OSError, ValueError) as error:
        raise CastkitError(f"{paths.toml}: cannot be changed: {error}", "check the file and its permissions") from error
    return changed != text


def refuse_renewed(store: Store, slug: str, digest: str | None) -> None:
    """StoreError where another published.json is there than the one that was looked at; none at all is as good."""
    if short_digest(published_bytes(store, slug)) not in (None, digest):
        raise _renewed(slug)


def _renewed(slug: str) -> StoreError:
    return StoreError(f"{slug} was published anew meanwhile, and stays", "look at it, then run the command again")


def take_out(store: Store, slug: str, digest: str | None, *, kind: str = "withdrawn") -> None:
    """Takes published.json out of the store, so that no feed is made of it; what it said is kept in the history.

    `digest` is what was looked at; StoreError as `refuse_renewed`.
    """
    found = store.head(published_key(slug))  # before it is read: what comes later shows
    refuse_renewed(store, slug, digest)
    if found is None:
        return
    write_down(store, slug, None, kind)
    try:
        store.delete(published_key(slug), over=found.tag)
    except LostRace as error:
        raise _renewed(slug) from error


def remove_files(store: Store, withdrawal: Withdrawal) -> None:
    """Deletes the files of an episode that is out of the feeds, history included; the history says that it was so."""
    slug = withdrawal.slug
    if published_bytes(store, slug) is not None:
        raise StoreError(f"{slug} was published anew meanwhile: its files stay", "run the command again")
    entries = [one.key for one in history(store, slug)]
    latest = write_removed(store, slug)
    for key in dict.fromkeys((*(file.key for file in withdrawal.files), *entries)):
        if key != latest.key:
            store.delete(key)


def drop_pages(context: ShowContext) -> bool:
    """Deletes the pages that feeds and show have no more, first what leads to others: they may name what is gone.

    Whether episodes came or went meanwhile on another machine: what is made of those lacks a page, perhaps.
    """
    before = context.episodes_now()
    episodes = [one.published for one in before.values()]
    left = left_pages(context.workspace, context.show, context.store, episodes)
    for one in left:
        context.store.delete(one.key)
    return bool(left) and context.episodes_now() != before
