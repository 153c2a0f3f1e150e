"""`castkit backup`: what a lost laptop would take with it goes to a private place, and only what changed is sent.

Rule: a revision is written last, when all that it names has arrived; a backup that is killed leaves the last one
standing, and the next goes on where it stopped.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import Lock

from castkit.engine.place import Place, lock
from castkit.engine.receipts import Digests
from castkit.errors import CastkitError, StoreError
from castkit.model.backup import AbsentFile, KeptFile, Revision, Why
from castkit.model.show import Show, StoreSettings
from castkit.steps.backup_files import LARGE, Found, files, in_store
from castkit.steps.backup_marks import Mark, running
from castkit.steps.backup_place import (
    PIECE,
    Named,
    content,
    find,
    load,
    object_key,
    open_place,
    put,
    put_file,
    revisions,
    write_revision,
)
from castkit.steps.backup_privacy import make_folder, refuse_public
from castkit.storage.folder import FolderStore
from castkit.storage.open import open_store
from castkit.storage.store import Store
from castkit.workspace import EpisodePaths, Workspace

_AT_ONCE = 4
_TRIES = 3  # a file that somebody is just writing

Progress = Callable[[int, int], None]  # bytes looked at, of how many


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a backup came to: the newest revision, whether it is a new one, what was sent, and what to tell.

    `sent` and `sent_bytes` count files and bytes that the place had not.
    """

    named: Named
    revision: Revision
    is_new: bool
    sent: int
    sent_bytes: int
    remarks: tuple[str, ...]


@dataclass(slots=True)
class _Sender:
    """Sends what the place has not, from several threads."""

    store: Store
    mark: Mark
    digests: Digests
    there: set[str]
    before: dict[str, KeptFile]  # of the newest revision, by path
    progress: Progress
    whole: int
    done: int = 0
    sent: int = 0
    sent_bytes: int = 0
    failed: set[str] = field(default_factory=set)  # objects that another file may count on, and that never arrived
    lock: Lock = field(default_factory=Lock)

    def keep(self, found: Found) -> KeptFile | None:
        """The file as it is in the place now; None where it is gone. Again where somebody wrote it meanwhile."""
        for number in range(_TRIES):
            try:
                stat = found.file.stat()
                digest = self.digests.of(found.file)
                if digest is None:
                    return None
                parts = self._sent(found, digest, stat.st_size)
            except FileNotFoundError:
                return None
            except StoreError:
                if number + 1 < _TRIES and found.file.is_file() and found.file.stat().st_mtime_ns != stat.st_mtime_ns:
                    continue
                raise
            self._tell(stat.st_size)
            return KeptFile(
                path=found.path, size=stat.st_size, sha256=digest, modified_ns=stat.st_mtime_ns, parts=parts
            )
        raise AssertionError("the last try returns or raises")

    def large_digest(self, found: Found) -> str:
        """The SHA-256 of a file that is worth to be left out where the store has it."""
        is_large = found.file.is_file() and (found.why == "made" or found.file.stat().st_size >= LARGE)
        return self.digests.of(found.file) or "" if is_large else ""

    def leave(self, found: Found, why: Why, key: str = "") -> AbsentFile | None:
        """What the file is that is left out; None where it is gone."""
        digest = self.digests.of(found.file)
        if digest is None:
            return None
        size = found.file.stat().st_size
        self._tell(size)
        return AbsentFile(path=found.path, size=size, sha256=digest, why=why, key=key)

    def _sent(self, found: Found, digest: str, size: int) -> tuple[str, ...]:
        """Sends what is missing; the pieces' digests where it is a large one."""
        if size <= PIECE:
            self._put(key := object_key(digest), lambda: put_file(self.store, key, found.file, digest), (size, 1))
            return ()
        old = self.before.get(found.path)
        if old and old.sha256 == digest and self.there.issuperset(map(object_key, old.parts)):
            return old.parts
        return tuple(self._pieces(found, digest))

    def _pieces(self, found: Found, digest: str) -> Iterator[str]:
        whole, number = sha256(), 0
        with found.file.open("rb") as file:
            while data := file.read(PIECE):
                whole.update(data)
                key = object_key(piece := sha256(data).hexdigest())
                send = partial(put, self.store, key, data)
                self._put(key, send, (len(data), 1 if number == 0 else 0))
                number += 1
                yield piece
        if whole.hexdigest() != digest:
            raise StoreError(f"{found.path} changed while it was backed up", "run castkit backup again")

    def _put(self, key: str, send: Callable[[], object], sizes: tuple[int, int]) -> None:
        """Sends an object that nobody else sends; `sizes` are its bytes and files."""
        self.mark.renew()
        with self.lock:
            if key in self.there:
                return
            self.there.add(key)
        try:
            send()
        except BaseException:
            with self.lock:
                self.there.discard(key)
                self.failed.add(key)
            raise
        with self.lock:
            self.failed.discard(key)
        self._count(*sizes)

    def _count(self, size: int, files: int) -> None:
        with self.lock:
            self.sent += files
            self.sent_bytes += size

    def _tell(self, size: int) -> None:
        self.mark.renew()
        with self.lock:
            self.done += size
            self.progress(min(self.done, self.whole), self.whole)


