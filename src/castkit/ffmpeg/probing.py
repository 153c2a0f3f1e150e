"""What a media file holds, by its header.

Rule: a file can never make ffprobe open another file or the network: only demuxers that read one file are allowed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from castkit.errors import CastkitError, ToolMissing
from castkit.ffmpeg.bounds import MOST_ALLOCATED, refuse_half_an_index, refuse_out_of_bounds, stated_ms
from castkit.ffmpeg.graph import address, safe_input
from castkit.ffmpeg.tools import find_tools, output

_PACE_TOLERANCE = 0.005  # 24 and 23.976 differ by a thousandth; a phone's pace by percents


@dataclass(frozen=True, slots=True)
class AudioStream:
    """`sample_rate` in Hz; `duration_ms` is 0 where the file does not say, or ffprobe can only guess it."""

    codec: str
    channels: int
    sample_rate: int
    duration_ms: int = 0
    start_ms: int = 0


@dataclass(frozen=True, slots=True)
class VideoStream:
    """`width` and `height` in pixels as shown, a phone's rotation applied; a cover picture is no video.

    `fps` is the mean; `is_variable` says that frames do not come at one pace (a phone, a screen recorder).
    `pixel_shape` is the width of a stored pixel over its height; `duration_ms` is 0 where the file does not say.
    `is_hdr`: its brightness is coded by PQ or HLG, as phones do, and looks grey where that is not known.
    """

    codec: str
    width: int
    height: int
    fps: float
    pixel_format: str = ""
    rotation: int = 0
    pixel_shape: float = 1.0
    is_variable: bool = False
    start_ms: int = 0
    duration_ms: int = 0
    is_interlaced: bool = False
    is_hdr: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """What a media file's header says; `duration_ms` is 0 where it does not say (a browser's WebM)."""

    duration_ms: int
    format: str
    audio: tuple[AudioStream, ...]
    video: VideoStream | None
    subtitle_languages: tuple[str, ...]  # ISO 639-2, "und" where not given
    chapter_starts_ms: tuple[int, ...]
    tags: Mapping[str, str] = field(default_factory=dict)  # the container's, names in lower case


# (what ffprobe says, what that means, what to do), the first that is found counts.
_REFUSALS: tuple[tuple[str, str, str], ...] = (
    ("moov atom not found", "is cut short: its index (moov) is missing", "copy or export the recording again"),
    ("Format not on whitelist", "is not a recording but a list, picture or text", "name the recording itself"),
    ("Permission denied", "cannot be read: permission denied", "give yourself the right to read it"),
    ("", "is not sound or video that ffmpeg can read", "export it again as WAV, FLAC, MP3, M4A or MP4"),
)
_MOV_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")


def probe(path: Path, *, needs_sound: bool = True) -> Probe:
    """What is in a media file, by its header; CastkitError (with the path) for anything that is no recording."""
    if not path.is_file():
        what = "is a folder, not a file" if path.is_dir() else "does not exist"
        what = "is a pipe or device, not a file" if path.exists() and not path.is_dir() else what
        raise CastkitError(f"{path} {what}", "check the path")
    if path.stat().st_size == 0:
        raise CastkitError(f"{path} is empty (0 bytes)", "copy the recording again")
    found = _ask_ffprobe(path)
    refuse_out_of_bounds(path, found)
    if "mov" in found["format"]["format_name"].split(","):
        refuse_half_an_index(path)
    audio = tuple(stream for stream in _audio_streams(path, found) if stream.sample_rate > 0 and stream.channels > 0)
    if needs_sound and not audio:
        raise CastkitError(f"{path} has no sound", "name the file that holds the sound, or export it with its sound")
    return Probe(
        duration_ms=_milliseconds(found["format"].get("duration")),
        format=found["format"]["format_name"],
        audio=audio,
        video=_video_stream(found),
        subtitle_languages=tuple(
            stream.get("tags", {}).get("language", "und")
            for stream in found["streams"]
            if stream.get("codec_type") == "subtitle"
        ),
        chapter_starts_ms=tuple(_milliseconds(chapter.get("start_time")) for chapter in found.get("chapters", ())),
        tags=_tags(found),
    )


def _ask_ffprobe(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        head = file.read(64)
    if head.startswith((b"#EXTM3U", b"ffconcat", b"v=0\r\n", b"v=0\n")):
        raise CastkitError(f"{path} is a playlist that names other files, not a recording", "name the recording itself")
    command = [str(find_tools().ffprobe), "-v", "error", "-max_alloc", str(MOST_ALLOCATED), *safe_input()]
    command += ["-print_format", "json", "-show_format", "-show_streams", "-show_chapters", address(path)]
    try:
        answer: dict[str, Any] = json.loads(output(command, f"reading {path}"))
    except ToolMissing:
        raise
    except CastkitError as error:
        says = error.message if head[4:8] in _MOV_BOXES else error.message.replace("moov atom not found", "")
        _, meaning, hint = next(row for row in _REFUSALS if row[0] in says)
        raise CastkitError(f"{path} {meaning}", hint) from None
    return answer


def _audio_streams(path: Path, found: Mapping[str, Any]) -> Iterator[AudioStream]:
    for stream in found["streams"]:
        if stream.get("codec_type") == "audio":
            rate, channels = int(stream.get("sample_rate", 0)), int(stream.get("channels", 0))
            start_ms = _milliseconds(stream.get("start_time"))
            codec = stream.get("codec_name", "unknown")
            yield AudioStream(codec, channels, rate, stated_ms(path, found, stream), start_ms)


def _video_stream(found: Mapping[str, Any]) -> VideoStream | None:
    for stream in found["streams"]:
        if stream.get("codec_type") != "video" or stream.get("disposition", {}).get("attached_pic"):
            continue
        return _video(stream)
    return None


def _video(stream: Mapping[str, Any]) -> VideoStream:
    mean, nominal = _ratio(stream.get("avg_frame_rate"), "/"), _ratio(stream.get("r_frame_rate"), "/")
    size = (int(stream.get("width", 0)), int(stream.get("height", 0)))
    rotation = next((int(side["rotation"]) for side in stream.get("side_data_list", ()) if "rotation" in side), 0)
    width, height = size[::-1] if abs(rotation) % 180 == 90 else size
    return VideoStream(
        codec=stream.get("codec_name", "unknown"),
        width=width,
        height=height,
        fps=mean,
        pixel_format=stream.get("pix_fmt", ""),
        rotation=rotation,
        pixel_shape=_ratio(stream.get("sample_aspect_ratio"), ":") or 1.0,
        is_variable=bool(mean and nominal) and abs(mean - nominal) > _PACE_TOLERANCE * nominal,
        start_ms=_milliseconds(stream.get("start_time")),
        duration_ms=_milliseconds(stream.get("duration")),
        is_interlaced=stream.get("field_order", "progressive") in ("tt", "bb", "tb", "bt"),
        is_hdr=stream.get("color_transfer") in ("smpte2084", "arib-std-b67"),
    )


def _ratio(text: str | None, sign: str) -> float:
    top, _, bottom = (text or "0").partition(sign)
    return int(top) / int(bottom) if int(bottom or 0) else 0.0


def _tags(found: Mapping[str, Any]) -> dict[str, str]:
    """The container's tags, and the time code of the first stream that has one, where a camera writes it."""
    codes = [stream["tags"]["timecode"] for stream in found["streams"] if "timecode" in stream.get("tags", {})]
    return ({"timecode": codes[0]} if codes else {}) | {
        name.lower(): text for name, text in found["format"].get("tags", {}).items()
    }


def _milliseconds(seconds: str | None) -> int:
    try:
        return max(0, round(float(seconds or 0) * 1000))
    except (ValueError, OverflowError):  # "N/A", inf
        return 0
