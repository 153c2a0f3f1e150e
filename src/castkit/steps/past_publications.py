"""What was published before: every publication of an episode is kept in the store, so that one can go back to it.

Rule: it is written down first and done then, and an entry never changes. What was written down by a run that was cut
off, or that lost a race, is told by what is published now: see `write_down` and `stand`.

    episodes/<slug>/history/0002-published-<hash>.json   that published.json, as it went out then
    episodes/<slug>/history/<slug>.en-<hash>.html        a page that was replaced under its lasting name
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path, PurePosixPath

from castkit.feed.findings import files_of
from castkit.model.media_types import media_type
from castkit.model.published import Published, published_from
from castkit.storage.caching import FOREVER, cache_control
from castkit.storage.keys import published_key, published_slug
from castkit.storage.store import NOTHING, Listed, LostRace, Store, Terms

DIGITS = 12  # hex, of a SHA-256 in a name
_NOBODY = "0" * DIGITS
_NOTHING = b"{}\n"  # the content of an entry that names no publication
_ENTRY = re.compile(
    r"episodes/([^/]+)/history/([0-9]{4,9})-(first|published|found|withdrawn|removed|back)-([0-9a-f]{12})\.json"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an episode's history: `number` counts from 1, `when` is the store's own time of writing (UTC).

    `digest` is the beginning of the SHA-256 of the published.json, or None where nothing was published any more.

    `kind`: first (where nothing was published before) and published say that it went out; withdrawn that it was
    unpublished, removed that its files went too; back that this older state was taken back; found that this is what
    was published at that moment, whoever did it.
    """

    key: str
    slug: str
    number: int
    when: datetime
    kind: str
    digest: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A publication that one can go back to.

    `until` is when it was replaced (UTC); None while it is published, and for the last one before an episode was
    unpublished with its files kept. `keys` are all objects it names, its own entry, and the pages kept for it.
    """

    until: datetime | None
    keys: frozenset[str]


def kept_in_history(store: Store, slug: str) -> tuple[Kept, ...]:
    """What the history of an episode still needs in the store, the oldest publication first.

    An object may go when no published.json names it, and every one of these that has it in `keys` was replaced
    (`until`) longer ago than the grace period. To remove the oldest entries, whose keys are among their own `keys`,
    shortens how far back one can go, and breaks nothing. A key may be named here that is not in the store.
    """
    entries = history(store, slug)
    if not entries:
        return ()
    current = short_digest(published_bytes(store, slug))
    standing = _last_true(entries, current)
    if standing > 0 and entries[standing].kind == "withdrawn":
        standing -= 1  # an unpublished episode whose files are kept can come back
    ends = [None if at >= standing else later.when for at, (_, later) in enumerate(pairwise(entries))]
    return tuple(Kept(end, _keys(store, one)) for one, end in zip(entries, [*ends, None], strict=True))


def _keys(store: Store, entry: Entry) -> frozenset[str]:
    named = files_of(publication_in(store, entry)) if entry.digest else ()
    keys = {
        key for file in named for key in (file.key, kept_key(file.key, file.sha256) if is_lasting(file.key) else "")
    }
    return frozenset({entry.key, *keys} - {""})


def publication_in(store: Store, entry: Entry) -> Published:
    """What was published then; CastkitError where the entry is damaged."""
    remedy = f"delete it: castkit can then not go back to {entry.when:%Y-%m-%d}"
    return published_from(store.get(entry.key), f"{entry.key} in the store", remedy)


def history(store: Store, slug: str) -> tuple[Entry, ...]:
    """Every entry of one episode, the oldest first."""
    return histories(store.listing(f"episodes/{slug}/history/")).get(slug, ())


def histories(objects: Iterable[Listed]) -> Mapping[str, tuple[Entry, ...]]:
    """The entries among these objects of a store by slug, the oldest first."""
    found: dict[str, list[Entry]] = {}
    for one in objects:
        if match := _ENTRY.fullmatch(one.key):
            slug, number, kind, digest = match.groups()
            when = datetime.fromtimestamp(one.modified, UTC)
            entry = Entry(one.key, slug, int(number), when, kind, None if digest == _NOBODY else digest)
            found.setdefault(slug, []).append(entry)
    return {slug: tuple(sorted(rows, key=lambda one: (one.number, one.key))) for slug, rows in found.items()}


def published_bytes(store: Store, slug: str) -> bytes | None:
    """The episode's published.json as the store holds it, or None."""
    key = published_key(slug)
    return store.get(key) if store.head(key, digest=False) is not None else None


def short_digest(data: bytes | None) -> str | None:
    """How an entry names this published.json."""
    return None if data is None else sha256(data).hexdigest()[:DIGITS]


