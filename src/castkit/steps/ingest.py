"""Step "ingest": every recording is checked, decoded once, measured, and written as 16 kHz mono for recognition.

Rule: all bad recordings are reported in one error, before anything is made of the good ones.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path, PurePath
from typing import Any, TypeVar

from castkit import ffmpeg
from castkit.audio.arrays import write_curves
from castkit.audio.clocks import start_by_clock
from castkit.audio.listen import SILENT_LUFS, Heard, Wav, listen, nothing_heard
from castkit.engine.stage import Job, Stage
from castkit.errors import CastkitError, ToolMissing
from castkit.model.episode import Recording
from castkit.model.programme import Track
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.files import write_json

T = TypeVar("T")


def recording_path(context: EpisodeContext, recording: Recording) -> Path:
    """Where a recording lies; CastkitError where its path leaves the workspace."""
    return inside(context, context.paths.root, recording.path, f"episodes/{context.slug}/episode.toml")


def show_sound(context: EpisodeContext, name: str) -> Path | None:
    """The intro, outro or bed of this name, None where it is empty; CastkitError where it leaves the workspace."""
    return inside(context, context.workspace.root, name, "castkit.toml") if name else None


def music_paths(context: EpisodeContext) -> Iterator[Path]:
    """Intro, outro and bed, as far as there are any; errors as of `show_sound`."""
    audio = context.audio
    yield from filter(None, (show_sound(context, name) for name in (audio.intro, audio.outro, audio.bed)))


def inside(context: EpisodeContext, base: Path, name: str, said_in: str) -> Path:
    """`name` from `base`, judged by its spelling: a link that somebody put into the workspace may lead out of it."""
    root = Path(os.path.abspath(context.workspace.root))  # noqa: PTH100 - resolve() would follow links
    path = Path(os.path.abspath(base / name))  # noqa: PTH100
    if Path(name).is_absolute() or not path.is_relative_to(root):
        raise CastkitError(f"{said_in}: {name} is outside the show's folder", f"copy the file into {root}")
    if path.exists() and not path.is_file():  # whose end nobody would ever read
        what = "a folder" if path.is_dir() else "a pipe or device"
        raise CastkitError(f"{said_in}: {name} is {what}, not a file", "name the recording itself")
    if not path.exists() and (twin := _twin(path)):
        raise CastkitError(
            f"{said_in}: there is no {name}; there is {twin.name!a}, which is another name on this system",
            "rename the file as it is written there: macOS and Windows take both for one name",
        )
    return path


def _twin(path: Path) -> Path | None:
    """A file that lies there under this name in capitals, or with its accents as characters of their own."""

    def plain(name: str) -> str:
        return unicodedata.normalize("NFC", name).casefold()

    with suppress(OSError):
        return next((one for one in path.parent.iterdir() if plain(one.name) == plain(path.name)), None)
    return None


@dataclass(slots=True)
class _Problems:
    """Collects what is wrong with the files, so that a person hears of all of it at once."""

    found: list[CastkitError] = field(default_factory=list)

    def attempt(self, work: Callable[[], T]) -> T | None:
        """What `work` gives, or None after noting its error; a missing program is nobody's file's fault."""
        try:
            return work()
        except ToolMissing:
            raise
        except CastkitError as error:
            self.found.append(error)
            return None

    def stop(self) -> None:
        """Raises what was found, as one error."""
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            lines = "".join(f"\n  {error.message} ({error.hint})" for error in self.found)
            raise CastkitError(f"{len(self.found)} files cannot be used:{lines}", "correct them all, then run again")


def _run(context: EpisodeContext, job: Job) -> None:
    job.tool("ffmpeg", ffmpeg.version(ffmpeg.find_tools().ffmpeg))
    problems = _Problems()
    for path in music_paths(context):
        problems.attempt(partial(ffmpeg.probe, path))  # refused now, not after an hour of decoding
    files = [problems.attempt(partial(_look_at, context, recording)) for recording in context.episode.recordings]
    problems.stop()
    pairs = zip(context.episode.recordings, files, strict=True)
    if not any(recording.sound and file and file[1].audio for recording, file in pairs):
        names = ", ".join(recording.path for recording in context.episode.recordings)
        hint = "name the file that holds the sound"
        raise CastkitError(f"none of {context.slug}'s recordings has sound: {names}", hint)
    tracks = _decode_all(context, job, [file for file in files if file])
    own = _own_master(context, job) if context.episode.master else None
    write_json(job.output(context.paths.ingest), {"version": 2, "tracks": tracks, "master": own})


def _look_at(context: EpisodeContext, recording: Recording) -> tuple[Path, ffmpeg.Probe]:
    """What the file holds: sound, or a picture to which another recording brings the sound."""
    path = recording_path(context, recording)
    found = ffmpeg.probe(path, needs_sound=False)
    return path, found if found.audio or found.video else ffmpeg.probe(path)


def _decode_all(context: EpisodeContext, job: Job, files: list[tuple[Path, ffmpeg.Probe]]) -> list[dict[str, Any]]:
    """Every recording as a plain value: its track at offset 0, and when of the day it began, where it says so."""
    problems = _Problems()
    whole_ms = sum(found.duration_ms for _, found in files) or 1
    done_ms = 0
    tracks = []
    for number, (recording, (path, found)) in enumerate(zip(context.episode.recordings, files, strict=True)):

        def progress(share: float, done: int = done_ms, here: int = found.duration_ms) -> None:
            job.progress((done + share * here) / whole_ms)

        outputs = job.output(context.paths.track(number)), job.output(context.paths.levels(number))
        heard = problems.attempt(partial(_heard, path, found, outputs, progress, is_needed=recording.sound))
        done_ms += found.duration_ms
        if heard:
            _note_oddities(job, recording, found)
            tracks.append({"track": asdict(_track(recording, found, heard)), "day_ms": start_by_clock(found)})
    problems.stop()
    return tracks


def _heard(
    path: Path,
    found: ffmpeg.Probe,
    outputs: tuple[Path, Path],
    progress: Callable[[float], None],
    *,
    is_needed: bool = True,
) -> Heard:
    wav, levels = outputs
    if not found.audio:
        heard = nothing_heard(Wav(wav), found.duration_ms)
    else:
        heard = listen(path, found, Wav(wav), progress)
        if is_needed and heard.loudness.integrated_lufs <= SILENT_LUFS:
            hint = "check that the right channel was recorded; name another file in episode.toml, or take this one out"
            raise CastkitError(f"{path} is silent, or shorter than half a second", hint)
    write_curves(levels, heard.curves)
    return heard


def _track(recording: Recording, found: ffmpeg.Probe, heard: Heard) -> Track:
    return Track(
        path=PurePath(recording.path).as_posix(),
        speaker="",
        offset_ms=0,
        duration_ms=heard.duration_ms,
        channels=found.audio[0].channels if found.audio else 0,
        sample_rate=found.audio[0].sample_rate if found.audio else 0,
        has_video=found.video is not None,
        loudness=heard.loudness,
        sound=heard.sound if found.audio else "none",
    )


def own_master_path(context: EpisodeContext) -> Path:
    """Where an engineer's own master lies; CastkitError where its path leaves the workspace."""
    return inside(context, context.paths.root, context.episode.master, f"episodes/{context.slug}/episode.toml")


