"""Back to the feed before: what an episode's publication was before this one, and how it is put back.

Rule: media lie under hashed names and are still there; only published.json and the pages under lasting names are put
back, in this order: published.json decides who was first where two are at it, and only the first touches a page. It is
looked at first, whole, and nothing is changed while a single object is missing.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from castkit.errors import CastkitError, StoreError
from castkit.feed.findings import files_of
from castkit.model.published import Published, StoredFile
from castkit.model.show import Show
from castkit.steps.feed_race import versions
from castkit.steps.forecast_feeds import FeedsForecast, cleared_forecast
from castkit.steps.past_publications import (
    DIGITS,
    Entry,
    histories,
    history,
    is_lasting,
    keep_page,
    kept_key,
    last_act,
    publication_in,
    published_bytes,
    put_bytes,
    short_digest,
    stand,
    write_down,
)
from castkit.steps.show_context import stored_episodes
from castkit.storage.keys import published_key
from castkit.storage.store import NOTHING, LostRace, Store
from castkit.workspace import Workspace

BACK = "back"


@dataclass(frozen=True, slots=True)
class WayBack:
    """From what is published of an episode (`now`, its digest; None: nothing) to what was before (`target`).

    `target` is None where the episode was not published before. `pages` are objects to be put back, by key with where
    they are kept. `feeds` is what becomes of the feeds.
    """

    slug: str
    undone: Entry
    now: str | None
    target: Entry | None
    published: Published | None
    pages: Mapping[str, str]
    feeds: FeedsForecast


def latest(store: Store) -> str:
    """The slug of the episode that was published or unpublished last; CastkitError where that cannot be taken back."""
    digests = {slug: one.digest[:DIGITS] for slug, one in stored_episodes(store).items()}
    found = histories(store.listing("episodes/"))
    stands = [rows for slug, entries in found.items() if (rows := stand(entries, digests.get(slug)))]
    tops = [rows[-1] for rows in stands if rows[-1].kind != "found"]
    if not tops:
        raise CastkitError(
            f"the {store.name} remembers no publication that could be taken back",
            "castkit keeps each from now on; to take an episode out of the feeds: castkit unpublish SLUG",
        )
    return max(tops, key=lambda one: (one.when, one.slug)).slug


def way_back(workspace: Workspace, show: Show, store: Store, slug: str) -> WayBack:
    """The way to what was published before; CastkitError where there is none, or objects of it are gone."""
    entries, data = history(store, slug), published_bytes(store, slug)
    now = short_digest(data)
    rows = stand(entries, now)
    undone, target = step_back(slug, rows)
    published = publication_in(store, target) if target else None
    pages = dict(moved_pages(store, published)) if published else {}
    if published:
        _refuse_missing(store, slug, published, pages)
    stored = {one: episode.published for one, episode in stored_episodes(store).items()}
    stored.pop(slug, None)
    if published:
        stored[slug] = published
    feeds = cleared_forecast(workspace, show, store, [stored[one] for one in sorted(stored)])
    return WayBack(slug, undone, now, target, published, pages, feeds)


def step_back(slug: str, rows: Sequence[Entry]) -> tuple[Entry, Entry | None]:
    """What is undone, and the publication before it (None: there was none); `rows` as `stand` gives them."""
    if not rows or rows[-1].kind in ("found", BACK):
        raise CastkitError(
            f"the store does not remember what {slug} was before",
            f"to take it out of the feeds: castkit unpublish {slug}",
        )
    top = rows[-1]
    if top.kind == "removed":
        raise CastkitError(
            f"{slug} was unpublished and its files removed on {top.when:%Y-%m-%d}: there is nothing to go back to",
            f"set draft = false in episode.toml, then: castkit publish {slug}",
        )
    before = rows[-2] if len(rows) > 1 else None
    if before is None and top.kind != "first":
        raise CastkitError(
            f"what {slug} was before {top.when:%Y-%m-%d %H:%M} is not kept any more",
            f"to take it out of the feeds: castkit unpublish {slug}",
        )
    return top, before if before and before.digest else None


def moved_pages(store: Store, published: Published) -> Iterator[tuple[str, str]]:
    """The pages that lie there otherwise than published.json says, by key, and where they are kept as they were."""
    for file in files_of(published):
        if is_lasting(file.key) and not _is_there(store, file, is_exact=True):
            yield file.key, kept_key(file.key, file.sha256)


def _is_there(store: Store, file: StoredFile, *, is_exact: bool = False) -> bool:
    found = store.head(file.key, digest=is_exact)
    return found is not None and found.size == file.length and (not is_exact or found.sha256 == file.sha256)


def _refuse_missing(store: Store, slug: str, published: Published, pages: Mapping[str, str]) -> None:
    """CastkitError naming every object that the older publication would name and that is not there as it was."""
    gone = [file.key for file in files_of(published) if file.key not in pages and not _is_there(store, file)]
    gone += [kept for kept in pages.values() if store.head(kept, digest=False) is None]
    if gone:
        lines = "\n".join(f"  {key}" for key in gone)
        raise CastkitError(
            f"{slug} stays as it is, because the {store.name} lacks what was published before:\n{lines}",
            "castkit prune may have removed it; correct the episode and publish it again",
        )


def put_back(store: Store, way: WayBack) -> None:
    """Puts published.json and then the pages back; StoreError where somebody published meanwhile: theirs stays."""
    if way.target is None or way.target.digest is None:
        raise ValueError("an episode that was not published before is taken out, not put back")
    key, data = published_key(way.slug), store.get(way.target.key)
    found, seen = store.head(key), versions(store, way.pages)  # before published.json is read: what comes later shows
    _refuse_raced(store, way.slug, way.now)
    write_down(store, way.slug, data, BACK)
    try:
        put_bytes(store, key, data, found.tag if found else NOTHING)
    except LostRace as error:
        raise _raced(way.slug) from error
    _put_pages(store, way.slug, way.target.digest, kept=way.pages, seen=seen)


def put_pages(store: Store, slug: str, digest: str, pages: Mapping[str, str]) -> None:
    """Puts the pages back that are still to be, where published.json (`digest`) is back; StoreError as `put_back`."""
    seen = versions(store, pages)
    _refuse_raced(store, slug, digest)
    _put_pages(store, slug, digest, kept=pages, seen=seen)


def _put_pages(store: Store, slug: str, digest: str, *, kept: Mapping[str, str], seen: Mapping[str, str]) -> None:
    """Each page from where it is `kept`, over the version that was `seen` and over no other."""
    is_lost = False
    try:
        for page, place in kept.items():
            if seen[page] != NOTHING:
                keep_page(store, page)
            put_bytes(store, page, store.get(place), seen[page])
    except LostRace:
        is_lost = True
    if short_digest(published_bytes(store, slug)) != digest:
        is_lost = True
        _give_back(store, slug, kept)
    if is_lost:
        raise _raced(slug)


def _give_back(store: Store, slug: str, pages: Container[str]) -> None:
    """Pages of somebody who sent them just before these and published just after: theirs again, as they were kept."""
    episode = stored_episodes(store).get(slug)
    for page, place in moved_pages(store, episode.published) if episode else ():
        if page in pages and store.head(place, digest=False):
            with suppress(LostRace):
                put_bytes(store, page, store.get(place), versions(store, [page])[page])


def _refuse_raced(store: Store, slug: str, digest: str | None) -> None:
    if short_digest(published_bytes(store, slug)) != digest:
        raise _raced(slug)


def _raced(slug: str) -> StoreError:
    return StoreError(f"{slug} was published meanwhile, and stays so", "look at it, then run the command again")


@dataclass(frozen=True, slots=True)
class Act:
    """Something that was done to what is published: `words` say what, `state` is now, taken back, or empty."""

    slug: str
    when: datetime
    words: str
    state: str


def acts(store: Store, slug: str = "") -> tuple[Act, ...]:
    """Everything that the histories of the show, or of one episode, tell of, the latest first."""
    digests = {one: episode.digest[:DIGITS] for one, episode in stored_episodes(store).items()}
    found: list[tuple[int, Act]] = []
    for one, entries in histories(store.listing(f"episodes/{slug}/" if slug else "episodes/")).items():
        now, standing = last_act(entries, digests.get(one)), stand(entries, digests.get(one))
        before: Published | None = None
        for entry in entries:
            after = publication_in(store, entry) if entry.digest else None
            state = "now" if entry is now else "" if entry in standing or entry.kind == BACK else "taken back"
            found.append((entry.number, Act(one, entry.when, _words(entry, before, after), state)))
            before = after
    latest_first = sorted(found, key=lambda row: (row[1].when, row[1].slug, row[0]), reverse=True)
    return tuple(act for _, act in latest_first)


_KINDS = {"withdrawn": "unpublished", "removed": "its files removed", "first": "published", "found": "as it was before"}
_FIELDS = (  # keys of published.json, and what they are to people
    ("sound", ("audio", "other_audio", "duration_ms")),
    ("video", ("video", "video_height", "hls", "hls_parts")),
    ("title", ("title",)),
    ("notes", ("summary", "description", "content_html", "links", "keywords")),
    ("transcripts", ("transcripts", "spoken")),
    ("chapters", ("chapters", "chapter_files")),
    ("people", ("people",)),
    ("pictures", ("image", "share_images")),
    ("pages", ("notes",)),
)


def _words(entry: Entry, before: Published | None, after: Published | None) -> str:
    if after is None:
        return "rolled back: unpublished" if entry.kind == BACK else _KINDS[entry.kind]
    start = "rolled back" if entry.kind == BACK else _KINDS.get(entry.kind, "published again")
    if before is None:
        return start
    changed = [word for word, keys in _FIELDS if any(getattr(before, key) != getattr(after, key) for key in keys)]
    return f"{start}: {', '.join(changed) or 'small things'} changed"
