"""Many subjects at once: the same bytes as one after the other, within the room there is, and nobody stops the rest."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest
from toy import COUNT, PAGE, STAGES, UPPER, Toy

from castkit.engine import events
from castkit.engine.claims import Claim, Room
from castkit.engine.fleet import Failure, Fleet, Local, Order, Work
from castkit.engine.place import Place, lock
from castkit.engine.runner import Cancelled
from castkit.engine.stage import Job, Stage
from castkit.errors import CastkitError

NAMES = ("ant", "bee", "cat", "dog", "eel", "fox")
WIDE = Room(cores=8.0, memory=1000, gpu=1)
SMALL = Claim(cores=1.0, memory=10)
PATIENCE_S = 120  # for what must come, however slow the machine
Run = Callable[[Toy, Job], None]


def place_of(toy: Toy) -> Place:
    return dataclasses.replace(toy.place, subject=toy.root.name)


def toys(folder: Path, names: Sequence[str] = NAMES) -> list[Toy]:
    for number, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        (folder / name / "letters.txt").write_text(name * (number + 1), "utf-8")
    return [Toy(folder / name) for name in names]


def work(toy: Toy, stages: Sequence[Stage[Toy]] = STAGES) -> Work[Toy]:
    return Work(toy, place_of(toy), tuple(stages), held=lambda: lock(place_of(toy)))


def fleet(
    works: Sequence[Work[Toy]], *, room: Room = WIDE, at_once: int = 4
) -> tuple[tuple[Failure, ...], list[events.Event]]:
    """What failed, and all that was told."""
    seen: list[events.Event] = []
    return Fleet(Local[Toy](room), seen.append, at_once=at_once).run(works), seen


def small(stage: Stage[Toy], run: Run, **more: object) -> Stage[Toy]:
    return dataclasses.replace(stage, run=run, **{"claim": lambda _: SMALL, **more})


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name not in (".digests.json", ".lock"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def ended(seen: Sequence[events.Event]) -> list[events.Ended]:
    return [event for event in seen if isinstance(event, events.Ended)]


def test_the_same_bytes_as_one_after_the_other(tmp_path: Path) -> None:
    assert fleet([work(toy) for toy in toys(tmp_path / "serial")], at_once=1)[0] == ()
    assert fleet([work(toy) for toy in toys(tmp_path / "at once")])[0] == ()
    made = files(tmp_path / "at once")
    assert made == files(tmp_path / "serial")
    assert {f"{name}/build/page.en.txt" for name in NAMES} <= made.keys()


def test_one_after_the_other_is_just_that(tmp_path: Path) -> None:
    _, seen = fleet([work(toy) for toy in toys(tmp_path)], at_once=1)
    subjects = [event.subject for event in seen]
    assert [name for n, name in enumerate(subjects) if n == 0 or subjects[n - 1] != name] == list(NAMES)


def test_what_is_up_to_date_is_left_alone_and_claims_nothing(tmp_path: Path) -> None:
    made = toys(tmp_path)
    fleet([work(toy) for toy in made])

    def never(_: Toy) -> Claim:
        raise AssertionError("asked for")

    failed, seen = fleet([work(toy, [dataclasses.replace(one, claim=never) for one in STAGES]) for toy in made])
    assert failed == ()
    assert not [event for event in seen if isinstance(event, events.Started)]


def test_subjects_are_worked_on_side_by_side(tmp_path: Path) -> None:
    meet = threading.Barrier(4, timeout=PATIENCE_S)

    def upper(toy: Toy, job: Job) -> None:
        meet.wait()
        UPPER.run(toy, job)

    stages = (small(UPPER, upper), COUNT, PAGE)
    assert fleet([work(toy, stages) for toy in toys(tmp_path, NAMES[:4])])[0] == ()


class Gauge:
    """How much of something was taken at the most."""

    def __init__(self) -> None:
        self.mutex, self.now, self.most = threading.Lock(), 0, 0

    @contextmanager
    def taking(self, much: int) -> Iterator[None]:
        with self.mutex:
            self.now += much
            self.most = max(self.most, self.now)
        try:
            yield
        finally:
            with self.mutex:
                self.now -= much


def test_memory_is_never_given_twice_and_a_stage_larger_than_all_runs_alone(tmp_path: Path) -> None:
    gauge = Gauge()
    sizes = {"ant": 400, "bee": 500, "cat": 5000, "dog": 300, "eel": 600, "fox": 400}

    def upper(toy: Toy, job: Job) -> None:
        with gauge.taking(sizes[toy.root.name]):
            UPPER.run(toy, job)
            if sizes[toy.root.name] == 5000:
                assert gauge.now == 5000

    claiming = dataclasses.replace(UPPER, run=upper, claim=lambda toy: Claim(0.1, sizes[toy.root.name]))
    others = [dataclasses.replace(one, claim=lambda _: Claim(0.1, 0)) for one in (COUNT, PAGE)]
    failed, _ = fleet([work(toy, (claiming, *others)) for toy in toys(tmp_path)], at_once=6)
    assert failed == ()
    assert gauge.most == 5000


def test_one_gpu_is_one_stage(tmp_path: Path) -> None:
    gauge = Gauge()

    def upper(toy: Toy, job: Job) -> None:
        with gauge.taking(1):
            UPPER.run(toy, job)

    heard = dataclasses.replace(UPPER, run=upper, claim=lambda _: Claim(0.5, 10, gpu=1))
    assert fleet([work(toy, (heard, COUNT, PAGE)) for toy in toys(tmp_path)])[0] == ()
    assert gauge.most == 1


def test_what_leaves_the_machine_leaves_in_the_order_asked_for(tmp_path: Path) -> None:
    """The first is ready last: the others have done all else by then, and wait."""
    others = threading.Semaphore(0)
    sent: list[str] = []

    def upper(toy: Toy, job: Job) -> None:
        if toy.root.name == "ant":
            for _ in NAMES[1:]:
                assert others.acquire(timeout=PATIENCE_S)
        UPPER.run(toy, job)

    def count(toy: Toy, job: Job) -> None:
        COUNT.run(toy, job)
        if toy.root.name != "ant":
            others.release()

    def page(toy: Toy, job: Job) -> None:
        sent.append(toy.root.name)
        PAGE.run(toy, job)

    stages = (small(UPPER, upper), small(COUNT, count), small(PAGE, page, sends=True))
    assert fleet([work(toy, stages) for toy in toys(tmp_path)], at_once=2)[0] == ()
    assert sent == list(NAMES)


@pytest.mark.parametrize("many", [3, 80], ids=["few", "more than are worked on at once"])
def test_who_waits_for_one_that_fails_goes_on_when_it_has_ended(tmp_path: Path, many: int) -> None:
    """However many are held up by the first, another one is begun."""
    names = [f"t{number:02}" for number in range(many)]
    others = threading.Semaphore(0)
    sent: list[str] = []

    def upper(toy: Toy, job: Job) -> None:
        if toy.root.name == "t00":
            for _ in names[1:]:
                assert others.acquire(timeout=PATIENCE_S)
            raise CastkitError("no such recording")
        UPPER.run(toy, job)
        others.release()

    def page(toy: Toy, job: Job) -> None:
        sent.append(toy.root.name)
        job.output(toy.build / "page.en.txt").write_text("page", "utf-8")

    stages = (small(UPPER, upper), small(PAGE, page, sends=True, after=("upper",), reads=lambda _: []))
    failed, _ = fleet([work(toy, stages) for toy in toys(tmp_path, names)], at_once=2)
    assert [one.subject for one in failed] == ["t00"]
    assert sent == names[1:]


def test_what_looks_at_another_waits_for_it_as_if_they_came_one_after_the_other(tmp_path: Path) -> None:
    counted = threading.Event()

    def upper(toy: Toy, job: Job) -> None:
        if toy.root.name == "ant":
            assert counted.wait(PATIENCE_S), "the second was not begun before the first was done"
        UPPER.run(toy, job)

    def count(toy: Toy, job: Job) -> None:
        COUNT.run(toy, job)
        if toy.root.name == "bee":
            counted.set()

    def page(toy: Toy, job: Job) -> None:
        before = tmp_path / "ant/build/page.en.txt"
        text = before.read_text("utf-8") if toy.root.name == "bee" else ""
        job.output(toy.build / "page.en.txt").write_text(f"after: {text}", "utf-8")

    drawing = small(PAGE, page, waits_for=lambda mine, other: ("page", "nothing so called"))
    stages = (small(UPPER, upper), small(COUNT, count), drawing)
    assert fleet([work(toy, stages) for toy in toys(tmp_path, NAMES[:2])])[0] == ()
    assert (tmp_path / "bee/build/page.en.txt").read_text("utf-8") == "after: after: "


def killed(toy: Toy, job: Job) -> None:
    """As a program that the system takes the memory from."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    child.kill()
    child.communicate()
    raise CastkitError(f"the encoder ended with {child.returncode}", "try again")


