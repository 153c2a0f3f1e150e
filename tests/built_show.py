"""A show with one built episode, small and quick: the files of `build/` are written here, not made by the steps."""

from __future__ import annotations

import json
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from castkit.config import load_episode, load_show
from castkit.model.programme import Loudness, Programme, Track
from castkit.model.timeline import joined
from castkit.steps.context import EpisodeContext
from castkit.video.hls import hls_names
from castkit.video.shape import Size
from castkit.workspace import Workspace

SHOW = """\
[show]
title = { en = "Talks & Walks", zh-Hans = "谈话" }
description = { en = "About things.", zh-Hans = "关于事物。" }
author = { en = "Us", zh-Hans = "我们" }
owner_email = "us@institute.example"
link = "https://institute.example/talks"
image = "cover.png"
categories = ["Education"]
languages = ["en", "zh-Hans"]

[[people]]
id = "host"
name = { en = "Host", zh-Hans = "主持人" }
role = "host"
"""
EPISODE = """\
guid = "a40a42ad-83ac-4727-bf9a-c67bfa5d47ac"
title = { en = "One <talk>", zh-Hans = "一次谈话" }
summary = { en = "A summary.", zh-Hans = "摘要。" }
language = "zh"
date = 2026-09-16T09:00:00+02:00
number = 2
people = ["host"]

[[recordings]]
path = "raw/talk.wav"

[[chapters]]
start = "00:00"
title = { en = "Welcome", zh-Hans = "开场" }

[[chapters]]
start = "00:20"
title = { en = "End", zh-Hans = "结束" }
"""


@cache
def cover() -> bytes:
    """A cover of a person's own, as small as may be published."""
    target = BytesIO()
    Image.new("RGB", (1400, 1400), "teal").save(target, "PNG")
    return target.getvalue()


def make_show(root: Path, *, store: str = "", more: str = "") -> Workspace:
    """The workspace with one episode, `talk`, not built yet."""
    workspace = Workspace(root)
    paths = workspace.episode("talk")
    paths.raw.mkdir(parents=True)
    (paths.raw / "talk.wav").write_bytes(b"RIFF")
    workspace.toml.write_text(SHOW + (f"\n[store]\n{store}\n" if store else "") + more, "utf-8")
    paths.toml.write_text(EPISODE, "utf-8")
    (root / "cover.png").write_bytes(cover())
    return workspace


def build(
    workspace: Workspace, *, slug: str = "talk", video: bool = False, origin: str = "machine-translation"
) -> None:
    """Writes what the steps before the upload would leave, other formats and the video's stream included.

    English has the origin given.
    """
    paths = workspace.episode(slug)
    silence = Loudness(-16.0, -1.0, 3.0)
    track = Track("raw/talk.wav", "host", 0, 60_000, 1, 48_000, video, silence)
    write_json(paths.programme, Programme((track,), joined([(0, 60_000)], 2_000), (), 62_000).to_json())
    tracks = [
        {"language": "en", "origin": origin, "cues": 3},
        {"language": "zh-Hans", "origin": "recognition", "cues": 3},
    ]
    write_json(paths.tracks, {"version": 1, "spoken": "zh-Hans", "tracks": tracks, "missing": []})
    write_json(paths.report, {"duration_ms": 62_345, "video": {"width": 640, "height": 360} if video else None})
    write(paths.audio, b"ID3 sound " * 1000)
    write(paths.audio_in("m4a"), b"ftyp sound " * 900)
    write(paths.audio_in("opus"), b"OggS sound " * 800)
    if video:
        write(paths.video, b"ftyp picture " * 1000)
        for name in hls_names(Size(640, 360), ["en", "zh-Hans"]):
            write(paths.hls / name, f"{name} ".encode() * 100)
    for language in ("en", "zh-Hans"):
        write(paths.vtt(language), f"WEBVTT\n\n00:00.000 --> 00:02.000\n{language}\n".encode())
        write(paths.published_srt(language), f"1\n00:00:00,000 --> 00:00:02,000\n{language}\n".encode())
        write(paths.srt(language), f"1\n{language} draft\n".encode())
        segment = {"startTime": 0.0, "endTime": 2.0, "body": language}
        write_json(paths.transcript_json(language), {"version": "1.0.0", "segments": [segment]})
        write(paths.transcript_html(language), f"<!doctype html>\n<p>Words in {language}\n".encode())
        write_json(
            paths.chapters_json(language),
            {"version": "1.2.0", "chapters": [{"startTime": 0, "title": f"Welcome, {language}"}]},
        )
        write(paths.notes_markdown(language), f"# Title\n\nNotes in **{language}**.\n".encode())
        write(paths.notes_html(language), f"<!doctype html>\n<p>{language}</p>\n".encode())
        write(paths.share_image(language), cover())


def context(workspace: Workspace, slug: str = "talk") -> EpisodeContext:
    show = load_show(workspace)
    return EpisodeContext(workspace, show, slug, load_episode(workspace, show, slug))


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def write_json(path: Path, value: Any) -> None:
    write(path, json.dumps(value).encode())
