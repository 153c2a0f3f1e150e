"""Many subjects at once, each stage when its inputs are there and its claim fits; one that fails stops no other.

Rule: what comes of it is, byte for byte, what comes of one subject after the other in the order asked for. So what
leaves the machine leaves in that order, and so does what looks at another subject's work (`Stage.waits_for`).
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Generic, Protocol, TypeVar

from castkit.engine import events
from castkit.engine.claims import Claim, Room, Taken
from castkit.engine.machine import open_files
from castkit.engine.place import Place
from castkit.engine.runner import Cancelled, Due, Runner
from castkit.engine.stage import Stage

C = TypeVar("C")
LOOKING = 4  # threads that look whether stages must run: they read files, and ask the store
MOST_RUNNING = 64  # threads of the local executor, more than the cores of any machine keep busy
MOST_BEGUN = 256  # subjects begun and not ended, where the system lets them be: as many as there are errands at once
MOST_OVERTAKEN = 16  # times that a stage is passed by later ones with smaller claims; then all wait for it
TICK_S = 0.2  # how soon Ctrl-C is heard everywhere


@dataclass(frozen=True)
class Work(Generic[C]):
    """One subject to be brought up to date: its context, its place, its stages, and those to run though up to date.

    `held` is entered before the first look at the subject and left after its last receipt: it takes the lock. Where it
    raises, on its way in or out, the subject has failed. It is left with the error where a stage failed.
    """

    context: C
    place: Place
    stages: tuple[Stage[C], ...]
    redo: frozenset[str] = frozenset()
    held: Callable[[], AbstractContextManager[object]] = nullcontext


@dataclass(frozen=True)
class Order(Generic[C]):
    """A stage that must run, and why. `rank` is smaller the earlier it was asked for: (subject, row of its table).

    To have it done elsewhere, give `runner.execute` a copy of the stage with another `run`: outputs, receipts, edits
    and words stay with the runner, and that `run` has its Job to tell progress, which raises Cancelled when it is over.
    """

    runner: Runner[C]
    stage: Stage[C]
    due: Due
    rank: tuple[int, int]


class Executor(Protocol[C]):
    """Where stages run; asked from one thread."""

    def fits(self, claim: Claim, beside: Sequence[Claim]) -> bool:
        """Whether this claim could be taken now, with room left for those `beside`, which wait and come first.

        Where nothing runs, every claim fits.
        """

    def submit(self, order: Order[C]) -> Future[None]:
        """Has `order.runner.execute(order.stage, order.due.reason)` done; the future raises what that raises."""

    def ended(self, order: Order[C]) -> None:
        """What the order claimed is free again: its future is done."""

    def close(self) -> None:
        """Waits for what runs; every runner of it that shall not end its work has been cancelled before."""


class Local(Generic[C]):
    """Stages on threads of this process; their heavy work is done by libraries and programs that let others run."""

    def __init__(self, room: Room | None = None) -> None:
        self._taken = Taken(room or Room.measured())
        self._name = f"castkit-{id(self)}"  # of its threads, before a number
        self._pool = ThreadPoolExecutor(MOST_RUNNING, thread_name_prefix=self._name)

    def fits(self, claim: Claim, beside: Sequence[Claim]) -> bool:
        return self._taken.fits(claim, beside=tuple(beside))

    def submit(self, order: Order[C]) -> Future[None]:
        self._taken.take(order.due.claim)
        return self._pool.submit(order.runner.execute, order.stage, order.due.reason)

    def ended(self, order: Order[C]) -> None:
        self._taken.give_back(order.due.claim)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        # Where Ctrl-C came while the pool started a thread, the pool does not know of it.
        for thread in threading.enumerate():
            if thread.name.startswith(self._name):
                until = time.monotonic() + 1
                while thread.ident is None and time.monotonic() < until:  # about to start, if it was told to
                    time.sleep(0.001)
                if thread.ident is not None:
                    thread.join()


def usual_at_once(room: Room) -> int:
    """How many subjects to begin before the first has ended, so that no core waits where one recognises for long."""
    return max(2, min(MOST_RUNNING, round(2 * room.cores)))


def most_begun(files: int) -> int:
    """How many subjects may have begun and not ended in a process that may have so many files open (0: not known).

    Each holds its lock, an open file. Steps, connections and workers get the larger part: of macOS's 256 files, 160.
    """
    return max(1, min(MOST_BEGUN, (files or 256) * 3 // 8))


@dataclass(frozen=True, slots=True)
class Failure:
    """A subject that failed, and how: by a CastkitError, or by a bug of ours."""

    subject: str
    error: Exception


@dataclass(eq=False)
class _Underway(Generic[C]):
    """A subject that is being worked on."""

    number: int
    work: Work[C]
    stack: ExitStack
    runner: Runner[C]
    began: float
    waiting: list[Stage[C]]
    over: set[str] = field(default_factory=set)  # the names of stages that are up to date
    ready: list[Order[C]] = field(default_factory=list)
    overtaken: Counter[str] = field(default_factory=Counter)
    behind: dict[str, _Behind[C]] = field(default_factory=dict)  # stages that wait for an earlier subject
    busy: int = 0  # looks and runs
    is_stirred: bool = True  # it was begun, or a stage of it is over, since all that waits was gone through
    is_held_up: bool = False  # all that is left waits for subjects before this one
    has_left: bool = False
    error: Exception | None = None
    failed_at: str = ""

    def __post_init__(self) -> None:
        self.names = frozenset(stage.name for stage in self.work.stages)

    @property
    def is_over(self) -> bool:
        return not self.busy and (self.error is not None or not (self.waiting or self.ready))

    @property
    def may_go_on(self) -> bool:
        """Whether a stage that waits might begin now: else nothing happened for which it waits."""
        return self.error is None and (self.is_stirred or any(one.is_past for one in self.behind.values()))

    def may_begin(self, stage: Stage[C], earlier: Sequence[_Underway[C]]) -> bool:
        """Whether the stage's inputs are there, and what it waits for of earlier subjects is over."""
        if not self.names.intersection(stage.after) <= self.over:
            return False
        if (known := self.behind.get(stage.name)) and not known.is_past:
            return False
        for other in earlier:
            behind = _Behind(other, self._wanted_of(other, stage))
            if not behind.is_past:
                self.behind[stage.name] = behind
                return False
        self.behind.pop(stage.name, None)
        return True

    def _wanted_of(self, other: _Underway[C], stage: Stage[C]) -> frozenset[str]:
        sent = {each.name for each in other.work.stages if stage.sends and each.sends}
        return frozenset(sent.union(stage.waits_for(self.work.context, other.work.context))) & other.names

    def stop(self, stage: Stage[C], error: Exception) -> None:
        """Gives the subject up: its first error counts, and what runs beside it is cut short."""
        self.runner.cancelled.set()
        self.ready.clear()
        if self.error is None:
            self.error, self.failed_at = error, stage.name


