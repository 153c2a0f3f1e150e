"""The fleet's hands on a cluster: every row that may travel is done by a worker, what sends is done here.

Rule: workers publish nothing. The feeds' ledger, the public store's keys and the last word on what is published stay
with the machine on which the command was given.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from castkit.cluster import on_dask
from castkit.cluster.elsewhere import Elsewhere
from castkit.cluster.on_dask import GPU, MEMORY, Crew, Handed
from castkit.cluster.private import notebooks, open_private, store_settings
from castkit.cluster.travel import Travel
from castkit.cluster.workshop import Task
from castkit.engine.claims import Claim, Room, Taken
from castkit.engine.fleet import Order
from castkit.engine.stage import Stage
from castkit.errors import CastkitError
from castkit.model.show import Show
from castkit.steps.context import EpisodeContext
from castkit.workspace import Workspace

_ROWS = 1000  # of a road; more than there will be
_MOST = 256  # errands under way: each has a thread here, which mostly waits
_HEARD = "transcribe"  # the one row that a GPU does


class OnCluster:
    """An executor of the fleet; see `castkit.engine.fleet.Executor`."""

    def __init__(self, crew: Crew, elsewhere: Elsewhere, *, is_local: bool) -> None:
        self._crew, self._elsewhere = crew, elsewhere
        self._pool = ThreadPoolExecutor(_MOST, thread_name_prefix="castkit-errand")
        self._under_way = 0
        # Workers on this machine share its memory and GPU; cores are as many as were asked for.
        room = Room.measured()
        self._taken = Taken(Room(float("inf"), room.memory, room.gpu)) if is_local else None

    @property
    def most(self) -> int:
        """Errands at once: on other machines as many again are prepared, so that no worker waits for its files."""
        slots = max(self._crew.slots, 1)
        return min(slots if self._taken else 2 * slots, _MOST)

    def fits(self, claim: Claim, beside: Sequence[Claim]) -> bool:
        if not self._under_way:
            return True
        if self._under_way + len(beside) >= self.most:
            return False
        return self._taken is None or self._taken.fits(claim, beside=tuple(beside))

    def submit(self, order: Order[EpisodeContext]) -> Future[None]:
        self._under_way += 1
        if self._taken:
            self._taken.take(order.due.claim)
        return self._pool.submit(self._execute, order)

    def _execute(self, order: Order[EpisodeContext]) -> None:
        order.runner.execute(self._elsewhere.moved(order), order.due.reason)

    def ended(self, order: Order[EpisodeContext]) -> None:
        self._under_way -= 1
        if self._taken:
            self._taken.give_back(order.due.claim)

    def close(self) -> None:
        """As the fleet asks; what still travels is of runs that were given up, and nobody waits for it."""
        self._elsewhere.travel.give_up()
        self._pool.shutdown(wait=True, cancel_futures=True)


def hand_out(crew: Crew, task: Task, order: Order[EpisodeContext]) -> Handed:
    """Gives the task to a worker that has what it needs; earlier episodes first."""
    number, row = order.rank
    needs = needed(crew, order.stage, order.runner.context, order.due.claim)
    return crew.hand_out(task, f"{order.stage.name}-{secrets.token_hex(8)}", needs, rank=number * _ROWS + row)


def needed(crew: Crew, stage: Stage[EpisodeContext], context: EpisodeContext, claim: Claim) -> Mapping[str, float]:
    """What a worker must have. Recognition goes to a GPU where there is one; never more memory than any worker has."""
    needs: dict[str, float] = {}
    device = context.show.speech.device
    if stage.name == _HEARD and device != "cpu":
        has_gpu = crew.has(GPU) >= 1
        if device == "cuda" and not has_gpu:
            raise CastkitError(
                'device = "cuda" under [speech], and no worker has a GPU', "start one: castkit worker ADDRESS --gpus 1"
            )
        if has_gpu:
            needs[GPU] = 1
    if memory := min(float(claim.memory), crew.has(MEMORY)):
        needs[MEMORY] = memory
    return needs


@dataclass(frozen=True, slots=True)
class Hands:
    """A cluster that is ready: its executor, and what a person is told of it."""

    executor: OnCluster
    words: tuple[str, ...]


@contextlib.contextmanager
def hands(
    address: str,
    workspace: Workspace,
    show: Show,
    *,
    road: Sequence[Stage[EpisodeContext]],
    listen: on_dask.Listen | None = None,
) -> Iterator[Hands]:
    """The workers at this address (`tcp://…`, `local:N`); the store is made sure of before any is asked.

    Raises CastkitError where the store can be read by others, or where no worker is to be had.
    """
    is_local = on_dask.local_count(address) > 0
    settings = store_settings(show, workspace.root, is_local=is_local)
    own = workspace.root / settings.path if settings.kind == "folder" else None
    store, told = open_private(settings, show, workspace.root)
    with _left_tidy(own), on_dask.connected(address, listen) as crew:
        crew.wait_for_one()
        rows = {stage.name: stage for stage in road}
        travel = Travel(store, notebooks(workspace.root))
        elsewhere = Elsewhere(travel, settings, lambda task, order: hand_out(crew, task, order), rows)
        yield Hands(OnCluster(crew, elsewhere, is_local=is_local), (*told, *_introduced(crew)))


@contextlib.contextmanager
def _left_tidy(own: Path | None) -> Iterator[None]:
    """The folder that this run made for itself goes at its end: what is finished was brought home before."""
    try:
        yield
    finally:
        if own is not None:
            shutil.rmtree(own, ignore_errors=True)


def _introduced(crew: Crew) -> Iterator[str]:
    workers = crew.workers()
    gpus = sum(1 for one in workers if one["resources"].get(GPU, 0))
    yield f"{len(workers)} worker{'s' * (len(workers) != 1)}" + (f", {gpus} of them with a GPU" if gpus else "")
    if crew.dashboard:
        yield f"Dask's dashboard: {crew.dashboard}"
