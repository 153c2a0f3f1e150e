"""What becomes of the feeds when other episodes are published: their objects, their differences, what is noticed.

Rule: nothing is written, and nothing kept: the feeds are made of the episodes given as the step `feed` makes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from castkit.errors import CastkitError
from castkit.feed import rules
from castkit.feed.difference import FeedDifference, difference
from castkit.feed.findings import Planned
from castkit.feed.noticed import noticed
from castkit.feed.render import documents
from castkit.model.media_types import media_type
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.steps.feed_identity import addresses, cover_key
from castkit.steps.forecast_objects import Meant, Stop, Touched, touched
from castkit.steps.forecast_site import site_forecast
from castkit.steps.gate import Document, facts, hold
from castkit.steps.left_pages import left_pages
from castkit.storage.folder import sha256_of
from castkit.storage.keys import feed_key, feed_page
from castkit.storage.store import Store
from castkit.workspace import Workspace


@dataclass(frozen=True, slots=True)
class FeedsForecast:
    """The feeds after a change, and the show's pages (`site`), which follow them.

    `left` are pages that neither has any more, where they are deleted.

    `warnings` are the gate's, `stop` is why the feeds would not be renewed, if so.
    """

    feeds: tuple[Touched, ...] = ()
    site: tuple[Touched, ...] = ()
    differences: tuple[FeedDifference, ...] = ()
    warnings: tuple[str, ...] = ()
    stop: Stop | None = None
    left: tuple[Touched, ...] = ()

    @property
    def objects(self) -> tuple[Touched, ...]:
        return self.feeds + self.site + self.left

    @property
    def noticed(self) -> tuple[str, ...]:
        return noticed(self.differences)

    @property
    def is_same(self) -> bool:
        return all(one.action == "there" for one in self.objects)


def feeds_forecast(workspace: Workspace, show: Show, store: Store, episodes: Sequence[Published]) -> FeedsForecast:
    """The feeds of these episodes against those in the store. Raises StoreError, and CastkitError without a cover."""
    cover = workspace.root / show.show.image
    key = cover_key(cover)
    feeds = addresses(workspace, show, episodes, store.url(key), store.url)
    live = frozenset(store.list("feeds/"))
    site = site_forecast(workspace, show, store, episodes)
    objects = [touched(store, key, Meant(cover.stat().st_size, sha256_of(cover), media_type(key)), "the show's cover")]
    made: list[Document] = []
    differences: list[FeedDifference] = []
    for feed in feeds:
        rows = [
            Document(feed_key(feed.name, page), "", data, workspace.feed(feed.name, page))
            for page, data in enumerate(documents(show, episodes, feed))
        ]
        before = {one: store.get(one) for one in _documents_of(feed.name, live)}
        objects += [_feed_object(one, before.get(one.key)) for one in (*rows[1:], rows[0])]
        differences.append(difference(feed.name, list(before.values()), [one.data for one in rows]))
        made += [Document(one.key, store.url(one.key), one.data, one.path) for one in rows]
    try:
        found = [f"{one}; {one.remedy}" for one in rules.hold(Planned(show, tuple(episodes), feeds))]
        found += hold(made, facts(show, episodes), episodes)
    except CastkitError as error:
        return FeedsForecast(tuple(objects), site, tuple(differences), (), Stop("show", error.message, error.hint))
    return FeedsForecast(tuple(objects), site, tuple(differences), tuple(dict.fromkeys(found)))


def cleared_forecast(workspace: Workspace, show: Show, store: Store, episodes: Sequence[Published]) -> FeedsForecast:
    """As `feeds_forecast`, where the pages that fall away are deleted too: when an episode goes, or goes back."""
    feeds = feeds_forecast(workspace, show, store, episodes)
    return replace(feeds, left=left_pages(workspace, show, store, episodes))


def refuse_stopped(feeds: FeedsForecast, what: str) -> None:
    """CastkitError, which begins with `what`, where the feeds could not be renewed: the store would disagree."""
    if feeds.stop:
        raise CastkitError(f"{what}:\n{feeds.stop.message}", feeds.stop.hint)


def _documents_of(name: str, keys: Iterable[str]) -> Iterator[str]:
    """The keys of the live feed: itself, then its pages from the oldest on."""
    found = {page[1]: key for key in keys if (page := feed_page(key)) and page[0] == name}
    return (found[page] for page in sorted(found)) if 0 in found else iter(())


def _feed_object(made: Document, live: bytes | None) -> Touched:
    size = len(made.data)
    if live is None:
        return Touched(made.key, size, "add", "a new feed" if ".page-" not in made.key else "a new page of a feed")
    if live == made.data:
        return Touched(made.key, size, "there", "nothing in it changes")
    return Touched(made.key, size, "replace", f"it says something else ({len(live)} bytes before)")
