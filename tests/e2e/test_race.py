"""Two people publish to one bucket at the same time, and are killed at it: every episode is in the feed at the end."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feedparser
import pytest

from castkit.storage.keys import show_page_key
from castkit.workspace import Workspace
from publisher import make_episode, make_workspace
from s3server import S3Server

WHOLE = bool(os.environ.get("CASTKIT_SOAK"))
ROUNDS = 50 if WHOLE else 2
TESTS = Path(__file__).parent.parent
PART = str(16 << 20)


def start(workspace: Workspace, slugs: list[str], server: S3Server) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(TESTS / "publisher.py"), str(workspace.root), PART, *slugs],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **server.environment, "PYTHONPATH": str(TESTS)},
    )


def work(workspace: Workspace, slugs: list[str], server: S3Server, chance: random.Random | None) -> list[Any]:
    """Publishes all of them, one after the other; with a chance, is killed in half of the rounds and begins again."""
    left, failures = list(slugs), []
    while left:
        process = start(workspace, left, server)
        assert process.stdout is not None
        is_killed = False
        for line in process.stdout:
            told = json.loads(line)
            if "done" in told:
                left.remove(told["done"])
            elif "failed" in told:
                failures.append(told)
                left.remove(told["failed"])
            elif chance is not None and chance.random() < 0.5:
                time.sleep(chance.uniform(0.0, 0.6))
                process.kill()
                is_killed = True
                break
        _, said = process.communicate()
        if process.returncode and not is_killed:
            failures.append(said)
            break
    return failures


def race(tmp_path: Path, server: S3Server, prefix: str, chance: Callable[[int], random.Random | None]) -> None:
    store = (
        f'preset = "seaweedfs"\nbucket = "{server.bucket}"\nprefix = "{prefix}"\nendpoint = "{server.endpoint}"\n'
        'base_url = "https://cast.example"\n'
    )
    failures: list[Any] = []
    people = []
    for number, name in enumerate(("ann", "ben")):
        workspace = make_workspace(tmp_path / name, store)
        slugs = [f"{name}-{one:02}" for one in range(ROUNDS)]
        for slug in slugs:
            make_episode(workspace, slug)
        given = (workspace, slugs, server, chance(number))
        people.append(threading.Thread(target=lambda given=given: failures.extend(work(*given))))
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert failures == []
    for language in ("en", "zh-Hans"):
        key = f"{prefix}/feeds/{language}.xml"
        found = feedparser.parse(server.client().get_object(Bucket=server.bucket, Key=key)["Body"].read())
        assert found.bozo is False
        slugs_in_feed = sorted(entry.enclosures[0].href.split("/")[-2] for entry in found.entries)
        every = [f"{name}-{one:02}" for name in ("ann", "ben") for one in range(ROUNDS)]
        assert slugs_in_feed == every
        key = f"{prefix}/{show_page_key(language, 'en')}"
        page = server.client().get_object(Bucket=server.bucket, Key=key)["Body"].read().decode()
        assert sorted(re.findall(r'<li class="episode" id="([^"]+)"', page)) == every


@pytest.mark.soak
def test_every_episode_of_both_is_in_the_feed(tmp_path: Path, s3_server: S3Server) -> None:
    race(tmp_path, s3_server, "race", lambda _: None)
    left = s3_server.client().list_objects_v2(Bucket=s3_server.bucket, Prefix="race/.castkit")
    assert not left.get("Contents"), "probes are taken away"


@pytest.mark.soak
def test_the_same_when_they_are_killed_in_half_of_the_rounds(tmp_path: Path, s3_server: S3Server) -> None:
    race(tmp_path, s3_server, "killed", random.Random)
