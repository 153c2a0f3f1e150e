"""An episode's report with everything it can show, on generated curves."""

from __future__ import annotations

import io
import math
import wave
from typing import TYPE_CHECKING

import numpy as np

from castkit.model.cue import Origin
from castkit.model.edit import Removed, subtracted
from castkit.model.programme import Loudness
from castkit.model.timeline import joined
from castkit.model.transcript import Coverage, Flag
from castkit.report.view import (
    Condition,
    Excerpt,
    Fault,
    Mark,
    MasterView,
    Output,
    Players,
    ReportView,
    Subtitles,
    TrackView,
)

if TYPE_CHECKING:
    from castkit.report.view import Curve

MINUTE = 60_000
CREDIT = "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目"


def curve(frames: int, low: float, high: float) -> Curve:
    """A level that swings between two values every seven seconds."""
    swing = 0.5 + 0.5 * np.sin(np.arange(frames) * (2 * math.pi / 70))
    return (low + (high - low) * swing).astype(np.float32)


def track(duration_ms: int, speaker: str, level: float = -20.0, **more: object) -> TrackView:
    """A recording whose speaker talks for four seconds of every ten."""
    frames = duration_ms // 100
    speech = tuple((start, start + 4000) for start in range(0, duration_ms - 4000, 10_000))
    values = {
        "path": f"raw/{speaker}.wav", "speaker": speaker, "duration_ms": duration_ms,
        "peaks_dbtp": curve(frames, level - 20, level + 14), "short_term_lufs": curve(frames, level - 30, level + 1),
        "gain_db": curve(duration_ms // 1000, -16 - level - 2, -16 - level + 2),
        "loudness": Loudness(level, level + 14, 6.2), "speech": speech,
    }  # fmt: skip
    return TrackView(**{**values, **more})  # type: ignore[arg-type]


def master(duration_ms: int, *outputs: Output) -> MasterView:
    frames = duration_ms // 100
    first = Output("MP3", "talk.mp3", 128, 4_000_000, Loudness(-16.04, -1.2, 3.3), 0.0, 1)
    return MasterView(curve(frames, -40, -1.2), curve(frames, -20, -15), -16.0, -1.0, outputs or (first,))


def view(minutes: int = 3, **more: object) -> ReportView:
    """Two speakers, an intro of 2 s, a cut of ten seconds and a trimmed beginning."""
    whole = minutes * MINUTE
    removed = (Removed(0, 6000, "silence"), Removed(70_000, 80_000, "cut"))
    timeline = joined(subtracted(((0, whole),), tuple((one.start_ms, one.end_ms) for one in removed)), 2000)
    duration = timeline.pieces[-1].until_ms
    guest = track(
        whole - 5000, "林华", -35.0, offset_ms=1500, drift_ppm=80.0, speech_after_lufs=-16.4,
        condition=Condition(-58.0, 22.5, -34.7, "50 Hz, 24 dB over the noise"),
        cleaning=("Hum at 50 Hz was notched.", "Noise was reduced by 12 dB."),
        alignment="Lies 1.5 s after the first recording.",
        faults=(Fault("clipping", 61_200, 61_400), Fault("dropout", 72_000, 72_030)),
    )  # fmt: skip
    host = track(whole, "Host", speech_after_lufs=-16.0, condition=Condition(-62.0, 41.0, -19.6))
    opus = Output("Opus", "talk.opus", 96, 3_000_000, Loudness(-16.5, -0.8, 3.3), 1.4, 3)
    values = {
        "title": "Who pays?", "show": "Dialogues", "slug": "talk", "language": "en", "duration_ms": duration,
        "tracks": (host, guest), "master": master(duration, *master(0).outputs, opus), "timeline": timeline,
        "removed": removed, "chapters": (Mark(0, "Welcome"), Mark(66_000, "The fund")),
        "warnings": (Mark(57_200, "Guest: clipped"), Mark(None, "en: nobody has read these subtitles")),
        "coverage": Coverage(132_000, 4_300, 412, 2, ((41_000, 43_200), (90_500, 91_600))),
        "flags": (
            Flag(20_000, 20_900, "Thank you.", "known-phrase", "but somebody speaks there", is_dropped=False),
            Flag(41_500, 43_000, CREDIT, "known-phrase", "no voice is heard at its time", is_dropped=True),
            Flag(
                90_000, 96_000, "Many people, many people,", "loop", "'Many people,' 9 times running, kept once",
                is_dropped=True, is_translation=True,
            ),
        ),
        "subtitles": (
            Subtitles("en", Origin.RECOGNITION, 64),
            Subtitles("zh-Hans", Origin.ACCEPTED, 69, ("2 cues are too fast",)),
        ),
        "video": (("Picture", "copied untouched"),),
        "players": Players("before.mp3", "talk.mp3", Excerpt(tone(1, 220), tone(1, 440), "audio/wav", 30_000)),
    }  # fmt: skip
    return ReportView(**{**values, **more})  # type: ignore[arg-type]


def tone(seconds: float, hertz: float) -> bytes:
    """A WAV file of a quiet tone, 8 kHz mono."""
    samples = np.sin(np.arange(int(seconds * 8000)) * (2 * math.pi * hertz / 8000)) * 3000
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(samples.astype("<i2").tobytes())
    return file.getvalue()
