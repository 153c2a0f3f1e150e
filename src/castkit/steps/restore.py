"""`castkit restore`: a show's folder taken back from a backup, so that the next publish changes nothing.

Rule: nothing is written outside the folder, nothing there is overwritten, and each file is whole or not there.
castkit.toml is the last: before it, there is no show.
"""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from castkit.engine import away
from castkit.errors import CastkitError
from castkit.model.backup import AbsentFile, KeptFile, Revision
from castkit.steps import whole_file
from castkit.steps.backup_files import bad_paths
from castkit.steps.backup_place import Named, content, find, load
from castkit.storage.folder import sha256_of
from castkit.storage.open import open_store
from castkit.storage.store import Store
from castkit.workspace import Workspace

_AT_ONCE = 4
_PIECE = 8 << 20  # bytes asked for at a time of what the store holds

Progress = Callable[[int, int], None]  # bytes, of how many


@dataclass(slots=True)
class Outcome:
    """What was taken back: counts, files that are there and differ, and what is not here.

    `absent` are the files that are in no backup and not in the store any more, or were not asked for.
    """

    named: Named
    revision: Revision
    written: int = 0
    same: int = 0
    fetched: int = 0
    differing: list[str] = field(default_factory=list)
    absent: list[AbsentFile] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which revision is taken back (the newest where none is named), and how.

    `into_existing`: a folder need not be empty, and gets what is missing. `media`: what the store holds comes too.
    """

    revision: str = ""
    into_existing: bool = False
    media: bool = True


def restore(
    store: Store, root: Path, wish: Wish | None = None, *, progress: Progress = lambda _done, _whole: None
) -> Outcome:
    """Takes a revision back into the folder `root`.

    CastkitError for a folder that is not empty, unless that is wished, and for a backup that would lead out of it.
    """
    wish = wish or Wish()
    named = find(store, wish.revision)
    revision = load(store, named)
    _refuse_hostile(revision)
    _refuse_full(root, into_existing=wish.into_existing)
    outcome = Outcome(named, revision)
    with _writing(root):
        root.mkdir(parents=True, exist_ok=True)
        _refuse_links(root, revision)
        last = Workspace(root).toml.name
        first = [one for one in revision.files if one.path != last]
        _take_back(store, root, (first, [one for one in revision.files if one.path == last]), outcome, progress)
        if wish.media:
            _fetch(root, revision, outcome)
    outcome.absent = [one for one in revision.absent if not (root / one.path).is_file()]
    return outcome


def _refuse_hostile(revision: Revision) -> None:
    problems = list(bad_paths([*(one.path for one in revision.files), *(one.path for one in revision.absent)]))
    if problems:
        lines = "\n".join(f"  {text}" for text in problems[:20])
        raise CastkitError(
            f"nothing was taken back: the revision names what castkit never backs up:\n{lines}",
            "somebody has changed this backup; take another revision (--revision)",
        )


def _refuse_full(root: Path, *, into_existing: bool) -> None:
    if root.is_symlink() or (root.exists() and not root.is_dir()):
        raise CastkitError(f"{root} is no folder", "name a folder that is empty, or not there yet")
    if not into_existing and root.is_dir() and any(root.iterdir()):
        raise CastkitError(
            f"{root} is not empty, and nothing was written",
            "name another folder; or give --into-existing, which writes only what is missing there",
        )


def _refuse_links(root: Path, revision: Revision) -> None:
    """A link among the folders that are there could lead out."""
    paths = [*(one.path for one in revision.files), *(one.path for one in revision.absent)]
    above = {folder for path in paths for folder in Path(path).parents}
    links = sorted(str(folder) for folder in above if folder != Path() and (root / folder).is_symlink())
    if links:
        raise CastkitError(f"{root} has a link where a folder belongs: {', '.join(links)}", "take the link away")


def _take_back(
    store: Store, root: Path, groups: tuple[list[KeptFile], list[KeptFile]], outcome: Outcome, progress: Progress
) -> None:
    """Writes what is missing; between the groups it notes what is away."""
    whole, done = sum(one.size for group in groups for one in group), 0
    for group, is_first in zip(groups, (True, False), strict=True):
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for one, state in zip(group, pool.map(lambda one: _written(store, root, one), group), strict=True):
                if state == "differs":
                    outcome.differing.append(one.path)
                outcome.written += state == "written"
                outcome.same += state == "same"
                done += one.size
                progress(done, whole)
        if is_first:
            _note_away(root, outcome.revision.absent)


def _written(store: Store, root: Path, file: KeptFile) -> str:
    """Puts the file there; `same` or `differs` where something is there already, which stays."""
    path = root / file.path
    if path.is_symlink() or path.exists():
        is_same = path.is_file() and not path.is_symlink() and sha256_of(path) == file.sha256
        is_same = is_same or path.name == away.NAME  # what is away here is this folder's own
        return "same" if is_same else "differs"
    whole_file.write(path, content(store, file), file.sha256)
    with contextlib.suppress(OSError):
        os.utime(path, ns=(file.modified_ns, file.modified_ns))
    return "written"


def _note_away(root: Path, absent: Iterable[AbsentFile]) -> None:
    """Has the next build know what the recordings and the rest were, so that it needs them only for something new."""
    episodes: dict[str, dict[str, str]] = defaultdict(dict)
    for one in absent:
        parts = one.path.split("/")
        if parts[0] == "episodes" and len(parts) > 2:
            episodes[parts[1]][one.path] = one.sha256
    for slug, files in episodes.items():
        place = Workspace(root).episode(slug).build / away.NAME
        if place.parent.is_dir():
            away.write(place, {**away.read(place), **files})


def _fetch(root: Path, revision: Revision, outcome: Outcome) -> None:
    """Copies from the show's own store what it holds of the built media; what it lost is told."""
    from castkit.config import load_show  # noqa: PLC0415

    wanted = [one for one in revision.absent if one.key and not (root / one.path).exists()]
    if not wanted:
        return
    workspace = Workspace(root)
    store = open_store(load_show(workspace).store, root)
    for one in wanted:
        try:
            whole_file.write(root / one.path, _pieces(store, one), one.sha256)
            outcome.fetched += 1
        except CastkitError as error:
            outcome.remarks.append(f"{one.path} was not fetched: {error.message}")


def _pieces(store: Store, file: AbsentFile) -> Iterator[bytes]:
    for start in range(0, file.size, _PIECE):
        yield store.part(file.key, start, min(_PIECE, file.size - start))


@contextlib.contextmanager
def _writing(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CastkitError(
            f"cannot write in {root}: {error.strerror or error}",
            "free some space or correct the permissions, then run the command again with --into-existing: it goes on",
        ) from error
