"""Which files a step needs on another machine: those it reads, and what people wrote beside them.

Rule: what a step depends on is among its `reads` and decides the errand's key. Beside them go the small files that
steps look into without depending on them: what earlier rows of the road made, and the sources of show and episode.
Nothing goes to which a link leads out of the show's folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import castkit
from castkit.cluster.errand import Contents
from castkit.engine.receipts import Digests, Receipt
from castkit.engine.stage import Stage
from castkit.errors import CastkitError
from castkit.model.web_address import is_loopback
from castkit.steps.context import EpisodeContext
from castkit.steps.ingest import recording_path
from castkit.workspace import EpisodePaths, Workspace, files_below, leads_out

ELSEWHERE = "…/"  # with which a receipt names what lies outside the workspace
SMALL = 4 << 20  # bytes: larger files go only to steps that read them
_CASTKIT = Path(castkit.__file__).parent
Roads = Mapping[str, Stage[EpisodeContext]]  # by name


def portable(stage: Stage[EpisodeContext], context: EpisodeContext) -> bool:
    """Whether another machine can do it: all that it reads lies in the workspace, or comes with castkit itself."""
    if stage.name == "translate" and is_loopback(context.show.translation.url):
        return False  # a service on this machine alone: any other would ask itself
    return all(_is_shows(path, context.workspace) or _is_castkits(path) for path in stage.reads(context))


def _is_shows(path: Path, workspace: Workspace) -> bool:
    return path.is_relative_to(workspace.root) and not leads_out(path, workspace.root)


def _is_castkits(path: Path) -> bool:
    """A template that castkit brings: every machine has its own, and the errand says what is in it."""
    return path.is_relative_to(_CASTKIT)


def files(
    stage: Stage[EpisodeContext], context: EpisodeContext, earlier: Iterable[Receipt], digests: Digests
) -> Contents:
    """What to bring, by name from the workspace's root; `earlier` are the receipts of the rows this one comes after."""
    root = context.workspace.root
    own = set(stage.writes(context))
    wanted = {path for path in stage.reads(context) if path.is_file()}
    made = (root / name for receipt in earlier for name in receipt.writes)
    wanted.update(path for path in (*_sources(context), *made) if _is_small(path))
    for folder in _models(stage, context):
        wanted.update(files_below(folder, root))
    if stage.name == "translate":
        wanted.update(path for path in _accepted_elsewhere(context) if _is_small(path))
    shows = [path for path in sorted(wanted - own) if _is_shows(path, context.workspace)]
    found = {digests.name(path): (digests.of(path), path) for path in shows}
    return {name: (digest, path.stat().st_size) for name, (digest, path) in found.items() if digest}


def _sources(context: EpisodeContext) -> Iterator[Path]:
    """What people wrote for the show and for this episode, as far as it is no recording."""
    workspace, paths = context.workspace, context.paths
    yield from (workspace.toml, workspace.glossary, workspace.ledger, workspace.root / context.show.show.image)
    for folder in (workspace.templates, workspace.memory, workspace.root / "assets"):
        yield from files_below(folder, workspace.root)
    recordings = {recording_path(context, one) for one in context.episode.recordings}
    for path in files_below(paths.root, workspace.root, but=(paths.build, paths.raw)):
        if path not in recordings:
            yield path


def _models(stage: Stage[EpisodeContext], context: EpisodeContext) -> Iterator[Path]:
    """Models that the show keeps itself; those known by name every machine has in a cache of its own."""
    root, show = context.workspace.root, context.show
    names = {"transcribe": (show.speech.model,), "translate": show.translation.models}.get(stage.name, ())
    for name in names:
        path = Path(os.path.normpath(root / name))
        if path.is_relative_to(root) and path != root:
            yield path


def _accepted_elsewhere(context: EpisodeContext) -> Iterator[Path]:
    """The show's translation memory: what was accepted of other episodes, and the words it belongs to."""
    for slug in context.workspace.slugs():
        other = context.workspace.episode(slug)
        if slug != context.slug and any((other.root / "subtitles").glob("*.srt")):
            yield from _of_other(other, context.workspace.root)


def _of_other(other: EpisodePaths, root: Path) -> Iterator[Path]:
    yield from (other.toml, other.programme, other.spoken_track, other.tracks)
    yield from files_below(other.root / "subtitles", root)
    yield from sorted(other.build.glob("*.srt"))


def _is_small(path: Path) -> bool:
    return path.is_file() and path.stat().st_size <= SMALL


def ancestors(stage: Stage[EpisodeContext], road: Roads) -> set[str]:
    """The names of all rows that this one comes after, near and far."""
    found: set[str] = set()
    waiting = list(stage.after)
    while waiting:
        name = waiting.pop()
        if name not in found and name in road:
            found.add(name)
            waiting += road[name].after
    return found


def refuse_changed(reads: Mapping[str, str | None], contents: Contents, stage: str) -> None:
    """CastkitError where a file of the workspace that the step depends on is not among what goes with it."""
    here = {name: digest for name, digest in reads.items() if digest and not name.startswith(ELSEWHERE)}
    lacking = sorted(name for name, digest in here.items() if contents.get(name, ("", 0))[0] != digest)
    if lacking:
        raise CastkitError(
            f"{stage} reads what changed meanwhile: {', '.join(lacking)}",
            "run the command again when nobody writes there",
        )
