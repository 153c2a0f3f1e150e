"""`castkit prune`: what the store holds and nothing needs any more, found and removed.

Rule: only what castkit wrote, what nothing that is published names, and what was replaced longer ago than the grace
period; apps and caches still ask for the old files. A feed itself is never removed. Whatever is young stays, since
somebody may just be publishing it; only the show's own pages, where it wants none any more, need no grace.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from castkit.errors import StoreError
from castkit.model.stored_objects import objects_in
from castkit.site.show_pages import NOT_FOUND, ROBOTS, SITEMAP
from castkit.steps.past_publications import Kept, histories, kept_in_history
from castkit.steps.show_context import StoredEpisode, stored_episodes
from castkit.storage.keys import feed_page, published_key, show_page
from castkit.storage.s3 import S3Store
from castkit.storage.s3_parts import Begun, abort, begun_uploads
from castkit.storage.store import Listed, Store

DAY_S = 86_400.0
_CONNECTIONS = 8
_HASH = "[0-9a-f]{12}"
# What castkit writes into an episode's folder, its slug in the place of the first group; and for the show.
_OF_EPISODE = re.compile(
    rf"episodes/([^/]+)/(?:\1-{_HASH}\..+|hls-{_HASH}/[^/]+|(?:cover|chapter|share)-{_HASH}\.\w+"
    rf"|(?:notes|\1)\.[A-Za-z0-9-]+\.html|history/[^/]+-{_HASH}\.(?:html|json)|published\.json)"
)
_PICTURE = re.compile(rf"(feeds/(?:[A-Za-z0-9-]+-)?(?:cover|share(?:-[A-Za-z0-9-]+)?))-{_HASH}\.(?:png|jpe?g)")
_OF_SITE = frozenset([NOT_FOUND, SITEMAP, ROBOTS])

Why = Literal["replaced", "unpublished", "not made any more"]


@dataclass(frozen=True, slots=True)
class Superseded:
    """An object that nothing needs: since when, in seconds since 1970, and why."""

    listed: Listed
    since: float
    why: Why

    @property
    def key(self) -> str:
        return self.listed.key


@dataclass(frozen=True, slots=True)
class Found:
    """What may go, what will when its grace is over, what is not castkit's, and uploads nobody went on with.

    `unwanted` are the keys of the show's own pages that were asked for without grace.
    """

    due: tuple[Superseded, ...]
    waiting: tuple[Superseded, ...]
    unknown: tuple[str, ...]
    uploads: tuple[Begun, ...] = ()
    remarks: tuple[str, ...] = ()
    unwanted: frozenset[str] = frozenset()


def find(store: Store, grace_s: float, now: float | None = None, *, unwanted: frozenset[str] = frozenset()) -> Found:
    """Looks through the whole store; nothing is changed. CastkitError where a published.json cannot be read.

    `unwanted` are pages of the show itself that it has no more: they may go at once.
    """
    moment = time.time() if now is None else now
    listed = {one.key: one for one in store.listing("")}
    episodes = stored_episodes(store)
    of_slugs: dict[str, list[Listed]] = defaultdict(list)
    of_show: list[Listed] = []
    unknown = []
    for key, one in listed.items():
        if match := _OF_EPISODE.fullmatch(key):
            of_slugs[match[1]].append(one)
        elif (_PICTURE.fullmatch(key) or _is_older_page(key)) and key not in unwanted:
            of_show.append(one)
        elif not _is_lasting(key):
            unknown.append(key)
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        found = pool.map(
            lambda slug: list(_of_episode(store, slug, of_slugs[slug], episodes.get(slug))), sorted(of_slugs)
        )
        superseded = [one for group in found for one in group]
    superseded += _of_show(store, of_show, {key: one for key, one in listed.items() if key not in unwanted})
    uploads, remarks = _stale_uploads(store, moment - grace_s)
    due = [Superseded(listed[key], listed[key].modified, "not made any more") for key in sorted(unwanted & set(listed))]
    waiting: list[Superseded] = []
    for gone in superseded:
        is_due = max(gone.since, gone.listed.modified) <= moment - grace_s
        (due if is_due else waiting).append(gone)
    return Found(tuple(due), tuple(waiting), tuple(sorted(unknown)), uploads, remarks, unwanted)


def _of_episode(store: Store, slug: str, listed: list[Listed], stored: StoredEpisode | None) -> Iterator[Superseded]:
    """The objects of one episode that nothing names, with the moment when the last that did was replaced."""
    live = _live(slug, stored)
    kept = kept_in_history(store, slug)
    last = histories(listed).get(slug, ())
    gone = last[-1].when.timestamp() if last and stored is None else None
    if last and last[-1].digest is None:
        live |= {last[-1].key}  # by it every machine knows that the episode was unpublished
    ends = _ends(kept, gone)
    young = max((one.modified for one in listed if one.key == published_key(slug) or stored is None), default=0.0)
    for one in listed:
        since = ends.get(one.key, young)
        if one.key not in live and since is not None:
            yield Superseded(one, max(since, one.modified), "replaced" if stored else "unpublished")


def _live(slug: str, stored: StoredEpisode | None) -> frozenset[str]:
    if stored is None:
        return frozenset()
    return frozenset({published_key(slug), *(file.key for file in objects_in(stored.published))})


def _ends(kept: Iterable[Kept], gone: float | None) -> dict[str, float | None]:
    """When the last publication with an object was replaced; None where one can still go back to it.

    An episode that is not published any more (`gone`, when that was) was replaced by nothing at that moment.
    """
    ends: dict[str, float | None] = {}
    for one in kept:
        end = one.until.timestamp() if one.until else gone
        for key in one.keys:
            before = ends.get(key, 0.0)
            ends[key] = None if end is None or before is None else max(before, end)
    return ends


def _of_show(store: Store, candidates: Iterable[Listed], listed: Mapping[str, Listed]) -> Iterator[Superseded]:
    """Pictures and pages of older episodes that no feed and no page names."""
    waiting = {one.key: one for one in candidates}
    if not waiting:
        return
    roots = [key for key in listed if _is_lasting(key) and not _is_older_page(key)]
    pages = [key for key in listed if (match := _OF_EPISODE.fullmatch(key)) and key.endswith(".html")
             and "/history/" not in key and match]  # fmt: skip
    for group in (roots, pages):
        _strike_named(store, group, waiting)
    newest_feed = max((listed[key].modified for key in roots), default=0.0)
    for key, one in waiting.items():
        since = _replaced_at(key, one, listed)
        yield Superseded(one, newest_feed if since is None else since, "replaced")


def _strike_named(store: Store, documents: Iterable[str], waiting: dict[str, Listed]) -> None:
    """Takes out what these documents name, and what pages that they name do."""
    todo = list(documents)
    while todo and waiting:
        text = store.get(todo.pop())
        named = [key for key in waiting if key.rpartition("/")[2].encode() in text]
        for key in named:
            del waiting[key]
            if _is_older_page(key):
                todo.append(key)


def _replaced_at(key: str, one: Listed, listed: Mapping[str, Listed]) -> float | None:
    """When the next picture for the same purpose came; None where none did."""
    match = _PICTURE.fullmatch(key)
    if match is None:
        return None
    family = [other.modified for name, other in listed.items()
              if (found := _PICTURE.fullmatch(name)) and found[1] == match[1]]  # fmt: skip
    return min((moment for moment in family if moment > one.modified), default=None)


def _stale_uploads(store: Store, before: float) -> tuple[tuple[Begun, ...], tuple[str, ...]]:
    """Uploads of castkit's that nobody went on with; not every store can list them."""
    if not isinstance(store, S3Store):
        return (), ()
    try:
        found = list(begun_uploads(store, store.prefix))
    except StoreError as error:
        return (), (f"unfinished uploads could not be listed: {error.message}",)
    ours = [one for one in found if _is_castkits(one.place.removeprefix(store.prefix))]
    return tuple(one for one in ours if one.since < before), ()


