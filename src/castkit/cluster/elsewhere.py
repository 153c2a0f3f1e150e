"""A row of the road that is done on another machine, and put in place here as if it had been done here.

Rule: whoever asks has the last word: it reads the outcome under its own key, brings the files and checks each; what
stands in the workspace afterwards is the runner's work, as always.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from castkit import __version__
from castkit.cluster import material
from castkit.cluster.errand import Errand, Outcome
from castkit.cluster.travel import Content, Gone, Travel
from castkit.cluster.workshop import Task
from castkit.engine.fleet import Order
from castkit.engine.runner import Cancelled, Runner
from castkit.engine.stage import Job, Stage
from castkit.errors import CastkitError
from castkit.model.show import StoreSettings
from castkit.steps.context import EpisodeContext

TICK_S = 0.5  # how soon a run that is given up is noticed
_TRIES = 3  # times that files which somebody took away are sent again


class Doing(Protocol):
    """A task that a worker has, or will have."""

    def wait(self, seconds: float) -> bool:
        """Whether it is over, after this long at most."""

    def result(self) -> dict[str, Any]:
        """What came of it, as `carry_out` gives it; CastkitError where no worker lived long enough to do it."""

    def fraction(self) -> float | None:
        """The share that is done, as the worker told last; None before it told any."""

    def cancel(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """How rows are done on other machines: through this store, by what `hand_out` gives a task to."""

    travel: Travel
    store: StoreSettings
    hand_out: Callable[[Task, Order[EpisodeContext]], Doing]
    road: material.Roads

    def moved(self, order: Order[EpisodeContext]) -> Stage[EpisodeContext]:
        """The same row, done elsewhere; the row itself where it must be done here."""
        stage = order.stage
        if stage.sends or not material.portable(stage, order.runner.context):
            return stage
        return replace(stage, run=lambda context, job: self._do(order, context, job))

    def _do(self, order: Order[EpisodeContext], context: EpisodeContext, job: Job) -> None:
        errand = self._errand(order, context)
        outcome = None if errand.anew else self.travel.earlier(errand.key)  # a later one, the worker finds
        for _ in range(_TRIES):
            if outcome is None:
                self._send(errand, context)
                outcome = self._had_done(order, errand, job)
            if outcome is not None and self._taken_over(outcome, errand, job):
                return
            outcome = None
        raise CastkitError(
            f"files for {errand.stage} of {errand.subject} vanish from the {self.travel.store.name}",
            "keep what lies there until the episodes are done",
        )

    def _taken_over(self, outcome: Outcome, errand: Errand, job: Job) -> bool:
        """Brings what the step came to; False where a file of it is gone, so that it must be done again."""
        if not outcome.answers(errand):
            raise CastkitError(
                f"what the {self.travel.store.name} holds of {errand.stage} of {errand.subject} is not what was asked "
                "for",
                f"run the command again with --redo {errand.stage}",
            )
        root = Path(errand.root)
        try:
            self.travel.bring({job.output(root / name): Content(*one) for name, one in outcome.files.items()})
        except Gone:
            return False
        for name, version in outcome.tools.items():
            job.tool(name, version)
        for text in outcome.notes:
            job.note(text)
        return True

    def _errand(self, order: Order[EpisodeContext], context: EpisodeContext) -> Errand:
        runner, stage = order.runner, order.stage
        kept = runner.receipts.stages
        earlier = [kept[name] for name in sorted(material.ancestors(stage, self.road)) if name in kept]
        files = material.files(stage, context, earlier, runner.digests)
        reads = {runner.digests.name(path): runner.digests.of(path) for path in stage.reads(context)}
        material.refuse_changed(reads, files, stage.name)
        return Errand(
            castkit=__version__,
            subject=context.slug,
            stage=stage.name,
            version=stage.version,
            settings=_plain(stage.settings(context)),
            reads=reads,
            files=files,
            root=str(context.workspace.root),
            anew=stage.name in runner.redo,
        )

    def _send(self, errand: Errand, context: EpisodeContext) -> None:
        root = context.workspace.root
        self.travel.send({root / name: Content(*content) for name, content in errand.files.items()})

    def _had_done(self, order: Order[EpisodeContext], errand: Errand, job: Job) -> Outcome | None:
        """What a worker made of it; None where files are gone, which are to be sent or made again."""
        task = Task(_row(order.stage), order.runner.context, errand.to_json(), self.store)
        doing = self.hand_out(task, order)
        try:
            _wait(doing, order.runner, job)
        except BaseException:
            doing.cancel()
            raise
        found = doing.result()
        if "error" in found:
            raise CastkitError(*found["error"])
        if "gone" in found:
            self.travel.forget(tuple(found["gone"]))
            return None
        return self.travel.receipt(errand.key)


def _row(stage: Stage[EpisodeContext]) -> Stage[EpisodeContext]:
    """The row as a worker needs it: what decides where and when it runs stays here."""
    return Stage(
        stage.name, stage.version, stage.after, stage.reads, stage.writes, stage.settings, stage.run,
        is_editable=stage.is_editable,
    )  # fmt: skip


def _wait(doing: Doing, runner: Runner[EpisodeContext], job: Job) -> None:
    told = None
    while not doing.wait(TICK_S):
        if runner.cancelled.is_set():
            raise Cancelled
        share = doing.fraction()
        if share is not None and share != told:
            job.progress(share)
            told = share


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value))
