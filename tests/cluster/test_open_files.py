"""However many episodes are asked for at once: no more locks are held than the system lets a program open files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from castkit.cluster import executor
from castkit.engine.fleet import MOST_BEGUN, Fleet, Local, Work, most_begun
from castkit.engine.machine import open_files
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


class Locks:
    """How many are held."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.most = self.in_all = 0

    @contextmanager
    def holding(self, place: Place) -> Iterator[None]:
        with lock(place):
            self.held.add(place.subject)
            self.in_all += 1
            self.most = max(self.most, len(self.held))
            yield
            self.held.remove(place.subject)


def upload_all(root: Path) -> Locks:
    """Takes so many subjects down a road at whose end each waits for those before it; as many at once as may be."""
    locks = Locks()

    def work(folder: Path) -> Work[Path]:
        place = Place(folder.name, root, folder, folder / "receipts.json", folder / ".lock")
        stages = (stage("build", sends=False), stage("upload", sends=True))
        return Work(folder, place, stages, held=lambda: locks.holding(place))

    works = [work(root / f"talk-{number:03}") for number in range(ASKED_FOR)]
    assert Fleet(Local(), lambda _: None, at_once=ASKED_FOR).run(works) == ()
    return locks


def test_so_many_locks_and_no_more_are_held(tmp_path: Path) -> None:
    """In a program of its own, which may open as few files as one may on macOS."""
    pytest.importorskip("resource", reason="Windows has no such limit")
    command = [sys.executable, str(Path(__file__)), str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert ended.returncode == 0, ended.stderr
    most, in_all, left = map(int, ended.stdout.split())
    assert most == most_begun(MACOS)
    assert in_all == ASKED_FOR
    assert left == 0, "each was done under its lock, which it gave back"


@pytest.mark.parametrize(
    ("files", "wanted"), [(0, 96), (MACOS, 96), (512, 192), (1024, MOST_BEGUN), (1 << 20, MOST_BEGUN), (1, 1)]
)
def test_more_open_files_are_more_subjects_up_to_as_many_as_there_are_errands(files: int, wanted: int) -> None:
    assert most_begun(files) == wanted
    assert most_begun(1024) == MOST_BEGUN == executor._MOST


def test_the_system_is_asked_for_its_limit() -> None:
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert open_files() == soft or soft == resource.RLIM_INFINITY


if __name__ == "__main__":
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (MACOS, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    found = upload_all(Path(sys.argv[1]))
    sys.stdout.write(f"{found.most} {found.in_all} {len(found.held)}\n")
