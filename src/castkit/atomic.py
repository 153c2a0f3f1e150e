"""Files that are either whole or not there: write beside the target, flush, rename.

Rule: nobody ever sees half a file under its final name, whatever kills the process or holds the file open.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

# Virus scanners and indexers on Windows hold a new file open for a moment, and a rename then fails with
# PermissionError. The waits grow to 0.3 s and come to about a second and a half in all.
_WAITS_S = (0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.3, 0.3, 0.3)

_PART = ".castkit-part"
_LONGEST_NAME = 255  # bytes, on every file system in use


def part_of(path: Path) -> Path:
    """The name beside `path` under which its content is written first; hidden, and the same every time."""
    room = _LONGEST_NAME - len(_PART) - 1
    name = path.name.encode()[:room].decode(errors="ignore")
    return path.with_name(f".{name}{_PART}")


def is_part(name: str) -> bool:
    """Whether a file of this name is an unfinished one, left by a process that was killed or is still writing."""
    return name.startswith(".") and name.endswith(_PART)


def replace(src: Path, dst: Path) -> None:
    """Renames `src` to `dst` over whatever is there, trying ten times while PermissionError comes.

    Raises the last OSError.
    """
    for wait in _WAITS_S:
        try:
            src.replace(dst)
        except PermissionError:
            time.sleep(wait)
        else:
            return
    src.replace(dst)


def sync_file(path: Path) -> None:
    """Has the file's content written to the disk; OSError where the disk refuses."""
    with path.open("r+b") as file:  # Windows flushes only what is open for writing
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Has a rename in this folder written to the disk, where the system can (Windows and some shares cannot)."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_bytes(path: Path, data: bytes) -> None:
    """Puts `data` under `path`, whole or not at all; missing folders are made. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(path)
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