def backup(
    workspace: Workspace,
    show: Show,
    place: StoreSettings,
    *,
    recordings: bool = False,
    progress: Progress = lambda _done, _whole: None,
) -> Outcome:
    """Brings the place up to date with the workspace; nothing is written here but a cache below `.castkit`.

    CastkitError where anybody could read what is put there.
    """
    digests = Digests(workspace.root, workspace.private / "backup-digests.json")
    found = files(workspace, show, digests.of)
    store = open_place(place, workspace.root)
    make_folder(store)
    store.check()
    told = refuse_public(store, place, show.store, workspace.root)
    public = open_store(show.store, workspace.root)
    published = in_store(workspace, _lasting_objects(public, workspace.root))
    with running(store) as mark:
        named = revisions(store)
        last = load(store, named[-1]) if named else None
        sender = _Sender(
            store,
            mark,
            digests,
            {one.key for one in store.listing("objects/")},
            {one.path: one for one in last.files} if last else {},
            progress,
            sum(one.file.stat().st_size for one in found if one.file.is_file()),
        )
        try:
            kept, absent, remarks = _gathered(workspace, found, sender, (published, recordings, last))
        finally:
            digests.save()
        title = show.show.title.in_(show.main_language)
        made = Revision(made=_moment(last), title=title, files=kept, absent=absent)
        remarks = (*told, *store.remarks, *remarks)
        if last and _content(last) == _content(made):
            return Outcome(named[-1], last, False, sender.sent, sender.sent_bytes, remarks)
        if sender.failed:
            raise StoreError("not all of the backup arrived, so that it is not noted", "run castkit backup again")
        mark.renew()
        return Outcome(write_revision(store, made), made, True, sender.sent, sender.sent_bytes, remarks)


def _moment(last: Revision | None) -> datetime:
    """Now, and later than the last revision, whatever the clock of the machine says that made it."""
    now = datetime.now(UTC)
    return max(now, last.made + timedelta(microseconds=1)) if last else now


def _lasting_objects(public: Store, root: Path) -> Callable[[str, int], bool]:
    """What of the public store outlives this machine's folder: nothing of a store that lies within the workspace."""
    if isinstance(public, FolderStore) and Path(os.path.realpath(public.folder)).is_relative_to(os.path.realpath(root)):
        return lambda _key, _length: False
    there = {one.key: one.size for one in public.listing("episodes/")}
    return lambda key, length: there.get(key) == length


def _gathered(
    workspace: Workspace,
    found: Sequence[Found],
    sender: _Sender,
    about: tuple[dict[str, str], bool, Revision | None],
) -> tuple[tuple[KeptFile, ...], tuple[AbsentFile, ...], tuple[str, ...]]:
    """Every file kept or left out; an episode's build under its lock, so that it is of one moment."""
    published, recordings, last = about
    groups: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        groups[_built_slug(one.path)].append(one)
    kept: list[KeptFile] = []
    absent: list[AbsentFile] = []
    remarks: list[str] = []

    def look(one: Found) -> KeptFile | AbsentFile | None:
        is_wanted = one.why == "recording" and recordings
        key = "" if is_wanted else published.get(sender.large_digest(one), "")
        why = "published" if key else one.why
        return sender.leave(one, why, key) if why and not is_wanted else sender.keep(one)

    for slug, group in sorted(groups.items()):
        try:
            with _alone(workspace.episode(slug)) if slug else nullcontext(), ThreadPoolExecutor(_AT_ONCE) as pool:
                made = list(pool.map(look, group))
        except _Busy:
            remarks.append(f"{slug} is being worked on: its build is as the backup before had it")
            made = _as_before(last, f"episodes/{slug}/build/")
        kept += [one for one in made if isinstance(one, KeptFile)]
        absent += [one for one in made if isinstance(one, AbsentFile)]
    by_path: Callable[[KeptFile | AbsentFile], str] = lambda one: one.path  # noqa: E731
    return tuple(sorted(kept, key=by_path)), tuple(sorted(absent, key=by_path)), tuple(remarks)


def _as_before(last: Revision | None, folder: str) -> list[KeptFile | AbsentFile | None]:
    """What the last revision says of this folder."""
    said: list[KeptFile | AbsentFile] = [*last.files, *last.absent] if last else []
    return [one for one in said if one.path.startswith(folder)]


class _Busy(Exception):
    """Another castkit has the episode's lock."""


def _alone(paths: EpisodePaths) -> AbstractContextManager[object]:
    try:
        return lock(Place(paths.slug, paths.root.parent.parent, paths.build, paths.receipts, paths.lock))
    except CastkitError as error:
        raise _Busy from error


def _built_slug(path: str) -> str:
    """The episode in whose build this file is, or nothing."""
    parts = path.split("/")
    return parts[1] if parts[0] == "episodes" and len(parts) > 3 and parts[2] == "build" else ""


def _content(revision: Revision) -> tuple[object, ...]:
    kept = tuple((one.path, one.sha256) for one in revision.files)
    return kept, tuple((one.path, one.sha256, one.why, one.key) for one in revision.absent)


@dataclass(frozen=True, slots=True)
class Damage:
    """A file of a revision that cannot be taken back, and why."""

    path: str
    why: str


def verify(
    store: Store, wanted: str = "", progress: Progress = lambda _done, _whole: None
) -> tuple[Named, list[Damage]]:
    """Reads every object of a revision, the newest where none is named, and holds it against its SHA-256."""
    named = find(store, wanted)
    revision, damaged, done = load(store, named), [], 0
    whole = sum(one.size for one in revision.files)
    good: set[str] = set()
    for one in revision.files:
        try:
            if not good.issuperset(one.objects):
                _read_whole(store, one)
                good.update(one.objects)
        except CastkitError as error:
            damaged.append(Damage(one.path, error.message))
        done += one.size
        progress(done, whole)
    return named, damaged


def _read_whole(store: Store, file: KeptFile) -> None:
    whole, size = sha256(), 0
    for data in content(store, file):
        whole.update(data)
        size += len(data)
    if (whole.hexdigest(), size) != (file.sha256, file.size):
        raise CastkitError(f"{file.path} is not what it was", "take an older revision")