def _is_castkits(key: str) -> bool:
    return bool(_OF_EPISODE.fullmatch(key) or _PICTURE.fullmatch(key)) or _is_lasting(key)


def _is_lasting(key: str) -> bool:
    """Whether a feed, a page of the show or one for search engines lies there, those of older episodes included."""
    return key in _OF_SITE or bool(feed_page(key) or show_page(key))


def _is_older_page(key: str) -> bool:
    page = feed_page(key) or show_page(key)
    return page is not None and page[1] > 0


def remove(store: Store, shown: Found, grace_s: float, report: Callable[[str], None]) -> tuple[int, int, list[str]]:
    """Removes what was shown and is still due; gives how many objects and bytes, and what a person must know.

    The store is looked through once more just before. History goes first, so that it names nothing that is gone.
    """
    again = {one.key: one for one in find(store, grace_s, unwanted=shown.unwanted).due}
    seen = {one.key: one.listed for one in shown.due}
    due = [one for key, one in again.items() if seen.get(key) == one.listed]
    gone: set[str] = set()
    size = 0
    for one in sorted(due, key=lambda one: ("/history/" not in one.key, one.key)):
        store.delete(one.key)
        gone.add(one.key)
        size += one.listed.size
        report(one.key)
    if isinstance(store, S3Store):
        for upload in shown.uploads:
            abort(store, upload.place, upload.upload)
    return len(gone), size, list(_published_meanwhile(store, gone))


def _published_meanwhile(store: Store, gone: set[str]) -> Iterator[str]:
    """Somebody may have published the very file at the very moment: it must be sent again."""
    if not gone:
        return
    for slug, episode in stored_episodes(store).items():
        if any(file.key in gone for file in objects_in(episode.published)):
            yield f"{slug} was published with one of these at the same moment: castkit publish {slug} --redo upload"
