"""A light copy of the finished sound or video, for people who work on its words far away.

Rule: it is made once for the same sound or video, and is whole under its name or not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path

from castkit import atomic, ffmpeg
from castkit.audio.light import light_mp3_arguments, light_sound_arguments
from castkit.errors import CastkitError
from castkit.model.programme import Programme
from castkit.steps.context import EpisodeContext
from castkit.steps.files import json_text, load_programme
from castkit.steps.package_video import picture_of
from castkit.video.light import light_video_arguments
from castkit.video.pace import pace_of
from castkit.video.picture import Picture

_SAME_MS = 100  # frames and packets are not milliseconds

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class LightCopy:
    """The file, and whether it has a picture."""

    path: Path
    has_picture: bool


def light_copy(context: EpisodeContext, progress: Progress, *, is_sound_only: bool) -> LightCopy:
    """The copy, made where there is none of what the last build made; the caller holds the episode's lock.

    CastkitError where the episode is not built, or was edited since.
    """
    paths, programme = context.paths, load_programme(context)
    has_picture = picture_of(programme) is not None and not is_sound_only
    made_of = paths.video if has_picture else paths.master
    copy = LightCopy(paths.light_copy("mp4" if has_picture else "m4a"), has_picture)
    found = _probed(context, made_of, programme)
    arguments = _arguments(made_of, found, atomic.part_of(copy.path), has_picture=has_picture)
    _make(copy.path, made_of, found.duration_ms, arguments, progress)
    return copy


def light_mp3(context: EpisodeContext, progress: Progress) -> Path:
    """The finished sound as a small MP3, for pages that name one; otherwise as `light_copy`."""
    made_of = context.paths.master
    found = _probed(context, made_of, load_programme(context))
    path = context.paths.light_copy("mp3")
    _make(path, made_of, found.duration_ms, light_mp3_arguments(made_of, atomic.part_of(path)), progress)
    return path


def _probed(context: EpisodeContext, made_of: Path, programme: Programme) -> ffmpeg.Probe:
    """What the finished file holds; CastkitError where it is not that of the last edit."""
    if not made_of.is_file():
        raise CastkitError(
            f"{context.slug} is not built yet: {made_of.name} is missing", f"castkit build {context.slug}"
        )
    found = ffmpeg.probe(made_of)
    if abs(found.duration_ms - programme.duration_ms) > _SAME_MS:
        raise CastkitError(f"{context.slug} was edited since {made_of.name} was made", f"castkit build {context.slug}")
    return found


def _make(path: Path, made_of: Path, duration_ms: int, arguments: list[str], progress: Progress) -> None:
    """Has ffmpeg make the copy under its name, unless it lies there as it was made of the same in the same way."""
    key = _key(made_of, arguments)
    if _is_made(path, key):
        progress(1.0)
        return
    part = atomic.part_of(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        doing = f"making a light copy of {made_of.name}"
        ffmpeg.run(arguments, doing=doing, duration_ms=duration_ms, progress=progress)
        atomic.sync_file(part)
        atomic.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    atomic.write_bytes(_about(path), json_text({"copy": _digest(path), "made_of": key}).encode())


def _arguments(made_of: Path, found: ffmpeg.Probe, target: Path, *, has_picture: bool) -> list[str]:
    if has_picture and found.video:
        shown = Picture(made_of, found.video, found.format)
        return light_video_arguments(shown, found.duration_ms, pace_of(found.video), target)
    return light_sound_arguments(made_of, target)


def _key(made_of: Path, arguments: list[str]) -> str:
    """What the copy depends on: the file's bytes, how it is made, and by which ffmpeg."""
    how = [one for one in arguments if not one.startswith("file:")]
    parts = (_digest(made_of), ffmpeg.version(ffmpeg.find_tools().ffmpeg), *how)
    return sha256("\0".join(parts).encode()).hexdigest()


def _is_made(path: Path, key: str) -> bool:
    """Whether the copy lies there as it was made of this."""
    try:
        return _about(path).read_text("utf-8") == json_text({"copy": _digest(path), "made_of": key})
    except (FileNotFoundError, UnicodeDecodeError):
        return False


def _about(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
