"""However many episodes are asked for at once: no more locks are held than any system lets a program open files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from castkit.engine.fleet import MOST_BEGUN, Fleet, Local, Work
from castkit.engine.place import Place, lock
from castkit.engine.stage import Job, Stage

ASKED_FOR = 150
MACOS = 256  # files that a program may open there, as it comes


def stage(name: str, *, sends: bool) -> Stage[Path]:
    """Those that send wait for each other, and hold their locks meanwhile."""

    def run(folder: Path, job: Job) -> None:
        job.output(folder / name).write_text(name, "utf-8")

    after = ("build",) if sends else ()
    return Stage(name, 1, after, lambda _: [], lambda folder: [folder / name], lambda _: {}, run, sends=sends)


def test_so_many_locks_and_no_more_are_held(tmp_path: Path) -> None:
    held: Counter[str] = Counter()
    most: list[int] = []

    def work(folder: Path) -> Work[Path]:
        place = Place(folder.name, tmp_path, folder, folder / "receipts.json", folder / ".lock")

        @contextmanager
        def holding() -> Iterator[None]:
            with lock(place):
                held[place.subject] += 1
                most.append(held.total())
                yield
                held[place.subject] -= 1

        return Work(folder, place, (stage("build", sends=False), stage("upload", sends=True)), held=holding)

    works = [work(tmp_path / f"talk-{number:03}") for number in range(ASKED_FOR)]
    assert Fleet(Local(), lambda _: None, at_once=ASKED_FOR).run(works) == ()
    assert max(most) == MOST_BEGUN < MACOS / 2
    assert len(most) == ASKED_FOR
    assert held.total() == 0, "each was done under its lock, which it gave back"
