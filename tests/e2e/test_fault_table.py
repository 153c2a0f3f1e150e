"""What a machine, a disk, a clock and people do to a show: each is said in words, loses nothing, and is got over.

The show is one that the first castkit published (tests/data/old_workspaces): `castkit feed` renews it in a second,
`castkit build` begins anew. Disks fail by `faulty_castkit.py`; a really full one is in test_publish.py, a bucket behind
a bad network in test_faults.py, kills in test_kill_sweep.py.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from castkit_cli import Ended, castkit, succeed
from kill_roads import differences, left_over, tree

from castkit.cli.road import show_place
from castkit.engine.place import lock
from castkit.workspace import Workspace
from faulty_castkit import CHANGES, Plan, run

FIRST = Path(__file__).parent.parent / "data/old_workspaces/first"
FEED = ("feed",)
BUILD = ("build", "talk")
WHOLE = os.environ.get("CASTKIT_SOAK") == "1"  # the rows that cost most, and those like another, are in the soak


@pytest.fixture
def show(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIRST, tmp_path / "show"))


@pytest.fixture(scope="module")
def renewed_show(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The show after an undisturbed `castkit feed`; tests must leave it as they found it."""
    folder = Path(shutil.copytree(FIRST, tmp_path_factory.mktemp("renewed") / "show"))
    succeed(*FEED, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def renewed(renewed_show: Path) -> Mapping[str, str]:
    """Every file of it."""
    return tree(renewed_show)


def assert_said(ended: Ended, *texts: str) -> None:
    """An error that a person can act on, and no traceback."""
    assert ended.code == 1, ended.err
    assert "Traceback" not in ended.err
    assert "hint: " in ended.err
    for text in texts:
        assert text in ended.err


@dataclass(frozen=True)
class Row:
    """A fault below a folder of the show, while this command runs, and what is said of it."""

    command: tuple[str, ...]
    plan: Plan
    below: str
    said: tuple[str, ...]


FULL = Plan("ENOSPC", 1, ("write",), for_good=True)
READ_ONLY = Plan("EROFS", 1, CHANGES, for_good=True)
BROKEN = Plan("EIO", 1, ("fsync",), for_good=True)
FAULTS = {
    "the disk is full in the middle": Row(FEED, replace(FULL, at=9), "", ("No space left on device", "free some")),
    "the feeds may only be read": Row(FEED, READ_ONLY, "feeds/", ("Read-only file system", "feeds", "permissions")),
    "the episode may only be read": Row(BUILD, READ_ONLY, "episodes/", ("Read-only file system", "permissions")),
    "the disk of the store keeps nothing": Row(FEED, BROKEN, "public/", ("Input/output error", "public", "writable")),
}
MORE = {
    "the disk of the store is full": Row(FEED, FULL, "public/", ("No space left on device", "public", "free some")),
    "the disk is full": Row(FEED, FULL, "", ("No space left on device", "free some space")),
    "the disk is full while building": Row(BUILD, FULL, "", ("No space left on device", "free some space")),
    "the store may only be read": Row(FEED, READ_ONLY, "public/", ("Read-only file system", "public", "writable")),
    "the show may only be read": Row(FEED, READ_ONLY, "", ("Read-only file system", "writable")),
    "the disk keeps nothing": Row(FEED, BROKEN, "feeds/", ("Input/output error", "feeds", "hint")),
    "the disk keeps nothing while building": Row(BUILD, BROKEN, "episodes/", ("Input/output error", "hint")),
}
ROWS = FAULTS | (MORE if WHOLE else {})


@pytest.mark.soak
@pytest.mark.parametrize("name", ROWS)
def test_a_disk_that_fails(show: Path, renewed: Mapping[str, str], name: str) -> None:
    row, before = ROWS[name], tree(show)
    ended = run(replace(row.plan, below=f"{show}/{row.below}"), *row.command, cwd=show)
    assert_said(ended, *row.said)
    after = tree(show)
    assert before.keys() <= after.keys()
    assert left_over(show) == [] or row.plan.do == "EROFS"
    if row.command == BUILD:
        assert after["episodes/talk/build/receipts.json"] == before["episodes/talk/build/receipts.json"]
    else:
        succeed(*FEED, cwd=show)
        assert differences(renewed, tree(show)) == []


def test_a_clock_put_back(show: Path, renewed: Mapping[str, str]) -> None:
    """By ten years, between a run that was killed while it wrote to the store and the next one."""
    killed = run(Plan(at=1, kinds=("rename",), below=f"{show}/public"), *FEED, cwd=show)
    assert killed.code < 0
    for path in show.rglob("*"):
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime + 10 * 365 * 86_400))
    succeed(*FEED, cwd=show)
    assert differences(renewed, tree(show)) == []
    assert left_over(show) == []
    toml = show / "castkit.toml"
    toml.write_text(toml.read_text("utf-8").replace("About things.", "About walks."), "utf-8")
    assert "feed" in succeed(*FEED, "--json", cwd=show).ran
    assert "About walks." in (show / "public/feeds/en.xml").read_text("utf-8")


def test_two_castkits_on_one_episode(show: Path) -> None:
    before = tree(show)
    with lock(replace(show_place(Workspace(show)), subject="talk", lock=show / "episodes/talk/build/.lock")):
        ended = castkit(*BUILD, cwd=show)
    assert_said(ended, "another castkit is working on talk", "wait until it is done")
    assert tree(show) == before


