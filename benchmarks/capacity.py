"""How many machines ten thousand episodes need, for how long and at what cost, and what saturates first.

Rule: figures are measured, limits are castkit's own, and the model (capacity_model.py) is held against real runs of 1,
2 and 4 workers before it is asked about machines that nobody has here. Prices, bandwidths and distances are options:
none is any provider's. Run `measure` on a quiet machine; it says how busy it was.

    python benchmarks/capacity.py                 # all of this:
    python benchmarks/capacity.py measure FILE    # about 10 minutes: real runs; writes their figures
    python benchmarks/capacity.py check FILE      # the same runs as the model has them, from those of one worker
    python benchmarks/capacity.py plan FILE       # a minute: the table for 10,000 episodes of 30 minutes

A quick look: python benchmarks/capacity.py measure FILE --episodes 3 --seconds 10 --long-minutes 1
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent))

from capacity_model import Fleet, Outcome, Step, simulate

from castkit.cluster.executor import _MOST
from castkit.engine.claims import GB
from castkit.engine.fleet import MOST_BEGUN

ALONE = "one after the other"
WORKERS = (1, 2, 4)
MACHINES, CORES = (1, 2, 4, 8, 16, 32, 64), (2, 8, 16)
FEEDS = (500, 5_000)
LIMITS = {"begun": MOST_BEGUN, "errands": _MOST}
_MBIT = 125_000  # bytes
_COORDINATOR_CORES = 2
_AT_ONCE = 8  # published.json files that are read at once


@dataclass(frozen=True)
class Figures:
    """What `measure` wrote."""

    said: Mapping[str, Any]
    short: list[Step]
    long: list[Step]

    @classmethod
    def read(cls, path: Path) -> Figures:
        said = json.loads(path.read_text("utf-8"))
        return cls(said, *([_step(one) for one in said[name]["steps"]] for name in ("short", "long")))

    def at(self, minutes: float) -> list[Step]:
        """The steps of an episode of this length: on the line through the two that were measured, never below zero."""
        ends = (self.said["short"]["seconds"] / 60, self.said["long"]["seconds"] / 60)
        before = {step.name: step for step in self.short}
        far, part = (minutes - ends[0]) / (ends[1] - ends[0]), ends[0] / ends[1]
        return [
            self._with_office(_between(before.get(step.name) or _less(step, part), step, far)) for step in self.long
        ]

    @property
    def idle(self) -> tuple[float, float]:
        """The coordinator's processor while it waits: of a core, always; and more, for each errand under way.

        Both together are what it took in the longest step of the long run, which was alone. How they divide follows
        from the short runs of one worker and of several, with the same errands, in less time, more of them at once.
        """
        longest = max(self.long, key=lambda step: step.seconds)
        both = longest.office_s / (longest.seconds + longest.office_s)
        walls, office, errands = (self.said[name] for name in ("walls", "office_s", "errands_s"))
        few, many = str(WORKERS[0]), str(WORKERS[-1])
        sooner = walls[few] - walls[many]
        more = errands[many] - errands[few] + sooner
        each = (office[many] - office[few] + both * sooner) / more if more > 0 else both
        each = min(max(each, 0.0), both)
        return both - each, each

    def _with_office(self, step: Step) -> Step:
        """The coordinator's processor for the errand: what it took, less what it would have taken anyway."""
        if step.sends:
            return step
        return replace(step, office_s=max(step.office_s - self.idle[0] * (step.seconds + step.office_s), 0.0))

    def feed_s(self, episodes: int) -> float:
        """CPU seconds for all feeds of so many episodes, on the line through the two shows that were rendered."""
        few, many = FEEDS
        at_few, at_many = (self.said["feeds"][str(count)] for count in FEEDS)
        return max(at_few + (at_many - at_few) * (episodes - few) / (many - few), 0.0)


def _step(value: Mapping[str, Any]) -> Step:
    return Step(**{**value, "after": tuple(value["after"])})


def _less(step: Step, part: float) -> Step:
    """A step that the short runs have not, because it sends: as many objects, and as much smaller."""
    return replace(step, made=round(step.made * part))


