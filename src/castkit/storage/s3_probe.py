"""What a bucket allows and can do, found out by writing a small object and taking it away again.

Rule: whether a store keeps conditions is believed only when it was seen to refuse a write; many ignore them in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from castkit.errors import StoreError
from castkit.storage.s3_errors import refuses_the_unknown, status_of
from castkit.storage.s3_order import Bucket
from castkit.storage.s3_pieces import Piece
from castkit.storage.s3_presets import Checksum

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_NAME = ".castkit-check"
_STALE = timedelta(hours=1)
_NEVER = '"00000000000000000000000000000000"'  # no object has this ETag


def is_probe(key: str) -> bool:
    """Whether this key is a probe's, of somebody who checks the store at this moment or was killed while at it."""
    return key.startswith(_NAME)


@dataclass(frozen=True, slots=True)
class Probe:
    """One look at the store under a name of its own, so that two who look at once do not meet."""

    store: Bucket
    prefix: str
    name: str

    @property
    def place(self) -> str:
        return f"{self.prefix}{_NAME}-{self.name}"

    def run(self, known: bool | None) -> bool:
        """Whether conditions are kept; asked only where it is not `known`. StoreError where the store refuses us."""
        self._sweep()
        while True:
            try:
                self._write({})
                break
            except StoreError as error:
                if not self.store.asks_less(error.__cause__):
                    raise
        try:
            return all(map(self._is_refused, ({"IfNoneMatch": "*"}, {"IfMatch": _NEVER}))) if known is None else known
        finally:
            self._delete(self.place)

    def _sweep(self) -> None:
        before = datetime.now(UTC) - _STALE

        def stale(client: S3Client) -> list[str]:
            page = client.list_objects_v2(Bucket=self.store.bucket, Prefix=self.prefix + _NAME, MaxKeys=100)
            return [item["Key"] for item in page.get("Contents", ()) if item["LastModified"] < before]

        for place in self.store.call(stale, what="listing it"):
            self._delete(place)

    def _write(self, condition: dict[str, Any]) -> None:
        proof: Any = Piece(1, b"").proof(self.store.checksum)
        self.store.call(
            lambda client: client.put_object(Bucket=self.store.bucket, Key=self.place, Body=b"", **proof, **condition),
            what="writing to it",
        )

    def _is_refused(self, condition: dict[str, Any]) -> bool:
        """Whether the store refuses a write whose condition does not hold."""
        try:
            self._write(condition)
        except StoreError as error:
            if status_of(error.__cause__) == 412:
                return True
            if refuses_the_unknown(error.__cause__):
                return False
            raise
        return False

    def _delete(self, place: str) -> None:
        self.store.call(
            lambda client: client.delete_object(Bucket=self.store.bucket, Key=place), what="deleting from it"
        )


_WEAKER: dict[Checksum, str] = {
    "crc32": "uploads to {store} are checked by CRC32: it does not take SHA-256 checksums",
    "md5": "uploads to {store} are checked by MD5: it does not take the newer checksums",
}


def remarks(store: str, *, is_conditional: bool, checksum: Checksum) -> tuple[str, ...]:
    """What this store cannot do, in words."""
    found = []
    if not is_conditional:
        found.append(
            f"race protection is off: {store} keeps no conditions on writes; let only one person publish at a time"
        )
    if checksum in _WEAKER:
        found.append(_WEAKER[checksum].format(store=store))
    return tuple(found)
