"""Workers by way of a Dask scheduler: one of these, or as many processes on this machine.

Rule: all of Dask that castkit uses is here. Dask says which worker does what, and gives a lost worker's task to
another; it never holds a file or a result, so that nothing is lost with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag
from threading import Lock
from typing import TYPE_CHECKING, Any

from castkit.cluster.workshop import Task, carry_out
from castkit.engine.machine import memory_bytes
from castkit.errors import CastkitError, ToolMissing

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

Listen = Callable[[dict[str, Any]], None]

GPU, MEMORY = "GPU", "MEMORY"  # what a worker says that it has, and a task that it needs
_TOPIC = "castkit"
_TOLD_S = 2.0  # between two words of progress of a task: each costs the coordinator a millisecond
_FRESH_S = 2.0  # how long it counts what the scheduler said of its workers
_CONNECT_S = 30
_LOOK_S = 10.0  # between two looks at whether anybody could do a task
_JOIN_S = 600.0  # a batch system may start workers late
_MEMORY_SHARE = 0.75  # the rest is for the system
# How often Dask looks at itself. Its own figures would cost the coordinator a hundredth of a core for each worker here.
_CALM = {
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.admin.system-monitor.disk": False,
}
_FAREWELL_S = 0.5  # for workers of a run that is given up: what they were at is done again


@dataclass(slots=True)
class Lines:
    """What workers tell of their tasks: the share done, by task."""

    listen: Listen | None
    shares: dict[str, float] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def hear(self, event: tuple[float, Any]) -> None:
        said = event[1]
        if said["event"] == "progress":
            with self.lock:
                self.shares[str(said["name"])] = float(said["fraction"])
        elif self.listen:
            self.listen(said)

    def share(self, name: str) -> float | None:
        with self.lock:
            return self.shares.get(name)


def _gone() -> CastkitError:
    return CastkitError(
        "the scheduler is gone, and with it the workers",
        "start it and them anew, then run the command again: what was finished is kept",
    )


class Handed:
    """A task in Dask's hands."""

    def __init__(self, future: Future[Any], lines: Lines, is_hopeless: Callable[[], bool]) -> None:
        self._future, self._lines, self._over, self._is_hopeless = future, lines, Flag(), is_hopeless
        self._looked = self._hoped = time.monotonic()
        future.add_done_callback(lambda _: self._over.set())

    def wait(self, seconds: float) -> bool:
        if self._over.wait(seconds):
            return True
        self._refuse_to_wait_for_ever()
        return False

    def _refuse_to_wait_for_ever(self) -> None:
        """CastkitError where no worker that could do it has been there for ten minutes: Dask itself would wait on."""
        now = time.monotonic()
        if now - self._looked < _LOOK_S:
            return
        self._looked = now
        if not self._is_hopeless():
            self._hoped = now
        elif now - self._hoped > _JOIN_S:
            raise CastkitError(
                f"the workers that could do this left, and none joined within {_JOIN_S:.0f} s",
                "start workers with as much memory (and a GPU, where there was one), then run the command again: "
                "what was finished is kept",
            )

    def fraction(self) -> float | None:
        return self._lines.share(str(self._future.key))

    def cancel(self) -> None:
        with contextlib.suppress(Exception):
            self._future.cancel()

    def result(self) -> dict[str, Any]:
        from distributed import KilledWorker  # noqa: PLC0415

        if self._future.status in ("cancelled", "lost"):
            raise _gone()
        try:
            found: dict[str, Any] = self._future.result()
        except (ImportError, AttributeError) as error:  # of what was handed out, as it is unpacked
            raise CastkitError(
                f"a worker cannot take this on: {error}",
                "every machine needs the same castkit and Python; start workers with: castkit worker ADDRESS",
            ) from error
        except KilledWorker as error:
            raise CastkitError(
                "every worker that this was given to died of it",
                "look into their logs: mostly the memory was too small (a smaller [speech] model, or larger machines)",
            ) from error
        return found