def refused(toy: Toy, job: Job) -> None:
    raise CastkitError("no such recording", "bring it")


def full(toy: Toy, job: Job) -> None:
    raise OSError(28, "No space left on device", str(job.output(toy.build / "upper.txt")))


def bug(toy: Toy, job: Job) -> None:
    raise ZeroDivisionError("of ours")


@pytest.mark.parametrize("fault", [killed, refused, full, bug], ids=["killed", "refused", "disk full", "bug"])
@pytest.mark.parametrize("at_once", [1, 4])
def test_one_that_fails_stops_no_other(tmp_path: Path, fault: Run, at_once: int) -> None:
    made = toys(tmp_path)
    stages = {toy.root.name: STAGES for toy in made}
    stages["bee"] = stages["eel"] = (dataclasses.replace(UPPER, run=fault), COUNT, PAGE)
    failed, seen = fleet([work(toy, stages[toy.root.name]) for toy in made], at_once=at_once)
    assert [one.subject for one in failed] == ["bee", "eel"]
    assert {(event.subject, event.step) for event in ended(seen) if event.message} == {
        ("bee", "upper"),
        ("eel", "upper"),
    }
    assert [event.subject for event in ended(seen) if not event.message].count("bee") == 0
    done = {path.parent.parent.name for path in tmp_path.glob("*/build/page.en.txt")}
    assert done == set(NAMES) - {"bee", "eel"}
    assert not list(tmp_path.rglob(".part-*"))
    assert fleet([work(toy) for toy in made])[0] == (), "and the next run goes on"


