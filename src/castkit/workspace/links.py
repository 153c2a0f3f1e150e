"""Paths that stay where they belong, whatever links somebody put there."""

from __future__ import annotations

from pathlib import Path

from castkit.errors import CastkitError


def inside(path: Path, root: Path) -> Path:
    """This path; CastkitError where it leads out of the folder `root`, as a link does that somebody put there."""
    try:
        leads_out = not path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a link to itself
        leads_out = True
    if leads_out:
        raise CastkitError(f"{path} is a link that leads out of {root}", "put the file itself in its place")
    return path
