"""Files that a file manager leaves in any folder it shows, and that no person made.

Rule: they are nobody's work: they change nothing, fill no folder, and are in no backup.
Source: Apple's Finder (.DS_Store, .localized, and ._NAME beside every NAME on disks that are not its own), Microsoft's
Explorer (Thumbs.db, ehthumbs.db, desktop.ini), KDE's Dolphin (.directory).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_NAMES = frozenset({".ds_store", ".localized", "thumbs.db", "ehthumbs.db", "desktop.ini", ".directory"})
_APPLE_DOUBLE = "._"


def is_leftover(name: str) -> bool:
    """Whether a file of this name is a file manager's; in capitals or not, as it may be written."""
    return name.startswith(_APPLE_DOUBLE) or name.casefold() in _NAMES


def files_in(folder: Path) -> Iterator[Path]:
    """Every file below the folder but those of file managers."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not is_leftover(path.name))
