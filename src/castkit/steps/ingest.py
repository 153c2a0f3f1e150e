"""Step "ingest": every recording is checked, decoded once, measured, and written as 16 kHz mono for recognition.

Rule: all bad recordings are reported in one error, before anything is made of the good ones.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePath
from typing import Any, TypeVar

from castkit import ffmpeg
from castkit.audio import jingle
from castkit.audio.listen import SILENT_LUFS, Heard, Wav, listen
from castkit.engine.stage import Job, Stage
from castkit.errors import CastkitError, ToolMissing
from castkit.model.chapters import marks
from castkit.model.episode import Recording
from castkit.model.programme import Programme, Track
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.files import write_json

T = TypeVar("T")


def recording_path(context: EpisodeContext, recording: Recording) -> Path:
    """Where a recording lies; CastkitError where its path leaves the workspace."""
    return _inside(context, context.paths.root, recording.path, f"episodes/{context.slug}/episode.toml")


def jingle_paths(context: EpisodeContext) -> tuple[Path | None, Path | None]:
    """Intro and outro, None where the show has none; CastkitError where a path leaves the workspace."""
    audio = context.show.audio
    intro, outro = (
        _inside(context, context.workspace.root, name, "castkit.toml") if name else None
        for name in (audio.intro, audio.outro)
    )
    return intro, outro


def _inside(context: EpisodeContext, base: Path, name: str, said_in: str) -> Path:
    """`name` from `base`, judged by its spelling: a link that somebody put into the workspace may lead out of it."""
    root = Path(os.path.abspath(context.workspace.root))  # noqa: PTH100 - resolve() would follow links
    path = Path(os.path.abspath(base / name))  # noqa: PTH100
    if Path(name).is_absolute() or not path.is_relative_to(root):
        raise CastkitError(f"{said_in}: {name} is outside the show's folder", f"copy the file into {root}")
    return path


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
    files = [problems.attempt(partial(_look_at, context, recording)) for recording in context.episode.recordings]
    intro_ms, outro_ms = (problems.attempt(partial(_length, path)) or 0 for path in jingle_paths(context))
    problems.stop()
    tracks = _decode_all(context, job, [file for file in files if file])
    ends = [track.offset_ms + track.duration_ms for track in tracks]
    crossfade_ms = context.show.audio.crossfade_ms
    layout = jingle.lay_out(max(ends), intro_ms=intro_ms, outro_ms=outro_ms, crossfade_ms=crossfade_ms)
    programme = Programme(tuple(tracks), layout.lead_ms, layout.duration_ms)
    # Refuses a chapter past the end now, not after the recognition of an hour.
    marks(context.episode.chapters, programme, duration_ms=layout.duration_ms, languages=context.show.languages)
    write_json(job.output(context.paths.ingest), programme.to_json())


def _look_at(context: EpisodeContext, recording: Recording) -> tuple[Path, ffmpeg.Probe]:
    path = recording_path(context, recording)
    return path, ffmpeg.probe(path)


def _length(path: Path | None) -> int:
    if path is None:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return jingle.hear(path, Wav(Path(folder) / "jingle.wav")).duration_ms


def _decode_all(context: EpisodeContext, job: Job, files: list[tuple[Path, ffmpeg.Probe]]) -> list[Track]:
    problems = _Problems()
    whole_ms = sum(found.duration_ms for _, found in files) or 1
    done_ms = 0
    tracks = []
    for number, (recording, (path, found)) in enumerate(zip(context.episode.recordings, files, strict=True)):
        wav = Wav(job.output(context.paths.track(number)))

        def progress(share: float, done: int = done_ms, here: int = found.duration_ms) -> None:
            job.progress((done + share * here) / whole_ms)

        heard = problems.attempt(partial(_heard, path, found, wav, progress))
        done_ms += found.duration_ms
        if heard:
            _note_oddities(job, recording, found)
            tracks.append(_track(recording, found, heard))
    problems.stop()
    return tracks


def _heard(path: Path, found: ffmpeg.Probe, wav: Wav, progress: Callable[[float], None]) -> Heard:
    heard = listen(path, found, wav, progress)
    if heard.loudness.integrated_lufs <= SILENT_LUFS:
        hint = "check that the right channel was recorded; name another file in episode.toml, or take this one out"
        raise CastkitError(f"{path} is silent, or shorter than half a second", hint)
    return heard


def _track(recording: Recording, found: ffmpeg.Probe, heard: Heard) -> Track:
    return Track(
        path=PurePath(recording.path).as_posix(),
        speaker=recording.speaker,
        offset_ms=recording.offset_ms,
        duration_ms=heard.duration_ms,
        channels=found.audio[0].channels,
        sample_rate=found.audio[0].sample_rate,
        has_video=found.video is not None,
        loudness=heard.loudness,
        sound=heard.sound,
    )


def _note_oddities(job: Job, recording: Recording, found: ffmpeg.Probe) -> None:
    if len(found.audio) > 1:
        job.note(f"{recording.path} holds {len(found.audio)} sound tracks; the first is used")


def _reads(context: EpisodeContext) -> Iterator[Path]:
    yield from (recording_path(context, recording) for recording in context.episode.recordings)
    yield from (path for path in jingle_paths(context) if path)


def _writes(context: EpisodeContext) -> Iterator[Path]:
    yield context.paths.ingest
    yield from (context.paths.track(number) for number in range(len(context.episode.recordings)))


def _settings(context: EpisodeContext) -> dict[str, Any]:
    audio = context.show.audio
    return {
        "recordings": [recording.model_dump(mode="json") for recording in context.episode.recordings],
        "jingles": {"intro": audio.intro, "outro": audio.outro, "crossfade_ms": audio.crossfade_ms},
    }


STEP = Stage[EpisodeContext](
    name="ingest",
    version=1,
    after=(),
    reads=_reads,
    writes=_writes,
    settings=_settings,
    run=_run,
    is_editable=is_for_people,
)
