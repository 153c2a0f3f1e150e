"""The video-cast: picture, mastered sound, subtitle tracks and chapters put together in one MP4.

Rule: the picture is copied, never encoded again, unless players could not show it; nothing here starts a program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from castkit.ffmpeg import address, safe_input
from castkit.model.chapters import Mark
from castkit.model.text import printable

COPIED = frozenset({"h264"})  # what every podcast app, browser and phone plays; the rest is encoded to it
_ENCODE = ("libx264", "-preset", "medium", "-crf", "20", "-pix_fmt", "yuv420p", "-threads", "1")
_SPECIAL = re.compile(r"([=;#\\\n])")  # ffmetadata: each is written with a backslash before it


@dataclass(frozen=True, slots=True)
class Picture:
    """The recording the picture is taken from; its first frame stands still until `delay_ms`."""

    path: Path
    codec: str
    delay_ms: int


@dataclass(frozen=True, slots=True)
class Subtitles:
    """One soft track: an SRT file in UTF-8, its language (ISO 639-2), and the name a player lists it under."""

    path: Path
    language: str
    name: str
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class VideoCast:
    """What goes into the file; `sound` is AAC in MP4 of `duration_ms`, in the spoken `language` (ISO 639-2)."""

    picture: Picture
    sound: Path
    language: str
    duration_ms: int
    subtitles: Sequence[Subtitles] = ()


def metadata(tags: Mapping[str, str], marks: Sequence[Mark]) -> str:
    """Tags and chapters in ffmpeg's metadata format; text with line breaks or special characters comes out whole."""
    lines = [";FFMETADATA1", *(f"{key}={_escaped(text)}" for key, text in tags.items() if text)]
    for mark in marks:
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={mark.start_ms}", f"END={mark.end_ms}"]
        lines.append(f"title={_escaped(mark.title)}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    safe = _SPECIAL.sub(r"\\\1", printable(text))
    return (
        f"{safe} " if safe.endswith("\\") else safe
    )  # ffmpeg 5 takes a backslash at the end for one that escapes the line's end


def mux_arguments(cast: VideoCast, described: Path, target: Path) -> list[str]:
    """Arguments for ffmpeg to make `target`, an MP4 that plays while it loads; `described` holds `metadata`."""
    shown_s = max(0, cast.duration_ms - cast.picture.delay_ms) / 1000  # the picture ends with the sound at the latest
    inputs = [*safe_input(), "-t", f"{shown_s:.3f}", "-i", address(cast.picture.path)]
    inputs += [*safe_input(), "-i", address(cast.sound)]
    for track in cast.subtitles:
        inputs += [*safe_input(["srt"]), "-f", "srt", "-i", address(track.path)]
    inputs += [*safe_input(["ffmetadata"]), "-f", "ffmetadata", "-i", address(described)]
    described_by = str(2 + len(cast.subtitles))
    outputs = ["-map", "0:v:0", "-map", "1:a:0", *_subtitle_arguments(cast.subtitles)]
    outputs += [*_picture_arguments(cast.picture), "-c:a", "copy", "-metadata:s:a:0", f"language={cast.language}"]
    outputs += ["-map_metadata", described_by, "-map_chapters", described_by]
    exact = ["-fflags", "+bitexact", "-flags", "+bitexact", "-movflags", "+faststart", "-f", "mp4"]
    return [*inputs, *outputs, *exact, address(target)]


def _subtitle_arguments(tracks: Sequence[Subtitles]) -> list[str]:
    arguments: list[str] = ["-c:s", "mov_text"] if tracks else []
    for number, track in enumerate(tracks):
        arguments += ["-map", f"{number + 2}:s:0", f"-disposition:s:{number}", "default" if track.is_default else "0"]
        stream = f"-metadata:s:s:{number}"
        arguments += [stream, f"language={track.language}", stream, f"handler_name={printable(track.name)}"]
    return arguments


def _picture_arguments(picture: Picture) -> list[str]:
    delay_s = f"{picture.delay_ms / 1000:.3f}"
    if picture.codec not in COPIED:
        still = ["-vf", f"tpad=start_mode=clone:start_duration={delay_s}"] if picture.delay_ms > 0 else []
        return [*still, "-c:v", *_ENCODE]
    if picture.delay_ms <= 0:
        return ["-c:v", "copy"]
    # Every packet but the first comes later: the first frame is shown for longer, and needs no encoder for it.
    later = f"if(N\\,round({delay_s}/TB)\\,0)"
    return ["-c:v", "copy", "-bsf:v", f"setts=pts=PTS+{later}:dts=DTS+{later}"]
