"""A publish killed at any write, fsync, rename, removal or sending: the next run ends in the bytes of one undisturbed.

Sampled here by fixed seeds; `make soak` kills at every point of every road and says how many there were. The whole
takes hours; its parts may run side by side: `CASTKIT_SOAK=1 pytest -n 2 --dist load tests/e2e/test_kill_sweep.py`.
"""

from __future__ import annotations

import logging
import os
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import kill_roads
import pytest
from kill_roads import Bucket, Road, Run

import faulty_castkit
from forked_castkit import forks
from s3server import S3Server

WHOLE = os.environ.get("CASTKIT_SOAK") == "1"
PARTS = 8 if WHOLE else 1  # of each road, so that they can run side by side
logger = logging.getLogger(__name__)
pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX; the engine's sweep of renames runs there"),
]


def by_seed(road: Road, seed: int) -> int:
    return random.Random(seed).randrange(len(road.points)) + 1


def killed(road: Road, folder: Path, *, some: int, part: int, run: Run) -> None:
    """Kills the road at every point of this part, or at this one; fails with all that was different in the end."""
    wrong: list[str] = []
    tried = range(1 + part, len(road.points) + 1, PARTS) if WHOLE else [some]
    for number in tried:
        place = folder / f"killed-{number}"
        place.mkdir()
        found = road.killed_at(number, place, run)
        logger.info("%s: %s of %s: %s", road.name, number, len(road.points), found or "the same bytes")
        wrong += found
        shutil.rmtree(place, ignore_errors=True)
    logger.warning("%s: %s points tried, %s differences", road.name, len(tried), len(wrong))
    assert wrong == []


@pytest.fixture
def bucket(s3_server: S3Server) -> Iterator[Bucket]:
    found = Bucket(s3_server)
    yield found
    found.clear()


@pytest.fixture
def run() -> Iterator[Run]:
    with forks() as found:
        yield found.run


def refuse_other_points(road: Road, folder: Path, run: Run) -> None:
    """A fork meets the points that a process of its own meets, or its kills would say nothing of those."""
    places = [folder / name for name in ("first-fork", "fork", "process")]
    for place in places:
        place.mkdir()
    road.undisturbed(places[0], run)  # the forks after it have all modules
    assert road.undisturbed(places[1], run) == road.undisturbed(places[2], faulty_castkit.run)


@pytest.mark.parametrize("part", range(PARTS))
def test_from_the_recording_to_a_folder(tmp_path: Path, part: int, run: Run) -> None:
    road = kill_roads.first(tmp_path)
    assert {"ingest.json", "talk.mp3", "published.json", "index.html"} <= {Path(one).name for one in road.wanted}
    assert len(road.points) > 300
    refuse_other_points(road, tmp_path, run)
    killed(road, tmp_path, some=by_seed(road, 1), part=part, run=run)


@pytest.mark.parametrize("part", range(PARTS))
def test_from_the_build_to_a_bucket(tmp_path: Path, bucket: Bucket, part: int, run: Run) -> None:
    road = kill_roads.to_bucket(tmp_path, bucket)
    assert sum(one.startswith("send ") for one in road.points) > 40
    # Every file is sent and none looked at: what the next run says of them must not hang on who sent them.
    sent = next(at for at, one in enumerate(road.points, 1) if one.startswith("rename ") and "ledger.toml" in one)
    killed(road, tmp_path, some=sent, part=part, run=run if WHOLE else faulty_castkit.run)


@pytest.mark.skipif(not WHOLE, reason="seconds for each of a thousand points: make soak")
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("road", ["change", "change-bucket", "whole"])
def test_the_longer_roads(tmp_path: Path, bucket: Bucket, road: str, part: int, run: Run) -> None:
    made = {
        "change": kill_roads.change,
        "change-bucket": lambda folder: kill_roads.change_in_bucket(folder, bucket),
        "whole": kill_roads.whole,
    }[road](tmp_path)
    assert len(made.points) > 200
    killed(made, tmp_path, some=by_seed(made, 1), part=part, run=run)


def test_the_sweep_sees_what_a_kill_would_leave(tmp_path: Path) -> None:
    """Were something half written, left over, missing or named too early, it would be told."""
    whole, after = {"a.json": "1", "b.json": "2"}, {"episodes/a.mp3": b"sound", "feeds/en.xml": b"<rss/>"}
    assert kill_roads.differences(whole, {"a.json": "3", "c.json": "4"}) == [
        "a.json differs",
        "b.json is missing",
        "c.json is new",
    ]
    road = Road("test", tmp_path, None, {}, after, whole, ())
    named = b'<enclosure url="http://127.0.0.1:8000/episodes/b.mp3"/>'
    early = Road("test", tmp_path, None, {}, {**after, "feeds/en.xml": named}, whole, ())
    assert list(road.half_sent(after)) == []
    assert list(road.half_sent({"episodes/a.mp3": b"so"})) == ["episodes/a.mp3 is half sent"]
    assert list(early.half_sent({"feeds/en.xml": named})) == ["feeds/en.xml names episodes/b.mp3, which is not there"]
    (tmp_path / "public").mkdir()
    for name in (".a.mp3.castkit-part", ".part-b.json"):
        (tmp_path / "public" / name).write_bytes(b"")
    assert kill_roads.left_over(tmp_path) == ["public/.a.mp3.castkit-part", "public/.part-b.json"]