def stand(entries: Sequence[Entry], current: str | None) -> tuple[Entry, ...]:
    """The states that led to what is published now (`current`, its digest), without those that were taken back.

    To go back is to go from the last of these to the one before. Empty where the present is not in the history.
    """
    rows = entries[: _last_true(entries, current) + 1]
    after: list[tuple[Entry, ...]] = []  # what led to each entry, and the entry
    for at, one in enumerate(rows):
        found = after[-1] if after else ()
        if one.kind == "found":  # what was written down since it was last so never came to be
            earlier = max((n for n, other in enumerate(rows[:at]) if other.digest == one.digest), default=-1)
            found = after[earlier] if earlier >= 0 else (one,) * (one.digest is not None)
        elif one.kind == "back":
            before = max((n for n, other in enumerate(found[:-1]) if other.digest == one.digest), default=-1)
            found = found[: before + 1] if before >= 0 else (one,) * (one.digest is not None)
        else:
            found = (*found, one)
        after.append(found)
    return after[-1] if after else ()


def last_act(entries: Sequence[Entry], current: str | None) -> Entry | None:
    """The entry by which the store came to be as it is, or None where the history does not know."""
    at = _last_true(entries, current)
    return entries[at] if at >= 0 else None


def unpublished(objects: Iterable[Listed]) -> Mapping[str, datetime]:
    """Among these objects of a store the episodes that were taken out of the feeds, by slug, and when (UTC)."""
    rows = tuple(objects)
    there = {slug for one in rows if (slug := published_slug(one.key))}
    gone = ((slug, entries[-1]) for slug, entries in histories(rows).items() if slug not in there)
    return {slug: entry.when for slug, entry in gone if entry.digest is None}


def _last_true(entries: Sequence[Entry], current: str | None) -> int:
    """Which entry is the state that the store is in, or -1."""
    return max((at for at, one in enumerate(entries) if one.digest == current), default=-1)


def planned_entry(entries: Sequence[Entry], slug: str, kind: str, data: bytes | None) -> Entry:
    """The entry that is to be added to these."""
    number = entries[-1].number + 1 if entries else 1
    digest = short_digest(data)
    key = f"episodes/{slug}/history/{number:04d}-{kind}-{digest or _NOBODY}.json"
    return Entry(key, slug, number, datetime.now(UTC), kind, digest)


def to_write_down(
    entries: Sequence[Entry], slug: str, change: tuple[bytes | None, bytes | None], kind: str
) -> tuple[tuple[Entry, bytes], ...]:
    """The entries to be added before `change` (what is published, and what shall be), with their contents.

    None where nothing changes, or a run that was cut off has written it down.
    """
    before, after = change
    states = [None, *(one.digest for one in entries)]
    if before == after:
        return ()
    if entries and (entries[-1].kind, *states[-2:]) == (kind, short_digest(before), short_digest(after)):
        return ()
    added: list[tuple[Entry, bytes]] = []
    if states[-1] != short_digest(before):
        added.append((planned_entry(entries, slug, "found", before), before or _NOTHING))
    rows = [*entries, *(entry for entry, _ in added)]
    return (*added, (planned_entry(rows, slug, kind, after), after or _NOTHING))


def write_removed(store: Store, slug: str) -> Entry:
    """Adds to the history that the files of an unpublished episode are removed, once; gives that entry."""
    entries = history(store, slug)
    if entries and entries[-1].kind == "removed":
        return entries[-1]
    entry = planned_entry(entries, slug, "removed", None)
    _keep(store, entry.key, _NOTHING)
    return entry


def write_down(store: Store, slug: str, after: bytes | None, kind: str = "") -> None:
    """Adds to the history what is about to be published (None: nothing any more), and what is now, where it lacks that.

    Without a `kind` it is a publication.
    """
    before = published_bytes(store, slug)
    kind = kind or ("first" if before is None else "published")
    for entry, data in to_write_down(history(store, slug), slug, (before, after), kind):
        _keep(store, entry.key, data)


def is_lasting(key: str) -> bool:
    """Whether this object of an episode keeps its name when its content changes: a page that people link to."""
    return key.startswith("episodes/") and published_slug(key) is None and cache_control(key) != FOREVER


def kept_key(key: str, digest: str) -> str:
    """Where a page is kept that is replaced under its name: beside it in `history/`, under a name with its hash."""
    path = PurePosixPath(key)
    return (path.parent / "history" / f"{path.stem}-{digest[:DIGITS]}{path.suffix}").as_posix()


def keep_page(store: Store, key: str) -> None:
    """Keeps what lies under this lasting name, before it is replaced."""
    data = store.get(key)
    kept = kept_key(key, sha256(data).hexdigest())
    if store.head(kept, digest=False) is None:
        _keep(store, kept, data)


def put_bytes(store: Store, key: str, data: bytes, over: str | None) -> None:
    """Puts a small object into the store over that version, as `Terms.over`; LostRace where another is there."""
    with tempfile.TemporaryDirectory(prefix="castkit-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "object"
        path.write_bytes(data)
        store.send(key, path, Terms(media_type(key), cache_control(key), sha256(data).hexdigest(), over))


def _keep(store: Store, key: str, data: bytes) -> None:
    with suppress(LostRace):  # the very same is there: its name holds its hash
        put_bytes(store, key, data, NOTHING)
