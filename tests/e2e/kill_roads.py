"""Whole publishes that are killed: where each begins, what it ends in undisturbed, and what a kill must not leave.

The recording is a tone of three seconds. Nobody speaks in it, so the road costs seconds: where words are wanted, a
person has put them into transcript.json. The road "speech" hears a real voice with the real model.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from castkit_cli import BOOKKEEPING, Ended

from built_show import cover
from castkit import atomic
from castkit.ffmpeg import find_tools
from castkit.storage.s3_probe import is_probe
from faulty_castkit import Plan, points_in, run
from s3server import S3Server

ROOT = Path(__file__).parent.parent.parent
KINDS = ("write", "fsync", "rename", "unlink", "send")
PUBLISH = ("publish", "talk")
PREFIX = "kills"
SHOW = """\
[show]
title = { en = "Talks & Walks", zh-Hans = "谈话" }
description = "About things."
author = "Us"
owner_email = "us@institute.example"
link = "https://institute.example/talks"
image = "cover.png"
categories = ["Education"]
languages = ["en", "zh-Hans"]

[[people]]
id = "host"
name = { en = "Host", zh-Hans = "主持人" }
role = "host"

[speech]
model = "base"
"""
EPISODE = """\
guid = "a40a42ad-83ac-4727-bf9a-c67bfa5d47ac"
title = { en = "One <talk>", zh-Hans = "一次谈话" }
summary = { en = "A summary.", zh-Hans = "摘要。" }
language = "en"
date = 2020-01-05T09:00:00+02:00
people = ["host"]

[[recordings]]
path = "raw/talk.RAW"
speaker = "host"

