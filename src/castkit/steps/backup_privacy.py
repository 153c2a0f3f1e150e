"""That nobody else can read a backup: over the network, and on the machine it lies on.

Rule: a place that is public, or lies in or around one, is refused before anything is put there. A folder is closed to
other accounts as far as its disk can do that; what it cannot is said.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from castkit.errors import CastkitError
from castkit.model.show import StoreSettings
from castkit.storage.folder import FolderStore
from castkit.storage.privacy import exposure
from castkit.storage.s3_presets import endpoint_of
from castkit.storage.store import Store

_OWN = ("objects", "revisions", "running", "tidying")  # castkit's own folders in a backup's
_OTHERS, _ALL_BUT_OWNER = stat.S_IRWXO, stat.S_IRWXG | stat.S_IRWXO
_SEARCH, _WRITE = stat.S_IXGRP | stat.S_IXOTH, stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Private:
    """What lies in a private place, in the words of an error: not for whom, where named, and what was not done."""

    what: str
    said_in: str
    undone: str


_BACKUP = Private("a backup is not for everybody", "to under [backup]", "nothing was backed up")


def make_folder(store: Store) -> None:
    """Makes a folder that is not there so that only this user can read it; whoever named it finds out if it fails."""
    if isinstance(store, FolderStore) and not store.folder.exists():
        with contextlib.suppress(OSError):
            store.folder.mkdir(mode=stat.S_IRWXU, parents=True)


def refuse_public(
    store: Store, settings: StoreSettings, public: StoreSettings, root: Path, *, words: Private = _BACKUP
) -> tuple[str, ...]:
    """CastkitError where the place is the public store's, or anybody can read it; else what to tell of it."""
    if _meets(settings, public, root):
        raise CastkitError(
            f"the {store.name} is the show's public store, or lies in it or around it: {words.what}",
            f"name another folder or bucket, or a prefix beside the public one, as {words.said_in} in castkit.toml",
        )
    found = exposure(store, _bases(store, public, root))
    if found.address:
        raise CastkitError(
            f"{words.undone}: anybody can read the {store.name} without a key, at {found.address}",
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
    if isinstance(store, FolderStore) and os.name == "posix":
        yield from _closed(store)
    own = [url for url in silent if "list-type" in url]
    if own:
        yield f"whether others can read the {store.name} could not be asked: {urlsplit(own[0]).netloc} did not answer"


def _closed(store: FolderStore) -> Iterator[str]:
    """Keeps other accounts out of what lies in the folder; yields what is to be told of it.

    The folder itself, where somebody else made it, stays as it is: what else lies in it may be others' business. One
    that its group may write to is shared on purpose, and stays open to that group.
    """
    mode = stat.S_IMODE(store.folder.stat().st_mode)
    shut = _OTHERS if mode & stat.S_IWGRP else _ALL_BUT_OWNER
    if [name for name in _OWN if _is_open(store.folder / name, shut)]:
        yield (
            f"others with an account on this machine can read what is in the {store.name}: its disk keeps no "
            "permissions, or somebody else made it (name a folder on another disk, or have its owner close it)"
        )
    elif mode & shut & ~_SEARCH:
        may = "write into" if mode & shut & _WRITE else "look into"
        yield (
            f"others with an account on this machine can {may} the {store.name}, but read nothing that castkit keeps "
            f"there (chmod {mode & ~shut:o} on it keeps them out of all of it)"
        )


def _is_open(folder: Path, shut: int) -> bool:
    """Whether those who were to be shut out can get into the folder still; it is made where it is missing."""
    with contextlib.suppress(OSError):
        folder.mkdir(mode=stat.S_IRWXU | (stat.S_IRWXG & ~shut), exist_ok=True)
        mode = stat.S_IMODE(folder.stat().st_mode)
        if mode & shut:
            folder.chmod(mode & ~shut)
    try:
        return bool(folder.stat().st_mode & shut)
    except OSError:
        return False  # it could not be made: what is put there next says why