def test_one_that_another_castkit_works_on_is_refused_and_the_rest_done(tmp_path: Path) -> None:
    made = toys(tmp_path)
    with lock(place_of(made[2])):
        failed, seen = fleet([work(toy) for toy in made])
    (failure,) = failed
    assert failure.subject == "cat"
    assert "another castkit is working on cat" in str(failure.error)
    assert not (made[2].build / "receipts.json").exists()
    assert [event.message for event in ended(seen) if event.subject == "cat"] == [str(failure.error)]
    with lock(place_of(made[2])):
        pass  # and the locks of all others are free
    for toy in made:
        with lock(place_of(toy)):
            pass


def test_a_failure_gives_up_what_runs_beside_it_of_that_subject_alone(tmp_path: Path) -> None:
    meet = threading.Barrier(3, timeout=PATIENCE_S)
    seen: list[str] = []

    def upper(toy: Toy, job: Job) -> None:
        meet.wait()
        if toy.root.name == "bee":
            UPPER.run(toy, job)
            return
        try:
            while True:
                job.progress(0.5)
        except Cancelled:
            seen.append(toy.root.name)
            raise

    def count(toy: Toy, job: Job) -> None:
        if toy.root.name == "ant":
            meet.wait()
            raise CastkitError("cannot count")
        COUNT.run(toy, job)

    stages = (small(UPPER, upper), small(COUNT, count), PAGE)
    failed, _ = fleet([work(toy, stages) for toy in toys(tmp_path, NAMES[:2])])
    assert [str(one.error) for one in failed] == ["cannot count"]
    assert seen == ["ant"]
    assert (tmp_path / "bee/build/page.en.txt").is_file()


def test_a_large_claim_is_not_overtaken_for_ever(tmp_path: Path) -> None:
    """Small ones of which one always runs must let the large one in before the last of them."""
    names = [f"t{number:02}" for number in range(60)]
    begun: list[str] = []
    told: set[str] = set()
    turn = threading.Condition()
    large = Claim(8.0, 995)  # no room beside any other

    class Asked(Local[Toy]):
        def fits(self, claim: Claim, beside: Sequence[Claim]) -> bool:
            with turn:
                told.update(["it waits"] * (claim == large) + ["others wait for it"] * (large in beside))
                turn.notify_all()
            return super().fits(claim, beside)

    def claim(toy: Toy) -> Claim:
        if toy.root.name != "t01":
            return Claim(1.0, 10)
        with turn:
            assert turn.wait_for(lambda: begun, PATIENCE_S)
        return large

    def upper(toy: Toy, job: Job) -> None:
        with turn:
            begun.append(toy.root.name)
            before = len(begun)
            turn.notify_all()
            assert turn.wait_for(lambda: "it waits" in told, PATIENCE_S)
            if toy.root.name != "t01":  # a small one ends when another has begun, while there is any
                last = len(names) - 1
                assert turn.wait_for(lambda: before < len(begun) or last <= len(begun) or len(told) == 2, PATIENCE_S)
        UPPER.run(toy, job)

    works = [work(toy, (dataclasses.replace(UPPER, run=upper, claim=claim),)) for toy in toys(tmp_path, names)]
    assert Fleet(Asked(Room(4.0, 1000)), lambda _: None, at_once=8).run(works) == ()
    assert sorted(begun) == names
    assert begun.index("t01") < 55