class Crew:
    """The workers of a scheduler, as the one who gives them work sees them."""

    def __init__(self, client: Client, address: str, listen: Listen | None) -> None:
        self.client, self.address = client, address
        self._lines = Lines(listen)
        self._workers: tuple[float, tuple[Mapping[str, Any], ...]] = (0.0, ())
        self._slots = 0
        client.subscribe_topic(_TOPIC, self._lines.hear)

    @property
    def dashboard(self) -> str:
        """The address of Dask's own page; empty where there is none: it needs the package bokeh, at the scheduler."""
        # A lambda travels whole: the scheduler's machine needs no castkit.
        try:
            has_page = self.client.run_on_scheduler(lambda: importlib.util.find_spec("bokeh") is not None)
        except Exception:  # noqa: BLE001 - a scheduler of another Python cannot be asked so: its page is no matter
            return ""
        if not has_page:
            return ""
        info = self.client.scheduler_info(n_workers=0)
        return self.client.dashboard_link or "" if "dashboard" in info.get("services", {}) else ""

    def workers(self) -> tuple[Mapping[str, Any], ...]:
        """Every worker that is there now, as Dask tells of it: `nthreads`, `resources`, `host`."""
        when, found = self._workers
        if time.monotonic() - when > _FRESH_S:
            with contextlib.suppress(OSError, ValueError):  # the last answer counts until the scheduler is back
                found = tuple(self.client.scheduler_info(n_workers=-1)["workers"].values())
            self._workers, self._slots = (time.monotonic(), found), sum(int(one["nthreads"]) for one in found)
        return found

    @property
    def slots(self) -> int:
        """How many tasks may run at once."""
        self.workers()
        return self._slots

    def has(self, resource: str) -> float:
        """The most of this that one worker has."""
        return max((float(one["resources"].get(resource, 0)) for one in self.workers()), default=0.0)

    def hand_out(self, task: Task, name: str, needs: Mapping[str, float], *, rank: int) -> Handed:
        """Gives it to a worker that has what it needs; those of a smaller `rank` come first."""
        if self.client.status != "running":
            raise _gone()
        future = self.client.submit(
            _on_worker, task, name, self._lines.listen is not None,
            key=name, resources=dict(needs), priority=-rank, pure=False,
        )  # fmt: skip
        return Handed(future, self._lines, lambda: not self._could(needs))

    def _could(self, needs: Mapping[str, float]) -> bool:
        """Whether a worker is there that has all of this."""
        return any(all(one["resources"].get(name, 0) >= needs[name] for name in needs) for one in self.workers())

    def wait_for_one(self) -> None:
        """Returns when a worker is there; CastkitError where none joins within ten minutes."""
        try:
            self.client.wait_for_workers(1, timeout=_JOIN_S)
        except TimeoutError as error:
            address = self.address
            raise CastkitError(
                f"no worker joined {address} within {_JOIN_S:.0f} s", f"start one: castkit worker {address}"
            ) from error
        except OSError as error:
            raise _gone() from error


def _on_worker(task: Task, name: str, is_heard: bool) -> dict[str, Any]:
    """The one function that workers run. Where all `is_heard`, more is told of it than its progress."""
    from distributed import get_worker  # noqa: PLC0415

    worker, last = get_worker(), 0.0

    def tell(said: dict[str, Any]) -> None:
        nonlocal last
        if time.monotonic() - last < _TOLD_S if said["event"] == "progress" else not is_heard:
            return
        last = time.monotonic()
        worker.log_event(_TOPIC, {**said, "name": name})

    return carry_out(task, Path(worker.local_directory), tell)


@contextlib.contextmanager
def connected(address: str, listen: Listen | None = None) -> Iterator[Crew]:
    """The workers of the scheduler at this address, or of `local:N`, which are started and ended here.

    `listen` is handed what workers say of an errand: that it began, that it is done, and which process has it.
    """
    count = local_count(address)
    _prepare()
    from distributed import Client  # noqa: PLC0415

    with contextlib.ExitStack() as stack:
        cluster = None
        if count:
            made = tempfile.TemporaryDirectory(prefix="castkit-workers-", ignore_cleanup_errors=True)
            try:
                cluster = _local(count, stack.enter_context(made))  # a worker that is killed leaves files there
            except (OSError, RuntimeError) as error:
                raise CastkitError(
                    f"{count} workers cannot be started here: {error}", "give fewer, or work without --cluster"
                ) from error
            stack.push(lambda kind, *_, own=cluster: _quietly(lambda: _end(own, at_once=kind is not None)))
        try:
            client = Client(cluster or address, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, ValueError, ImportError) as error:
            raise CastkitError(
                f"no Dask scheduler answers at {address}: {error}",
                "start one there (dask scheduler), or work on this machine alone with --cluster local:2",
            ) from error
        stack.callback(_quietly, client.close)
        yield Crew(client, address, listen)


