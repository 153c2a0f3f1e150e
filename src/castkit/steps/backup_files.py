"""Which files of a show's folder a backup holds, and which it leaves out and why.

Rule: what a person made is kept. Of what castkit made only that is left out which the store has, or which can be made
again of the recordings; nothing is left out that is not named.
"""

from __future__ import annotations

import os
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from castkit import atomic
from castkit.errors import CastkitError, StoreError
from castkit.model.backup import Why
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.model.stored_objects import objects_in
from castkit.storage.keys import checked
from castkit.workspace import Workspace

LARGE = 1 << 20  # bytes: smaller files are kept, though the store has them, but for those of a stream
IGNORED = ".gitignore"
_FOLDERS = ("memory", "templates", "assets")
_STATE = ("feeds/ledger.toml", "feeds/imported.json")
_ON_REQUEST = ("stems", "clips", "hand-out")  # in build/: what a command made for somebody, and makes again
# In build/, by first folder and endings: made of the recordings, and needed only where something is made anew.
_MADE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("tracks", (".wav",)),
    ("hls", ("",)),
    ("", (".burnt.mp4", ".audiogram.mp4")),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the workspace: its path from there with forward slashes, and why it may be left out, if it may."""

    path: str
    file: Path
    why: Why | None = None


def files(workspace: Workspace, show: Show) -> tuple[Found, ...]:
    """Everything a backup knows of, by path; CastkitError for names that another system could not hold."""
    found: dict[str, Found] = {}
    for one in (*_of_show(workspace, show), *_of_episodes(workspace)):
        found.setdefault(one.path, one)
    problems = list(bad_paths(found))
    if problems:
        lines = "\n".join(f"  {text}" for text in problems)
        raise CastkitError(f"these files cannot be backed up:\n{lines}", "rename them, and where castkit.toml or "
                           "episode.toml names them, there too")  # fmt: skip
    return tuple(found[path] for path in sorted(found))


def bad_paths(paths: Iterable[str]) -> Iterator[str]:
    """What is wrong with these paths: each must be a name on every system, inside the folder, and no other's twin."""
    seen: dict[str, str] = {}
    for path in paths:
        try:
            checked(path)
        except StoreError as error:
            yield error.message
            continue
        if not is_ours(path):
            yield f"{path} is no file of a show"
        folded = unicodedata.normalize("NFC", path).casefold()
        if folded in seen:
            yield f"{seen[folded]} and {path} are one name on macOS and Windows"
        seen[folded] = path
    for folded, path in seen.items():
        above = next((str(one) for one in PurePosixPath(folded).parents if str(one) in seen), None)
        if above:
            yield f"{seen[above]} is a file, and {path} lies in it"


def is_ours(path: str) -> bool:
    """Whether a backup may hold a file of this path: nothing hidden, which a program could take for its own."""
    return path == IGNORED or not any(part.startswith(".") for part in path.split("/"))


def _of_show(workspace: Workspace, show: Show) -> Iterator[Found]:
    named = [show.show.image, show.audio.intro, show.audio.outro, show.audio.bed, *show.translation.models]
    alone = (workspace.toml.name, workspace.glossary.name, IGNORED, *_STATE)
    for name in (*alone, *_FOLDERS, *filter(None, named)):
        yield from _below(workspace.root, workspace.root / name)


def _of_episodes(workspace: Workspace) -> Iterator[Found]:
    folders = sorted(workspace.episodes.iterdir()) if workspace.episodes.is_dir() else ()
    for folder in (one for one in folders if one.is_dir() and not one.name.startswith(".")):
        paths = workspace.episode(folder.name)
        for file in _recordings(paths.toml, folder):
            yield from (Found(one.path, one.file, "recording") for one in _below(workspace.root, file))
        for one in _below(workspace.root, folder):
            inside = one.file.relative_to(folder)
            if inside.parts[0] == paths.raw.name:
                yield Found(one.path, one.file, "recording")
            elif inside.parts[0] != paths.build.name:
                yield one
            elif not inside.parts[1].startswith(_ON_REQUEST) or len(inside.parts) == 2:
                yield Found(one.path, one.file, "made" if _is_made(PurePosixPath(*inside.parts[1:])) else None)


def _is_made(path: PurePosixPath) -> bool:
    folder = path.parts[0] if len(path.parts) > 1 else ""
    return any(folder == where and path.name.endswith(endings) for where, endings in _MADE)


def _recordings(toml: Path, folder: Path) -> Iterator[Path]:
    """The recordings and the engineer's master that an episode.toml names; none where it cannot be read."""
    try:
        said: Mapping[str, Any] = tomllib.loads(toml.read_text("utf-8"))
        names = [said.get("master"), *(one.get("path") for one in said.get("recordings", ()))]
    except (OSError, ValueError, AttributeError, TypeError):
        return
    yield from (Path(os.path.normpath(folder / name)) for name in names if name and isinstance(name, str))


def _below(root: Path, place: Path) -> Iterator[Found]:
    """The file, or every file below the folder, but what is hidden, unfinished, or reached by a link to elsewhere."""
    if place.is_file():
        if place.is_relative_to(root) and _is_inside(root, place):
            yield Found(place.relative_to(root).as_posix(), place)
        return
    for folder, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder) / name
            if not name.startswith(".") and not atomic.is_part(name) and file.is_file() and _is_inside(root, file):
                yield Found(file.relative_to(root).as_posix(), file)


def _is_inside(root: Path, file: Path) -> bool:
    return not file.is_symlink() or file.resolve().is_relative_to(root.resolve())


def in_store(workspace: Workspace, is_there: Callable[[str, int], bool]) -> dict[str, str]:
    """By SHA-256 the keys of published objects that the public store holds (`is_there`, by key and length)."""
    found: dict[str, str] = {}
    for path in workspace.episodes.glob("*/build/published.json"):
        try:
            published = Published.model_validate_json(path.read_bytes())
        except (OSError, ValueError):
            continue
        for one in objects_in(published):
            if is_there(one.key, one.length):
                found[one.sha256] = one.key
    return found