def _between(one: Step, other: Step, far: float) -> Step:
    def line(name: str) -> float:
        start, end = getattr(one, name), getattr(other, name)
        return float(max(start + (end - start) * far, 0.0))

    needs = {
        maker: round(max(one.needs.get(maker, size) + (size - one.needs.get(maker, size)) * far, 0))
        for maker, size in other.needs.items()
    }
    seconds = {name: line(name) for name in ("seconds", "cpu_s", "office_s")}
    return replace(other, **seconds, made=round(line("made")), needs=needs, first_s=one.first_s)


def measure(given: argparse.Namespace) -> None:
    """The real runs: short episodes by 1, 2 and 4 workers and without any, a long one by one worker, published."""
    import capacity_run as real  # noqa: PLC0415
    import publish  # noqa: PLC0415

    from s3server import running  # noqa: PLC0415

    load = real.machine_is_busy()
    with tempfile.TemporaryDirectory(prefix="castkit-capacity-") as name, running(Path(name)) as server:
        folder = Path(name)
        server.make_bucket(real.PUBLIC)
        show = folder / "short"
        real.make_show(show, episodes=given.episodes, seconds=given.seconds, model=given.model)
        ways = {ALONE: ("--at-once", "1")} | {str(count): ("--cluster", f"local:{count}") for count in WORKERS}
        runs = {}
        for number, (way, options) in enumerate(ways.items()):
            copy = folder / f"copy-{number}"
            shutil.copytree(show, copy)
            real.with_stores(copy, server, f"short-{number}")
            runs[way] = real.watch(copy, server, "build", "--all", *options)
            print(f"{way}: {runs[way].wall_s:.1f} s", flush=True)
            if way == "1":
                short = real.steps_of(copy, runs[way])
            shutil.rmtree(copy)
        far = folder / "long"
        real.make_show(far, episodes=1, seconds=given.long_minutes * 60, model=given.model)
        real.with_stores(far, server, "long")
        run = real.watch(far, server, "publish", "--all", "--cluster", "local:1")
        print(f"{given.long_minutes:g} minutes, one worker, published: {run.wall_s:.1f} s", flush=True)
        long = _without_first(real.steps_of(far, run), short)
        objects, size, shared = real.stored(server, "long")
        long = [replace(step, made=size, files_out=objects) if step.sends else step for step in long]
        feeds = {str(count): publish.rendered(far, count) for count in FEEDS}
    one = runs["1"]
    said = {
        "date": datetime.now(UTC).date().isoformat(),
        "command": f"python benchmarks/capacity.py measure FILE --episodes {given.episodes} "
        f"--seconds {given.seconds:g} --long-minutes {given.long_minutes:g} --model {given.model}",
        "cores": os.cpu_count(),
        "processor": platform.machine(),
        "load": round(load, 2),
        "model": given.model,
        "short": {"seconds": given.seconds, "episodes": given.episodes, "steps": real.to_json(short)},
        "long": {"seconds": given.long_minutes * 60, "steps": real.to_json(long), "wall_s": run.wall_s},
        "walls": {way: found.wall_s for way, found in runs.items()},
        "office_s": {way: found.office_s for way, found in runs.items()},
        "errands_s": {way: found.errands_s for way, found in runs.items()},
        "start_s": one.start_s,
        "end_s": one.end_s,
        "worker_start_s": one.start_cpu_s,
        "show": {taken.step: taken.seconds for taken in run.taken if taken.episode == "show"},
        "published": {"objects": objects, "bytes": size, "show_bytes": shared},
        "feeds": feeds,
    }
    Path(given.file).write_text(json.dumps(said, indent=1, sort_keys=True) + "\n", "utf-8")


def _without_first(steps: Sequence[Step], short: Sequence[Step]) -> list[Step]:
    """One episode alone: what a worker's first run of a step takes besides is in its seconds."""
    firsts = {step.name: step.first_s for step in short}
    return [
        replace(step, seconds=step.seconds * share, cpu_s=step.cpu_s * share, first_s=first)
        for step in steps
        for first in (firsts.get(step.name, 0.0),)
        for share in (max(1 - first / step.seconds, 0.0) if step.seconds else 1.0,)
    ]


