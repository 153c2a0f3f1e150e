"""The folder of a kit: whole or not there, recognised again, and nothing of a person's lost with it.

Rule: a new folder is swapped in; one that somebody changed is set aside, and one that is no kit is not touched. No
file of a kit is another one's, so that a tool which writes into it changes nothing else.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

from castkit import atomic
from castkit.errors import CastkitError
from castkit.steps.files import json_text
from castkit.workspace import leftovers

RECEIPT = "kit.json"
_WORK = ".part-kit-"  # a name that the next build sweeps away if this is killed
_AT_ONCE = 1 << 30  # bytes asked of the kernel in one call


@dataclass(frozen=True, slots=True)
class Kept:
    """Of what a sound or video was made (a key), what was measured of it, and what a person should know."""

    key: str
    measured: Mapping[str, float]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """A kit that is there: its files with their digests, and its sound or video, by name."""

    folder: Path
    episode: str
    files: Mapping[str, str]
    media: Mapping[str, Kept]

    def is_own(self, name: str, sha: str | None) -> bool:
        """Whether a file of this name and digest is as castkit wrote it; None is the digest of one that is gone."""
        return sha is None or self.files.get(name) == sha

    @property
    def is_changed(self) -> bool:
        """Whether somebody changed, removed or added anything; a file manager that showed the folder did not."""
        found = {path.relative_to(self.folder).as_posix(): path for path in leftovers.files_in(self.folder)}
        found.pop(RECEIPT, None)
        return found.keys() != self.files.keys() or any(digest(found[name]) != sha for name, sha in self.files.items())

    def made_of(self, key: str) -> tuple[Path, Kept] | None:
        """The file made of the same, where it is as it was made."""
        for name, kept in self.media.items():
            path = self.folder / name
            if kept.key == key and path.is_file() and digest(path) == self.files.get(name):
                return path, kept
        return None


def read(folder: Path) -> Before | None:
    """The kit in this folder, None where there is nothing; CastkitError where something else is there."""
    if not folder.exists() or (folder.is_dir() and all(map(_is_leftover, folder.iterdir()))):
        return None
    try:
        value = json.loads((folder / RECEIPT).read_text("utf-8"))
        media = {name: Kept(**kept) for name, kept in value["media"].items()}
        return Before(folder, str(value["episode"]), dict(value["files"]), media)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CastkitError(
            f"{folder} is there already, and is no kit of castkit's", "name another folder with --to, or move it away"
        ) from error


def neighbours(folder: Path) -> Iterator[Before]:
    """The kits beside this one: two platforms may want the same video."""
    for path in sorted(folder.parent.glob(f"*/{RECEIPT}")):
        try:
            found = read(path.parent)
        except CastkitError:
            continue
        if found and path.parent != folder:
            yield found


def work_path(folder: Path) -> Path:
    """Where a kit is made that is to lie in this folder: beside it, under a name that no kit has."""
    return folder.with_name(f"{_WORK}{folder.name}")


def write_receipt(work: Path, about: Mapping[str, Any], media: Mapping[str, Kept]) -> dict[str, str]:
    """Writes `kit.json`, by which the kit is known again; gives back the digest of each file, by its name."""
    files = {
        path.relative_to(work).as_posix(): digest(path) for path in leftovers.files_in(work) if path.name != RECEIPT
    }
    value = {"version": 1, **about, "media": {name: asdict(kept) for name, kept in media.items()}, "files": files}
    (work / RECEIPT).write_text(json_text(value), encoding="utf-8", newline="\n")
    return files


def is_same(work: Path, before: Before | None) -> bool:
    """Whether what was made is what is there already, to the byte."""
    return before is not None and digest(work / RECEIPT) == digest(before.folder / RECEIPT) and not before.is_changed


def swap_in(work: Path, folder: Path, before: Before | None) -> Path | None:
    """Puts the new kit in the place of the old; gives back where a changed one was set aside, if it was."""
    aside = None
    if before is not None:
        aside = _free_name(folder) if before.is_changed else None
        gone = aside or folder.with_name(f"{_WORK}{folder.name}.old")
        shutil.rmtree(gone, ignore_errors=True)
        atomic.replace(folder, gone)
        try:
            atomic.replace(work, folder)
        except OSError:
            atomic.replace(gone, folder)
            raise
        if aside is None:
            shutil.rmtree(gone, ignore_errors=True)
        return aside
    if folder.is_dir():
        for path in filter(_is_leftover, folder.iterdir()):
            path.unlink(missing_ok=True)
        folder.rmdir()  # it is empty, and a folder cannot be renamed over another everywhere
    atomic.replace(work, folder)
    return None


def _is_leftover(path: Path) -> bool:
    return leftovers.is_leftover(path.name) and not path.is_dir()


def _free_name(folder: Path) -> Path:
    names = (folder.with_name(f"{folder.name}.edited-{number}") for number in range(1, 10_000))
    return next(name for name in names if not name.exists())


def copy(source: Path, target: Path) -> None:
    """A file of the same bytes, and not the same file: what somebody does to a kit stays there. Raises OSError.

    File systems that can share blocks between files (btrfs, XFS, bcachefs, some shares) are asked to, so that the copy
    costs neither time nor space until one of the two changes; on others it costs what the file has.
    """
    try:
        _copied_by_the_kernel(source, target)
    except (OSError, AttributeError):  # only Linux has the call, and not for every pair of file systems
        shutil.copyfile(source, target)


def _copied_by_the_kernel(source: Path, target: Path) -> None:
    left = source.stat().st_size
    with source.open("rb") as reader, target.open("wb") as writer:
        while left:
            done = os.copy_file_range(reader.fileno(), writer.fileno(), min(left, _AT_ONCE))
            if not done:
                raise OSError(f"{source} is shorter than it was")
            left -= done


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in lower-case hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
