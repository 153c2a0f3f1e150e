"""The private place of a backup: where it is, and what lies there.

Rule: an object is named by its content and never changes; a revision comes last; nothing is taken away that a revision
or a backup under way needs.

    objects/<2 hex>/<sha256>       a file, or a piece of a large one
    revisions/<moment>-<hash>.json which files there were then
    running/<hash>                 a backup is under way (backup_marks)
    tidying/<hash>                 old revisions are being removed
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from castkit import atomic
from castkit.errors import CastkitError, StoreError
from castkit.model.backup import BackupSettings, KeptFile, Revision, bucket_and_prefix
from castkit.model.show import StoreSettings
from castkit.steps import whole_file
from castkit.steps.backup_marks import LEFT_S, Mark, sweep, tidying
from castkit.storage.folder import FolderStore
from castkit.storage.open import open_store
from castkit.storage.store import NOTHING, LostRace, Store, Terms

PIECE = 32 << 20  # bytes of the pieces of large files, each held in memory
_PRIVATE = "private, no-store"
_BYTES = "application/octet-stream"
_JSON = "application/json"  # as stores take it from the name
_VERSION = 1
_DEADLINE_S = 604_800.0  # a first backup with recordings may take days; each request has a time of its own
_MOMENT = "%Y%m%dT%H%M%S"


def settings_of(backup: BackupSettings, public: StoreSettings | None) -> StoreSettings:
    """The store that these settings name; a bucket without service, endpoint and region is where the public one is."""
    found = bucket_and_prefix(backup.to)
    if found is None:
        return StoreSettings(kind="folder", path=backup.to)
    bucket, prefix = found
    is_said = backup.preset or backup.endpoint or backup.region
    said = backup if is_said or public is None or public.kind != "s3" else public
    return StoreSettings(
        kind="s3",
        bucket=bucket,
        prefix=prefix,
        preset=said.preset,
        endpoint=said.endpoint,
        region=said.region,
        deadline_s=_DEADLINE_S,
    )


def open_place(settings: StoreSettings, root: Path) -> Store:
    """The store of a backup; nothing is made or reached yet."""
    path = os.path.normpath(root / settings.path)
    return open_store(settings.model_copy(update={"path": path}) if settings.kind == "folder" else settings, root)


def object_key(digest: str) -> str:
    return f"objects/{digest[:2]}/{digest}"


@dataclass(frozen=True, slots=True)
class Named:
    """A revision in the place: its id, and the key it lies under."""

    id: str
    key: str


def revisions(store: Store) -> tuple[Named, ...]:
    """All revisions, the oldest first."""
    keys = (key for key in store.list("revisions/") if key.endswith(".json"))
    return tuple(Named(key.removeprefix("revisions/").removesuffix(".json"), key) for key in keys)


def load(store: Store, named: Named) -> Revision:
    """The revision; CastkitError where it is damaged or of a newer castkit."""
    data = store.get(named.key)
    if sha256(data).hexdigest()[:12] != named.id.rpartition("-")[2]:
        raise CastkitError(f"the revision {named.id} in the {store.name} is damaged", "take another (--revision)")
    try:
        found = Revision.model_validate_json(data)
    except ValueError as error:
        raise CastkitError(
            f"the revision {named.id} in the {store.name} is not one of castkit's", "take another (--revision)"
        ) from error
    if found.version > _VERSION:
        raise CastkitError(f"the revision {named.id} was written by a newer castkit", "install that castkit")
    return found


def find(store: Store, wanted: str) -> Named:
    """The revision whose id begins so, the newest where nothing is said; CastkitError where there is none."""
    found = revisions(store)
    if not found:
        raise CastkitError(f"there is no backup in the {store.name}", "name the place that castkit backup wrote to")
    fitting = [one for one in found if one.id.startswith(wanted)]
    if not fitting or (wanted and len(fitting) > 1):
        known = ", ".join(one.id for one in (fitting or found)[-5:])
        raise CastkitError(f"{'no' if not fitting else 'more than one'} revision is {wanted}", f"there are: {known}")
    return fitting[-1]


def put(store: Store, key: str, data: bytes) -> None:
    """Puts these bytes there, unless they are."""
    with tempfile.TemporaryDirectory(prefix="castkit-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "piece"
        path.write_bytes(data)
        put_file(store, key, path, sha256(data).hexdigest())


def put_file(store: Store, key: str, path: Path, digest: str) -> None:
    """The same with a file; StoreError where its content is not what it should be."""
    if isinstance(store, FolderStore):
        _put_into(store, key, path, digest)
        return
    with contextlib.suppress(LostRace):  # another backup was sending the very same
        store.send(key, path, Terms(_JSON if key.endswith(".json") else _BYTES, _PRIVATE, digest, NOTHING))


def _put_into(store: FolderStore, key: str, path: Path, digest: str) -> None:
    """Into a folder, where two backups may send the same at the same moment."""
    try:
        if not store.path(key).is_file():
            whole_file.write(store.path(key), whole_file.read(path), digest)
    except CastkitError as error:
        raise StoreError(f"{path.name} changed while it was backed up", "run castkit backup again") from error
    except FileNotFoundError:
        if not path.exists():
            raise
        raise StoreError(f"the {store.name} is gone", "bring its disk or share back") from None
    except OSError as error:
        raise StoreError(
            f"cannot write in the {store.name}: {error.strerror or error}", "make it writable, or free some space"
        ) from error


def write_revision(store: Store, revision: Revision) -> Named:
    """Puts the revision there, after all that it names; ids are in the order of their making."""
    data = revision.model_dump_json(indent=1).encode() + b"\n"
    moment = f"{revision.made.strftime(_MOMENT)}.{revision.made.microsecond:06}Z"
    name = f"{moment}-{sha256(data).hexdigest()[:12]}"
    put(store, f"revisions/{name}.json", data)
    return Named(name, f"revisions/{name}.json")


def content(store: Store, file: KeptFile) -> Iterator[bytes]:
    """The file's pieces in order, each checked; CastkitError where one is missing or damaged."""
    for digest in file.objects:
        data = store.get(object_key(digest))
        if sha256(data).hexdigest() != digest:
            raise CastkitError(
                f"{object_key(digest)} in the {store.name} is damaged, which {file.path} is made of",
                "take an older revision, or the file from elsewhere",
            )
        yield data