def check(given: argparse.Namespace) -> None:
    """Predicted and measured, of each number of workers."""
    figures = Figures.read(given.file)
    said, episodes = figures.said, figures.said["short"]["episodes"]
    _about(said)
    _row("workers", "predicted s", "measured s", "predicted : measured", "times as fast as 1, predicted", "measured")
    _line(6)
    guessed = {count: predicted(figures, count) for count in WORKERS}
    for count, guess in guessed.items():
        real = said["walls"][str(count)]
        _row(
            count, f"{guess:.1f}", f"{real:.1f}", f"{guess / real:.2f}",
            f"{guessed[1] / guess:.2f}", f"{said['walls']['1'] / real:.2f}",
        )  # fmt: skip
    print(f"\n{episodes} episodes of {said['short']['seconds']:g} s; {ALONE} without a cluster, measured: "
          f"{said['walls'][ALONE]:.1f} s")  # fmt: skip


def predicted(figures: Figures, workers: int) -> float:
    """Seconds of the short run with so many workers on its machine; they are all started before the first step."""
    said = figures.said
    fleet = Fleet(1, said["cores"], workers, is_one=True, **LIMITS)
    more = (workers - 1) * said["worker_start_s"] / said["cores"]
    ran = simulate(figures.short, fleet, said["short"]["episodes"])
    return float(said["start_s"] + more + ran.wall_s + said["end_s"])


def plan(given: argparse.Namespace) -> None:
    """The table: machines and hours against cost, and what saturates first."""
    figures = Figures.read(given.file)
    steps = figures.at(given.minutes)
    _about(figures.said)
    _per_episode(figures, steps, given)
    _row(
        "machines", "cores each", "hours", "machine hours", f"cost ({given.price:g} {given.unit} a core hour)",
        "GB through the private store", "cores busy", "coordinator's processor", "its link", "its uploads",
        "saturates first",
    )  # fmt: skip
    _line(11)
    for cores in given.cores:
        for count in given.machines:
            fleet = fleet_of(given, count, cores)
            _plan_row(figures, steps, replace(fleet, office=1 - figures.idle[0]), given)


def fleet_of(given: argparse.Namespace, machines: int, cores: int) -> Fleet:
    return Fleet(
        machines,
        cores,
        max(1, round(cores * given.workers_per_core)),
        memory=given.memory_per_core * cores * GB,
        link=given.link * _MBIT,
        store=given.store * _MBIT if given.store else float("inf"),
        uplink=given.uplink * _MBIT,
        answer_s=given.answer_ms / 1000,
        spread=given.spread,
        **LIMITS | {"begun": given.begun},
    )


def _plan_row(figures: Figures, steps: Sequence[Step], fleet: Fleet, given: argparse.Namespace) -> None:
    found = simulate(steps, fleet, min(given.simulated, given.episodes))
    seconds = whole(found, given.episodes) + figures.said["start_s"] + show_s(figures, given)
    hours = seconds / 3600
    cost = (fleet.machines * fleet.cores + _COORDINATOR_CORES) * hours * given.price
    shown = ("workers' cores", "coordinator's processor", "coordinator's link", "coordinator's uploads")
    carried = found.carried * given.episodes / len(found.ends) / GB
    _row(
        fleet.machines, f"{fleet.cores:g}", f"{hours:,.1f}", f"{fleet.machines * hours:,.0f}", f"{cost:,.0f}",
        f"{carried:,.0f}", *(f"{found.busy[name]:.0%}" for name in shown), found.first_saturated(fleet.begun),
    )  # fmt: skip


def whole(found: Outcome, episodes: int) -> float:
    """Seconds for so many episodes, the first of which were simulated; others come at the pace of their later half."""
    ends = found.ends
    half = len(ends) // 2
    pace = (ends[-1] - ends[half]) / max(len(ends) - 1 - half, 1)
    return found.wall_s + pace * (episodes - len(ends))


def show_s(figures: Figures, given: argparse.Namespace) -> float:
    """Seconds for the show's own steps once, at the end: every published.json read, the feeds made of them."""
    return figures.feed_s(given.episodes) + given.episodes / _AT_ONCE * given.answer_ms / 1000


