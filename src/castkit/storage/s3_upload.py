"""Puts a file into a bucket, in one piece or in parts, and makes sure of what arrived.

Rule: the file is read once for its checksums and once to be sent, each piece with its checksum, so that a change in
between or damage on the way is refused by the store; a failed upload in parts is aborted, for its parts cost money.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from castkit.errors import StoreError
from castkit.storage.s3_errors import code_of, refuses_checksums
from castkit.storage.store import ObjectInfo, Progress

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_LOG = logging.getLogger(__name__)
T = TypeVar("T")

PART = 16 << 20  # bytes; files up to this size go in one piece
_MOST_PARTS = 10_000  # S3's limit
_AT_ONCE = 3  # parts under way, each held in memory
_STALE = timedelta(days=1)


class Bucket(Protocol):
    """What an upload needs of the store."""

    knows_checksums: bool

    @property
    def name(self) -> str: ...
    @property
    def bucket(self) -> str: ...
    def call(self, action: Callable[[S3Client], T], *, what: str, deadline: float | None = None) -> T: ...
    def deadline(self, size: int) -> float: ...
    def forgo_checksums(self) -> None: ...
    def head(self, key: str) -> ObjectInfo | None: ...
    def delete(self, key: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Order:
    """What shall be put where; `place` is the key with the store's prefix."""

    key: str
    place: str
    source: Path
    content_type: str
    cache_control: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the file with its raw checksums."""

    start: int
    size: int
    sha256: bytes
    md5: bytes

    def proof(self, *, knows_checksums: bool) -> dict[str, str]:
        """The checksum as a parameter of a call that sends this piece."""
        name, value = ("ChecksumSHA256", self.sha256) if knows_checksums else ("ContentMD5", self.md5)
        return {name: base64.b64encode(value).decode()}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The whole file's size in bytes and SHA-256 in hex, and its pieces."""

    size: int
    sha256: str
    pieces: tuple[Piece, ...]


def put(store: Bucket, order: Order, progress: Progress | None) -> ObjectInfo:
    """Uploads and confirms; StoreError where the store refuses or holds something else afterwards."""
    try:
        print_ = fingerprint(order.source)
    except OSError as error:
        raise StoreError(f"cannot read {order.source}: {error.strerror}", "build the episode again") from error
    try:
        _send(store, order, print_, progress)
    except StoreError as error:
        if not (store.knows_checksums and refuses_checksums(error.__cause__)):
            raise
        store.forgo_checksums()
        _send(store, order, print_, progress)
    return _confirmed(store, order, print_)