@dataclass(frozen=True)
class _Behind(Generic[C]):
    """What a stage waits for: these of an earlier subject, unless that has ended without them."""

    other: _Underway[C]
    names: frozenset[str]

    @property
    def is_past(self) -> bool:
        return self.other.has_left or self.names <= self.other.over


class Fleet(Generic[C]):
    """Brings many subjects up to date; `at_once` is how many are worked on, 1 for one after the other.

    Never more than `most_begun` have begun and not ended, with those that wait for others.
    """

    def __init__(self, executor: Executor[C], report: events.Report, *, at_once: int) -> None:
        self._executor = executor
        self._report = report
        self._at_once, self._most = at_once, most_begun(open_files())
        self._underway: list[_Underway[C]] = []  # in the order asked for
        self._pending: dict[Future[Any], tuple[_Underway[C], Stage[C], Order[C] | None]] = {}  # looks, and runs
        self._done: SimpleQueue[Future[Any]] = SimpleQueue()  # of them, those that came to an end
        self._failures: dict[int, Failure] = {}
        self._are_many = False

    def run(self, works: Sequence[Work[C]]) -> tuple[Failure, ...]:
        """Brings all up to date, and gives those that failed, in the order asked for. Closes the executor.

        Whatever else is raised (Ctrl-C) comes out when all that ran has been given up and has ended.
        """
        self._are_many = len(works) > 1
        coming = iter(enumerate(works))
        with ThreadPoolExecutor(LOOKING, thread_name_prefix="castkit-look") as lookers:
            try:
                while self._open(coming) or self._underway:
                    self._look(lookers)
                    self._start()
                    if not self._open(coming):  # in the place of one that now only waits for others
                        self._settle()
                    self._leave()
            except BaseException:
                for one in self._underway:
                    one.runner.cancelled.set()
                raise
            finally:
                lookers.shutdown(wait=True, cancel_futures=True)
                self._executor.close()
                self._abandon()
        return tuple(self._failures[number] for number in sorted(self._failures))

    def _open(self, coming: Iterator[tuple[int, Work[C]]]) -> bool:
        """Begins with as many subjects as there may be at once; whether one was begun, or failed to be."""
        is_any = False
        while self._has_place() and (following := next(coming, None)):
            is_any = True
            number, work = following
            began = time.monotonic()
            try:
                with ExitStack() as stack:
                    stack.enter_context(work.held())
                    runner = Runner(work.place, work.context, self._report, work.redo)
                    self._underway.append(_Underway(number, work, stack.pop_all(), runner, began, list(work.stages)))
            except Exception as error:  # noqa: BLE001 - whatever it is, other subjects have nothing to do with it
                self._tell_ended(number, work, began, error)
        return is_any

    def _has_place(self) -> bool:
        held_up = sum(one.is_held_up for one in self._underway) if self._at_once > 1 else 0
        begun = len(self._underway)
        return begun - held_up < self._at_once and begun < self._most

    def _look(self, lookers: ThreadPoolExecutor) -> None:
        """Has every stage looked at whose inputs are there."""
        for place, one in enumerate(self._underway):
            if one.may_go_on:
                self._look_at(one, self._underway[:place], lookers)
            one.is_held_up = not (one.busy or one.ready or one.is_over)

    def _look_at(self, one: _Underway[C], earlier: Sequence[_Underway[C]], lookers: ThreadPoolExecutor) -> None:
        one.is_stirred = False
        for stage in list(one.waiting):
            try:
                if not one.may_begin(stage, earlier):
                    continue
            except Exception as error:  # noqa: BLE001 - as above
                one.stop(stage, error)
                return
            one.waiting.remove(stage)
            self._await(lookers.submit(one.runner.look, stage), one, stage)

    def _await(self, future: Future[Any], one: _Underway[C], stage: Stage[C], order: Order[C] | None = None) -> None:
        one.busy += 1
        self._pending[future] = one, stage, order
        future.add_done_callback(self._done.put)

    def _start(self) -> None:
        """Starts what fits, what was asked for first before the rest; what was overtaken often is waited for."""
        passed: list[tuple[_Underway[C], str]] = []
        reserved: list[Claim] = []
        for one in self._underway:
            for order in sorted(one.ready, key=lambda each: each.rank):
                name, claim = order.stage.name, order.due.claim
                if not self._executor.fits(claim, reserved):
                    passed.append((one, name))
                    if one.overtaken[name] >= MOST_OVERTAKEN:
                        reserved.append(claim)
                    continue
                one.ready.remove(order)
                self._await(self._executor.submit(order), one, order.stage, order)
                for other, overtaken in passed:
                    other.overtaken[overtaken] += 1

    def _settle(self) -> None:
        """Waits until looks or runs are done, and takes in what came of them."""
        if not self._pending and self._underway and not any(one.is_over for one in self._underway):
            raise ValueError("stages wait for each other")
        for future in self._ended():
            one, stage, order = self._pending.pop(future)
            one.busy -= 1
            if order:
                self._executor.ended(order)
            error = future.exception()
            if isinstance(error, Exception):
                one.stop(stage, error)
            elif due := future.result():
                if one.error is None:
                    one.ready.append(Order(one.runner, stage, due, (one.number, one.work.stages.index(stage))))
            else:
                one.over.add(stage.name)
                one.is_stirred = True

    def _ended(self) -> list[Future[Any]]:
        """The looks and runs that came to an end; where there is none yet, the first, if it comes within a moment."""
        found: list[Future[Any]] = []
        with suppress(Empty):
            while self._pending:
                found.append(self._done.get(block=not found, timeout=TICK_S))
        return found

    def _leave(self) -> None:
        """Ends with the subjects of which nothing more comes."""
        for one in [each for each in self._underway if each.is_over]:
            self._underway.remove(one)
            one.has_left = True
            error = one.error
            try:
                with one.stack:
                    one.runner.close(is_done=error is None)
                    if error is not None:
                        raise error
            except Exception as last:  # noqa: BLE001 - as above
                error = last
            self._tell_ended(one.number, one.work, one.began, error, one.failed_at)

    def _abandon(self) -> None:
        """Lets go of what was given up."""
        for one in self._underway:
            with suppress(Exception), one.stack:
                one.runner.close(is_done=False)
                raise Cancelled
        self._underway.clear()

    def _tell_ended(self, number: int, work: Work[C], began: float, error: Exception | None, step: str = "") -> None:
        subject = work.place.subject
        if error is not None:
            self._failures[number] = Failure(subject, error)
        if self._are_many:
            why = "" if error is None else str(error) or type(error).__name__
            self._report(events.Ended(subject, step, time.monotonic() - began, why))
