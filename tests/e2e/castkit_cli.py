"""Runs the real command line in a process of its own, as a person would."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BOOKKEEPING = {".digests.json", ".lock", "show.lock"}


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """What a run with --json printed; every line must be JSON."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def ran(self) -> dict[str, str]:
        """The steps that ran, with the reason."""
        return {event["step"]: event["reason"] for event in self.events if event["event"] == "finished"}


def castkit(*arguments: str, cwd: Path, timeout: float = 1200, **environment: str) -> Ended:
    ended = subprocess.run(
        [sys.executable, "-m", "castkit", *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=timeout,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def succeed(*arguments: str, cwd: Path, **environment: str) -> Ended:
    ended = castkit(*arguments, cwd=cwd, **environment)
    assert ended.code == 0, f"castkit {' '.join(arguments)}: {ended.code}\n{ended.out}\n{ended.err}"
    return ended


def tree(*folders: Path) -> Mapping[str, str]:
    """The sha256 of every file below the folders, but locks and the cache of digests."""
    return {
        path.relative_to(folder.parent).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in BOOKKEEPING
    }
