"""Publishing over a bad network to a real server: published and right, or failed clearly with the old feed intact."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import feedparser
import pytest

import publisher
from castkit.workspace import Workspace
from fault_proxy import faulty
from publisher import make_episode, make_workspace
from s3server import SECRET_KEY, S3Server

WHOLE = bool(os.environ.get("CASTKIT_SOAK"))
SEEDS = range(200 if WHOLE else 5)
TESTS = Path(__file__).parent.parent
DEADLINE_S = 12 if WHOLE else 6
PART = 5 << 20  # the smallest part that S3 takes
SIZE = 11 << 20  # bytes of sound: three parts


def settings(server: S3Server, prefix: str) -> str:
    return (
        f'preset = "seaweedfs"\nbucket = "{server.bucket}"\nprefix = "{prefix}"\n{way(server.endpoint)}\n'
        'base_url = "https://cast.example"\n'
    )


def way(endpoint: str, deadline_s: int = 600) -> str:
    """The lines on how the server is reached; the deadline is short on the bad way only, or a slow machine met it."""
    return f'endpoint = "{endpoint}"\ndeadline_s = {deadline_s}'


def publish(workspace: Workspace, server: S3Server, *slugs: str) -> tuple[list[Any], str]:
    """What the publisher said, line by line, and on stderr; the test fails where it hangs far past its deadlines."""
    ended = subprocess.run(
        [sys.executable, str(TESTS / "publisher.py"), str(workspace.root), str(PART), *slugs],
        capture_output=True,
        text=True,
        env={**os.environ, **server.environment, "PYTHONPATH": str(TESTS)},
        check=False,
        timeout=3 * DEADLINE_S + 300,  # a look at the store, the upload, the feeds, and a slow machine
    )
    return [json.loads(line) for line in ended.stdout.splitlines()], ended.stderr


def in_store(server: S3Server, prefix: str) -> dict[str, bytes]:
    client = server.client()
    found = client.list_objects_v2(Bucket=server.bucket, Prefix=f"{prefix}/").get("Contents", ())
    names = [item["Key"] for item in found]
    return {
        name.removeprefix(f"{prefix}/"): client.get_object(Bucket=server.bucket, Key=name)["Body"].read()
        for name in names
    }


def slugs_in(feed: bytes) -> set[str]:
    found = feedparser.parse(feed)
    assert found.bozo is False
    return {entry.enclosures[0].href.split("/")[-2] for entry in found.entries}


def assert_right(objects: dict[str, bytes]) -> None:
    """Every object that a published.json names is there as it says."""
    for key, data in objects.items():
        if key.endswith("/published.json"):
            for file in files_of(json.loads(data)):
                assert len(objects[file["key"]]) == file["length"]
                assert hashlib.sha256(objects[file["key"]]).hexdigest() == file["sha256"]


def files_of(value: Any) -> list[Any]:
    if isinstance(value, dict):
        own = [value] if {"key", "sha256", "length"} <= value.keys() else []
        return own + [file for one in value.values() for file in files_of(one)]
    return [file for one in value for file in files_of(one)] if isinstance(value, list) else []


@pytest.mark.soak
@pytest.mark.parametrize("seed", SEEDS)
def test_published_and_right_or_failed_clearly(tmp_path: Path, s3_server: S3Server, seed: int) -> None:
    prefix = f"faults-{seed}"
    workspace = make_workspace(tmp_path / "show", settings(s3_server, prefix))
    make_episode(workspace, "old")
    publisher.publish(workspace, "old")
    before = in_store(s3_server, prefix)
    make_episode(workspace, "new", size=SIZE)
    with faulty(s3_server.endpoint, seed) as proxy:
        bad, good = way(proxy.endpoint, DEADLINE_S), way(s3_server.endpoint)
        told, said = publish(on_way(workspace, good, bad), s3_server, "new")
    seen, after = proxy.seen, in_store(s3_server, prefix)
    end = told[-1]
    assert said == "" or "Traceback" not in said, said
    assert SECRET_KEY not in said + json.dumps(told)
    if "done" in end:
        assert_right(after)
        assert slugs_in(after["feeds/en.xml"]) == slugs_in(after["feeds/zh-Hans.xml"]) == {"old", "new"}
    else:
        assert end["message"], seen
        assert end["hint"], seen
        for language in ("en", "zh-Hans"):
            feed = after[f"feeds/{language}.xml"]
            assert feed == before[f"feeds/{language}.xml"] or slugs_in(feed) == {"old", "new"}
        assert_right({key: data for key, data in after.items() if key in before or "feeds" not in key})
        publisher.publish(on_way(workspace, bad, good), "new")
        assert_right(in_store(s3_server, prefix))


def on_way(workspace: Workspace, old: str, new: str) -> Workspace:
    text = workspace.toml.read_text("utf-8")
    assert old in text
    workspace.toml.write_text(text.replace(old, new), "utf-8")
    return workspace
