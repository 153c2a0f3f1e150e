"""Episodes on several workers, one of them killed: all done, nothing finished done twice, the same bytes as without."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from castkit_cli import tree
from many_episodes import ROADS, contexts, make, works

from castkit.cluster.elsewhere import Doing, Elsewhere
from castkit.cluster.private import store_settings
from castkit.cluster.travel import Travel
from castkit.cluster.workshop import Task
from castkit.engine.fleet import Fleet, Local, Order
from castkit.errors import CastkitError
from castkit.model.cluster import ClusterSettings
from castkit.model.show import StoreSettings
from castkit.steps.context import EpisodeContext
from castkit.storage.open import open_store
from s3server import S3Server

TESTS = Path(__file__).parent.parent
DRIVER = TESTS / "cluster" / "many_episodes.py"
WHOLE = bool(os.environ.get("CASTKIT_SOAK"))
LIMIT_S = 1800 if WHOLE else 900
Events = list[dict[str, Any]]


def run(root: Path, count: int, road: str, *cluster: str) -> Events:
    """What the driver said; it must have succeeded."""
    command = [sys.executable, str(DRIVER), str(root), str(count), road, *cluster]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=LIMIT_S)
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    return [json.loads(line) for line in ended.stdout.splitlines()]


def serial(root: Path, count: int, road: str) -> Any:
    """The same, one after the other in this process: every file of every build."""
    assert Fleet(Local(), lambda _: None, at_once=1).run(works(contexts(root, count, ClusterSettings()), road)) == ()
    return built(root, count)


def settings(server: S3Server, prefix: str) -> str:
    """The `[cluster]` of a private bucket."""
    named = {"store": f"s3://{server.bucket}/{prefix}", "preset": "seaweedfs", "endpoint": server.endpoint}
    return json.dumps(named)


def built(root: Path, count: int) -> Any:
    return {name: dict(tree(root / "episodes" / name / "build")) for name in (f"talk-{one:02}" for one in range(count))}


def refuse_twice(events: Events, errands: int, killed: str = "") -> None:
    """No errand begins after it is done, and each is done once; of the `killed` one that may be unsaid."""
    done: set[str] = set()
    for one in events:
        if one["event"] == "began":
            assert one["key"] not in done, f"{one['stage']} of {one['subject']} ran again"
        if one["event"] == "done":
            assert one["key"] not in done
            done.add(one["key"])
    assert len(done | {killed} - {""}) == errands


class Unmanned(Local[EpisodeContext]):
    """Takes what workers did from the store; there is none that could do more."""

    def __init__(self, store: StoreSettings, root: Path, road: str) -> None:
        super().__init__()
        travel, rows = Travel(open_store(store, root)), {stage.name: stage for stage in ROADS[road]}
        self.elsewhere = Elsewhere(travel, store, self.refuse, rows)

    def refuse(self, task: Task, order: Order[EpisodeContext]) -> Doing:
        raise CastkitError(f"{order.stage.name} of {task.context.slug} was not found")

    def submit(self, order: Order[EpisodeContext]) -> Future[None]:
        return super().submit(replace(order, stage=self.elsewhere.moved(order)))


@pytest.mark.soak
@pytest.mark.parametrize(
    ("count", "road", "workers"),
    [(12, "whole", 3) if WHOLE else (2, "quick", 2)],
    ids=["whole" if WHOLE else "sampled"],
)
def test_a_worker_that_is_killed_costs_nothing_but_its_errand(
    count: int, road: str, workers: int, s3_server: S3Server, tmp_path: Path
) -> None:
    make(tmp_path / "serial", count)
    shutil.copytree(tmp_path / "serial", tmp_path / "show")
    errands = count * sum(not stage.sends for stage in ROADS[road])
    said, middle = settings(s3_server, f"cluster/{tmp_path.name}"), errands // 2
    events = run(tmp_path / "show", count, road, f"local:{workers}", str(middle), said)
    (killed,) = [one for one in events if one["event"] == "killed"]
    refuse_twice(events, errands, killed["key"])
    wanted = serial(tmp_path / "serial", count, road)
    assert built(tmp_path / "show", count) == wanted
    # A machine that has the sources only finds all that was done.
    shutil.copytree(tmp_path / "show", tmp_path / "other", ignore=shutil.ignore_patterns("build"))
    found = contexts(tmp_path / "other", count, ClusterSettings.model_validate_json(said))
    unmanned = Unmanned(store_settings(found[0].show, tmp_path, is_local=False), tmp_path, road)
    assert Fleet(unmanned, lambda _: None, at_once=2).run(works(found, road)) == ()
    assert built(tmp_path / "other", count) == wanted


def address_in(file: Path) -> str:
    """Where a scheduler listens, by the file that it writes then; waited for, five minutes at most."""
    until = time.monotonic() + 300
    while True:
        try:
            return str(json.loads(file.read_text("utf-8"))["address"])
        except (OSError, ValueError):  # not there, or half of it
            assert time.monotonic() < until
            time.sleep(0.1)


@contextmanager
def started(*command: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    log = folder / f"{Path(command[-1]).name[:8]}-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", *command], stdout=output, stderr=output, cwd=folder)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def test_a_worker_started_by_itself_works_for_a_scheduler(s3_server: S3Server, tmp_path: Path) -> None:
    make(tmp_path / "serial", 1)
    shutil.copytree(tmp_path / "serial", tmp_path / "show")
    file = tmp_path / "scheduler.json"
    where = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--dashboard-address", "127.0.0.1:0")
    scheduler = ("distributed.cli.dask_scheduler", *where, "--scheduler-file", str(file))
    with started(*scheduler, folder=tmp_path):
        address = address_in(file)
        with started("castkit", "worker", address, "--gpus", "0", folder=tmp_path):
            events = run(
                tmp_path / "show", 1, "shortest", address, "0", settings(s3_server, f"cluster/{tmp_path.name}")
            )
    assert events[0] == {"event": "ready", "words": ["1 worker"]}
    refuse_twice(events, 2)
    assert built(tmp_path / "show", 1) == serial(tmp_path / "serial", 1, "shortest")
