"""Paths that stay where they belong, whatever links somebody put there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from castkit import atomic
from castkit.errors import CastkitError
from castkit.workspace import leftovers


def inside(path: Path, root: Path) -> Path:
    """This path; CastkitError where it leads out of the folder `root`, as a link does that somebody put there."""
    if leads_out(path, root):
        raise CastkitError(f"{path} is a link that leads out of {root}", "put the file itself in its place")
    return path


def leads_out(path: Path, root: Path) -> bool:
    """Whether what is there lies outside of the folder `root`, all links followed."""
    try:
        return not path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a link to itself
        return True


def files_below(place: Path, root: Path, but: tuple[Path, ...] = ()) -> Iterator[Path]:
    """The file, or every file below the folder, but what is hidden or unfinished, a file manager's, or in `but`.

    A link out of the folder `root` leads to something that is not the show's: it is passed over.
    """
    if not place.is_relative_to(root) or leads_out(place, root):
        return
    if place.is_file():
        yield place
        return
    for folder, folders, names in os.walk(place):  # which follows no link to a folder
        here = Path(folder)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and here / name not in but)
        for name in sorted(names):
            file = here / name
            is_hidden = name.startswith(".") or atomic.is_part(name) or leftovers.is_leftover(name)
            if not is_hidden and file.is_file() and not (file.is_symlink() and leads_out(file, root)):
                yield file
