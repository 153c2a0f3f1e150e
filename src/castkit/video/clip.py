"""A clip for social media: a stretch of the finished episode with its sound, its picture, and captions of its own.

Rule: a clip's own clock begins at 0 where it begins in the episode; the sound comes finished, and is copied.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from castkit.errors import CastkitError
from castkit.ffmpeg import address, safe_input
from castkit.model.cue import Cue
from castkit.model.transcript import Word
from castkit.timecode import clock

SHORTEST_S, LONGEST_S = 15, 120  # what the podcast namespace recommends for a soundbite
_SNAP_MS = 300  # a clip begins and ends nearly where it was asked to
_GLANCE_MS = 400  # a caption that stands for less cannot be read
_FASTEST = 60.0  # frames per second; platforms take no more
AAC_KBITS = 160  # ffmpeg's own encoder moves peaks by about 1 dB at 96 kbit/s, by a third of that here


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of the episode, in ms on the master's clock."""

    start_ms: int
    end_ms: int

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True)
class Scene:
    """The picture of a clip: a finished video, its mean frames per second, and the filters that shape and caption it.

    `shaping` is that of `shape.fitting`, `burnt` that of `burn.lay_out`; either may be empty. `language` is the spoken
    one's (ISO 639-2).
    """

    video: Path
    fps: float
    language: str
    shaping: str = ""
    burnt: str = ""


def clip_within(start_ms: int, end_ms: int, *, duration_ms: int) -> Clip:
    """The clip, where it lies in an episode of this length; CastkitError where it does not, or is under a second."""
    if end_ms - start_ms < 1000:
        raise CastkitError(
            f"a clip from {clock(start_ms)} to {clock(end_ms)} is shorter than a second",
            "give START and END as MM:SS or HH:MM:SS, END at least a second later",
        )
    if end_ms > duration_ms:
        raise CastkitError(
            f"the clip ends at {clock(end_ms)}, but the episode at {clock(duration_ms)}",
            "give times on the clock of the finished episode",
        )
    return Clip(start_ms, end_ms)


def length_warning(clip: Clip) -> str:
    """What to tell of a length that apps may not show as a soundbite; empty where there is nothing to tell."""
    seconds = clip.duration_ms / 1000
    if SHORTEST_S <= seconds <= LONGEST_S:
        return ""
    return f"the clip lasts {seconds:.1f} s; podcast apps expect a soundbite of {SHORTEST_S} to {LONGEST_S} s"


def snap(clip: Clip, words: Sequence[Word]) -> Clip:
    """The clip with each end that cut a word moved to that word's nearer edge, if that is within 300 ms.

    `words` are in order of time on the master's clock. An end that lies in a pause stays.
    """
    start, end = (_between_words(at, words) for at in (clip.start_ms, clip.end_ms))
    return Clip(start, end) if start < end else clip


def _between_words(at: int, words: Sequence[Word]) -> int:
    index = bisect_right(words, at, key=lambda word: word.start_ms) - 1
    if index < 0 or words[index].end_ms <= at:
        return at
    word = words[index]
    edge = min(word.start_ms, word.end_ms, key=lambda edge: abs(edge - at))
    return edge if abs(edge - at) <= _SNAP_MS else at


def shifted(cues: Sequence[Cue], clip: Clip) -> tuple[Cue, ...]:
    """The cues of the clip on its own clock, cut at its ends; one of which only a glance would be left is dropped."""
    found = []
    for cue in cues:
        start, end = max(cue.start_ms, clip.start_ms), min(cue.end_ms, clip.end_ms)
        if end - start >= min(_GLANCE_MS, cue.duration_ms):
            found.append(Cue(start - clip.start_ms, end - clip.start_ms, cue.text, cue.speaker))
    return tuple(found)


def scene_arguments(scene: Scene, clip: Clip, *, sound: Path, described: Path, target: Path) -> list[str]:
    """Arguments for ffmpeg to make `target`, an MP4 of the clip: the picture encoded, the clip's own sound copied.

    `sound` is AAC in MP4, as long as the clip; `described` holds `ffmpeg.metadata`.
    """
    # A frame may stand for long (a slide, the first one under the intro), and the last stands to the end of the sound:
    # so what comes before the clip is decoded too, and the clip begins with the frame that stands there.
    pace = f"tpad=stop=-1:stop_mode=clone,fps=fps={min(scene.fps, _FASTEST):.6g}:start_time=0"
    seek = ["-noaccurate_seek", "-ss", _seconds(clip.start_ms)]
    chain = ",".join(part for part in (pace, scene.shaping or "format=yuv420p", scene.burnt) if part)
    inputs = [*seek, *safe_input(), "-i", address(scene.video), *safe_input(), "-i", address(sound)]
    inputs += [*safe_input(["ffmetadata"]), "-f", "ffmetadata", "-i", address(described)]
    outputs = ["-map", "0:V:0", "-map", "1:a:0", "-vf", chain, "-c:a", "copy"]
    outputs += ["-metadata:s:a:0", f"language={scene.language}"]
    outputs += ["-c:v", "libx264", "-preset", "medium", "-crf", "20", "-threads", "1", "-t", _seconds(clip.duration_ms)]
    outputs += ["-map_metadata", "2", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"]
    return [*inputs, *outputs, "-movflags", "+faststart", "-f", "mp4", address(target)]


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.3f}"
