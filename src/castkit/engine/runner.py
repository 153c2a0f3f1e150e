"""One subject's stages: whether each must run, and its run, every result whole or not there at all.

Rule: after a kill at any moment the next run ends in the same bytes as an undisturbed one. What runs when, and where,
is the fleet's to say (fleet.py).
"""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag
from threading import Lock
from typing import Any, Generic, TypeVar

from castkit import atomic
from castkit.engine import events, receipts
from castkit.engine.claims import Claim
from castkit.engine.place import Place
from castkit.engine.plan import Decision, decide, edited_outputs, known_digests
from castkit.engine.receipts import Digests, Receipt, Receipts
from castkit.engine.stage import Stage
from castkit.errors import CastkitError

C = TypeVar("C")
logger = logging.getLogger(__name__)
PART = ".part-"


class Cancelled(Exception):
    """Raised inside a running stage, by `Job.progress`, when the run is being given up."""


@dataclass(frozen=True, slots=True)
class Due:
    """Why a stage must run, and what it takes of a machine meanwhile."""

    reason: str
    claim: Claim


@dataclass(slots=True)
class StageJob:
    """The Job a stage gets: knows its outputs, tells its progress, collects notes and tool versions."""

    subject: str
    stage: str
    targets: tuple[Path, ...]
    report: events.Report
    cancelled: Flag
    parts: dict[Path, Path] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    tools: dict[str, str] = field(default_factory=dict)
    first: tuple[float, float] | None = None  # when the first progress was told, and what

    def output(self, target: Path) -> Path:
        if target not in self.targets:
            raise ValueError(f"{self.stage} did not say that it writes {target}")
        part = target.with_name(PART + target.name)
        part.parent.mkdir(parents=True, exist_ok=True)
        self.parts[target] = part
        return part

    def progress(self, fraction: float) -> None:
        if self.cancelled.is_set():
            raise Cancelled
        share = min(max(fraction, 0.0), 1.0)
        self.report(events.Progress(self.subject, self.stage, share, self._left_s(share)))

    def _left_s(self, share: float) -> float | None:
        """How long the rest takes at the pace since the first share told, which a resumed stage had before."""
        now = time.monotonic()
        self.first = self.first or (now, share)
        began, before = self.first
        return round((now - began) * (1 - share) / (share - before), 1) if share > before else None

    def note(self, text: str) -> None:
        self.notes.append(text)
        self.report(events.Note(self.subject, self.stage, text))

    def tool(self, name: str, version: str) -> None:
        self.tools[name] = version


