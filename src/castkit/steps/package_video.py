"""The video-cast of step "package": picture, mastered sound, a subtitle track per language, chapters, cover.

Rule: the sound is the master's own AAC, measured when it was made; the picture is copied wherever it can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from castkit import ffmpeg
from castkit.audio.tags import Tags
from castkit.engine.stage import Job
from castkit.ffmpeg.metadata import metadata
from castkit.model.language import iso639_2, language_name
from castkit.model.origins import in_words
from castkit.model.programme import Programme, Track
from castkit.steps.context import EpisodeContext
from castkit.steps.files import BuiltTrack, load_tracks
from castkit.video.mux import Subtitles, VideoCast, mux_arguments
from castkit.video.picture import Picture, check_picture

_NOTICED_MS = 1000


def picture_of(programme: Programme) -> Track | None:
    """The recording that the picture is taken from: the first that has one."""
    return next((track for track in programme.tracks if track.has_video), None)


def make_video(context: EpisodeContext, job: Job, programme: Programme, tags: Tags) -> dict[str, Any]:
    """Writes the MP4 and gives back what the report says of it."""
    output = job.output(context.paths.video)
    with beside(output, "cover.jpg") as jpeg:
        jpeg.write_bytes(tags.cover)
        cast = VideoCast(
            picture_for(context, programme),
            programme.timeline.pieces,
            context.paths.master_in("m4a"),
            tags.language,
            programme.duration_ms,
            _subtitles(context),
            jpeg,
        )
        make_cast(context, job, cast, tags=tags, output=output)
    notes = list(_still(cast))
    for text in notes:
        job.note(text)
    return _facts(output, cast) | {"notes": notes}


def _still(cast: VideoCast) -> Iterator[str]:
    """Where the picture stands still because it was recorded for less long than the sound."""
    recorded = cast.picture.stream.duration_ms
    end_ms = round(recorded * (1 + cast.picture.drift_ppm / 1e6)) + cast.picture.offset_ms
    last = cast.pieces[-1]
    if recorded and end_ms < last.end_ms - _NOTICED_MS:
        seconds = (last.end_ms - end_ms) / 1000
        yield f"{cast.picture.path.name} ends {seconds:.1f} s before the sound: its last picture stands until then"


def picture_for(context: EpisodeContext, programme: Programme) -> Picture:
    """The picture of the episode's video; CastkitError where nothing can be made of it."""
    track = picture_of(programme)
    assert track is not None  # noqa: S101 - asked before
    raw = context.paths.root / track.path
    found = ffmpeg.probe(raw, needs_sound=False)
    assert found.video is not None  # noqa: S101 - the ingest saw one
    picture = Picture(raw, found.video, found.format, track.offset_ms, track.drift_ppm)
    check_picture(picture)
    return picture


def make_cast(context: EpisodeContext, job: Job, cast: VideoCast, *, tags: Tags, output: Path) -> None:
    """Runs ffmpeg for a video with these tags and chapters."""
    with beside(output, "described.txt") as described:
        described.write_text(metadata(mp4_tags(tags), tags.chapters), encoding="utf-8", newline="\n")
        ffmpeg.run(
            mux_arguments(cast, described, output),
            doing=f"putting a video of {context.slug} together",
            duration_ms=cast.duration_ms,
            progress=lambda share: job.progress(0.2 + 0.8 * share),
        )


@contextmanager
def beside(output: Path, suffix: str) -> Iterator[Path]:
    """A file that lives as long as the output is being made; the engine clears it away after a kill."""
    path = output.with_name(f"{output.name}.{suffix}")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def mp4_tags(tags: Tags) -> dict[str, str]:
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


def _facts(output: Path, cast: VideoCast) -> dict[str, Any]:
    found = ffmpeg.probe(output)
    shown = found.video
    return {
        "duration_ms": found.duration_ms,
        "width": shown.width if shown else 0,
        "height": shown.height if shown else 0,
        "picture": {
            "codec": cast.picture.stream.codec,
            "is_copied": not cast.why_encoded,
            "why_encoded": list(cast.why_encoded),
        },
        "subtitles": list(found.subtitle_languages),
    }
