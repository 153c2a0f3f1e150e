"""Runs a pipeline: stale stages only, independent ones side by side, every result whole or not there at all.

Rule: after a kill at any moment the next run ends in the same bytes as an undisturbed one.
"""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag
from threading import Lock
from typing import Any, Generic, TypeVar

from castkit import atomic
from castkit.engine import away, events, receipts
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
class Place:
    """Where a subject's work is kept: `root` of the workspace, `folder` of what is built, receipts and lock in it."""

    subject: str
    root: Path
    folder: Path
    receipts: Path
    lock: Path

    def digests(self) -> Digests:
        return Digests(self.root, self.receipts.with_name(".digests.json"), self.away)

    @property
    def away(self) -> Path:
        """What is not here of what the receipts name, by digest; written where a backup is taken back."""
        return self.receipts.with_name(away.NAME)


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


def lock(place: Place, *, patience_s: float = 0.0) -> AbstractContextManager[object]:
    """Holds the subject's lock; CastkitError where another castkit has it for longer than `patience_s` seconds."""
    import filelock  # noqa: PLC0415

    place.lock.parent.mkdir(parents=True, exist_ok=True)
    held = filelock.FileLock(place.lock, timeout=patience_s)
    try:
        return held.acquire()
    except filelock.Timeout:
        raise CastkitError(
            f"another castkit is working on {place.subject}", "wait until it is done, then run the command again"
        ) from None
    except OSError as error:
        raise CastkitError(f"cannot write in {place.lock.parent}: {error.strerror}", "check its permissions") from error


class Runner(Generic[C]):
    """One run of a pipeline for one subject; holds what the threads share."""

    def __init__(self, place: Place, context: C, report: events.Report, redo: Collection[str] = ()) -> None:
        self.place = place
        self.context = context
        self.report = report
        self.redo = set(redo)
        self.digests = place.digests()
        self.receipts: Receipts = receipts.load(place.receipts)
        self._cancelled = Flag()
        self._mutex = Lock()

    def run(self, stages: Sequence[Stage[C]], *, workers: int = 2) -> None:
        """Brings every stage up to date; raises the first stage's error after those running beside it have ended."""
        self._sweep()
        waiting = list(stages)
        names = {stage.name for stage in stages}
        done: set[str] = set()
        running: dict[Future[None], str] = {}
        with ThreadPoolExecutor(workers, thread_name_prefix="castkit") as pool:
            try:
                while waiting or running:
                    for stage in [one for one in waiting if set(one.after) & names <= done]:
                        waiting.remove(stage)
                        running[pool.submit(self._bring_up_to_date, stage)] = stage.name
                    for future in wait(running, timeout=0.2, return_when=FIRST_COMPLETED).done:
                        future.result()
                        done.add(running.pop(future))
            except BaseException:
                self._cancelled.set()
                raise
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
                self.digests.save()
        self._forget_pending()

    def _bring_up_to_date(self, stage: Stage[C]) -> None:
        try:
            self._decide_and_execute(stage)
        except Cancelled:
            raise
        except OSError as error:
            self._tell(stage, translated := _from_os(error, stage.name))
            raise translated from error
        except CastkitError as error:
            self._tell(stage, error)
            raise
        except Exception as error:
            self._tell(stage, CastkitError(f"{type(error).__name__}: {error}"))
            raise

    def _tell(self, stage: Stage[C], error: CastkitError) -> None:
        self.report(events.Failed(self.place.subject, stage.name, error.message, error.hint))

    def _decide_and_execute(self, stage: Stage[C]) -> None:
        if self._cancelled.is_set():
            raise Cancelled
        if stage.name in self.redo:
            self._execute(stage, "asked for")
            return
        with self._mutex:
            decision = decide(stage, self.context, self.receipts, self.digests)
        if decision.reason is None:
            self._skip(decision)
        elif decision.edited:
            raise _would_overwrite(stage.name, decision.reason, decision.edited)
        else:
            self._execute(stage, decision.reason)

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
        job = StageJob(self.place.subject, stage.name, targets, self.report, self._cancelled)
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
        for found in list(self.place.folder.rglob(".*")):
            if found.name.startswith(PART) or atomic.is_part(found.name):
                logger.info("removing %s, left by a run that was cut short", found)
                if found.is_dir():
                    shutil.rmtree(found)
                else:
                    found.unlink(missing_ok=True)


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


def run(
    stages: Sequence[Stage[C]],
    context: C,
    place: Place,
    report: Callable[[events.Event], None],
    *,
    redo: Collection[str] = (),
) -> None:
    """Brings a pipeline up to date under the subject's lock, which the caller holds (see `lock`)."""
    Runner(place, context, report, redo).run(stages)
