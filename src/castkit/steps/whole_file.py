"""A file written from pieces, under its name only when it is what it was meant to be.

Rule: each writer has a temporary name of its own, so that two who write the same file at once do each other no harm.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from castkit import atomic
from castkit.errors import CastkitError

_CHUNK = 1 << 20  # bytes


def write(path: Path, pieces: Iterable[bytes], digest: str, *, lasting: bool = True) -> None:
    """Puts the pieces there, whole or not at all; CastkitError where they have another SHA-256. Raises OSError.

    What need not be `lasting` may be lost with the power: it comes from somewhere whence it can come again.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = atomic.part_of(path.with_name(f"{secrets.token_hex(4)}.{path.name}"))
    whole = sha256()
    try:
        with part.open("wb") as file:
            for data in pieces:
                file.write(data)
                whole.update(data)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        if whole.hexdigest() != digest:
            raise CastkitError(f"{path.name} did not arrive as it was meant to be", "run the command again")
        atomic.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    if lasting:
        atomic.sync_folder(path.parent)


def read(path: Path) -> Iterator[bytes]:
    """The file in pieces."""
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            yield data
