"""One zip of texts made here and media that lie on the disk.

Rule: the same members give the same bytes, and the archive is whole under its name or not there; media are streamed.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from castkit import atomic

_MADE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold; a real date would change the bytes with every run
_UNIX, _FILE = 3, 0o100644 << 16
# Names that Windows keeps for devices, whatever follows the first dot.
_DEVICES = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))))


def write_archive(target: Path, folder: str, members: Mapping[str, bytes | Path]) -> None:
    """Writes `target`, a zip whose one folder holds the members by name, in their order. Raises OSError.

    Texts are compressed; what is a path is media, which no zip makes smaller.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = atomic.part_of(target)
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, content in members.items():
                _add(archive, f"{folder}/{name}", content)
        atomic.sync_file(part)
        atomic.replace(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    atomic.sync_folder(target.parent)


def safe_stem(stem: str) -> str:
    """The beginning of a file's name as every system takes it: `con.en` is a device on Windows, `_con.en` is a name."""
    return f"_{stem}" if stem.partition(".")[0].lower() in _DEVICES else stem


def _add(archive: zipfile.ZipFile, name: str, content: bytes | Path) -> None:
    info = zipfile.ZipInfo(name, _MADE)
    info.create_system, info.external_attr = _UNIX, _FILE
    if isinstance(content, bytes):
        archive.writestr(info, content, zipfile.ZIP_DEFLATED, 9)
        return
    info.file_size = content.stat().st_size  # beyond 2 GB the head of a member must be longer
    with content.open("rb") as media, archive.open(info, "w") as member:
        shutil.copyfileobj(media, member, 1 << 20)
