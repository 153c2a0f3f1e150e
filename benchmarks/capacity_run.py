"""Real runs for the capacity plan: what each step took, brought and made, and how long 1, 2 and 4 workers were.

Rule: a step's figures are of a run with one worker, which does one step at a time, so that nothing else is in them.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/e2e")]

import psutil  # noqa: E402
import publish  # noqa: E402
from capacity_model import OWN, Step  # noqa: E402
from castkit_cli import succeed  # noqa: E402

from castkit import ffmpeg  # noqa: E402
from castkit.cli.road import episode_place  # noqa: E402
from castkit.cluster import material  # noqa: E402
from castkit.config import load_episode, load_show  # noqa: E402
from castkit.engine import receipts  # noqa: E402
from castkit.pipeline import EPISODE  # noqa: E402
from castkit.steps.context import EpisodeContext  # noqa: E402
from castkit.workspace import Workspace  # noqa: E402
from s3server import S3Server  # noqa: E402

PUBLIC = "castkit-public"
_STARTED, _FINISHED = "started", "finished"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a step took in a run: wall s; CPU s since the step before, of the coordinator and of all else."""

    episode: str
    step: str
    seconds: float
    office_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Watched:
    """A whole run: wall s, until its first step, after its last; CPU s of a worker until then; its steps in turn."""

    wall_s: float
    start_s: float
    end_s: float
    start_cpu_s: float
    taken: tuple[Taken, ...]

    @property
    def office_s(self) -> float:
        """CPU s of the coordinator while steps ran."""
        return sum(one.office_s for one in self.taken)

    @property
    def errands_s(self) -> float:
        """Seconds of all steps together."""
        return sum(one.seconds for one in self.taken)


def make_show(root: Path, *, episodes: int, seconds: float, model: str) -> None:
    """A show in two languages: the Chinese interview of episode-02, repeated, each time from another moment on."""
    languages = ("--language", "zh-Hans", "--also", "en")
    succeed("init", str(root), "--title", "Capacity", *languages, "--model", model, cwd=root.parent)
    source = ROOT / "episodes/episode-02/raw/interview.mp3"
    for number in range(episodes):
        sound = root.parent / f"{root.name}-{number:02}.wav"
        start = ("-stream_loop", "-1", "-ss", str(number * 7 + 1), "-i", source, "-t", str(seconds))
        ffmpeg.run([*start, "-ac", "2", "-ar", "48000", "-y", sound], doing="making a recording")
        slug = f"talk-{number:02}" if number else "talk"
        named = ("new", slug, "--recording", f"{sound}=presenter", "--language", "zh", "--title", "Talk")
        succeed(*named, cwd=root, SOURCE_DATE_EPOCH="1790000000")
        sound.unlink()


def with_stores(show: Path, server: S3Server, prefix: str) -> None:
    """Names a bucket of the server as the public store, and another one as the private."""
    publish.own(show, replace(server, bucket=PUBLIC), prefix=prefix)
    toml = show / "castkit.toml"
    lines = ("[cluster]", f'store = "s3://{server.bucket}/{prefix}"', 'preset = "seaweedfs"')
    toml.write_text("\n".join((toml.read_text("utf-8"), *lines, f'endpoint = "{server.endpoint}"', "")), "utf-8")


def watch(show: Path, server: S3Server, *command: str) -> Watched:
    """Runs `castkit … --json` and notes what each step took; SystemExit with its last words where it fails."""
    environment = publish.as_installed(server, show.parent) | {"OMP_WAIT_POLICY": "PASSIVE"}
    words = (sys.executable, "-m", "castkit", "-C", str(show), *command, "--json")
    with tempfile.TemporaryFile("w+") as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=environment, encoding="utf-8"
        )
        try:
            told = list(_told(process, began))
        except BaseException:
            process.terminate()
            raise
        finally:
            process.wait()
        wall = time.perf_counter() - began
        if process.returncode:
            log.seek(0)
            raise SystemExit(f"{' '.join(words)} ended with {process.returncode}: {log.read()[-2000:]}")
    return _watched(told, wall)


def _told(process: subprocess.Popen[str], began: float) -> Iterator[tuple[float, Any, tuple[float, float]]]:
    """Each step's begin and end: when, what was said, and the CPU s by then of the coordinator, and of all else."""
    main, others = psutil.Process(process.pid), _others(process.pid)
    assert process.stdout is not None  # noqa: S101
    for line in process.stdout:
        said = json.loads(line)
        if said["event"] in (_STARTED, _FINISHED):
            yield time.perf_counter() - began, said, _cpu(main, others)


def _others(but: int) -> tuple[psutil.Process, ...]:
    """The programs that were started here beside the run: the store."""
    return tuple(one for one in psutil.Process().children() if one.pid != but)


