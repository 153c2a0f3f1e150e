"""The engine runs what is stale, only that, and loses nothing whatever interrupts it."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from toy import COUNT, PAGE, STAGES, UPPER, Toy, go, ran

from castkit.engine import events
from castkit.engine.place import lock
from castkit.engine.plan import plan
from castkit.engine.receipts import load
from castkit.engine.runner import Cancelled
from castkit.errors import CastkitError


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    (tmp_path / "letters.txt").write_text("abc", "utf-8")
    return Toy(tmp_path)


def files(toy: Toy) -> dict[str, bytes]:
    """Every file of the build but the cache of digests and the lock, which say nothing of the result."""
    found = (path for path in toy.build.rglob("*") if path.is_file() and path.name not in (".digests.json", ".lock"))
    return {path.name: path.read_bytes() for path in found}


def test_first_run_makes_everything_and_second_does_nothing(toy: Toy) -> None:
    assert ran(go(toy)) == {"upper": "new", "count": "new", "page": "new"}
    assert (toy.build / "page.en.txt").read_text("utf-8") == "en: ABC (3)"
    before = {path: path.stat().st_mtime_ns for path in toy.build.rglob("*") if path.name != ".lock"}
    assert ran(go(toy)) == {}
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_each_reason_is_named(toy: Toy) -> None:
    go(toy)
    (toy.root / "absent.txt").write_text("here now", "utf-8")
    assert ran(go(toy)) == {"count": "inputs changed: absent.txt"}
    assert ran(go(dataclasses.replace(toy, shout=False))) == {
        "upper": "settings changed: voice.shout",
        "page": "inputs changed: upper.txt",
    }
    go(toy)
    (toy.build / "count.txt").unlink()
    assert ran(go(toy)) == {"count": "output missing: count.txt"}
    newer = dataclasses.replace(UPPER, version=2)
    assert ran(go(toy, (newer, COUNT, PAGE))) == {"upper": "step changed"}
    lost = dataclasses.replace(PAGE, check=lambda _: "the store lost it")
    assert ran(go(toy, (newer, COUNT, lost))) == {"page": "the store lost it"}
    assert ran(go(toy, (newer, COUNT, PAGE), redo=("count",))) == {"count": "asked for"}


def test_same_bytes_stop_the_wave(toy: Toy) -> None:
    go(toy)
    (toy.root / "letters.txt").write_text("abC", "utf-8")
    assert set(ran(go(toy))) == {"upper", "count"}


def test_an_edit_of_a_result_is_used_downstream_and_never_overwritten(toy: Toy) -> None:
    go(toy)
    (toy.build / "upper.txt").write_text("by hand", "utf-8")
    seen = go(toy)
    assert ran(seen) == {"page": "inputs changed: upper.txt"}
    assert events.Skipped("toy", "upper", "edited by hand: upper.txt") in seen
    assert "by hand" in (toy.build / "page.en.txt").read_text("utf-8")

    (toy.root / "letters.txt").write_text("new letters", "utf-8")
    with pytest.raises(CastkitError, match=r"a person edited what it made: upper.txt") as caught:
        go(toy)
    assert "--redo upper" in caught.value.hint
    assert (toy.build / "upper.txt").read_text("utf-8") == "by hand"

    go(toy, redo=("upper",))
    assert (toy.build / "upper.txt").read_text("utf-8") == "NEW LETTERS"
    assert (toy.build / "upper.txt.edited-1").read_text("utf-8") == "by hand"


def test_an_output_no_longer_made_is_removed_unless_edited(toy: Toy) -> None:
    three = dataclasses.replace(toy, languages=("en", "fr", "de"))
    go(three)
    go(dataclasses.replace(toy, languages=("en", "de")))
    assert sorted(path.name for path in toy.build.glob("page.*")) == ["page.de.txt", "page.en.txt"]
    (toy.build / "page.de.txt").write_text("von Hand", "utf-8")
    with pytest.raises(CastkitError, match=r"page.de.txt"):
        go(toy)
    assert (toy.build / "page.de.txt").read_text("utf-8") == "von Hand"


def test_a_file_may_pass_from_one_stage_to_another(toy: Toy) -> None:
    def moved(toy: Toy, job) -> None:
        job.output(toy.build / "page.fr.txt").write_text("fr, from count", "utf-8")
        job.output(toy.build / "count.txt").write_text("3", "utf-8")

    both = dataclasses.replace(toy, languages=("en", "fr"))
    count = dataclasses.replace(
        COUNT, version=2, run=moved, writes=lambda toy: [toy.build / "count.txt", toy.build / "page.fr.txt"]
    )
    go(both)
    assert set(ran(go(toy, (UPPER, count, PAGE)))) == {"count", "page"}
    assert (toy.build / "page.fr.txt").read_text("utf-8") == "fr, from count"
    assert ran(go(toy, (UPPER, count, PAGE))) == {}

    go(both)
    (toy.build / "page.fr.txt").write_text("à la main", "utf-8")
    with pytest.raises(CastkitError, match=r"page.fr.txt"):
        go(toy, (UPPER, count, PAGE))
    assert (toy.build / "page.fr.txt").read_text("utf-8") == "à la main"


def test_notes_come_again_when_a_stage_is_skipped(toy: Toy) -> None:
    (toy.root / "letters.txt").write_text("", "utf-8")
    note = events.Note("toy", "count", "there are no letters")
    assert note in go(toy)
    assert note in go(toy)


def test_a_failing_stage_leaves_no_part_and_keeps_what_was_there(toy: Toy) -> None:
    go(toy)
    before = files(toy)

    def fail(toy: Toy, job) -> None:
        job.output(toy.build / "page.en.txt").write_text("half", "utf-8")
        raise CastkitError("no paper", "buy some")

    failing = dataclasses.replace(PAGE, version=2, run=fail)
    with pytest.raises(CastkitError, match="no paper"):
        go(toy, (UPPER, COUNT, failing))
    assert files(toy) == before


def test_a_full_disk_is_said_in_words(toy: Toy) -> None:
    def full(toy: Toy, job) -> None:
        raise OSError(28, "No space left on device", str(job.output(toy.build / "page.en.txt")))

    with pytest.raises(CastkitError, match="No space left on device") as caught:
        go(toy, (UPPER, COUNT, dataclasses.replace(PAGE, run=full)))
    assert "free some space" in caught.value.hint


def test_independent_stages_run_side_by_side_and_one_failure_stops_the_other(toy: Toy) -> None:
    meet = threading.Barrier(2, timeout=120)
    stopped = threading.Event()

    def upper(toy: Toy, job) -> None:
        meet.wait()
        try:
            while True:
                job.progress(0.1)
        except Cancelled:
            stopped.set()
            raise

    def count(toy: Toy, job) -> None:
        meet.wait()
        raise CastkitError("cannot count")

    with pytest.raises(CastkitError, match="cannot count"):
        go(toy, (dataclasses.replace(UPPER, run=upper), dataclasses.replace(COUNT, run=count), PAGE))
    assert stopped.is_set()


def test_only_declared_outputs_are_taken_and_all_must_be_written(toy: Toy) -> None:
    with pytest.raises(ValueError, match="did not say that it writes"):
        go(toy, (dataclasses.replace(UPPER, run=lambda toy, job: job.output(toy.build / "other.txt")),))
    with pytest.raises(ValueError, match=r"upper did not write upper.txt"):
        go(toy, (dataclasses.replace(UPPER, run=lambda toy, job: None),))


def test_two_runs_at_once_are_refused_by_name(toy: Toy) -> None:
    with lock(toy.place), pytest.raises(CastkitError, match="another castkit is working on toy"):
        go(toy)


def test_an_edit_survives_torn_receipts_a_redo_of_another_stage_and_a_running_stage(toy: Toy) -> None:
    go(toy)
    page = toy.build / "page.en.txt"
    page.write_text("first edit", "utf-8")
    toy.place.receipts.write_bytes(b"torn")
    go(toy)
    assert (toy.build / "page.en.txt.edited-1").read_text("utf-8") == "first edit"

    def edited_meanwhile(toy: Toy, job) -> None:
        job.output(page).write_text("made", "utf-8")
        page.write_text("second edit", "utf-8")

    go(toy, (UPPER, COUNT, dataclasses.replace(PAGE, version=2, run=edited_meanwhile)))
    assert (toy.build / "page.en.txt.edited-2").read_text("utf-8") == "second edit"

    def inherits(toy: Toy, job) -> None:
        job.output(toy.build / "count.txt").write_text("3", "utf-8")
        job.output(page).write_text("by count", "utf-8")

    page.write_text("third edit", "utf-8")
    both = dataclasses.replace(COUNT, run=inherits, writes=lambda toy: [toy.build / "count.txt", page])
    go(toy, (UPPER, both), redo=("count",))
    assert (toy.build / "page.en.txt.edited-3").read_text("utf-8") == "third edit"
    assert page.read_text("utf-8") == "by count"


def test_a_changed_output_that_nobody_edits_is_damage_and_made_again(toy: Toy) -> None:
    stages = (UPPER, dataclasses.replace(COUNT, is_editable=lambda path: path.suffix == ".srt"), PAGE)
    go(toy, stages)
    count = toy.build / "count.txt"
    count.write_text("{", "utf-8")
    assert ran(go(toy, stages)) == {"count": "output changed: count.txt"}
    assert count.read_text("utf-8") == "3"
    assert count.with_name("count.txt.edited-1").read_text("utf-8") == "{"
    assert ran(go(toy, stages)) == {}


def test_an_input_that_is_a_folder_is_an_error_in_words(toy: Toy) -> None:
    (toy.root / "letters.txt").unlink()
    (toy.root / "letters.txt").mkdir()
    with pytest.raises(CastkitError, match=r"letters.txt"):
        go(toy)


def test_a_check_that_cannot_tell_is_said_by_the_plan_and_skipped_by_redo(toy: Toy) -> None:
    def unreachable(toy: Toy) -> str:
        raise CastkitError("the store does not answer")

    stages = (UPPER, COUNT, dataclasses.replace(PAGE, check=unreachable))
    go(toy)
    *_, last = plan(stages, toy, load(toy.place.receipts), toy.place.digests())
    assert last.reason == "cannot tell: the store does not answer"
    with pytest.raises(CastkitError, match="does not answer"):
        go(toy, stages)
    assert ran(go(toy, stages, redo=("page",))) == {"page": "asked for"}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version": 1}', b'{"version": "1", "stages": {}}', b"\xff\xfe"]
)
def test_torn_receipts_cost_a_run_and_nothing_else(toy: Toy, content: bytes) -> None:
    go(toy)
    before = files(toy)
    toy.place.receipts.write_bytes(content)
    assert set(ran(go(toy))) == {"upper", "count", "page"}
    assert files(toy) == before


def test_plan_says_what_waits_and_changes_nothing(toy: Toy) -> None:
    before = files(toy)
    decisions = plan(STAGES, toy, load(toy.place.receipts), toy.place.digests())
    assert [(one.stage.name, one.reason) for one in decisions] == [
        ("upper", "new"),
        ("count", "new"),
        ("page", "after upper, count"),
    ]
    assert files(toy) == before


def test_renames_that_fail_three_times_end_in_the_same_bytes(
    toy: Toy, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(toy)
    other = Toy(tmp_path_factory.mktemp("other"))
    (other.root / "letters.txt").write_text("abc", "utf-8")
    rename, failures = os.replace, {}

    def held_by_a_scanner(src, dst):
        failures[dst] = failures.get(dst, 0) + 1
        if failures[dst] <= 3:
            raise PermissionError(13, "The process cannot access the file", str(dst))
        rename(src, dst)

    monkeypatch.setattr(os, "replace", held_by_a_scanner)
    go(other)
    assert failures
    assert files(other) == files(toy)


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_every_rename_the_next_run_ends_in_the_same_bytes(toy: Toy, tmp_path: Path, when: str) -> None:
    go(toy)
    undisturbed = files(toy)
    kills = 0
    for number in range(1, 40):
        folder = tmp_path / f"killed-{number}"
        folder.mkdir()
        (folder / "letters.txt").write_text("abc", "utf-8")
        environment = os.environ | ({"TOY_AFTER": "1"} if when == "after" else {})
        ended = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("toy.py")), str(folder), str(number + (when == "after"))],
            env=environment,
            check=False,
        )
        if ended.returncode == 0:
            break
        assert ended.returncode == 9
        kills += 1
        go(Toy(folder))
        assert files(Toy(folder)) == undisturbed
        assert not list(folder.rglob(".part-*"))
    assert kills >= 9  # each of three stages: its note, its file, its receipt
