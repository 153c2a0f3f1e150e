"""The video-cast: picture, mastered sound, subtitle tracks and chapters put together in one MP4.

Rule: sound and chapters come ready-made and are copied; nothing here starts a program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from castkit.ffmpeg import address, safe_input
from castkit.model.text import printable
from castkit.model.timeline import Piece
from castkit.video.picture import Look, Picture, copying, encoding, why_encoded


@dataclass(frozen=True, slots=True)
class Subtitles:
    """One soft track: an SRT file in UTF-8, its language (ISO 639-2), and the name a player lists it under."""

    path: Path
    language: str
    name: str
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class VideoCast:
    """What goes into the file; `sound` is finished AAC in MP4 of `duration_ms`, in the spoken `language` (ISO 639-2).

    `pieces` is the edit of the sound, which the picture follows; `cover` a JPEG that lists and lock screens show.
    With a `look` the picture is encoded, whatever it is; without, it is copied where that can be.
    """

    picture: Picture
    pieces: Sequence[Piece]
    sound: Path
    language: str
    duration_ms: int
    subtitles: Sequence[Subtitles] = ()
    cover: Path | None = None
    look: Look | None = None

    @property
    def why_encoded(self) -> tuple[str, ...]:
        """Every reason why the picture is not copied; empty where it is."""
        reasons = why_encoded(self.picture, self.pieces)
        return (*reasons, "its look is changed") if self.look else reasons


def mux_arguments(cast: VideoCast, described: Path, target: Path) -> list[str]:
    """Arguments for ffmpeg to make `target`, an MP4 that plays while it loads; `described` holds `metadata`."""
    if cast.why_encoded:
        before, after = encoding(cast.picture, cast.pieces, cast.duration_ms, cast.look)
    else:
        before, after = copying(cast.picture, cast.pieces, cast.duration_ms)
    inputs = [*safe_input(), *before, "-i", address(cast.picture.path)]
    inputs += [*safe_input(), "-i", address(cast.sound)]
    for track in cast.subtitles:
        inputs += [*safe_input(["srt"]), "-f", "srt", "-i", address(track.path)]
    inputs += [*safe_input(["ffmetadata"]), "-f", "ffmetadata", "-i", address(described)]
    described_by = str(2 + len(cast.subtitles))
    # V, not v: a camera file may carry a cover, and it may come first.
    outputs = ["-map", "0:V:0", "-map", "1:a:0", *_subtitle_arguments(cast.subtitles)]
    outputs += [*after, "-c:a", "copy", "-metadata:s:a:0", f"language={cast.language}"]
    outputs += ["-map_metadata:s:v:0", "-1", "-map_metadata", described_by, "-map_chapters", described_by]
    if cast.cover:
        inputs += [*safe_input(["jpeg_pipe"]), "-f", "jpeg_pipe", "-i", address(cast.cover)]
        outputs += ["-map", f"{3 + len(cast.subtitles)}:v:0", "-c:v:1", "copy", "-disposition:v:1", "attached_pic"]
    exact = ["-fflags", "+bitexact", "-flags", "+bitexact", "-movflags", "+faststart", "-f", "mp4"]
    return [*inputs, *outputs, *exact, address(target)]


def _subtitle_arguments(tracks: Sequence[Subtitles]) -> list[str]:
    arguments: list[str] = ["-c:s", "mov_text"] if tracks else []
    for number, track in enumerate(tracks):
        arguments += ["-map", f"{number + 2}:s:0", f"-disposition:s:{number}", "default" if track.is_default else "0"]
        stream = f"-metadata:s:s:{number}"
        arguments += [stream, f"language={track.language}", stream, f"handler_name={printable(track.name)}"]
    return arguments