def fingerprint(path: Path, *, part: int = PART) -> Fingerprint:
    """The file's checksums, whole and by piece; OSError where it cannot be read."""
    part = max(part, -(-path.stat().st_size // _MOST_PARTS))
    whole, pieces, start = hashlib.sha256(), [], 0
    with path.open("rb") as file:
        while data := file.read(part):
            whole.update(data)
            md5 = hashlib.md5(data, usedforsecurity=False).digest()
            pieces.append(Piece(start, len(data), hashlib.sha256(data).digest(), md5))
            start += len(data)
    empty = Piece(0, 0, hashlib.sha256().digest(), hashlib.md5(usedforsecurity=False).digest())
    return Fingerprint(start, whole.hexdigest(), tuple(pieces) or (empty,))


def whole_sha256(checksum: str, *, kind: str = "", etag: str = "") -> str | None:
    """The SHA-256 in hex that the store computed of a whole object; None where it has only one made of its parts'.

    `kind` is S3's ChecksumType. A store that gives none marks an upload in parts by "-3" in the checksum or the ETag.
    """
    in_parts = "-" in checksum or kind == "COMPOSITE" or (kind != "FULL_OBJECT" and "-" in etag)
    if not checksum or in_parts:
        return None
    try:
        digest = base64.b64decode(checksum, validate=True)
    except ValueError:
        return None
    return digest.hex() if len(digest) == hashlib.sha256().digest_size else None


def _send(store: Bucket, order: Order, print_: Fingerprint, progress: Progress | None) -> None:
    if len(print_.pieces) > 1:
        _send_parts(store, order, print_, progress)
        return
    piece = print_.pieces[0]
    data = _read(order.source, piece)
    proof: Any = piece.proof(knows_checksums=store.knows_checksums)
    store.call(
        lambda client: client.put_object(
            Bucket=store.bucket, Key=order.place, Body=data, **_headers(order, print_), **proof
        ),
        what=f"putting {order.key}",
        deadline=store.deadline(piece.size),
    )
    if progress is not None:
        progress(piece.size)


def _send_parts(store: Bucket, order: Order, print_: Fingerprint, progress: Progress | None) -> None:
    what, until = f"putting {order.key}", store.deadline(print_.size)
    _abort_stale(store, order)
    kind: Any = {"ChecksumAlgorithm": "SHA256"} if store.knows_checksums else {}
    upload = store.call(
        lambda client: client.create_multipart_upload(
            Bucket=store.bucket, Key=order.place, **_headers(order, print_), **kind
        ),
        what=what,
    )["UploadId"]
    try:
        parts: Any = _parts_sent(store, order, print_, _Sending(upload, until, progress))
        store.call(
            lambda client: client.complete_multipart_upload(
                Bucket=store.bucket, Key=order.place, UploadId=upload, MultipartUpload={"Parts": parts}
            ),
            what=what,
            deadline=until,
        )
    except BaseException as error:
        if code_of(error.__cause__) == "NoSuchUpload":  # completed at a first try whose answer was lost, or else
            return  # the confirmation that follows finds out
        _abort(store, order, upload)
        raise


@dataclass(frozen=True, slots=True)
class _Sending:
    upload: str
    until: float
    progress: Progress | None


def _parts_sent(store: Bucket, order: Order, print_: Fingerprint, sending: _Sending) -> list[dict[str, Any]]:
    """Sends every piece, a few at once, and gives what S3 wants to hear of them; stops at the first failure."""
    stop, lock, done = threading.Event(), threading.Lock(), 0

    def send(number: int, piece: Piece) -> dict[str, Any]:
        nonlocal done
        if stop.is_set():
            return {}
        proof: Any = piece.proof(knows_checksums=store.knows_checksums)
        data = _read(order.source, piece)
        try:
            answer = store.call(
                lambda client: client.upload_part(
                    Bucket=store.bucket,
                    Key=order.place,
                    UploadId=sending.upload,
                    PartNumber=number,
                    Body=data,
                    **proof,
                ),
                what=f"putting {order.key}",
                deadline=sending.until,
            )
        except BaseException:
            stop.set()
            raise
        with lock:
            done += piece.size
            if sending.progress is not None:
                sending.progress(done)
        return {"PartNumber": number, "ETag": answer["ETag"], **(proof if store.knows_checksums else {})}

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            return list(pool.map(send, range(1, len(print_.pieces) + 1), print_.pieces))
        except BaseException:
            stop.set()  # Ctrl-C: parts not yet begun are not sent
            raise


def _read(source: Path, piece: Piece) -> bytes:
    try:
        with source.open("rb") as file:
            file.seek(piece.start)
            return file.read(piece.size)
    except OSError as error:
        raise StoreError(f"cannot read {source}: {error.strerror}", "build the episode again") from error


def _headers(order: Order, print_: Fingerprint) -> Any:
    return {
        "ContentType": order.content_type,
        "CacheControl": order.cache_control,
        "Metadata": {"sha256": print_.sha256},
    }


def _confirmed(store: Bucket, order: Order, print_: Fingerprint) -> ObjectInfo:
    found = store.head(order.key)
    if found is None:
        raise StoreError(f"{order.key} is not in {store.name} after its upload", "run the command again")
    if (found.size, found.sha256) != (print_.size, print_.sha256):
        store.delete(order.key)
        raise StoreError(
            f"{order.key} was damaged on its way to {store.name}, and taken away again", "run the command again"
        )
    return found


def _abort(store: Bucket, order: Order, upload: str) -> None:
    try:
        store.call(
            lambda client: client.abort_multipart_upload(Bucket=store.bucket, Key=order.place, UploadId=upload),
            what=f"aborting the upload of {order.key}",
        )
    except StoreError:
        _LOG.warning("the unfinished upload of %s could not be aborted; it is a day later", order.key, exc_info=True)


def _abort_stale(store: Bucket, order: Order) -> None:
    """Aborts uploads of the same object that a killed process left; not every store can list them."""
    before = datetime.now(UTC) - _STALE
    try:
        found = store.call(
            lambda client: client.list_multipart_uploads(Bucket=store.bucket, Prefix=order.place),
            what="listing unfinished uploads",
        )
    except StoreError:
        _LOG.debug("cannot list unfinished uploads", exc_info=True)
        return
    for upload in found.get("Uploads", ()):
        if upload["Key"] == order.place and upload["Initiated"] < before:
            _abort(store, order, upload["UploadId"])
