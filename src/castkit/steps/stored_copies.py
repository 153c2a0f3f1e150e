"""Copies of the published.json files that the store holds, so that only what is new of a long show is fetched.

Rule: a copy is used only where the store's listing names the very version it was made of; the folder may be deleted.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

from castkit import atomic
from castkit.errors import StoreError
from castkit.storage.keys import published_slug
from castkit.storage.store import Listed, Store

_CONNECTIONS = 8  # requests side by side: they wait for the network, not for this machine


def published_files(store: Store, folder: Path | None = None) -> dict[str, bytes]:
    """Every published.json that the store holds now, by slug in order; `folder` is where copies are kept."""
    listed = [one for one in store.listing("episodes/") if published_slug(one.key)]
    home = folder / sha256(store.name.encode()).hexdigest()[:12] if folder else None
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        found = pool.map(lambda one: _read(store, one, home), listed)
        pairs = zip(listed, found, strict=True)
        files = {str(published_slug(one.key)): data for one, data in pairs if data is not None}
    _forget(home, listed)
    return files


def _read(store: Store, one: Listed, home: Path | None) -> bytes | None:
    """The file, or None where somebody took it out of the store since it was listed."""
    copy = _copy(home, one)
    with contextlib.suppress(OSError):
        if copy is not None and len(data := copy.read_bytes()) == one.size:
            return data
    try:
        data = store.get(one.key)
    except StoreError:
        if store.head(one.key, digest=False) is None:
            return None
        raise
    if copy is not None and len(data) == one.size:
        with contextlib.suppress(OSError):  # the next run fetches it again
            atomic.write_bytes(copy, data)
    return data


def _copy(home: Path | None, one: Listed) -> Path | None:
    """The file named for the episode and the version."""
    tag = re.sub(r"[^0-9A-Za-z-]", "", one.tag)
    return home / f"{published_slug(one.key)}.{tag}.json" if home and tag else None


def _forget(home: Path | None, listed: Iterable[Listed]) -> None:
    """Removes copies of what the store does not hold any more."""
    if home is None or not home.is_dir():
        return
    kept = {path.name for one in listed if (path := _copy(home, one))}
    for path in home.iterdir():
        if path.name not in kept:
            with contextlib.suppress(OSError):
                path.unlink()
