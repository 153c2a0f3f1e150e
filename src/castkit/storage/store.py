"""The contract of a store: published files under keys, each with a public address.

Rule: an object is there whole, with the bytes that were meant, or it is not there. Keys are relative to the store's
root, with forward slashes, and mean the same in a folder and in a bucket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Progress = Callable[[int], None]  # told the number of bytes sent so far


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What a store knows of an object: `size` in bytes, `sha256` in lower-case hex or None where nobody recorded it."""

    size: int
    sha256: str | None
    content_type: str


class Store(Protocol):
    """Every method raises StoreError, with a remedy, for a bad key and a store that refuses or cannot be reached."""

    @property
    def name(self) -> str:
        """The store as a person would name it, without any secret."""

    def url(self, key: str) -> str:
        """The public address of this key, percent-encoded, whether or not an object is there."""

    def head(self, key: str, *, digest: bool = True) -> ObjectInfo | None:
        """What is under this key, or None. Without `digest` the sha256 may be None, and no object is read for it."""

    def get(self, key: str) -> bytes:
        """The whole object, for small ones; StoreError where there is none."""

    def put(
        self, key: str, source: Path, *, content_type: str, cache_control: str, progress: Progress | None = None
    ) -> ObjectInfo:
        """Puts the file under this key, over what was there, and checks size and checksum of what arrived."""

    def list(self, prefix: str = "") -> Iterator[str]:
        """The keys that begin with this text, sorted."""

    def delete(self, key: str) -> None:
        """Takes the object away; nothing happens where there is none."""

    def check(self) -> None:
        """Nothing, where the store can be reached and written to."""
