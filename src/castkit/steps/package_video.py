"""The video-cast of step "package": picture, mastered sound, a subtitle track per language, chapters.

Rule: the sound in the file is measured as a listener gets it, and corrected until it holds the show's loudness.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from castkit import ffmpeg
from castkit.audio.listen import measure
from castkit.audio.tags import Tags
from castkit.engine.stage import Job
from castkit.model.language import iso639_2, language_name
from castkit.model.programme import Loudness, Programme, Track
from castkit.model.review import in_words
from castkit.steps.context import EpisodeContext
from castkit.steps.files import BuiltTrack, load_tracks
from castkit.video.mux import COPIED, Picture, Subtitles, VideoCast, metadata, mux_arguments
from castkit.video.sound import Correction, Goal, aac_arguments, corrected

_MOST_CORRECTIONS = 3


@dataclass(frozen=True, slots=True)
class Sound:
    """The AAC file that goes into the MP4: what was done to the master, and what a meter says of the result."""

    path: Path
    correction: Correction
    measured: Loudness


def picture_of(programme: Programme) -> Track | None:
    """The recording that the picture is taken from: the first that has one."""
    return next((track for track in programme.tracks if track.has_video), None)


def make_video(
    context: EpisodeContext, job: Job, programme: Programme, *, tags: Tags, duration_ms: int
) -> dict[str, Any]:
    """Writes the MP4 and gives back what the report says of it."""
    track = picture_of(programme)
    assert track is not None  # noqa: S101 - asked before
    output = job.output(context.paths.video)
    raw = context.paths.root / track.path
    picture = Picture(raw, _codec(raw), programme.lead_ms + track.offset_ms)
    goal = Goal(context.show.audio.loudness, context.show.audio.true_peak)
    with _beside(output, "sound.m4a") as sound_path, _beside(output, "described.txt") as described:
        sound = _encoded(context.paths.master, sound_path, goal, duration_ms)
        job.progress(0.6)
        described.write_text(metadata(_tags(tags), tags.chapters), encoding="utf-8", newline="\n")
        cast = VideoCast(picture, sound.path, tags.language, duration_ms, _subtitles(context))
        ffmpeg.run(
            mux_arguments(cast, described, output),
            doing=f"putting {context.paths.video.name} together",
            duration_ms=duration_ms,
            progress=lambda share: job.progress(0.6 + 0.4 * share),
        )
    notes = [] if goal.is_met(sound.measured) else [_missed(sound.measured, goal)]
    for note in notes:
        job.note(note)
    return _facts(output, picture, sound) | {"notes": notes}


@contextmanager
def _beside(output: Path, suffix: str) -> Iterator[Path]:
    """A file that lives as long as the output is being made; the engine clears it away after a kill."""
    path = output.with_name(f"{output.name}.{suffix}")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _codec(raw: Path) -> str:
    found = ffmpeg.probe(raw).video
    return found.codec if found else ""


def _encoded(master: Path, target: Path, goal: Goal, duration_ms: int) -> Sound:
    """The master as AAC, encoded again with a correction as long as it misses the goal."""
    correction = Correction()
    for attempt in range(_MOST_CORRECTIONS + 1):
        ffmpeg.run(aac_arguments(master, target, correction), doing="encoding the sound of the video")
        measured = measure(target, duration_ms).loudness
        if goal.is_met(measured) or attempt == _MOST_CORRECTIONS:
            break
        correction = corrected(correction, measured, goal)
    return Sound(target, correction, measured)


def _tags(tags: Tags) -> dict[str, str]:
    """The same facts under the names by which ffmpeg writes them into MP4."""
    return {
        "title": tags.title,
        "artist": tags.artist,
        "album": tags.album,
        "show": tags.album,
        "date": tags.date.strftime("%Y-%m-%d"),
        "genre": "Podcast",
        "track": str(tags.number or ""),
        "episode_sort": str(tags.number or ""),
        "season_number": str(tags.season or ""),
        "comment": tags.comment,
        "copyright": tags.copyright,
    }


def _subtitles(context: EpisodeContext) -> tuple[Subtitles, ...]:
    """Every published track that has words; the show's main language is on where the viewer chose nothing."""
    paths = context.paths
    tracks = load_tracks(context).worded
    default = next((t for t in tracks if t.language == context.show.main_language), tracks[0] if tracks else None)
    return tuple(
        Subtitles(
            paths.published_srt(track.language),
            iso639_2(track.language),
            track_name(track),
            is_default=track is default,
        )
        for track in tracks
        if paths.published_srt(track.language).stat().st_size
    )


def track_name(track: BuiltTrack) -> str:
    """What a player lists a track under: its language, in that language, and how far it can be trusted."""
    name = language_name(track.language, track.language)
    name = name[:1].upper() + name[1:]
    return name if track.origin.is_reviewed else f"{name} ({in_words(track.origin, track.language)})"


def _missed(measured: Loudness, goal: Goal) -> str:
    reached = f"{measured.integrated_lufs:.1f} LUFS and {measured.true_peak_dbtp:.1f} dBTP"
    return f"the video's sound has {reached} instead of {goal.loudness:.1f} LUFS and at most {goal.true_peak:.1f} dBTP"


def _facts(output: Path, picture: Picture, sound: Sound) -> dict[str, Any]:
    found = ffmpeg.probe(output)
    shown = found.video
    return {
        "duration_ms": found.duration_ms,
        "width": shown.width if shown else 0,
        "height": shown.height if shown else 0,
        "picture": {"codec": picture.codec, "is_copied": picture.codec in COPIED, "delay_ms": picture.delay_ms},
        "sound": {"correction": asdict(sound.correction), "measured": asdict(sound.measured)},
        "subtitles": list(found.subtitle_languages),
    }
