"""A file as the pieces it is sent in, each with its checksum.

Rule: pure but for reading; a piece's checksum is of the very bytes that are sent.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from castkit.storage.s3_presets import Checksum

PART = 16 << 20  # bytes; files up to this size go in one piece
_MOST_PARTS = 10_000  # S3's limit

# S3's name of the checksum as a parameter, and as the algorithm of an upload in parts; MD5 has no algorithm.
NAMES: dict[Checksum, tuple[str, str]] = {
    "sha256": ("ChecksumSHA256", "SHA256"),
    "crc32": ("ChecksumCRC32", "CRC32"),
    "md5": ("ContentMD5", ""),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a file: `number` counts from 1, as S3 does; `known` is a checksum that was worked out before."""

    number: int
    data: bytes
    known: tuple[Checksum, str] | None = None

    @property
    def size(self) -> int:
        return len(self.data)

    def digest(self, kind: Checksum) -> str:
        """The checksum as S3 writes it: base64 of the raw bytes."""
        if self.known is not None and self.known[0] == kind:
            return self.known[1]
        return base64.b64encode(_raw(self.data, kind)).decode()

    def proof(self, kind: Checksum) -> dict[str, str]:
        """The checksum as a parameter of a call that sends this piece."""
        return {NAMES[kind][0]: self.digest(kind)}

    def is_at(self, told: dict[str, object]) -> bool:
        """Whether what the store tells of a part (`list_parts`) is this piece: by its size and its best checksum."""
        if told.get("Size") != self.size:
            return False
        for kind in ("sha256", "crc32"):
            if value := told.get(NAMES[kind][0]):
                return value == self.digest(kind)
        return str(told.get("ETag", "")).strip('"') == _raw(self.data, "md5").hex()


@dataclass(frozen=True, slots=True)
class Measured:
    """A file as it was when it was read whole: its SHA-256 in hex, and each piece's checksum of this kind.

    Whoever sends the pieces with these need not work them out again: the store refuses a piece that is another by then.
    """

    sha256: str
    part: int
    kind: Checksum
    digests: tuple[str, ...]

    def piece(self, piece: Piece) -> Piece:
        """The piece with its checksum."""
        return Piece(piece.number, piece.data, (self.kind, self.digests[piece.number - 1]))


def measured(path: Path, part: int, kind: Checksum) -> Measured:
    """Reads the file once, the two checksums side by side; OSError where it cannot be read."""
    whole, digests = hashlib.sha256(), []
    with ThreadPoolExecutor(1) as pool:
        for piece in pieces(path, part):
            other = pool.submit(piece.digest, kind)
            whole.update(piece.data)
            digests.append(other.result())
    return Measured(whole.hexdigest(), part, kind, tuple(digests))


def part_size(size: int) -> int:
    """The size of each piece but the last, in bytes: S3 takes at most 10,000 of them."""
    return max(PART, -(-size // _MOST_PARTS))


def pieces(path: Path, part: int) -> Iterator[Piece]:
    """The file's pieces in order, an empty one for an empty file; OSError where it cannot be read."""
    with path.open("rb") as file:
        number = 1
        while (data := file.read(part)) or number == 1:
            yield Piece(number, data)
            number += 1


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


def _raw(data: bytes, kind: Checksum) -> bytes:
    if kind == "sha256":
        return hashlib.sha256(data).digest()
    if kind == "crc32":
        return zlib.crc32(data).to_bytes(4, "big")
    return hashlib.md5(data, usedforsecurity=False).digest()