def _end(cluster: LocalCluster, *, at_once: bool) -> None:
    """Ends the workers of this machine; Dask alone would give each four seconds to end its step."""

    async def hurry() -> None:
        await asyncio.gather(*(nanny.close(timeout=_FAREWELL_S) for nanny in cluster.workers.values()))

    if at_once:
        _quietly(lambda: cluster.sync(hurry))
    cluster.close()


def _quietly(close: Callable[[], object]) -> None:
    """What goes wrong while a cluster is given up changes nothing: all that counts is in the store."""
    with contextlib.suppress(Exception):
        close()


def local_count(address: str) -> int:
    """The number of workers of `local:N`, 0 for an address; CastkitError where it is neither."""
    kind, _, rest = address.partition(":")
    if kind == "local" and rest.isdecimal() and 1 <= int(rest) <= 256:
        return int(rest)
    if kind in ("tcp", "tls", "ws", "wss") and rest.startswith("//") and rest.strip("/"):
        return 0
    raise CastkitError(f"{address!r} is no cluster", "give tcp://host:8786, tls://host:8786 or local:3")


def _local(count: int, folder: str) -> LocalCluster:
    import dask  # noqa: PLC0415
    from distributed import LocalCluster  # noqa: PLC0415

    dask.config.set({"distributed.comm.timeouts.connect": "60s"})  # a busy machine starts processes slowly
    memory = (memory_bytes() or 0) * _MEMORY_SHARE
    return LocalCluster(
        n_workers=count,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        memory_limit=0,
        local_directory=folder,
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
        resources={GPU: int(has_gpu()), MEMORY: memory},
    )


def _prepare() -> None:
    """Sets what Dask would do otherwise, before it is imported; ToolMissing where it is not here."""
    if importlib.util.find_spec("distributed") is None:
        hint = "in the folder of castkit's repository run: python -m pip install -c constraints.txt '.[cluster]'"
        raise ToolMissing("a cluster needs the package distributed", hint)
    import dask  # noqa: PLC0415

    # Whatever goes wrong is said in words where the command was given; tracebacks beside them help nobody.
    names = ("distributed", "distributed.client", "distributed.worker", "distributed.nanny", "distributed.scheduler")
    dask.config.set({"logging": dict.fromkeys(names, "critical")})
    dask.config.set(_CALM)
    # Dask would give numerical libraries one thread each; castkit's pace, and its bytes, are those of a run without it.
    dask.config.set({"distributed.nanny.pre-spawn-environ": {"DASK_LOGGING__DISTRIBUTED": "critical"}})


def has_gpu() -> bool:
    """Whether recognition would find a GPU on this machine."""
    from castkit.speech.engines import device_of  # noqa: PLC0415

    return device_of("faster-whisper") == "cuda"


def work_for(address: str, folder: Path, *, gpus: int, threads: int) -> None:
    """A worker of the scheduler at this address, until it or the scheduler is ended."""
    if local_count(address):
        raise CastkitError("a worker joins a scheduler's address", "give tcp://host:8786")
    _prepare()
    resources = {GPU: float(gpus), MEMORY: (memory_bytes() or 0) * _MEMORY_SHARE}
    try:
        asyncio.run(_serve(address, folder, resources, threads))
    except (OSError, TimeoutError, RuntimeError) as error:
        raise CastkitError(
            f"no Dask scheduler answers at {address}: {error}", "start one there: dask scheduler"
        ) from error


async def _serve(address: str, folder: Path, resources: dict[str, float], threads: int) -> None:
    from distributed import Nanny  # noqa: PLC0415

    async with Nanny(
        address,
        nthreads=threads,
        resources=resources,
        memory_limit=0,  # the system's own limit is enough; Dask's would end a worker that may go on
        local_directory=str(folder),
        death_timeout=_CONNECT_S * 2,
    ) as nanny:
        await nanny.finished()
