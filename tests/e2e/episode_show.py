"""A small built show with sound, picture and words that a browser plays, laid out as `castkit serve --drafts` does."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from built_show import EPISODE, build, context, make_show, write, write_json
from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place
from castkit.ffmpeg import find_tools
from castkit.steps import pages
from castkit.steps.context import EpisodeContext
from castkit.steps.drafts import lay_out_episode
from castkit.storage.folder import FolderStore
from castkit.workspace import Workspace

ADDRESS = "https://cdn.institute.example/shows/talks"
CHAPTERS = """
[[chapters]]
start = "00:40"
title = { en = "Who <pays>?", zh-Hans = "谁付钱？" }
url = "https://institute.example/pays"
"""
EN = (
    ("Host", "Welcome to the show."),
    ("Host", "Today we ask who pays"),
    ("Host", "when a rider falls ill."),
    ("Guest", "Thank you. A pooled fund <b>pays</b> & shares the risk."),
    ("Guest", "Ninety-seven riders pay a little."),
    ("Host", "And who decides?"),
    ("Guest", "The riders, the platforms and the state."),
    ("Host", "Thank you for listening."),
)
ZH = (
    ("主持人", "欢迎收听节目。"),
    ("主持人", "今天的问题是，骑手"),
    ("主持人", "生病了谁来付钱。"),
    ("嘉宾", "谢谢。基金统筹，分担风险。"),
    ("嘉宾", "九十七位骑手各付一点。"),
    ("主持人", "由谁来决定？"),
    ("嘉宾", "骑手、平台和政府。"),
    ("主持人", "感谢收听。"),
)
STEP_S = 7.5  # from cue to cue


def made(root: Path, *, video: bool = False, store: str = f'base_url = "{ADDRESS}"') -> EpisodeContext:
    """The show, built but for its pages; the episode is a minute long."""
    workspace = make_show(root, store=store)
    paths = workspace.episode("talk")
    paths.toml.write_text(EPISODE + CHAPTERS, "utf-8")
    build(workspace, video=video, origin="accepted")
    _encode(paths.audio, ["-f", "lavfi", "-i", "sine=440:duration=62"], ["-b:a", "32k"])
    if video:
        picture = ["-f", "lavfi", "-i", "testsrc=size=128x72:rate=2:duration=62"]
        options = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
        _encode(paths.video, [*picture, "-f", "lavfi", "-i", "sine=440:duration=62"], options)
    for language, said in (("en", EN), ("zh-Hans", ZH)):
        words(workspace, language, [(1 + number * STEP_S, name, text) for number, (name, text) in enumerate(said)])
        chapters = [{"startTime": start, "title": "Chapter"} for start in (0, 22, 42)]
        write_json(paths.chapters_json(language), {"version": "1.2.0", "chapters": chapters})
        paths.notes_html(language).unlink()
        paths.share_image(language).unlink()
    return context(workspace)


def words(workspace: Workspace, language: str, cues: Sequence[tuple[float, str, str]], length_s: float = 7.0) -> None:
    """Writes a language's transcript and captions: (seconds, speaker, text) for each cue."""
    paths = workspace.episode("talk")
    segments = [{"startTime": at, "endTime": at + length_s, "speaker": name, "body": text} for at, name, text in cues]
    write_json(paths.transcript_json(language), {"version": "1.0.0", "segments": segments})
    blocks = [f"{_time(at)} --> {_time(at + length_s)}\n{_escaped(text)}\n" for at, _, text in cues]
    write(paths.vtt(language), "\n".join(["WEBVTT\n", *blocks]).encode())


def render(made: EpisodeContext) -> list[Any]:
    """Runs the step under the engine; what it told."""
    told: list[Any] = []
    paths = made.paths
    place = Place(made.slug, made.workspace.root, paths.build, paths.receipts, paths.lock)
    run((pages.STEP,), made, place, told.append)
    return told


def laid_out(made: EpisodeContext, folder: Path) -> Path:
    """The store's folder with the episode in it, its pages made."""
    render(made)
    store = FolderStore(folder, base_url=made.show.store.base_url)
    lay_out_episode(made, store)
    return folder


def _encode(path: Path, source: Sequence[str], options: Sequence[str]) -> None:
    command = [str(find_tools().ffmpeg), "-v", "error", "-y", *source, *options, str(path)]
    subprocess.run(command, check=True)


def _time(seconds: float) -> str:
    return f"{int(seconds // 60):02}:{seconds % 60:06.3f}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