[[chapters]]
start = "00:00"
title = { en = "Welcome", zh-Hans = "开场" }
"""
FOLDER = '\n[store]\nkind = "folder"\npath = "public"\nbase_url = "http://127.0.0.1:8000"\n'
WORDS = "Hello and welcome to a short talk about old age."
ACCEPTED = "1\n00:00:00,200 --> 00:00:02,500\n欢迎收听。\n"
EVERYTHING = '\n[audio]\nformats = ["mp3", "m4a", "opus"]\n\n[video]\nhls = true\nburn = "en"\n'


class Run(Protocol):
    """How castkit is run with faults: `faulty_castkit.run`, or that of a fork."""

    def __call__(self, plan: Plan, *arguments: str, cwd: Path, **environment: str) -> Ended: ...


@dataclass(frozen=True)
class Bucket:
    """The part of an S3 server's bucket that a killed show goes to."""

    server: S3Server

    @property
    def toml(self) -> str:
        return (
            f'\n[store]\nkind = "s3"\npreset = "seaweedfs"\nbucket = "{self.server.bucket}"\nprefix = "{PREFIX}"\n'
            f'endpoint = "{self.server.endpoint}"\nbase_url = "https://cast.example"\n'
        )

    def keys(self) -> list[str]:
        found = self.server.client().list_objects_v2(Bucket=self.server.bucket, Prefix=f"{PREFIX}/")
        return [one["Key"] for one in found.get("Contents", ())]

    def objects(self) -> dict[str, bytes]:
        client = self.server.client()
        return {
            key.removeprefix(f"{PREFIX}/"): client.get_object(Bucket=self.server.bucket, Key=key)["Body"].read()
            for key in self.keys()
            if not is_probe(key.removeprefix(f"{PREFIX}/"))  # empty, and removed by a run an hour later
        }

    def unfinished(self) -> list[str]:
        found = self.server.client().list_multipart_uploads(Bucket=self.server.bucket, Prefix=f"{PREFIX}/")
        return [one["Key"] for one in found.get("Uploads", ())]

    def clear(self) -> None:
        client = self.server.client()
        for key in self.keys():
            client.delete_object(Bucket=self.server.bucket, Key=key)

    def copy(self, source: str, target: str) -> None:
        """Copies what is below one prefix to another, types and all."""
        client, bucket = self.server.client(), self.server.bucket
        for one in client.list_objects_v2(Bucket=bucket, Prefix=f"{source}/").get("Contents", ()):
            key = target + one["Key"].removeprefix(source)
            client.copy_object(Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": one["Key"]})


@dataclass(frozen=True)
class Road:
    """A publish to be killed: from the workspace `start`, to the folder `public` in it or to a bucket.

    `before` and `after` are what the store holds at the beginning and after an undisturbed publish, `wanted` the sha256
    of every file of the workspace by then; `points` those of that publish.
    """

    name: str
    start: Path
    bucket: Bucket | None
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    wanted: Mapping[str, str]
    points: tuple[str, ...]

    def begin(self, folder: Path) -> Path:
        """A copy of where the road begins, in the store too."""
        workspace = Path(shutil.copytree(self.start, folder / "show"))
        if self.bucket:
            self.bucket.clear()
            self.bucket.copy(f"{PREFIX}-{self.name}", PREFIX)
        return workspace

    def undisturbed(self, folder: Path, run: Run) -> list[str]:
        """The points in the workspace that an undisturbed run meets, sorted: threads meet some in any order."""
        workspace, log = self.begin(folder), folder / "points"
        _done(publish(workspace, Plan(kinds=KINDS, log=str(log)), self.bucket, run))
        return _placeless(points_in(log), workspace)

    def killed_at(self, number: int, folder: Path, run: Run = run) -> list[str]:
        """Every difference that a kill at this point makes in the end; none is what is wanted."""
        workspace, log = self.begin(folder), folder / "points"
        killed = publish(workspace, Plan(at=number, kinds=KINDS, log=str(log)), self.bucket, run)
        reached = points_in(log)
        where = f"{self.name} {number}: {reached[-1] if reached else 'nothing'}"
        if killed.code != -signal.SIGKILL:
            is_past = killed.code == 0 and len(reached) < number
            return [] if is_past else [f"{where}: was not killed, but ended with {killed.code}: {killed.err}"]
        found = [*self.half_sent(objects(workspace, self.bucket))]
        again = publish(workspace, Plan(kinds=()), self.bucket, run)
        if again.code:
            return [f"{where}: {one}" for one in (*found, f"the next run ends with {again.code}: {again.err}")]
        found += differences(self.wanted, tree(workspace))
        found += differences(digests(self.after), digests(objects(workspace, self.bucket)))
        found += [f"left over: {name}" for name in left_over(workspace)]
        if self.bucket:
            found += [f"an upload left over: {key}" for key in self.bucket.unfinished()]
        return [f"{where}: {one}" for one in found]

    def half_sent(self, held: Mapping[str, bytes]) -> Iterator[str]:
        """What listeners could get at this moment that is neither the old nor the new, or is named and not there."""
        for key, data in held.items():
            if data not in (self.before.get(key), self.after.get(key)):
                yield f"{key} is half sent"
        for key, data in held.items():
            if key.startswith("feeds/") and key.endswith(".xml"):
                named = re.findall(r"//(?:127\.0\.0\.1:8000|cast\.example)/(episodes/[^\"<&?#]+)", data.decode())
                yield from (f"{key} names {one}, which is not there" for one in set(named) - held.keys())


def publish(workspace: Path, plan: Plan, bucket: Bucket | None, run: Run = run) -> Ended:
    """Publishes with temporary files of its own, which a killed process cannot remove and the system does."""
    more = bucket.server.environment if bucket else {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        return run(plan, *PUBLISH, cwd=workspace, TMPDIR=temporary, **more)


def tree(workspace: Path) -> dict[str, str]:
    """The sha256 of every file but locks and the cache of digests, times of day left out of the history's lines."""
    return {
        path.relative_to(workspace).as_posix(): hashlib.sha256(_timeless(path)).hexdigest()
        for path in sorted(workspace.rglob("*"))
        if path.is_file() and path.name not in BOOKKEEPING
    }


def _timeless(path: Path) -> bytes:
    data = path.read_bytes()
    return re.sub(rb'"when": "[^"]*"', b"", data) if path.suffix == ".jsonl" else data


def digests(held: Mapping[str, bytes]) -> dict[str, str]:
    return {key: hashlib.sha256(data).hexdigest() for key, data in held.items()}


def differences(wanted: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    words = {(True, True): "differs", (True, False): "is missing", (False, True): "is new"}
    names = sorted({*wanted, *found})
    return [f"{one} {words[one in wanted, one in found]}" for one in names if wanted.get(one) != found.get(one)]


def left_over(workspace: Path) -> list[str]:
    """Files that a process which was killed was still writing, or held."""
    found = (path for path in workspace.rglob("*") if atomic.is_part(path.name) or path.name.startswith(".part-"))
    return sorted(path.relative_to(workspace).as_posix() for path in found)


def objects(workspace: Path, bucket: Bucket | None) -> dict[str, bytes]:
    """What the store holds for listeners."""
    if bucket:
        return bucket.objects()
    found = [path for path in (workspace / "public").rglob("*") if path.is_file() and not atomic.is_part(path.name)]
    return {path.relative_to(workspace / "public").as_posix(): path.read_bytes() for path in found}


def first(folder: Path) -> Road:
    """Everything, from the recording to the folder `public`; nobody is heard."""
    return _road("first", _tone(folder, FOLDER), None)


def to_bucket(folder: Path, bucket: Bucket) -> Road:
    """What is built goes to a bucket that is empty."""
    workspace = _tone(folder, bucket.toml)
    _done(run(Plan(kinds=()), "build", "talk", cwd=workspace))
    return _road("bucket", workspace, bucket)


def change(folder: Path) -> Road:
    """An episode in the folder `public` gets words and accepted subtitles: files are replaced and come to be."""
    workspace = _tone(folder, FOLDER)
    _done(publish(workspace, Plan(kinds=()), None))
    return _road("change", _worded(workspace), None)


def change_in_bucket(folder: Path, bucket: Bucket) -> Road:
    """The same in a bucket."""
    workspace = _tone(folder, bucket.toml)
    bucket.clear()
    _done(publish(workspace, Plan(kinds=()), bucket))
    return _road("change-bucket", _worded(workspace), bucket)


def whole(folder: Path) -> Road:
    """Everything castkit can make of four seconds of a real camera: heard by the real model, streamed, burnt in."""
    camera = str(ROOT / "episodes/episode-03/raw/camera.mp4")
    return _road("whole", _show(folder, ("-i", camera, "-t", "4", "-c", "copy"), "mp4", FOLDER + EVERYTHING), None)


def _tone(folder: Path, more: str) -> Path:
    return _show(folder, ("-f", "lavfi", "-i", "sine=frequency=440:duration=3"), "wav", more)


def _show(folder: Path, source: tuple[str, ...], suffix: str, more: str) -> Path:
    workspace = folder / "show"
    raw = workspace / "episodes/talk/raw"
    raw.mkdir(parents=True)
    (workspace / "castkit.toml").write_text(SHOW + more, "utf-8")
    (workspace / "cover.png").write_bytes(cover())
    (workspace / "episodes/talk/episode.toml").write_text(EPISODE.replace("RAW", suffix), "utf-8")
    command = [str(find_tools().ffmpeg), "-v", "error", *source, str(raw / f"talk.{suffix}")]
    subprocess.run(command, check=True)
    return workspace


def _worded(workspace: Path) -> Path:
    """A person writes down what was said, and accepts subtitles in the other language."""
    path = workspace / "episodes/talk/build/transcript.json"
    transcript = json.loads(path.read_text("utf-8"))
    words = [
        {"start_ms": 200 + 200 * at, "end_ms": 380 + 200 * at, "text": f" {word}", "probability": 1.0}
        for at, word in enumerate(WORDS.split())
    ]
    transcript["utterances"] = [{"words": words, "speaker": "host"}]
    path.write_text(json.dumps(transcript), "utf-8")
    accepted = workspace / "episodes/talk/subtitles/talk.zh-Hans.srt"
    accepted.parent.mkdir()
    accepted.write_text(ACCEPTED, "utf-8")
    return workspace


def _road(name: str, start: Path, bucket: Bucket | None) -> Road:
    """The road from here, gone once undisturbed in a copy."""
    if bucket:
        if name == "bucket":
            bucket.clear()
        bucket.copy(PREFIX, f"{PREFIX}-{name}")
    log = start.parent / "points"
    workspace = Path(shutil.copytree(start, start.parent / "undisturbed" / "show"))
    before = objects(workspace, bucket)
    _done(publish(workspace, Plan(kinds=KINDS, log=str(log)), bucket))
    after = objects(workspace, bucket)
    return Road(name, start, bucket, before, after, tree(workspace), tuple(points_in(log)))


def _placeless(points: list[str], workspace: Path) -> list[str]:
    return sorted(one.replace(str(workspace), "") for one in points if str(workspace) in one)


def _done(ended: Ended) -> None:
    assert ended.code == 0, ended.err
