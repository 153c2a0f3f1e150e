"""Runs the pipeline of one subject: a fleet of one.

Rule: the caller holds the subject's lock.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar

from castkit.engine import events
from castkit.engine.fleet import Fleet, Local, Work
from castkit.engine.place import Place
from castkit.engine.stage import Stage

C = TypeVar("C")


def run(
    stages: Sequence[Stage[C]], context: C, place: Place, report: events.Report, *, redo: Collection[str] = ()
) -> None:
    """Brings a pipeline up to date; raises the first stage's error after those running beside it have ended."""
    work = Work(context, place, tuple(stages), frozenset(redo))
    executor: Local[C] = Local()
    for failure in Fleet(executor, report, at_once=1).run([work]):
        raise failure.error