class Runner(Generic[C]):
    """One run for one subject, under its lock; holds what the threads that run its stages share."""

    def __init__(self, place: Place, context: C, report: events.Report, redo: Collection[str] = ()) -> None:
        self.place = place
        self.context = context
        self.report = report
        self.redo = frozenset(redo)
        self.digests: Digests = place.digests()
        self.receipts: Receipts = receipts.load(place.receipts)
        self.cancelled = Flag()
        self._mutex = Lock()
        self._sweep()

    def look(self, stage: Stage[C]) -> Due | None:
        """What the stage needs to run now; None where its result stands, which is told. Errors as of `execute`."""
        with _words(self, stage):
            self._go_on()
            reason = "asked for" if stage.name in self.redo else self._reason(stage)
            return Due(reason, stage.claim(self.context)) if reason else None

    def _reason(self, stage: Stage[C]) -> str | None:
        with self._mutex:
            decision = decide(stage, self.context, self.receipts, self.digests)
        if decision.reason is None:
            self._skip(decision)
        elif decision.edited:
            raise _would_overwrite(stage.name, decision.reason, decision.edited)
        return decision.reason

    def execute(self, stage: Stage[C], reason: str) -> None:
        """Runs the stage, puts its outputs in place and keeps its receipt; `reason` is why it must.

        Whatever goes wrong is told and raised, a CastkitError where a person can do something about it. Cancelled is
        raised where the run was given up.
        """
        with _words(self, stage):
            self._go_on()
            self._execute(stage, reason)

    def close(self, *, is_done: bool) -> None:
        """Keeps what was learned of digests; where every stage is done, forgets what a killed run had noted."""
        self.digests.save()
        if is_done:
            self._forget_pending()

    def _go_on(self) -> None:
        if self.cancelled.is_set():
            raise Cancelled

    def _skip(self, decision: Decision[C]) -> None:
        for text in self.receipts.stages[decision.stage.name].notes:
            self.report(events.Note(self.place.subject, decision.stage.name, text))
        edited = f"edited by hand: {', '.join(path.name for path in decision.edited)}"
        self.report(
            events.Skipped(self.place.subject, decision.stage.name, edited if decision.edited else "up to date")
        )

    def _execute(self, stage: Stage[C], reason: str) -> None:
        self.report(events.Started(self.place.subject, stage.name, reason))
        began = time.monotonic()
        settings = json.loads(json.dumps(stage.settings(self.context)))
        wanted = tuple(stage.reads(self.context))
        self._refuse_away(stage, reason, wanted)
        reads = {self.digests.name(path): self.digests.of(path) for path in wanted}
        targets = tuple(stage.writes(self.context))
        self._protect(stage, targets, reason)
        job = StageJob(self.place.subject, stage.name, targets, self.report, self.cancelled)
        try:
            stage.run(self.context, job)
            receipt = Receipt(stage.version, settings, reads, self._part_digests(job), job.tools, tuple(job.notes))
            self._commit(stage.name, job, receipt)
        finally:
            for part in job.parts.values():
                part.unlink(missing_ok=True)
        self.report(events.Finished(self.place.subject, stage.name, time.monotonic() - began, reason))

    def _refuse_away(self, stage: Stage[C], reason: str, wanted: Sequence[Path]) -> None:
        """CastkitError where the stage needs files that are away: which, and how they come back."""
        lacking = [self.digests.name(path) for path in wanted if self.digests.is_away(path)]
        if not lacking:
            return
        sources, makers = self._origins(lacking)
        redo = " ".join(f"--redo {name}" for name in makers)
        again = f"run the command again with {redo}" if makers else "run the command again"
        bring = f"bring {', '.join(sources)} back, then {again}" if sources else again
        raise CastkitError(
            f"{stage.name} has to run again ({reason}), and needs what was not taken back from the backup: "
            f"{', '.join(lacking)}",
            f"{bring}; or take it back, where the backup has it: castkit restore . --into-existing",
        )

    def _origins(self, names: Sequence[str]) -> tuple[list[str], list[str]]:
        """What lies at the bottom of these files and is not here either, and the stages that make them of it."""
        sources: dict[str, None] = {}
        makers: dict[str, None] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            maker = next((one for one, receipt in self.receipts.stages.items() if name in receipt.writes), None)
            if maker is None:
                sources[name] = None
            elif maker not in makers:
                makers[maker] = None
                needs = self.receipts.stages[maker].reads
                waiting += [one for one in needs if self.digests.is_away(self.place.root / one)]
        return list(sources), list(makers)

    def _protect(self, stage: Stage[C], targets: tuple[Path, ...], reason: str) -> None:
        """Before the stage overwrites what a person edited, whichever stage made it: stops, or sets the edit aside."""
        old = self.receipts.stages.get(stage.name)
        names = {*(old.writes if old else ()), *map(self.digests.name, targets)}
        changed = edited_outputs(sorted(names), self.receipts, self.digests)
        edited = [path for path in changed if stage.is_editable(path)]
        if edited and stage.name not in self.redo:
            raise _would_overwrite(stage.name, reason, edited)
        for path in changed:
            self._set_aside(stage.name, path)

    def _part_digests(self, job: StageJob) -> dict[str, str | None]:
        if missing := [target.name for target in job.targets if target not in job.parts]:
            raise ValueError(f"{job.stage} did not write {', '.join(missing)}")
        return {self.digests.name(target): self.digests.of(part) for target, part in job.parts.items()}

    def _commit(self, name: str, job: StageJob, receipt: Receipt) -> None:
        with self._mutex:
            old = self.receipts.stages.get(name)
            about: Mapping[str, Any] = {path: digest for path, digest in receipt.writes.items() if digest}
            self.receipts = self.receipts.with_pending(about)
            receipts.save(self.place.receipts, self.receipts)
            for target, part in job.parts.items():
                self._put_in_place(name, part, target, receipt.writes[self.digests.name(target)])
            self._remove_dropped(old, receipt)
            self.receipts = self.receipts.with_receipt(name, receipt)
            receipts.save(self.place.receipts, self.receipts)

    def _put_in_place(self, stage: str, part: Path, target: Path, digest: str | None) -> None:
        """Renames a finished part; what lies there and is no work of ours is set aside, never overwritten."""
        found = self.digests.of(target)
        if found == digest:
            return
        if found is not None and found not in known_digests(self.digests.name(target), self.receipts):
            self._set_aside(stage, target)
        atomic.sync_file(part)
        atomic.replace(part, target)

    def _remove_dropped(self, old: Receipt | None, new: Receipt) -> None:
        """Takes away what the stage made before and makes no more (a language dropped), unless a person changed it."""
        for name, digest in (old.writes if old else {}).items():
            path = self.place.root / name
            if name not in new.writes and digest is not None and self.digests.of(path) == digest:
                path.unlink(missing_ok=True)

    def _set_aside(self, stage: str, path: Path) -> None:
        """Keeps a person's file under a name of its own beside the old one, and says so."""
        names = (path.with_name(f"{path.name}.edited-{number}") for number in range(1, 10_000))
        aside = next(name for name in names if not name.exists())
        atomic.replace(path, aside)
        text = f"{path.name} as it was changed by hand is kept as {aside.name}"
        self.report(events.Note(self.place.subject, stage, text))

    def _forget_pending(self) -> None:
        """Every stage has its receipt now: what a killed run noted needs no remembering."""
        if self.receipts.pending:
            self.receipts = Receipts(self.receipts.stages)
            receipts.save(self.place.receipts, self.receipts)

    def _sweep(self) -> None:
        """Removes what a killed run left half-written."""
        folders = (self.place.folder, self.place.beside)
        for found in [one for folder in folders if folder for one in folder.rglob(".*")]:
            if found.name.startswith(PART) or atomic.is_part(found.name):
                logger.info("removing %s, left by a run that was cut short", found)
                if found.is_dir():
                    shutil.rmtree(found)
                else:
                    found.unlink(missing_ok=True)


