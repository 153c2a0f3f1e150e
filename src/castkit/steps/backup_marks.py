"""Marks in a backup's place that say who is at work there, so that nothing is taken away that somebody counts on.

Rule: whoever works renews his mark. One that is a day old was left by a process that was killed; so whoever stood still
for half a day must not go on, since others may have taken his mark for such a one.
"""

from __future__ import annotations

import contextlib
import secrets
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from castkit.errors import CastkitError, StoreError
from castkit.storage.store import Store, Terms

LEFT_S = 86_400.0  # what was not touched for so long was left by a process that was killed
_RENEW_S = 1_800.0
_STOOD_STILL_S = LEFT_S / 2  # the store's clock and those of others may be some hours off
_PATIENCE_S = 600.0
_TERMS = Terms("application/octet-stream", "private, no-store")

clock = time.time  # also counts while a laptop sleeps, which a monotonic one does not everywhere


@dataclass(slots=True)
class Mark:
    """A mark of our own under `key`, last written `_at` (seconds since 1970); several threads may renew it."""

    store: Store
    key: str
    _at: float
    _lock: Lock = field(default_factory=Lock)

    def renew(self) -> None:
        """Keeps the mark young; to be called before each piece of work, of which most find it young enough.

        StoreError where the last call is half a day ago.
        """
        with self._lock:
            now = clock()
            if now - self._at > _STOOD_STILL_S:
                raise StoreError(
                    f"nothing was done in the {self.store.name} for half a day, and others may have tidied it since",
                    "run the command again: what has arrived there is not sent again",
                )
            if not 0 <= now - self._at < _RENEW_S:
                self.write()
                self._at = now

    def write(self) -> None:
        """Puts the mark there, over itself."""
        with tempfile.TemporaryDirectory(prefix="castkit-", ignore_cleanup_errors=True) as folder:
            path = Path(folder) / "mark"
            path.touch()
            self.store.send(self.key, path, _TERMS)


@contextlib.contextmanager
def running(store: Store) -> Iterator[Mark]:
    """While a backup is under way nothing is tidied away; waits while somebody does."""
    with _marked(store, "running") as mark:
        _wait(store, "tidying", "old revisions are being removed from")
        yield mark


@contextlib.contextmanager
def tidying(store: Store) -> Iterator[Mark | None]:
    """While old revisions are removed; None where somebody else is at work, and nothing may be."""
    with _marked(store, "tidying") as mark:
        yield None if _others(store, "running") or _others(store, "tidying", mark.key) else mark


def sweep(store: Store) -> None:
    """Takes the marks away that were left by processes that were killed."""
    for kind in ("running", "tidying"):
        for one in list(store.listing(f"{kind}/")):
            if clock() - one.modified >= LEFT_S:
                store.delete(one.key)


@contextlib.contextmanager
def _marked(store: Store, kind: str) -> Iterator[Mark]:
    mark = Mark(store, f"{kind}/{secrets.token_hex(8)}", clock())
    mark.write()
    try:
        yield mark
    finally:
        with contextlib.suppress(StoreError):  # a store that is gone says so elsewhere; in a day the mark is nobody's
            store.delete(mark.key)


def _others(store: Store, kind: str, but: str = "") -> list[str]:
    """Marks of others that are at work."""
    now = clock()
    return [one.key for one in store.listing(f"{kind}/") if one.key != but and now - one.modified < LEFT_S]


def _wait(store: Store, kind: str, words: str) -> None:
    end = time.monotonic() + _PATIENCE_S
    while _others(store, kind):
        if time.monotonic() > end:
            raise CastkitError(f"{words} the {store.name} for ten minutes", "run the command again later")
        time.sleep(1)
