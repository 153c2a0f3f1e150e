"""What was heard so far, a line of JSON for each batch, so that a killed run goes on where it was.

Rule: lines are only ever appended; one that was not finished, and a file of another plan, count for nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from castkit import atomic
from castkit.errors import DAMAGED


def digest(parts: Iterable[object]) -> str:
    """What tells one plan from another: SHA-256 over the parts' texts."""
    found = hashlib.sha256()
    for part in parts:
        found.update(f"{part!r}\n".encode())
    return found.hexdigest()


class Checkpoint:
    """The batches of one plan in a file; with no path, nothing is kept.

    `key` tells what a plan does not say: model, engine, and the tracks' content.
    """

    def __init__(self, path: Path | None = None, key: str = "") -> None:
        self._path = path
        self._key = key

    def resume(self, plan: str) -> tuple[Any, ...]:
        """The values of the batches kept for this plan, in order; whatever else was in the file is gone."""
        if self._path is None:
            return ()
        lines, head = self._lines(), {"key": self._key, "plan": plan}
        kept = lines[1:] if lines and lines[0] == head else []
        atomic.write_bytes(self._path, b"".join(map(_line, (head, *kept))))
        return tuple(kept)

    def add(self, value: Any) -> None:
        """Keeps the next batch; it has reached the disk when this returns."""
        if self._path is not None:
            with self._path.open("ab") as file:
                file.write(_line(value))
                file.flush()
                os.fsync(file.fileno())

    def remove(self) -> None:
        """Forgets everything: the work is done."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _lines(self) -> list[Any]:
        """The whole lines at the file's beginning, up to the first that is none."""
        try:
            data = self._path.read_bytes() if self._path else b""
        except OSError:
            return []
        found: list[Any] = []
        for line in data.split(b"\n")[:-1]:
            try:
                found.append(json.loads(line))
            except DAMAGED:
                break
        return found


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
