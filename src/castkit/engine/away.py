"""What is not here, and what it was: a workspace taken back from a backup is up to date without its recordings.

Rule: a file that is here counts as it is; what is said of it here counts only while it is not.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from castkit import atomic
from castkit.errors import DAMAGED

logger = logging.getLogger(__name__)
VERSION = 1
NAME = "away.json"  # beside the receipts


def read(path: Path | None) -> dict[str, str]:
    """The digests of files that are not here, by name; none where nothing, or nothing readable, says so."""
    try:
        found = json.loads(path.read_text("utf-8"))["files"] if path else {}
        return {str(name): str(digest) for name, digest in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, *DAMAGED):
        logger.warning("%s cannot be read; what is not here counts as missing", path)
        return {}


def write(path: Path, files: Mapping[str, str]) -> None:
    """Notes these digests by name (from the workspace's root, with forward slashes), in place of what was noted."""
    text = json.dumps({"version": VERSION, "files": dict(files)}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    atomic.write_bytes(path, text.encode())