def _own_master(context: EpisodeContext, job: Job) -> dict[str, Any]:
    """An engineer's own master as a plain value, listened to like a recording."""
    path = own_master_path(context)
    found = ffmpeg.probe(path)
    outputs = job.output(context.paths.own_master), job.output(context.paths.own_master_levels)
    heard = _heard(path, found, outputs, lambda _: None)
    return asdict(_track(Recording(path=context.episode.master), found, heard))


def _note_oddities(job: Job, recording: Recording, found: ffmpeg.Probe) -> None:
    if len(found.audio) > 1:
        job.note(f"{recording.path} holds {len(found.audio)} sound tracks; the first is used")


def _reads(context: EpisodeContext) -> Iterable[Path]:
    yield from (recording_path(context, recording) for recording in context.episode.recordings)
    if context.episode.master:
        yield own_master_path(context)


def _writes(context: EpisodeContext) -> Iterator[Path]:
    yield context.paths.ingest
    for number in range(len(context.episode.recordings)):
        yield from (context.paths.track(number), context.paths.levels(number))
    if context.episode.master:
        yield from (context.paths.own_master, context.paths.own_master_levels)


def _settings(context: EpisodeContext) -> dict[str, Any]:
    recordings = [[recording.path, recording.sound] for recording in context.episode.recordings]
    return {"recordings": recordings, "master": context.episode.master}


STEP = Stage[EpisodeContext](
    name="ingest",
    version=3,
    after=(),
    reads=_reads,
    writes=_writes,
    settings=_settings,
    run=_run,
    is_editable=is_for_people,
)