def _per_episode(figures: Figures, steps: Sequence[Step], given: argparse.Namespace) -> None:
    """What does not depend on the number of machines."""
    count = given.episodes
    sent = [step for step in steps if step.sends]
    size, objects = (sum(getattr(step, what) for step in sent) for what in ("made", "files_out"))
    office, feed = sum(step.office_s for step in steps), figures.feed_s(count)
    rows = (
        ("steps, of an episode; in all", f"{len(steps)}; {len(steps) * count:,}"),
        ("seconds of an episode, one step after the other", f"{sum(one.seconds + one.office_s for one in steps):.1f}"),
        ("CPU hours of the workers, in all", f"{sum(one.cpu_s for one in steps if not one.sends) * count / 3600:,.0f}"),
        (
            "of a core, what the coordinator takes always; for an errand while it runs",
            "; ".join(f"{share:.1%}" for share in figures.idle),
        ),
        ("CPU hours of the coordinator, in all errands", f"{office * count / 3600:,.1f}"),
        ("of these, for uploads", f"{sum(one.office_s for one in sent) * count / 3600:,.1f}"),
        ("objects in the public store", f"{objects * count:,}"),
        ("GB in the public store", f"{size * count / GB:,.0f}"),
        ("CPU s to render the feeds once, all episodes in them", f"{feed:.1f}"),
        ("CPU hours to render them after every episode instead", f"{feed * count / 2 / 3600:,.1f}"),
    )
    _row(f"{count:,} episodes of {given.minutes:g} minutes, two languages", "")
    _line(2)
    for name, value in rows:
        _row(name, value)
    store = f"{given.store:g} Mbit/s for the private store" if given.store else "no limit on the private store"
    print(
        f"\nAssumed: {given.workers_per_core:g} workers a core, {given.memory_per_core:g} GB a core, links of "
        f"{given.link:g} Mbit/s, {store}, {given.uplink:g} Mbit/s to the public store, answers after "
        f"{given.answer_ms:g} ms, lengths of ±{given.spread:.0%}, no GPU; "
        f"{min(given.simulated, count):,} episodes simulated, the rest at their pace.\n"
    )


def _about(said: Mapping[str, Any]) -> None:
    print(
        f"Measured {said['date']} with `{said['command']}`, Whisper {said['model']}, {said['cores']} cores "
        f"({said['processor']}), load {said['load']} a core when it began.\n"
    )


def _row(*cells: object) -> None:
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def _line(columns: int) -> None:
    print("|---" * columns + "|")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ways = parser.add_subparsers(metavar="WAY")
    real = ways.add_parser("measure", help="run it, and write the figures")
    real.add_argument("--episodes", type=int, default=6)
    real.add_argument("--seconds", type=float, default=30)
    real.add_argument("--long-minutes", type=float, default=30)
    real.add_argument("--model", default="base")
    real.set_defaults(do=measure)
    ways.add_parser("check", help="the model against the runs").set_defaults(do=check)
    asked = ways.add_parser("plan", help="the table of machines, hours and cost")
    asked.add_argument("--episodes", type=int, default=10_000)
    asked.add_argument("--minutes", type=float, default=30)
    asked.add_argument("--machines", type=int, nargs="+", default=MACHINES)
    asked.add_argument("--cores", type=int, nargs="+", default=CORES)
    asked.add_argument("--price", type=float, default=1, help="of a core for an hour")
    asked.add_argument("--unit", default="unit", help="what the price is in")
    asked.add_argument("--workers-per-core", type=float, default=1)
    asked.add_argument("--memory-per-core", type=float, default=4, help="GB")
    asked.add_argument("--link", type=float, default=1000, help="of every machine, Mbit/s each way")
    asked.add_argument("--store", type=float, default=0, help="of the private store to all, Mbit/s; 0: no limit")
    asked.add_argument("--uplink", type=float, default=1000, help="of the coordinator to the public store, Mbit/s")
    asked.add_argument("--answer-ms", type=float, default=10, help="how long a store takes to answer")
    asked.add_argument("--spread", type=float, default=0.25, help="share by which episodes are shorter or longer")
    asked.add_argument("--begun", type=int, default=MOST_BEGUN, help="episodes begun at once; castkit has no more")
    asked.add_argument("--simulated", type=int, default=1_000, help="episodes to simulate; the rest at their pace")
    asked.set_defaults(do=plan)
    for one in ways.choices.values():
        one.add_argument("file", type=Path, metavar="FILE")
    given = parser.parse_args()
    if "do" in given:
        given.do(given)
    else:
        _all(parser)


def _all(parser: argparse.ArgumentParser) -> None:
    """One after the other, with what each usually takes."""
    with tempfile.TemporaryDirectory() as folder:
        for way in ("measure", "check", "plan"):
            given = parser.parse_args([way, str(Path(folder) / "figures.json")])
            given.do(given)


if __name__ == "__main__":
    main()
