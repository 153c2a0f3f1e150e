"""The private place of a backup: where it is, what lies there, and that nobody else can read it.

Rule: an object is named by its content and never changes; a revision comes last; nothing is taken away that a revision
or a backup under way needs.

    objects/<2 hex>/<sha256>       a file, or a piece of a large one
    revisions/<moment>-<hash>.json which files there were then
    running/<hash>                 a backup is under way
    tidying/<hash>                 old revisions are being removed
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from castkit import atomic
from castkit.errors import CastkitError, StoreError
from castkit.model.backup import BackupSettings, KeptFile, Revision, bucket_and_prefix
from castkit.model.show import StoreSettings
from castkit.steps import whole_file
from castkit.storage.folder import FolderStore
from castkit.storage.open import open_store
from castkit.storage.privacy import exposure
from castkit.storage.s3_presets import endpoint_of
from castkit.storage.store import NOTHING, LostRace, Store, Terms

PIECE = 32 << 20  # bytes of the pieces of large files, each held in memory
_PRIVATE = "private, no-store"
_BYTES = "application/octet-stream"
_JSON = "application/json"  # as stores take it from the name
_VERSION = 1
_MARK_S = 86_400.0  # a backup that began a day ago was killed
_PATIENCE_S = 600.0
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
        kind="s3", bucket=bucket, prefix=prefix, preset=said.preset, endpoint=said.endpoint, region=said.region
    )


def open_place(settings: StoreSettings, root: Path) -> Store:
    """The store of a backup; a folder that is not there is made so that only this user can read it."""
    path = os.path.normpath(root / settings.path)
    store = open_store(settings.model_copy(update={"path": path}) if settings.kind == "folder" else settings, root)
    if isinstance(store, FolderStore) and not store.folder.exists():
        with contextlib.suppress(OSError):
            store.folder.mkdir(mode=0o700, parents=True)
    return store


def refuse_public(store: Store, settings: StoreSettings, public: StoreSettings, root: Path) -> tuple[str, ...]:
    """CastkitError where the place is the public store's, or anybody can read it; else what to tell of it."""
    if _meets(settings, public, root):
        raise CastkitError(
            f"the {store.name} is the show's public store, or lies in it or around it: a backup is not for everybody",
            "name another folder or bucket, or a prefix beside the public one, as to under [backup] in castkit.toml",
        )
    found = exposure(store, _bases(store, public, root))
    if found.address:
        raise CastkitError(
            f"nothing was backed up: anybody can read the {store.name} without a key, at {found.address}",
            "name a place that is not public, or take public reading away from this one",
        )
    return tuple(_remarks(store, found.silent))


def _meets(private: StoreSettings, public: StoreSettings, root: Path) -> bool:
    if private.kind != public.kind:
        return False
    if private.kind == "folder":
        one, other = (Path(os.path.realpath(root / settings.path)) for settings in (private, public))
        return one.is_relative_to(other) or other.is_relative_to(one)
    is_same = (private.bucket, _host(private)) == (public.bucket, _host(public))
    one_prefix, other_prefix = (f"{settings.prefix}/".lstrip("/") for settings in (private, public))
    return is_same and (one_prefix.startswith(other_prefix) or other_prefix.startswith(one_prefix))


def _host(settings: StoreSettings) -> str:
    return urlsplit(endpoint_of(settings)).netloc.rpartition("@")[2].lower()


def _bases(store: Store, public: StoreSettings, root: Path) -> list[str]:
    """The public store's address, and for a folder where a server that serves what lies around both would have it."""
    if not isinstance(store, FolderStore):
        return [public.base_url]
    if public.kind != "folder":
        return []
    with contextlib.suppress(ValueError):  # on another drive
        way = Path(os.path.relpath(store.folder, root / public.path)).as_posix()
        up = way.count("../")
        base = public.base_url.rstrip("/")
        path = urlsplit(base).path.strip("/").split("/") if urlsplit(base).path.strip("/") else []
        if up <= len(path):
            kept = "/".join(path[: len(path) - up])
            return [urlsplit(base)._replace(path="/".join(filter(None, ("", kept, way.replace("../", ""))))).geturl()]
    return []


def _remarks(store: Store, silent: tuple[str, ...]) -> Iterator[str]:
    if isinstance(store, FolderStore) and os.name == "posix" and store.folder.stat().st_mode & 0o005:
        yield f"everybody with an account on this machine can read the {store.name} (chmod o-rwx keeps them out)"
    own = [url for url in silent if "list-type" in url]
    if own:
        yield f"whether others can read the {store.name} could not be asked: {urlsplit(own[0]).netloc} did not answer"


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


@contextlib.contextmanager
def running(store: Store) -> Iterator[None]:
    """While a backup is under way nothing is tidied away; waits while somebody does."""
    with _marked(store, "running"):
        _wait(store, "tidying", "old revisions are being removed from")
        yield


@contextlib.contextmanager
def _marked(store: Store, kind: str) -> Iterator[str]:
    key = f"{kind}/{secrets.token_hex(8)}"
    put(store, key, b"")
    try:
        yield key
    finally:
        store.delete(key)


def _marks(store: Store, kind: str, but: str = "") -> list[str]:
    """Marks of others that are at work; one a day old was left by a process that was killed."""
    now = time.time()
    return [one.key for one in store.listing(f"{kind}/") if one.key != but and now - one.modified < _MARK_S]


def _wait(store: Store, kind: str, words: str) -> None:
    end = time.monotonic() + _PATIENCE_S
    while _marks(store, kind):
        if time.monotonic() > end:
            raise CastkitError(f"{words} the {store.name} for ten minutes", "run the command again later")
        time.sleep(1)


def tidy(store: Store, keep: int, report: Callable[[str], None] = lambda _: None) -> tuple[int, int]:
    """Removes all revisions but the newest `keep`, and objects that none needs; how many of each.

    Nothing is removed while another backup is under way: it may count on an object that no revision names yet.
    """
    old = revisions(store)[:-keep] if keep else ()
    with _marked(store, "tidying") as mark:
        if _marks(store, "running") or _marks(store, "tidying", mark):
            report("another backup is under way, or was cut off less than a day ago: old revisions stay for now")
            return 0, 0
        for one in old:
            store.delete(one.key)
        needed = {object_key(digest) for one in revisions(store) for file in load(store, one).files
                  for digest in file.objects}  # fmt: skip
        unneeded = [key for key in store.list("objects/") if key not in needed]
        for key in unneeded:
            store.delete(key)
        _sweep(store)
    return len(old), len(unneeded)


def _sweep(store: Store) -> None:
    """Takes out of a folder what backups that were killed left unfinished, a day ago or more."""
    if not isinstance(store, FolderStore):
        return
    for path in store.folder.rglob(".*"):
        with contextlib.suppress(OSError):
            if atomic.is_part(path.name) and time.time() - path.stat().st_mtime > _MARK_S:
                path.unlink()
