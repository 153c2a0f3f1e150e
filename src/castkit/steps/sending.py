"""Puts an episode's files into the store, media first, and looks at each as the store and as listeners see it.

Rule: nothing is sent that is there already, nothing is sent over what somebody else put there meanwhile, and an object
counts as there when its size, its SHA-256 and its type have been seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from castkit.engine.stage import Job
from castkit.errors import CastkitError, StoreError
from castkit.model.media_types import bare
from castkit.model.published import StoredFile
from castkit.model.web_address import is_loopback
from castkit.steps.past_publications import is_lasting, keep_page
from castkit.steps.publication import Item
from castkit.storage.listeners import NoAnswer, Seen, look
from castkit.storage.store import NOTHING, LostRace, ObjectInfo, Progress, Store, Terms

_AT_ONCE = 4  # small files; the parts of a large one go side by side by themselves
_TRIES = 5  # somebody else sends the same file at the same moment
_MEDIA = ("audio/", "video/", "application/vnd.apple.mpegurl")


@dataclass(slots=True)
class _Share:
    """How far the whole is, counted by several threads."""

    job: Job
    whole: int
    done: int = 0
    lock: Lock = field(default_factory=Lock)

    def of_next(self) -> Progress:
        return lambda sent: self.job.progress((self.done + sent) / self.whole)

    def add(self, size: int) -> None:
        with self.lock:
            self.done += size
        self.job.progress(self.done / self.whole)


def send_items(store: Store, items: Sequence[Item], job: Job, notebook: Path | None = None) -> None:
    """Puts every object that is not there yet: media in their order, then the rest; then each is looked at.

    CastkitError where listeners would not get what was sent; where nobody answers at the public address, a note.
    """
    share = _Share(job, max(sum(item.file.length for item in items), 1))
    media = [item for item in items if item.file.type.startswith(_MEDIA)]
    rest = [item for item in items if item not in media]

    def put(item: Item) -> None:
        put_whole(store, item.path, _terms(item, notebook), key=item.file.key, progress=share.of_next())
        share.add(item.file.length)

    for item in media:
        put(item)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(put, rest))
    # What was there already too: a run that was killed after sending it has looked at nothing.
    for text in seen_by_listeners([item.file for item in items]):
        job.note(text)


def _terms(item: Item, notebook: Path | None) -> Terms:
    return Terms(item.file.type, item.cache_control, item.file.sha256, NOTHING, notebook)


def put_whole(store: Store, path: Path, terms: Terms, *, key: str, progress: Progress | None = None) -> bool:
    """Sends the file unless the store holds it as it shall be; whether it was sent.

    What is there and different is replaced, in the version that was looked at; the terms' own `over` is not asked. A
    page of an episode is kept first, so that `castkit rollback` can put it back.
    """
    size = path.stat().st_size
    for _ in range(_TRIES):
        found = store.head(key)
        if found is not None and is_as_meant(found, size, terms):
            return False
        if found is not None and is_lasting(key):
            keep_page(store, key)
        try:
            tag = found.tag if found else NOTHING
            store.send(
                key,
                path,
                Terms(terms.content_type, terms.cache_control, terms.sha256, tag, terms.notebook),
                progress,
            )
        except LostRace:
            continue
        return True
    raise StoreError(f"{key} is being written by somebody else", "wait until they are done, then publish again")


def is_as_meant(found: ObjectInfo, size: int, terms: Terms) -> bool:
    """Whether what the store holds is the file itself, so that it is not sent again."""
    kinds = {bare(kind) for kind in (found.content_type, terms.content_type)}
    return (found.size, found.sha256) == (size, terms.sha256) and len(kinds) == 1


def seen_by_listeners(files: Iterable[StoredFile]) -> list[str]:
    """What to tell of these files at their public addresses; CastkitError where listeners do not get them."""
    wanted = list(files)
    if not wanted or is_loopback(wanted[0].url):
        return []  # `castkit serve` need not run while somebody publishes
    try:
        first = look(wanted[0])
    except NoAnswer:
        place = wanted[0].url.removesuffix(f"/{wanted[0].key}")
        return [f"{place} does not answer from here: how listeners get the files was not looked at"]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        seen = [first, *pool.map(_look, wanted[1:])]
    wrong = [one for one in seen if one.problem]
    if wrong:
        lines = "\n".join(f"  {one.file.url}: {one.problem}" for one in wrong)
        raise CastkitError(
            f"listeners do not get what was sent; the feed was left as it was:\n{lines}",
            "check base_url under [store], and that everybody may read the bucket (castkit doctor --fix-bucket)",
        )
    return _summed_up(seen)


def _look(file: StoredFile) -> Seen:
    try:
        return look(file)
    except NoAnswer:
        return Seen(file, "nobody answers")


def _summed_up(seen: Iterable[Seen]) -> list[str]:
    """Each remark once, with the first file it is about and how many more."""
    about: dict[str, list[StoredFile]] = {}
    for one in seen:
        for text in one.remarks:
            about.setdefault(text, []).append(one.file)
    return [
        f"{files[0].url} {text}" + (f" ({len(files) - 1} more files too)" if len(files) > 1 else "")
        for text, files in about.items()
    ]
