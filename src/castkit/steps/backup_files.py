"""Which files of a show's folder a backup holds, and which it leaves out and why.

Rule: what a person made or changed is kept. Of what castkit made only that is left out which the store has, which can
be made again of the recordings, or which a command made for somebody and makes again; only the last is not named.
"""

from __future__ import annotations

import os
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from castkit.errors import CastkitError, StoreError
from castkit.model.backup import Why
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.model.stored_objects import objects_in
from castkit.steps import kit_folder
from castkit.storage.keys import checked
from castkit.workspace import EpisodePaths, Workspace, files_below

LARGE = 1 << 20  # bytes: smaller files are kept, though the store has them, but for those of a stream
IGNORED = ".gitignore"
_FOLDERS = ("memory", "templates", "assets", "newsletter")  # with what a person wrote into a newsletter, and sent
_STATE = ("feeds/ledger.toml", "feeds/imported.json")
# In build/, by first folder and endings: what a command made for somebody, and nobody works on. The other files that
# are handed out, such as tables, may be in work since.
_ON_REQUEST: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("stems", ("",)),
    ("clips", ("",)),
    ("hand-out", (".zip", ".mp4", ".m4a", ".mp3")),
)
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


Digest = Callable[[Path], str | None]  # SHA-256 in hex; None where the file is gone


def files(workspace: Workspace, show: Show, digest: Digest) -> tuple[Found, ...]:
    """Everything a backup knows of, by path; CastkitError for names that another system could not hold."""
    found: dict[str, Found] = {}
    for one in (*_of_show(workspace, show), *_of_episodes(workspace, digest)):
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


def _of_episodes(workspace: Workspace, digest: Digest) -> Iterator[Found]:
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
        yield from _of_build(workspace.root, paths, digest)


def _of_build(root: Path, paths: EpisodePaths, digest: Digest) -> Iterator[Found]:
    for one in _below(root, paths.build):
        inside = PurePosixPath(one.file.relative_to(paths.build).as_posix())
        is_anew = one.file == paths.preview or inside.parts[0] == paths.kits.name or _is(inside, _ON_REQUEST)
        if not is_anew:
            yield Found(one.path, one.file, "made" if _is(inside, _MADE) else None)
    for kit in sorted(paths.kits.iterdir()) if paths.kits.is_dir() else ():
        if not kit.name.startswith("."):
            yield from _of_kit(root, kit, digest)


def _of_kit(root: Path, kit: Path, digest: Digest) -> Iterator[Found]:
    """What a person changed or put into a kit, with the file by which it is known as one; nothing where nobody did."""
    try:
        made = kit_folder.read(kit) if kit.is_dir() else None
    except CastkitError:
        made = None  # no kit: a folder of somebody's own
    found = list(_below(root, kit))
    if made is None:
        yield from found
        return
    names = {one.path: one.file.relative_to(kit).as_posix() for one in found}
    receipt = [one for one in found if names[one.path] == kit_folder.RECEIPT]
    theirs = [one for one in found if one not in receipt and not made.is_own(names[one.path], digest(one.file))]
    yield from (*theirs, *(receipt if theirs else ()))


def _is(path: PurePosixPath, kinds: Iterable[tuple[str, tuple[str, ...]]]) -> bool:
    """Whether this file of build/ lies in such a folder, with such an ending."""
    folder = path.parts[0] if len(path.parts) > 1 else ""
    return any(folder == where and path.name.endswith(endings) for where, endings in kinds)


def _recordings(toml: Path, folder: Path) -> Iterator[Path]:
    """The recordings and the engineer's master that an episode.toml names; none where it cannot be read."""
    try:
        said: Mapping[str, Any] = tomllib.loads(toml.read_text("utf-8"))
        names = [said.get("master"), *(one.get("path") for one in said.get("recordings", ()))]
    except (OSError, ValueError, AttributeError, TypeError):
        return
    yield from (Path(os.path.normpath(folder / name)) for name in names if name and isinstance(name, str))


def _below(root: Path, place: Path) -> Iterator[Found]:
    return (Found(file.relative_to(root).as_posix(), file) for file in files_below(place, root))


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
