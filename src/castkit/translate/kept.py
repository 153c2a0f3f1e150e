"""Answers that were paid for, kept so that no run pays twice.

Rule: a file is written once, whole, under a name of its own; two runs at once each add theirs, and what is damaged
counts as not there.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from castkit import atomic
from castkit.errors import DAMAGED, CastkitError

log = logging.getLogger(__name__)

_VERSION = 1
_LARGEST = 4 * 1024 * 1024  # bytes


def key_of(*parts: Any) -> str:
    """The name under which an answer is kept: a digest of all that it depends on, plain JSON values."""
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


class Kept:
    """Texts by key in a folder, which is made when the first is added."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts: dict[str, str] | None = None

    def get(self, key: str) -> str | None:
        return self._read().get(key)

    def add(self, texts: Mapping[str, str]) -> None:
        """Keeps these on the disk before it returns; CastkitError where that cannot be done."""
        if not texts:
            return
        value = {"version": _VERSION, "answers": dict(texts)}
        data = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        try:
            atomic.write_bytes(self._folder / f"{uuid4().hex}.json", data.encode())
        except OSError as error:
            raise CastkitError(
                f"answers of the service cannot be kept in {self._folder}: {error.strerror}",
                "make room and see that the folder may be written; nothing more is asked until then",
            ) from error
        self._read().update(texts)

    def _read(self) -> dict[str, str]:
        if self._texts is None:
            self._texts = {}
            for path in sorted(self._folder.glob("[!.]*.json")):
                self._texts |= _answers(path)
        return self._texts


def _answers(path: Path) -> dict[str, str]:
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError("too large")
        value = json.loads(path.read_text("utf-8"))
        if value["version"] != _VERSION:
            raise ValueError("of another version")
        return {str(key): text for key, text in value["answers"].items() if isinstance(text, str)}
    except (OSError, *DAMAGED) as error:
        log.info("%s is not used: %s", path, error)
        return {}
