"""A model of a fleet: episodes and their steps, machines, the coordinator, and the private store between them.

Rule: no clock and no chance is in it; the same figures give the same answer. Every figure comes from a real run
(capacity.py), every limit from castkit's own code. What is shared is shared evenly: when cores or a link are asked for
more than they have, all who use them become slower by the same factor.
"""

from __future__ import annotations

import heapq
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from capacity_clock import Clock, Shared, Then

OWN = ""  # who made a file that no step made: a person
_FILES_AT_ONCE = 8  # castkit.cluster.travel._AT_ONCE
_PIECE = 16 << 20  # castkit.cluster.travel._PIECE: bytes that one answer brings
_UPLOAD_ANSWERS = 3  # look, send, look
_GOLDEN = (5**0.5 - 1) / 2  # whose multiples lie evenly between 0 and 1
SATURATED = 0.9
WORKERS = "workers"  # who may all have a step while their cores wait


@dataclass(frozen=True, slots=True)
class Step:
    """What one run of a step takes. `needs` are bytes to bring, by the step that made them.

    `seconds` are a worker's when nobody else uses its machine, `cpu_s` the processor's in them, `first_s` what the
    first run on a worker takes besides: modules, the model. `office_s` is the coordinator's processor, `between_s` what
    passes before it begins. A step that `sends` is the coordinator's own, one episode after the other.
    """

    name: str
    after: tuple[str, ...]
    seconds: float
    cpu_s: float
    office_s: float = 0.0
    between_s: float = 0.0
    first_s: float = 0.0
    memory: int = 0
    needs: Mapping[str, int] = field(default_factory=dict)
    files_in: int = 0
    made: int = 0
    files_out: int = 0
    sends: bool = False


@dataclass(frozen=True, slots=True)
class Fleet:
    """The machines. Bandwidths in bytes a second, each way; `answer_s` is what the store takes to answer.

    With `is_one` the workers share one machine with the coordinator, as `local:N` does, and the links are in the steps'
    seconds already.
    """

    machines: int
    cores: float
    workers: int  # of each machine; each does one step at a time
    memory: float = inf  # of each machine, bytes
    link: float = inf  # of each machine, and of the coordinator
    store: float = inf  # of the private store, to all machines together
    uplink: float = inf  # of the coordinator to the public store
    answer_s: float = 0.0
    office: float = 1.0  # of a core, that the coordinator has for errands: Python, so never more than one
    begun: int = 256  # castkit.engine.fleet.MOST_BEGUN: episodes, with those that wait for others
    errands: int = 256  # castkit.cluster.executor._MOST
    is_one: bool = False
    spread: float = 0.0  # by how much of its length an episode may be shorter or longer than the others

    @property
    def most(self) -> int:
        """Errands at once, as `OnCluster.most` says."""
        slots = self.machines * self.workers
        return min(slots if self.is_one else 2 * slots, self.errands)


@dataclass(frozen=True, slots=True)
class Ran:
    """Where and when a step ran: `began` and `ended` on the worker (s). The coordinator's machine is -1."""

    episode: int
    step: str
    machine: int
    worker: int
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: seconds, how busy each resource was on average (0 to 1), the bytes through the private store.

    `ends` are the moments (s) at which the episodes were finished, in the order of finishing.
    """

    wall_s: float
    busy: Mapping[str, float]
    carried: float
    ends: tuple[float, ...]
    runs: tuple[Ran, ...]

    def first_saturated(self, begun: int) -> str:
        """The busiest resource; else the workers, where each has a step; else castkit's limit on episodes begun."""
        for names in (self.busy.keys() - {WORKERS}, {WORKERS}):
            busiest = max(sorted(names), key=lambda one: self.busy[one])
            if self.busy[busiest] >= SATURATED:
                return busiest
        return f"episodes begun at once ({begun})"


class _Machine:
    """A machine and its workers: which are free, what each has kept, and which steps it has done before."""

    def __init__(self, clock: Clock, fleet: Fleet) -> None:
        self.cores = Shared(clock, fleet.cores)
        self.down, self.up = Shared(clock, 1.0), Shared(clock, 1.0)
        self.free = list(range(fleet.workers))
        self.memory = fleet.memory
        self.kept: list[dict[tuple[int, str], int]] = [{} for _ in self.free]  # bytes, by episode and maker
        self.done: list[set[str]] = [set() for _ in self.free]


