"""What an upload to a bucket is told, what it needs of the store, and how it can fail.

Rule: pure but for a look at the file; nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from castkit.errors import StoreError
from castkit.storage.s3_errors import code_of, status_of
from castkit.storage.s3_pieces import Measured, measured, part_size
from castkit.storage.s3_presets import Checksum
from castkit.storage.store import NOTHING, LostRace, ObjectInfo, Terms

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

T = TypeVar("T")


class Bucket(Protocol):
    """What an upload needs of the store."""

    @property
    def name(self) -> str: ...
    @property
    def bucket(self) -> str: ...
    @property
    def checksum(self) -> Checksum: ...
    @property
    def part_checksum(self) -> Checksum: ...
    @property
    def is_conditional(self) -> bool: ...
    def call(
        self, action: Callable[[S3Client], T], *, what: str, size: int = 0, deadline: float | None = None
    ) -> T: ...
    def deadline(self, size: int) -> float: ...
    def body(self, data: bytes) -> Any: ...
    def asks_less(self, refusal: BaseException | None) -> bool: ...
    def head(self, key: str) -> ObjectInfo | None: ...
    def delete(self, key: str) -> None: ...
    def is_to_sweep(self, folder: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Order:
    """What shall be put where; `place` is the key with the store's prefix, `sha256` in hex and `size` the file's.

    `measured` is what is known of its pieces, where the file was read for it.
    """

    key: str
    place: str
    source: Path
    terms: Terms
    sha256: str
    size: int
    measured: Measured | None = None

    @property
    def headers(self) -> dict[str, Any]:
        return {
            "ContentType": self.terms.content_type,
            "CacheControl": self.terms.cache_control,
            "Metadata": {"sha256": self.sha256},
        }

    @property
    def condition(self) -> dict[str, Any]:
        if self.terms.over is None:
            return {}
        return {"IfNoneMatch": "*"} if self.terms.over == NOTHING else {"IfMatch": self.terms.over}


def order(key: str, place: str, source: Path, terms: Terms, *, checksum: Checksum) -> Order:
    """The order with what the file is like now; StoreError where it cannot be read.

    A file whose SHA-256 the terms do not give is read whole for it: S3 wants an object's metadata before the bytes.
    """
    try:
        size = source.stat().st_size
        if terms.sha256:
            return Order(key, place, source, terms, terms.sha256, size)
        found = measured(source, part_size(size), checksum)
    except OSError as error:
        raise unreadable(source, error) from error
    return Order(key, place, source, terms, found.sha256, size, found)


def unreadable(source: Path, error: OSError) -> StoreError:
    return StoreError(f"cannot read {source}: {error.strerror or error}", "build the episode again")


def conditions(store: Bucket, wanted: Order) -> dict[str, Any]:
    """The condition as parameters of the call that makes the object, where the store keeps conditions."""
    return wanted.condition if store.is_conditional else {}


def lost(store: Bucket, wanted: Order, error: StoreError) -> LostRace | None:
    """LostRace where the refusal says that the condition did not hold."""
    cause = error.__cause__
    if cause is None or not wanted.condition:
        return None
    is_gone = "IfMatch" in wanted.condition and status_of(cause) == 404 and code_of(cause) in ("NoSuchKey", "404")
    return overtaken(store, wanted.key) if status_of(cause) == 412 or is_gone else None


def overtaken(store: Bucket, key: str) -> LostRace:
    return LostRace(f"{key} was written by somebody else at the same moment ({store.name})", "publish again")


def changed(source: Path) -> StoreError:
    return StoreError(f"{source.name} changed while it was uploaded", "run the command again")