def tidy(store: Store, keep: int, report: Callable[[str], None] = lambda _: None) -> tuple[int, int]:
    """Removes all revisions but the newest `keep`, and objects that none needs; how many of each.

    Nothing is removed while another backup is under way: it may count on an object that no revision names yet.
    """
    old = revisions(store)[:-keep] if keep else ()
    with tidying(store) as mark:
        if mark is None:
            report("another backup is under way, or was cut off less than a day ago: old revisions stay for now")
            return 0, 0
        _remove(store, mark, [one.key for one in old])
        needed = {object_key(digest) for one in revisions(store) for file in load(store, one).files
                  for digest in file.objects}  # fmt: skip
        unneeded = [key for key in store.list("objects/") if key not in needed]
        _remove(store, mark, unneeded)
        sweep(store)
        _sweep_parts(store)
    return len(old), len(unneeded)


def _remove(store: Store, mark: Mark, keys: Iterable[str]) -> None:
    for key in keys:
        mark.renew()
        store.delete(key)


def _sweep_parts(store: Store) -> None:
    """Takes out of a folder what backups that were killed left unfinished, a day ago or more."""
    if not isinstance(store, FolderStore):
        return
    for path in store.folder.rglob(".*"):
        with contextlib.suppress(OSError):
            if atomic.is_part(path.name) and time.time() - path.stat().st_mtime > LEFT_S:
                path.unlink()
