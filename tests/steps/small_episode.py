"""An episode of four seconds, heard or seen, that goes down the real road; only its words are given, not recognised."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import built_show
import sounds
from castkit.engine import events
from castkit.engine.stage import Job, Stage
from castkit.model.transcript import Transcript, Utterance, Word
from castkit.steps import edit, ingest, master, package, proofread, subtitle, survey, transcribe, transcripts, translate
from castkit.steps.context import EpisodeContext
from castkit.steps.files import write_json

SECONDS = 4
RAW = f"episodes/{sounds.SLUG}/raw"
WORDS = ((300, "Who"), (800, "pays"), (1300, "when"), (1800, "a rider"), (2500, "falls ill?"))
CHINESE = "1\n00:00:00,300 --> 00:00:03,300\n骑手生病了谁来承担\n"
GREY = f"color=0x707070:size=320x180:rate=10:duration={SECONDS}"


def _recognise(context: EpisodeContext, job: Job) -> None:
    words = tuple(Word(at, at + 400, f" {text}", 0.9, None) for at, text in WORDS)
    found = Transcript("en", "-", "-", SECONDS * 1000, (Utterance(words),))
    write_json(job.output(context.paths.transcript), found.to_json())


ROAD: tuple[Stage[EpisodeContext], ...] = (
    *(ingest.STEP, survey.STEP, edit.STEP, master.STEP, replace(transcribe.STEP, run=_recognise)),
    *(proofread.STEP, subtitle.STEP, translate.STEP, transcripts.STEP, package.STEP),
)


def heard(root: Path, **video: Any) -> EpisodeContext:
    """Without a picture; the show is read in English and Chinese, and these are keys of its `[video]`."""
    sounds.speech(root / RAW / "talk.wav", seconds=SECONDS)
    return _episode(root, "raw/talk.wav", video)


def seen(root: Path, **video: Any) -> EpisodeContext:
    """With a grey picture of 320x180."""
    sounds.speech(root / "talk.wav", seconds=SECONDS)
    (root / RAW).mkdir(parents=True)
    inputs = ["-f", "lavfi", "-i", GREY, "-i", root / "talk.wav", "-c:v", "libx264", "-pix_fmt", "yuv420p"]
    sounds.ffmpeg.run([*inputs, root / RAW / "camera.mp4"], doing="making a picture")
    return _episode(root, "raw/camera.mp4", video)


def _episode(root: Path, path: str, video: dict[str, Any]) -> EpisodeContext:
    (root / "cover.png").write_bytes(built_show.cover())
    context = sounds.changed(sounds.talk(root, path), video=video)
    info = context.show.show.model_copy(update={"languages": ("en", "zh-Hans")})
    return EpisodeContext(
        context.workspace, context.show.model_copy(update={"show": info}), context.slug, context.episode
    )


def accept_chinese(context: EpisodeContext) -> None:
    path = context.paths.accepted("zh-Hans")
    path.parent.mkdir(exist_ok=True)
    path.write_text(CHINESE, "utf-8")


def build(context: EpisodeContext, *more: Stage[EpisodeContext]) -> list[events.Event]:
    """Down the road, and these steps."""
    return sounds.build(context, *ROAD, *more)