def test_ctrl_c_gives_all_up_and_frees_every_lock(tmp_path: Path) -> None:
    made = toys(tmp_path, NAMES[:3])
    meet = threading.Barrier(3, timeout=PATIENCE_S)
    stopped: list[str] = []

    def upper(toy: Toy, job: Job) -> None:
        job.output(toy.build / "upper.txt").write_text("half", "utf-8")
        if meet.wait() == 0:
            signal.raise_signal(signal.SIGINT)  # which Python hands to the main thread
        try:
            while True:
                job.progress(0.5)
        except Cancelled:
            stopped.append(toy.root.name)
            raise

    stages = (small(UPPER, upper), COUNT, PAGE)
    with pytest.raises(KeyboardInterrupt):
        fleet([work(toy, stages) for toy in made])
    assert sorted(stopped) == ["ant", "bee", "cat"]
    assert not list(tmp_path.rglob(".part-*"))
    assert fleet([work(toy) for toy in made])[0] == ()


def test_where_a_stage_runs_is_the_executors_affair(tmp_path: Path) -> None:
    """One that runs each stage at once, on the asking thread, and has room for one claim."""

    class Here:
        def __init__(self) -> None:
            self.held: list[Claim] = []
            self.ranks: list[tuple[int, int]] = []
            self.is_closed = False

        def fits(self, claim: Claim, beside: Sequence[Claim]) -> bool:
            return not self.held and not beside

        def submit(self, order: Order[Toy]) -> Future[None]:
            self.held.append(order.due.claim)
            self.ranks.append(order.rank)
            done: Future[None] = Future()
            try:
                order.runner.execute(order.stage, order.due.reason)
                done.set_result(None)
            except CastkitError as error:
                done.set_exception(error)
            return done

        def ended(self, order: Order[Toy]) -> None:
            self.held.remove(order.due.claim)

        def close(self) -> None:
            self.is_closed = True

    here = Here()
    made = toys(tmp_path, NAMES[:3])
    stages = {"ant": STAGES, "bee": (dataclasses.replace(UPPER, run=refused), COUNT, PAGE), "cat": STAGES}
    failed = Fleet(here, lambda _: None, at_once=3).run([work(toy, stages[toy.root.name]) for toy in made])
    assert [one.subject for one in failed] == ["bee"]
    assert here.is_closed
    assert not here.held
    assert {(0, 0), (0, 1), (0, 2), (2, 0), (2, 1), (2, 2)} <= set(here.ranks)


@contextmanager
def torn(toy: Toy, at: str) -> Iterator[None]:
    """A lock, and what is remembered before and after the work, which fails."""
    with lock(place_of(toy)):
        if at == "before":
            raise OSError(28, "No space left on device")
        yield
        raise CastkitError("the clocks cannot be written")


@pytest.mark.parametrize("at", ["before", "after"])
def test_what_fails_around_the_stages_is_that_subjects_failure(tmp_path: Path, at: str) -> None:
    made = toys(tmp_path, NAMES[:3])
    works = [work(toy) for toy in made]
    works[1] = dataclasses.replace(works[1], held=lambda: torn(made[1], at))
    failed, seen = fleet(works)
    assert [one.subject for one in failed] == ["bee"]
    assert sorted(one.subject for one in ended(seen) if not one.message) == ["ant", "cat"]
    with lock(place_of(made[1])):
        pass


def test_an_error_without_words_is_an_error_all_the_same(tmp_path: Path) -> None:
    def dumb(toy: Toy, job: Job) -> None:
        raise AssertionError

    made = toys(tmp_path, NAMES[:2])
    _, seen = fleet([work(made[0]), work(made[1], (dataclasses.replace(UPPER, run=dumb),))])
    assert [one.message for one in ended(seen) if one.subject == "bee"] == ["AssertionError"]


def test_stages_that_wait_for_each_other_are_a_bug_and_said_to_be(tmp_path: Path) -> None:
    circle = (dataclasses.replace(UPPER, after=("count",)), dataclasses.replace(COUNT, after=("upper",)))
    with pytest.raises(ValueError, match="wait for each other"):
        fleet([work(toy, circle) for toy in toys(tmp_path, NAMES[:1])])


def test_a_killed_run_of_many_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    """At some renames of all six: this file run as a program is killed at its Nth, without any clean-up."""
    fleet([work(toy) for toy in toys(tmp_path / "undisturbed")])
    undisturbed = files(tmp_path / "undisturbed")
    for number in (5, 30):
        folder = tmp_path / f"killed {number}"
        made = toys(folder)
        command = [sys.executable, str(Path(__file__)), str(folder), str(number)]
        assert subprocess.run(command, check=False).returncode == 9
        assert fleet([work(toy) for toy in made])[0] == ()
        assert files(folder) == undisturbed
        assert not list(folder.rglob(".part-*"))


if __name__ == "__main__":
    renames = [int(sys.argv[2])]
    mutex, rename = threading.Lock(), os.replace

    def fatal(*args, **options):
        with mutex:
            renames[0] -= 1
            if renames[0] == 0:
                os._exit(9)
        rename(*args, **options)

    os.replace = fatal
    fleet([work(Toy(Path(sys.argv[1]) / name)) for name in NAMES])