def _cpu(main: psutil.Process, others: Sequence[psutil.Process]) -> tuple[float, float]:
    """CPU s of this process, and of all that it started and of the others."""
    with suppress(psutil.NoSuchProcess):
        own = main.cpu_times()
        rest = own.children_user + own.children_system
        for one in (*main.children(recursive=True), *others):
            with suppress(psutil.NoSuchProcess):
                used = one.cpu_times()
                rest += used.user + used.system + used.children_user + used.children_system
        return own.user + own.system, rest
    return 0.0, 0.0


def _watched(told: Sequence[tuple[float, Any, tuple[float, float]]], wall: float) -> Watched:
    start_s, _, before = told[0]
    start_cpu, taken, last = before[1], [], start_s
    for at, said, used in told:
        if said["event"] == _FINISHED:
            office, rest = (max(after - then, 0.0) for after, then in zip(used, before, strict=True))
            taken.append(Taken(said["subject"], said["step"], said["seconds"], office, rest))
            before, last = used, at
    return Watched(wall, start_s, wall - last, start_cpu, tuple(taken))


def steps_of(show: Path, run: Watched) -> list[Step]:
    """The road's steps as this run, of one worker, had them: the medians, the first one of each step apart."""
    between = (run.wall_s - run.start_s - run.end_s - sum(one.seconds for one in run.taken)) / len(run.taken)
    found = defaultdict(list)
    for one in run.taken:
        found[one.step].append(one)
    workspace = Workspace(show)
    slug = workspace.slugs()[-1]
    show_settings = load_show(workspace)
    context = EpisodeContext(workspace, show_settings, slug, load_episode(workspace, show_settings, slug))
    return [_step(context, stage.name, found[stage.name], max(between, 0.0)) for stage in EPISODE if found[stage.name]]


def _step(context: EpisodeContext, name: str, taken: Sequence[Taken], between: float) -> Step:
    rows = {stage.name: stage for stage in EPISODE}
    stage, first, later = rows[name], taken[0], taken[1:] or taken
    office, seconds, cpu = (statistics.median(getattr(one, what) for one in later) for what in
                            ("office_s", "seconds", "cpu_s"))  # fmt: skip
    office = min(office, seconds)
    needs, files_in = _brought(context, name)
    made = _sizes(context, name)
    return Step(
        name=name,
        after=stage.after,
        seconds=seconds - office,
        cpu_s=cpu,
        office_s=office,
        between_s=between,
        first_s=max(first.seconds - seconds, 0.0),
        memory=stage.claim(context).memory,
        needs=needs,
        files_in=files_in,
        made=sum(made),
        files_out=len(made),
        sends=stage.sends,
    )


def _brought(context: EpisodeContext, name: str) -> tuple[dict[str, int], int]:
    """Bytes that a worker brings for the step, by the step that made them, and how many files."""
    rows = {stage.name: stage for stage in EPISODE}
    place = episode_place(context)
    kept = receipts.load(place.receipts).stages
    earlier = {row: kept[row] for row in sorted(material.ancestors(rows[name], rows)) if row in kept}
    found = material.files(rows[name], context, earlier.values(), place.digests())
    makers = {path: row for row, receipt in earlier.items() for path in receipt.writes}
    needs: dict[str, int] = defaultdict(int)
    for path, (_, size) in found.items():
        needs[makers.get(path, OWN)] += size
    return dict(needs), len(found)


def _sizes(context: EpisodeContext, name: str) -> list[int]:
    """Bytes of each file that the step made."""
    receipt = receipts.load(episode_place(context).receipts).stages.get(name)
    paths = [context.workspace.root / path for path, digest in (receipt.writes if receipt else {}).items() if digest]
    return [path.stat().st_size for path in paths]


def stored(server: S3Server, prefix: str) -> tuple[int, int, int]:
    """Objects of the episodes in the public store, their bytes, and the bytes of all else there."""
    pages = server.client().get_paginator("list_objects_v2").paginate(Bucket=PUBLIC, Prefix=f"{prefix}/")
    found = [one for page in pages for one in page.get("Contents", ())]
    own = [one["Size"] for one in found if "/episodes/" in one["Key"]]
    return len(own), sum(own), sum(one["Size"] for one in found) - sum(own)


def to_json(steps: Sequence[Step]) -> list[dict[str, Any]]:
    return [asdict(step) for step in steps]


def from_json(values: Sequence[Mapping[str, Any]]) -> list[Step]:
    return [Step(**{**value, "after": tuple(value["after"])}) for value in values]


def machine_is_busy() -> float:
    """The load of the last minute, for each core."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)
