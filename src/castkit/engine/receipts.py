"""What each stage read, wrote and was told, by digest: the memory that makes the next run short.

Rule: a receipt is the same bytes whenever the same work was done; clocks and durations are not in it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import file_digest
from pathlib import Path
from typing import Any

from castkit import atomic
from castkit.engine.away import read
from castkit.errors import DAMAGED, CastkitError, by_newer

logger = logging.getLogger(__name__)
VERSION = 1


@dataclass(frozen=True, slots=True)
class Receipt:
    """One stage's last finished run; paths are relative to the workspace, with forward slashes.

    A digest is the sha256 in hex, or None for a file that was looked for and absent.
    """

    version: int
    settings: Any
    reads: Mapping[str, str | None]
    writes: Mapping[str, str | None]
    tools: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipts:
    """All receipts of one subject.

    `pending` are digests of files about to be put in place, so that a kill between rename and receipt is not mistaken
    for a person's edit.
    """

    stages: Mapping[str, Receipt] = field(default_factory=dict)
    pending: Mapping[str, str] = field(default_factory=dict)

    def with_pending(self, digests: Mapping[str, str]) -> Receipts:
        return replace(self, pending={**self.pending, **digests})

    def with_receipt(self, stage: str, receipt: Receipt) -> Receipts:
        """These receipts with one more, whose files are pending no longer and belong to no other stage."""
        others = {
            name: replace(
                other, writes={path: digest for path, digest in other.writes.items() if path not in receipt.writes}
            )
            for name, other in self.stages.items()
        }
        pending = {path: digest for path, digest in self.pending.items() if path not in receipt.writes}
        return Receipts({**others, stage: receipt}, pending)


def load(path: Path) -> Receipts:
    """The receipts kept at `path`; none where there is no such file, or where it is torn.

    A key is added with a default, so that what any castkit wrote is read by every later one; only a file that an older
    castkit would misread gets a higher version. CastkitError for one that a newer castkit wrote, or that cannot be
    opened.
    """
    try:
        value = json.loads(path.read_text("utf-8"))
        if value["version"] > VERSION:
            raise by_newer(path, "or delete the file, and every step runs again")
        stages = {name: _receipt(entry) for name, entry in value["stages"].items()}
        return Receipts(stages, {str(name): str(digest) for name, digest in value["pending"].items()})
    except FileNotFoundError:
        return Receipts()
    except OSError as error:
        raise CastkitError(f"{path} cannot be read: {error.strerror or error}", "check its permissions") from error
    except DAMAGED:
        logger.warning("%s cannot be read; every step runs again", path)
        return Receipts()


def _receipt(entry: Mapping[str, Any]) -> Receipt:
    return Receipt(
        version=int(entry["version"]),
        settings=entry["settings"],
        reads=dict(entry["reads"]),
        writes=dict(entry["writes"]),
        tools=dict(entry["tools"]),
        notes=tuple(entry["notes"]),
    )


def save(path: Path, receipts: Receipts) -> None:
    """Puts the receipts at `path`, whole or not at all."""
    stages = {
        name: {
            "version": receipt.version,
            "settings": receipt.settings,
            "reads": dict(receipt.reads),
            "writes": dict(receipt.writes),
            "tools": dict(receipt.tools),
            "notes": list(receipt.notes),
        }
        for name, receipt in receipts.stages.items()
    }
    value = {"version": VERSION, "stages": stages, "pending": dict(receipts.pending)}
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    atomic.write_bytes(path, text.encode())


class Digests:
    """The sha256 of files below one root, remembered by size and modification time to spare large recordings.

    The memory is a cache at `cache`: losing it costs time only. `away` is a file that says of files which are not here
    what they were: a workspace taken back from a backup is up to date without its recordings.
    """

    # A file changed this shortly before it was hashed may change again within the clock's grain: not remembered.
    GRAIN_NS = 2_000_000_000

    def __init__(self, root: Path, cache: Path, away: Path | None = None) -> None:
        self.root = root
        self._cache = cache
        self._changed = False
        self._away = read(away)
        try:
            self._known: dict[str, list[Any]] = dict(json.loads(cache.read_text("utf-8")))
        except (OSError, *DAMAGED):
            self._known = {}

    def name(self, path: Path) -> str:
        """How a receipt names the file: relative to the root; by its last folders where it lies elsewhere."""
        if path.is_relative_to(self.root):
            return path.relative_to(self.root).as_posix()
        return "…/" + "/".join(path.parts[-3:])

    def of(self, path: Path) -> str | None:
        """The sha256 of the file, or None where there is none."""
        try:
            stat = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        name = self.name(path)
        known = self._known.get(name)
        if known and known[:2] == [stat.st_size, stat.st_mtime_ns]:
            return str(known[2])
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        self._remember(name, path, stat, digest)
        return digest

    def known(self, path: Path) -> str | None:
        """The sha256 of the file, or where it is not here and is known to be away, what it was."""
        return self.of(path) or self._away.get(self.name(path))

    def is_away(self, path: Path) -> bool:
        """Whether the file is not here, though it is known what it was."""
        return self.name(path) in self._away and not path.is_file()

    def _remember(self, name: str, path: Path, before: os.stat_result, digest: str) -> None:
        after = path.stat()
        is_still = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
        if is_still and abs(time.time_ns() - after.st_mtime_ns) > self.GRAIN_NS:
            self._known[name] = [after.st_size, after.st_mtime_ns, digest]
            self._changed = True

    def save(self) -> None:
        """Keeps what was learned for the next run; where the disk refuses, that run only reads more."""
        if self._changed:
            with contextlib.suppress(OSError):
                atomic.write_bytes(self._cache, json.dumps(self._known, sort_keys=True).encode())
                self._changed = False
