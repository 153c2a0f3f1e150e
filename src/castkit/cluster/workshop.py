"""What a worker does: brings an errand's files, runs its one step in a folder of its own, sends what came of it.

Rule: the engine's own runner runs the step, so its receipt is the same as at home; a result that saw anything else than
the errand says is refused, and nothing is worked on that some machine has done already.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from socket import gethostname
from typing import Any

from castkit import __version__
from castkit.cluster.errand import Errand, Outcome
from castkit.cluster.travel import Content, Gone, Travel
from castkit.engine import events
from castkit.engine.place import Place
from castkit.engine.runner import Runner
from castkit.engine.stage import Stage
from castkit.errors import CastkitError
from castkit.model.show import StoreSettings
from castkit.steps.context import EpisodeContext
from castkit.storage.folder import sha256_of
from castkit.storage.open import open_store
from castkit.storage.store import Store
from castkit.workspace import Workspace

_KEPT = 20_000_000_000  # bytes of files that a worker keeps for its next errand
_KEEP = "kept"

Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Task:
    """All that goes to a worker: the row, what it is run for, and the errand as JSON. Nothing in it is secret."""

    stage: Stage[EpisodeContext]
    context: EpisodeContext
    errand: str
    store: StoreSettings


def carry_out(task: Task, folder: Path, tell: Tell) -> dict[str, Any]:
    """What came of it, as a value that travels: `{"done": key}`, `{"gone": digests}`, or `{"error": [message, hint]}`.

    `folder` is the worker's own; `tell` is handed what happens, as JSON values.
    """
    errand = Errand.from_json(task.errand)
    about = {"subject": errand.subject, "stage": errand.stage, "key": errand.key, "pid": os.getpid()}
    try:
        if errand.castkit != __version__:
            raise _other_castkit(errand)
        travel = Travel(_store(task.store.model_dump_json(), folder))
        if errand.anew or travel.outcome(errand.key) is None:
            _work(task, errand, travel, (folder, lambda more: tell({**about, **more})))
    except Gone as gone:
        return {"gone": list(gone.digests)}
    except CastkitError as error:
        return {"error": [f"{error.message} (said by a worker on {gethostname()})", error.hint]}
    except OSError as error:
        return {
            "error": [f"a worker on {gethostname()}: {error}", "free some space there, or start it in another folder"]
        }
    return {"done": errand.key}


@cache
def _store(settings: str, folder: Path) -> Store:
    """Opened once in a worker's life: a client of a bucket takes longer to make than most errands' files to bring."""
    return open_store(StoreSettings.model_validate_json(settings), folder)


def _work(task: Task, errand: Errand, travel: Travel, here: tuple[Path, Tell]) -> None:
    folder, tell = here
    with tempfile.TemporaryDirectory(prefix="show-", dir=folder, ignore_cleanup_errors=True) as made:
        root = Path(made).resolve()
        _settle(root, errand, travel, folder / _KEEP)
        tell({"event": "began"})
        with _as_at_home(root, errand):
            outcome = _run(task, root, errand, tell)
        travel.send({root / name: Content(*content) for name, content in outcome.files.items()})
        travel.keep(errand.key, outcome, anew=errand.anew)
        tell({"event": "done"})
        for name, (digest, _) in outcome.files.items():
            _keep(root / name, folder / _KEEP / digest)
    _make_room(folder / _KEEP)


def _settle(root: Path, errand: Errand, travel: Travel, kept: Path) -> None:
    """Puts every file of the errand in its place, from what this worker has kept, else from the store."""
    wanted = {kept / digest: Content(digest, size) for digest, size in errand.files.values()}
    kept.mkdir(exist_ok=True)
    travel.bring({path: content for path, content in wanted.items() if not _is_whole(path, content)})
    for name, (digest, _) in errand.files.items():
        target = root / _inside(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        _link(kept / digest, target)


def _is_whole(path: Path, content: Content) -> bool:
    """Whether this file was kept; it is read again, for a step may have written into it by mistake."""
    if not path.is_file() or path.stat().st_size != content.size or sha256_of(path) != content.sha256:
        return False
    os.utime(path)
    return True


def _inside(name: str) -> Path:
    """The name as a path below the workspace; CastkitError for one that leads out of it."""
    path = Path(name)
    if path.is_absolute() or ".." in path.parts or path.drive:
        raise CastkitError(f"{name} leads out of the workspace", "have your own castkit ask, and nobody else")
    return path


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a disk without links
        shutil.copyfile(source, target)


def _keep(source: Path, target: Path) -> None:
    with contextlib.suppress(OSError):
        if not target.exists():
            os.link(source, target)


def _make_room(kept: Path) -> None:
    """Lets the files go that were needed longest ago, where there are too many."""
    found = []
    for path in kept.iterdir():
        with contextlib.suppress(OSError):  # another step of this worker may have moved it meanwhile
            about = path.stat()
            found.append((about.st_mtime, about.st_size, path))
    held = 0
    for _, size, path in sorted(found, reverse=True):
        held += size
        if held > _KEPT:
            with contextlib.suppress(OSError):
                path.unlink()


def _run(task: Task, root: Path, errand: Errand, tell: Tell) -> Outcome:
    """Runs the step with the engine, and gives what its receipt says."""

    def report(event: events.Event) -> None:
        if isinstance(event, events.Progress):
            tell({"event": "progress", "fraction": event.fraction})

    context = replace(task.context, workspace=Workspace(root))
    paths = context.paths
    runner = Runner(Place(context.slug, root, paths.build, paths.receipts, paths.lock), context, report)
    runner.execute(task.stage, "asked for")
    receipt = runner.receipts.stages[task.stage.name]
    outcome = Outcome.of(receipt, {name: (root / name).stat().st_size for name in receipt.writes})
    if not outcome.answers(errand):
        raise CastkitError(
            f"{errand.stage} of {errand.subject} saw other files or settings on the worker than it should",
            "install the same castkit on every machine; run the command again when nobody writes in the show's folder",
        )
    return outcome


@contextlib.contextmanager
def _as_at_home(root: Path, errand: Errand) -> Iterator[None]:
    """Errors name files as they are called where the command was given."""
    try:
        yield
    except CastkitError as error:
        message, hint = (text.replace(str(root), errand.root) for text in (error.message, error.hint))
        raise CastkitError(message, hint) from error


def _other_castkit(errand: Errand) -> CastkitError:
    return CastkitError(
        f"the worker has castkit {__version__}, and the command was given with {errand.castkit}",
        "install the same castkit on every machine",
    )