@pytest.mark.soak
@pytest.mark.skipif(not WHOLE, reason="seconds of work: make soak")
def test_two_castkits_that_renew_the_feeds_wait_for_each_other(show: Path, renewed: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "castkit", *FEED]
    both = [subprocess.Popen(command, cwd=show, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [one.wait(timeout=300) for one in both] == [0, 0]
    assert differences(renewed, tree(show)) == []


def test_episodes_whose_names_differ_only_by_case(show: Path) -> None:
    other = show / "episodes/Talk"
    if other.exists():
        pytest.skip("this file system takes Talk and talk for one name")
    other.mkdir()
    text = (show / "episodes/talk/episode.toml").read_text("utf-8")
    (other / "episode.toml").write_text(text.replace("a40a42ad", "b40a42ad"), "utf-8")
    ended = castkit("status", cwd=show)
    assert ended.code == 1
    assert "Talk and talk are one name on macOS and Windows" in ended.err
    assert tree(other) == {"episode.toml": tree(other)["episode.toml"]}


@pytest.mark.parametrize("lies", [unicodedata.normalize("NFD", "Café.flac"), "CAFÉ.flac"], ids=["apart", "capitals"])
def test_a_recording_whose_name_is_spelt_in_other_characters(show: Path, lies: str) -> None:
    """Old macOS takes letters apart, é into e and ´: what is named in one way may lie there in the other."""
    raw = show / "episodes/talk/raw"
    (raw / "talk.flac").rename(raw / lies)
    if (raw / "Café.flac").exists():
        pytest.skip("this file system takes both for one name")
    toml = show / "episodes/talk/episode.toml"
    toml.write_text(toml.read_text("utf-8").replace("talk.flac", "Café.flac"), "utf-8")
    ended = castkit(*BUILD, cwd=show)
    assert_said(ended, "there is no raw/Café.flac", ascii(lies))
    assert "rename the file" in ended.err


@pytest.mark.soak
def test_names_with_whatever_a_file_system_takes(tmp_path: Path) -> None:
    """A blank, quotes, a dollar, a percent sign, Chinese, an emoji; a recording and a slug as long as can be."""
    show = Path(shutil.copytree(FIRST, tmp_path / "It's $HOME; 演示 🎙 %20 #1" / "show"))
    name = f"{'长' * 50}{'a' * 35}' [é] %d 🎙.flac"
    assert len(name.encode()) > 200
    recording = shutil.copy(show / "episodes/talk/raw/talk.flac", tmp_path / name)
    slug = "a" * 200
    new = ("--recording", f"{recording}=host", "--language", "en", "--title", "Long")
    succeed("new", slug, *new, cwd=show)
    (kept,) = (show / f"episodes/{slug}/raw").iterdir()
    kept.rename(kept.with_name(name))
    toml = show / f"episodes/{slug}/episode.toml"
    toml.write_text(toml.read_text("utf-8").replace(f"raw/{kept.name}", f"raw/{name}"), "utf-8")
    command = ("publish", slug) if WHOLE else FEED
    succeed(*command, cwd=show)
    assert (slug if WHOLE else "talk-") in (show / "public/feeds/en.xml").read_text("utf-8")
    ended = castkit("new", f"{slug}a", *new, cwd=show)
    assert_said(ended, "cannot be an episode's name", "200 at most")
    assert not (show / f"episodes/{slug}a").exists()


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("feeds/ledger.toml", b"[episodes.talk\nguid", ("ledger.toml", "version control")),
        ("feeds/ledger.toml", b"[episodes]\ntalk = 3\n", ("ledger.toml", "episodes.talk", "version control")),
        ("public/episodes/talk/published.json", b'{"slug": "talk", ', ("published.json", "damaged", "publish that")),
    ],
    ids=["ledger torn", "ledger edited", "published.json torn"],
)
def test_a_record_that_is_damaged_is_named_and_left_alone(
    show: Path, path: str, data: bytes, said: tuple[str, ...]
) -> None:
    (show / path).write_bytes(data)
    ended = castkit(*FEED, cwd=show)
    assert_said(ended, *said)
    assert (show / path).read_bytes() == data
    assert differences(tree(FIRST), tree(show)) == [f"{path} differs"]


EDITS = {
    "torn": lambda text: text[: len(text) // 2],
    "empty": lambda _: "",
    "a step taken out": lambda text: text.replace('"feed": {', '"fed": {'),
    "a digest changed": lambda text: text.replace('"cover.png": "', '"cover.png": "0'),
    "another version of a step": lambda text: text.replace('"version": 2', '"version": 12'),
}


@pytest.mark.soak
@pytest.mark.parametrize("edit", EDITS if WHOLE else ["torn"])
def test_receipts_edited_by_hand_cost_a_run_and_nothing_else(
    renewed_show: Path, renewed: Mapping[str, str], tmp_path: Path, edit: str
) -> None:
    show = Path(shutil.copytree(renewed_show, tmp_path / "show"))
    path = show / ".castkit/receipts.json"
    text = EDITS[edit](path.read_text("utf-8"))
    assert text != path.read_text("utf-8")
    path.write_text(text, "utf-8")
    succeed(*FEED, cwd=show)
    assert [one for one in differences(renewed, tree(show)) if "receipts.json" not in one] == []
    assert "feed" in json.loads(path.read_text("utf-8"))["stages"]


def test_a_castkit_toml_changed_while_castkit_runs_counts_in_the_next_run(show: Path) -> None:
    toml = show / "castkit.toml"
    process = subprocess.Popen(
        [sys.executable, "-m", "castkit", *FEED, "--json"], cwd=show, stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "started":
            text = toml.read_text("utf-8")
            toml.write_text(text.replace("About things.", "About walks."), "utf-8")
            break
    process.communicate(timeout=300)
    assert process.returncode == 0
    assert "About things." in (show / "public/feeds/en.xml").read_text("utf-8")
    assert set(succeed(*FEED, "--json", cwd=show).ran) == {"feed", "site"}
    assert "About walks." in (show / "public/feeds/en.xml").read_text("utf-8")
