"""The contract of a store: published files under keys, each with a public address.

Rule: an object is there whole, with the bytes that were meant, or it is not there. Keys are relative to the store's
root, with forward slashes, and mean the same in a folder and in a bucket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from castkit.errors import StoreError

NOTHING = ""  # the tag of an object that is not there

Progress = Callable[[int], None]  # told the number of bytes sent so far


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What a store knows of an object: `size` in bytes, `sha256` in lower-case hex or None where nobody recorded it.

    `tag` tells this version from every other, for `Terms.over`.
    """

    size: int
    sha256: str | None
    content_type: str
    tag: str = field(default=NOTHING, compare=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as a listing tells of it: `tag` is empty in stores whose listing does not tell versions apart.

    `modified` is when it was written by the store's own clock, in seconds since 1970.
    """

    key: str
    size: int
    tag: str
    modified: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a file is sent.

    `sha256`: what the file must have, in hex, where it is known before. `over`: the tag of the version that may be
    replaced, `NOTHING` where none may be there, None for whatever is there. `notebook`: a file of this machine where
    an upload that breaks off is noted, so that the next one goes on; without it an upload begins anew.
    """

    content_type: str
    cache_control: str
    sha256: str = ""
    over: str | None = None
    notebook: Path | None = None


class LostRace(StoreError):
    """Somebody else wrote the object first: nothing was changed."""


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

    def part(self, key: str, start: int, size: int) -> bytes:
        """These bytes of an object of any size, as many as there are; StoreError where there is none."""

    def put(
        self, key: str, source: Path, *, content_type: str, cache_control: str, progress: Progress | None = None
    ) -> ObjectInfo:
        """Puts the file under this key, over what was there, and checks size and checksum of what arrived."""

    def send(self, key: str, source: Path, terms: Terms, progress: Progress | None = None) -> ObjectInfo:
        """As `put`, on these terms. LostRace where another version is there than they allow.

        A store without conditional writes sends it all the same, and says so in `remarks`.
        """

    def list(self, prefix: str = "") -> Iterator[str]:
        """The keys that begin with this text, sorted."""

    def listing(self, prefix: str = "") -> Iterator[Listed]:
        """The same with sizes, versions and times."""

    def delete(self, key: str, *, over: str | None = None) -> None:
        """Takes the object away; nothing happens where there is none.

        `over` is the tag of the only version that may go: LostRace where another is there. A bucket that keeps no
        condition on deletes is asked right before; what is written within that one answer is lost.
        """

    def check(self) -> None:
        """Nothing, where the store can be reached and written to; what it cannot do is in `remarks` from then on.

        The store's own deadline counts from here.
        """

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a person should know of this store, as far as it is known by now: protection that it does not have."""