@contextmanager
def _words(runner: Runner[C], stage: Stage[C]) -> Iterator[None]:
    """Tells what goes wrong with a stage, in words."""
    try:
        yield
    except Cancelled:
        raise
    except OSError as error:
        _tell(runner, stage, translated := _from_os(error, stage.name))
        raise translated from error
    except CastkitError as error:
        _tell(runner, stage, error)
        raise
    except Exception as error:
        _tell(runner, stage, CastkitError(f"{type(error).__name__}: {error}"))
        raise


def _tell(runner: Runner[C], stage: Stage[C], error: CastkitError) -> None:
    runner.report(events.Failed(runner.place.subject, stage.name, error.message, error.hint))


def _would_overwrite(stage: str, reason: str, edited: Sequence[Path]) -> CastkitError:
    names = ", ".join(path.name for path in edited)
    return CastkitError(
        f"{stage} has to run again ({reason}), but a person edited what it made: {names}",
        f"accept the edit (for subtitles: save it under subtitles/), or run again with --redo {stage}, which sets the "
        "edit aside under another name and makes the file anew",
    )


def _from_os(error: OSError, step: str) -> CastkitError:
    where = f" ({error.filename})" if error.filename else ""
    hint = "free some space or check the folder's permissions, then run the command again; nothing was half-written"
    if isinstance(error, IsADirectoryError):
        hint = "a folder lies where a file belongs: move it away, then run the command again"
    return CastkitError(f"{step}: {error.strerror or error}{where}", hint)
