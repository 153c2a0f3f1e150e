"""A rollback that was cut off: what of it listeners do not have yet.

Rule: judged by what the rollback was to restore, and not by how the feeds would be made today: castkit.toml may have
been edited since, and that leaves nothing to finish.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from castkit.feed.difference import FeedDifference, ItemDifference
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.steps.forecast_feeds import FeedsForecast, cleared_forecast, feeds_forecast
from castkit.steps.going_back import BACK, moved_pages
from castkit.steps.past_publications import DIGITS, Entry, histories, last_act, publication_in
from castkit.steps.show_context import ShowContext, stored_episodes
from castkit.storage.store import Store
from castkit.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An episode whose published.json is back (`digest`; None: it is out), and what is to be done yet.

    `pages` are still to be put back, by key with where they are kept; `feeds` is what renewing them does; `is_return`:
    it was unpublished before.
    """

    slug: str
    digest: str | None
    pages: Mapping[str, str]
    feeds: FeedsForecast
    is_return: bool


def unfinished(workspace: Workspace, show: Show, store: Store, slug: str) -> Unfinished | None:
    """What an earlier rollback, which was cut off, left to be done; None where there is nothing of the kind.

    Asked of that episode, or of the one that was published, unpublished or rolled back last (`slug` empty).
    """
    stored = stored_episodes(store)
    rows = histories(store.listing(f"episodes/{slug}/" if slug else "episodes/"))
    digests = {one: episode.digest[:DIGITS] for one, episode in stored.items()}
    found = [act for one, entries in rows.items() if (act := last_act(entries, digests.get(one)))]
    act = max(found, key=lambda one: (one.when, one.slug), default=None)
    if act is None or act.kind != BACK:
        return None
    now = {one: episode.published for one, episode in stored.items()}
    moved = moved_pages(store, now[act.slug]) if act.slug in now else ()
    pages = {page: place for page, place in moved if store.head(place, digest=False)}
    feeds = cleared_forecast(workspace, show, store, list(now.values()))
    before = next((one for one in reversed(rows[act.slug]) if one.number < act.number), None)
    left = Unfinished(act.slug, act.digest, pages, feeds, bool(act.digest and before and before.digest is None))
    if pages or (before and _is_undone_shown(ShowContext(workspace, show, store), left, now=now, before=before)):
        return left
    return None


def _is_undone_shown(context: ShowContext, left: Unfinished, *, now: Mapping[str, Published], before: Entry) -> bool:
    """Whether a feed or page of the show in the store still says what the rollback took back."""
    if left.feeds.is_same:
        return False
    undone = publication_in(context.store, before) if before.digest else None
    episode = undone or now.get(left.slug)
    if episode is None:
        return False
    guid = episode.imported.guid if episode.imported else str(episode.guid)
    if left.digest is None and any(_names(context.store, one.key, guid, left.slug) for one in left.feeds.left):
        return True
    then = {one: now[one] for one in now if one != left.slug} | ({left.slug: undone} if undone else {})
    as_undone = feeds_forecast(context.workspace, context.show, context.store, [then[one] for one in sorted(then)])
    feeds = {one.name: one for one in as_undone.differences}
    if any(says_undone(one, feeds.get(one.name), guid) for one in left.feeds.differences):
        return True
    same = {one.key for one in as_undone.site if one.action == "there"}
    return any(one.action == "replace" and one.key in same for one in left.feeds.site)


def _names(store: Store, key: str, guid: str, slug: str) -> bool:
    data = store.get(key)
    return guid.encode() in data or f"episodes/{slug}/".encode() in data


def says_undone(restored: FeedDifference, undone: FeedDifference | None, guid: str) -> bool:
    """Whether a live feed has the episode `guid` as it was before the rollback.

    Both are made as castkit.toml is today and held against the live feed: `restored` with what was gone back to,
    `undone` with what was taken back.
    """
    back, gone = _item(restored.items, guid), _item(undone.items if undone else (), guid)
    if back is None:
        return False
    if back.kind != "changed":  # only one of the two has the episode, or the live feed lacks it for another reason
        return gone is None or gone.kind != back.kind
    if gone is None:
        return undone is not None
    if gone.kind != "changed":
        return False
    as_back = {one.field: one.new for one in back.changes}
    as_gone = {one.field: one.new for one in gone.changes}
    if as_back.keys() - as_gone.keys():
        return True
    is_neither = any(as_back[field] != as_gone[field] for field in as_back)  # a setting changed the very same field
    return is_neither and not as_gone.keys() - as_back.keys()


def _item(items: Sequence[ItemDifference], guid: str) -> ItemDifference | None:
    return next((one for one in items if one.guid == guid), None)
