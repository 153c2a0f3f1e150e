"""A small pipeline of text files, for the engine's tests: letters -> upper, letters -> count, both -> page."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from castkit.engine import events
from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place, lock
from castkit.engine.stage import Job, Stage


@dataclass(frozen=True)
class Toy:
    root: Path
    shout: bool = True
    languages: tuple[str, ...] = ("en",)

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def place(self) -> Place:
        return Place("toy", self.root, self.build, self.build / "receipts.json", self.build / ".lock")


def _upper(toy: Toy, job: Job) -> None:
    text = (toy.root / "letters.txt").read_text("utf-8")
    job.progress(0.5)
    job.output(toy.build / "upper.txt").write_text(text.upper() if toy.shout else text, "utf-8")
    job.tool("upper", "1")


def _count(toy: Toy, job: Job) -> None:
    text = (toy.root / "letters.txt").read_text("utf-8")
    job.output(toy.build / "count.txt").write_text(str(len(text)), "utf-8")
    if not text:
        job.note("there are no letters")


def _page(toy: Toy, job: Job) -> None:
    upper = (toy.build / "upper.txt").read_text("utf-8")
    count = (toy.build / "count.txt").read_text("utf-8")
    for language in toy.languages:
        job.output(toy.build / f"page.{language}.txt").write_text(f"{language}: {upper} ({count})", "utf-8")


UPPER = Stage[Toy](
    name="upper",
    version=1,
    after=(),
    reads=lambda toy: [toy.root / "letters.txt"],
    writes=lambda toy: [toy.build / "upper.txt"],
    settings=lambda toy: {"voice": {"shout": toy.shout}},
    run=_upper,
)
COUNT = Stage[Toy](
    name="count",
    version=1,
    after=(),
    reads=lambda toy: [toy.root / "letters.txt", toy.root / "absent.txt"],
    writes=lambda toy: [toy.build / "count.txt"],
    settings=lambda toy: {},
    run=_count,
)
PAGE = Stage[Toy](
    name="page",
    version=1,
    after=("upper", "count"),
    reads=lambda toy: [toy.build / "upper.txt", toy.build / "count.txt"],
    writes=lambda toy: [toy.build / f"page.{language}.txt" for language in toy.languages],
    settings=lambda toy: {"languages": list(toy.languages)},
    run=_page,
)
STAGES = (UPPER, COUNT, PAGE)


def go(toy: Toy, stages: tuple[Stage[Toy], ...] = STAGES, redo: tuple[str, ...] = ()) -> list[events.Event]:
    """Runs the toy pipeline and gives every event but the progress."""
    seen: list[events.Event] = []
    with lock(toy.place):
        run(stages, toy, toy.place, seen.append, redo=redo)
    return [event for event in seen if not isinstance(event, events.Progress)]


def ran(seen: list[events.Event]) -> dict[str, str]:
    """The stages that ran, with the reason."""
    return {event.step: event.reason for event in seen if isinstance(event, events.Finished)}


if __name__ == "__main__":
    # python toy.py FOLDER N: a run that is killed, without any clean-up, at its Nth rename
    left = int(sys.argv[2])
    rename = os.replace

    def fatal(*args, **options):
        global left  # noqa: PLW0603
        left -= 1
        if left == 0:
            os._exit(9)
        rename(*args, **options)
        if left == 1 and os.environ.get("TOY_AFTER"):
            os._exit(9)

    os.replace = fatal
    go(Toy(Path(sys.argv[1])))
