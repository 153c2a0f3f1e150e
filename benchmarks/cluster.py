"""Scaling: the same episodes built by 1, 2 and 4 workers on this machine, beside the same without a cluster.

Rule: every run begins with the sources only, in a folder of its own, and must end in the same bytes as the first one;
the files travel through a SeaweedFS on this machine, as they would between machines. Workers share this machine's cores
and its disk: what is measured is what travelling and asking cost, and how far cores that are there are kept busy. Run
it on a quiet machine; the order of the runs is turned each time.

    python benchmarks/cluster.py                                   # 12 episodes of 60 s, three times
    python benchmarks/cluster.py --episodes 3 --seconds 10 --repeats 1 --workers 1 2   # a quick look
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/e2e")]

from castkit_cli import succeed, tree  # noqa: E402
from measuring import Used, measured  # noqa: E402

from s3server import S3Server, running  # noqa: E402
from sounds import speech  # noqa: E402

ALONE, AT_ONCE = "one after the other", "at once, no cluster"


def make_show(root: Path, episodes: int, seconds: float, model: str) -> None:
    """A show of so many episodes, each the same voice from another moment on."""
    languages = ("--language", "en", "--also", "zh-Hans")
    succeed("init", str(root), "--title", "Scaling", *languages, "--model", model, cwd=root.parent)
    for number in range(episodes):
        sound = speech(root.parent / f"talk-{number:02}.wav", seconds=seconds, start=1 + number / 2)
        named = ("new", f"talk-{number:02}", "--recording", f"{sound}=presenter", "--language", "zh", "--title", "Talk")
        succeed(*named, cwd=root, SOURCE_DATE_EPOCH="1790000000")


def with_cluster(toml: Path, server: S3Server, prefix: str) -> None:
    """Names a private bucket of the server."""
    text = toml.read_text("utf-8")
    lines = ("[cluster]", f'store = "s3://{server.bucket}/{prefix}"', 'preset = "seaweedfs"')
    toml.write_text("\n".join((text, *lines, f'endpoint = "{server.endpoint}"', "")), "utf-8")


def run(show: Path, server: S3Server, name: str, *options: str) -> tuple[Used, object]:
    """Builds a copy of the show; what it took, and every file of what was built."""
    with tempfile.TemporaryDirectory(prefix="castkit-cluster-") as folder:
        copy = Path(folder) / "show"
        shutil.copytree(show, copy)
        with_cluster(copy / "castkit.toml", server, name)
        command = (sys.executable, "-m", "castkit", "-C", str(copy), "build", "--all", *options)
        used = measured(*command, environment={**os.environ, **server.environment})
        built = {path.parent.name: tree(path) for path in sorted((copy / "episodes").glob("*/build"))}
    return used, built


def ways(workers: list[int]) -> dict[str, tuple[str, ...]]:
    """The options of each run, by its name in the table."""
    clusters = {f"{count} worker{'s' * (count > 1)}": ("--cluster", f"local:{count}") for count in workers}
    return {ALONE: ("--at-once", "1"), AT_ONCE: ()} | clusters


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--episodes", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--model", default="base")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    order = list(ways(asked.workers).items())
    found: dict[str, list[Used]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="castkit-scaling-") as folder, running(Path(folder)) as server:
        show, wanted = Path(folder) / "show", None
        make_show(show, asked.episodes, asked.seconds, asked.model)
        for number in range(asked.repeats):
            for name, options in order[number % len(order) :] + order[: number % len(order)]:
                used, built = run(show, server, f"{number}-{name.split(' ')[0]}-{len(options)}", *options)
                wanted = wanted or built
                if built != wanted:
                    raise SystemExit(f"{name}: not the same bytes as the first run")
                found[name].append(used)
    print_table(found, asked.episodes)


def print_table(found: dict[str, list[Used]], episodes: int) -> None:
    """The medians, and how much faster than one after the other."""
    print("| how | wall s | episodes an hour | times as fast | CPU s | memory of all MB |\n|---|---|---|---|---|---|")
    alone = statistics.median(one.wall_s for one in found[ALONE])
    for name, runs in found.items():
        wall, cpu, memory = (
            statistics.median(getattr(one, what) for one in runs) for what in ("wall_s", "cpu_s", "tree_mb")
        )
        print(f"| {name} | {wall:.1f} | {episodes * 3600 / wall:.0f} | {alone / wall:.2f} | {cpu:.1f} | {memory:.0f} |")


if __name__ == "__main__":
    main()