class _Run:
    def __init__(self, steps: Sequence[Step], fleet: Fleet, episodes: int) -> None:
        self.steps, self.fleet, self.episodes = steps, fleet, episodes
        self.clock = Clock()
        self.machines = [_Machine(self.clock, fleet) for _ in range(fleet.machines)]
        self.office = self.machines[0].cores if fleet.is_one else Shared(self.clock, fleet.office)
        self.store = Shared(self.clock, 1.0)
        self.down, self.up = Shared(self.clock, 1.0), Shared(self.clock, 1.0)
        self.row = {step.name: number for number, step in enumerate(steps)}
        self.left = [[sum(name in self.row for name in step.after) for step in steps] for _ in range(episodes)]
        self.undone = [len(steps)] * episodes
        self.followers = [[n for n, other in enumerate(steps) if step.name in other.after] for step in steps]
        self.ready: list[tuple[int, int]] = []  # earlier episodes first, then earlier rows
        self.queue: list[tuple[int, int]] = []  # with the scheduler
        self.next_episode = self.next_sent = self.under_way = self.running = 0
        self.open = 0  # episodes begun and not ended
        self.to_send: dict[int, int] = {}  # episodes of which only sending is left, and its row
        self.sent: set[int] = set()  # episodes whose recordings are in the private store already
        self.carried = self.crowded_s = self.working_s = self.sending_s = 0.0
        self.is_sending, self.sent_from = False, 0.0
        self._seen = 0.0
        self.ends: list[float] = []
        self.runs: list[Ran] = []

    def go(self) -> Outcome:
        self._start()
        self.clock.run()
        if len(self.ends) < self.episodes:
            raise ValueError("steps wait for each other, or claim more memory than any machine has")
        return Outcome(self.clock.now, self._busy(), self.carried, tuple(self.ends), tuple(self.runs))

    def _busy(self) -> dict[str, float]:
        wall, fleet = self.clock.now or 1.0, self.fleet
        slots = fleet.machines * fleet.workers
        shares = {
            "workers' cores": sum(one.cores.served for one in self.machines) / (fleet.machines * fleet.cores),
            WORKERS: self.working_s / slots,
            "errands at once": self.crowded_s if fleet.most == fleet.errands else 0.0,
            "coordinator's processor": 0.0 if fleet.is_one else self.office.served / fleet.office,
            "coordinator's link": max(self.down.served, self.up.served),
            "machines' links": max(max(one.down.served, one.up.served) for one in self.machines),
            "private store": self.store.served,
            "coordinator's uploads": self.sending_s,
        }
        return {name: share / wall for name, share in shares.items()}

    def _start(self) -> None:
        """Begins with episodes, and hands out what is ready, as far as the limits go."""
        self._count_time()
        fleet = self.fleet
        while self.next_episode < self.episodes and self.open < fleet.begun:
            number = self.next_episode
            self.next_episode += 1
            self.open += 1
            for row, left in enumerate(self.left[number]):
                if not left:
                    self._make_ready(number, row)
        while self.ready and self.under_way < fleet.most:
            number, row = heapq.heappop(self.ready)
            self.under_way += 1
            self._submit(number, self.steps[row])

    def _count_time(self) -> None:
        passed = self.clock.now - self._seen
        self.working_s += passed * self.running
        self.crowded_s += passed * (self.under_way >= self.fleet.most)
        self.sending_s += passed * self.is_sending
        self._seen = self.clock.now

    def _make_ready(self, number: int, row: int) -> None:
        if not self.steps[row].sends or number == self.next_sent:
            heapq.heappush(self.ready, (number, row))
        else:  # it waits for those before it
            self.to_send[number] = row

    def _submit(self, number: int, step: Step) -> None:
        if step.sends:
            self.is_sending, self.sent_from = True, self.clock.now
            answers = _UPLOAD_ANSWERS * ceil(step.files_out / _FILES_AT_ONCE)
            self._go(
                lambda then: self._wait(step.between_s, then),
                lambda then: self._think(step.office_s, then),
                lambda then: self._send(max(step.seconds, answers * self.fleet.answer_s), step.made, then),
                lambda _: self._over(number, step),
            )
            return
        sources = 0 if number in self.sent else step.needs.get(OWN, 0)
        self.sent.add(number)
        self._go(
            lambda then: self._wait(step.between_s + 2 * self.fleet.answer_s, then),
            lambda then: self._think(step.office_s / 2, then),
            lambda then: self._carry(sources, self.up, then),
            lambda _: self._enqueue(number, step),
        )

    def _enqueue(self, number: int, step: Step) -> None:
        heapq.heappush(self.queue, (number, self.row[step.name]))
        self._dispatch()

    def _dispatch(self) -> None:
        """Gives what waits to the emptiest machines that have the memory, earlier episodes first."""
        self._count_time()
        passed = []
        while self.queue and any(one.free for one in self.machines):
            number, row = heapq.heappop(self.queue)
            step = self.steps[row]
            fit = [place for place, one in enumerate(self.machines) if one.free and one.memory >= step.memory]
            if not fit:
                passed.append((number, row))
                continue
            self._work(number, step, max(fit, key=lambda place: (len(self.machines[place].free), -place)))
        for one in passed:
            heapq.heappush(self.queue, one)

    def _work(self, number: int, step: Step, place: int) -> None:
        machine = self.machines[place]
        worker = heapq.heappop(machine.free)
        machine.memory -= step.memory
        self.running += 1
        kept, done = machine.kept[worker], machine.done[worker]
        lacking = 0
        for maker, size in step.needs.items():
            had = kept.get((number, maker), 0)
            lacking += max(size - had, 0)
            kept[number, maker] = max(size, had)
        kept[number, step.name] = step.made
        more = 0.0 if step.name in done else step.first_s
        done.add(step.name)
        began = self.clock.now
        share = step.cpu_s / step.seconds if step.seconds else 0.0
        length = length_of(number, self.fleet.spread)
        answers = 2 + ceil(step.files_in / _FILES_AT_ONCE) + 2 * ceil(step.files_out / _FILES_AT_ONCE)

        def leave(_: Then) -> None:
            self._count_time()
            self.running -= 1
            machine.memory += step.memory
            heapq.heappush(machine.free, worker)
            self.runs.append(Ran(number, step.name, place, worker, began, self.clock.now))
            self._bring_home(number, step)
            self._dispatch()

        self._go(
            lambda then: self._wait((answers + lacking // _PIECE) * self.fleet.answer_s, then),
            lambda then: self._carry(lacking, machine.down, then),
            lambda then: self._use(machine.cores, step.seconds * length + more, share, then),
            lambda then: self._carry(step.made, machine.up, then),
            leave,
        )

    def _bring_home(self, number: int, step: Step) -> None:
        answers = 2 + ceil(step.files_out / _FILES_AT_ONCE) + step.made // _PIECE
        self._go(
            lambda then: self._wait(answers * self.fleet.answer_s, then),
            lambda then: self._carry(step.made, self.down, then),
            lambda then: self._think(step.office_s / 2, then),
            lambda _: self._over(number, step),
        )

    def _over(self, number: int, step: Step) -> None:
        self._count_time()
        self.under_way -= 1
        self.undone[number] -= 1
        if step.sends:
            self.runs.append(Ran(number, step.name, -1, 0, self.sent_from, self.clock.now))
            self.is_sending = False
            self.next_sent += 1
            if (row := self.to_send.pop(self.next_sent, None)) is not None:
                heapq.heappush(self.ready, (self.next_sent, row))
        for row in self.followers[self.row[step.name]]:
            self.left[number][row] -= 1
            if not self.left[number][row]:
                self._make_ready(number, row)
        if not self.undone[number]:
            self.open -= 1
            self.ends.append(self.clock.now)
        self._start()

    def _go(self, *phases: Callable[[Then], None]) -> None:
        """One phase after the other."""
        first, *rest = phases
        first((lambda: self._go(*rest)) if rest else _nothing)

    def _wait(self, seconds: float, then: Then) -> None:
        self.clock.at(self.clock.now + seconds, then)  # also where it is no time at all: no step ends inside another

    def _use(self, what: Shared, seconds: float, share: float, then: Then) -> None:
        what.use(seconds, share, then) if seconds > 0 else then()

    def _think(self, seconds: float, then: Then) -> None:
        self._use(self.office, seconds, 1.0, then)

    def _send(self, seconds: float, size: int, then: Then) -> None:
        """To the public store: at the pace of its answers, or of the link; one episode at a time has all of it."""
        self._wait(max(seconds, size / self.fleet.uplink), then)

    def _carry(self, size: int, link: Shared, then: Then) -> None:
        """Through the link and the private store at once: it is there when both are through."""
        self.carried += size
        waiting = [size / self.fleet.link, size / self.fleet.store]
        left = sum(seconds > 0 for seconds in waiting)
        if not left:
            then()
            return

        def through() -> None:
            nonlocal left
            left -= 1
            if not left:
                then()

        for what, seconds in zip((link, self.store), waiting, strict=True):
            if seconds > 0:
                what.use(seconds, 1.0, through)


def length_of(number: int, spread: float) -> float:
    """The length of this episode against the usual one: evenly spread, without chance.

    Without it all keep step for ever, and ask for the same thing at the same moment, as no real show's do.
    """
    return 1 + spread * (2 * (number * _GOLDEN % 1) - 1)


def _nothing() -> None:
    pass


def simulate(steps: Sequence[Step], fleet: Fleet, episodes: int) -> Outcome:
    """So many episodes through these steps (in the order of the road) on this fleet."""
    return _Run(steps, fleet, episodes).go()
