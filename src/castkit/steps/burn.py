"""Step "burn": a copy of the video with subtitles in its picture, or an audiogram where there is no picture.

Rule: for platforms without subtitles of their own; nothing of it is published, a person uploads it there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from castkit import ffmpeg
from castkit.audio.tags import Tags
from castkit.engine.claims import GB, Claim
from castkit.engine.stage import Job, Stage
from castkit.model.language import iso639_2
from castkit.model.programme import Programme
from castkit.steps.captions import BILINGUAL, burnt_languages, captions_of, drawn, missing
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.files import load_programme, load_tracks
from castkit.steps.package import cover_path, described, placed
from castkit.steps.package import settings as tag_settings
from castkit.steps.package_video import make_cast, picture_for, picture_of
from castkit.video.mux import VideoCast
from castkit.video.picture import Look
from castkit.video.shape import shaped


def _wanted(context: EpisodeContext, programme: Programme) -> str:
    """The subtitles to draw: as asked; an audiogram without them would be a picture of nothing."""
    if picture_of(programme):
        return context.video.burn
    return (context.video.burn or BILINGUAL) if context.video.audiogram else ""


def _target(context: EpisodeContext) -> Path | None:
    """The file that is made, or None."""
    programme = load_programme(context)
    wanted = _wanted(context, programme)
    if not wanted or not (burnt_languages(context, wanted) or not picture_of(programme)):
        return None
    return context.paths.burnt if picture_of(programme) else context.paths.audiogram


def _run(context: EpisodeContext, job: Job) -> None:
    programme = load_programme(context)
    wanted = _wanted(context, programme)
    if not wanted:
        return
    job.tool("ffmpeg", ffmpeg.version(ffmpeg.find_tools().ffmpeg))
    if gap := missing(context, wanted):
        job.note(gap)
    languages = burnt_languages(context, wanted)
    main = context.show.main_language
    chapters = placed(context, programme, programme.duration_ms, main)
    tags = replace(described(context), language=iso639_2(load_tracks(context).spoken), chapters=chapters)
    if not picture_of(programme):
        _make_audiogram(context, job, programme, tags=tags, languages=languages)
    elif languages:
        _make_copy(context, job, programme, tags=tags, languages=languages)


def _make_copy(
    context: EpisodeContext, job: Job, programme: Programme, *, tags: Tags, languages: tuple[str, ...]
) -> None:
    picture = picture_for(context, programme)
    shape = context.video.shape
    with drawn(captions_of(context, languages), shaped(shape, picture.size)) as captions:
        cast = VideoCast(
            picture,
            programme.timeline.pieces,
            context.paths.master_in("m4a"),
            tags.language,
            programme.duration_ms,
            look=Look(shape, captions),
        )
        make_cast(context, job, cast, tags=tags, output=job.output(context.paths.burnt))


def _make_audiogram(
    context: EpisodeContext, job: Job, programme: Programme, *, tags: Tags, languages: tuple[str, ...]
) -> None:
    from castkit.steps.audiogram import Spoken, draw_audiogram  # noqa: PLC0415 - draws, and few shows ask for it

    sound, cues = context.paths.master_in("m4a"), captions_of(context, languages)
    spoken = Spoken(sound, programme.duration_ms, cues, tags)
    if note := draw_audiogram(context, spoken, job.output(context.paths.audiogram), job.progress):
        job.note(note)


def _reads(context: EpisodeContext) -> Iterator[Path]:
    paths = context.paths
    yield from (paths.programme, paths.tracks)
    if _target(context) is None:
        return
    wanted = _wanted(context, load_programme(context))
    yield from (paths.published_srt(language) for language in burnt_languages(context, wanted))
    yield paths.master_in("m4a")
    picture = picture_of(load_programme(context))
    yield paths.root / picture.path if picture else cover_path(context)


def _writes(context: EpisodeContext) -> Iterator[Path]:
    if target := _target(context):
        yield target


def _settings(context: EpisodeContext) -> dict[str, Any]:
    video = context.video
    if not (video.burn or video.audiogram):
        return {}
    return {"burn": video.burn, "shape": video.shape, "audiogram": video.audiogram, "tags": tag_settings(context)}


def _claim(context: EpisodeContext) -> Claim:
    """x264's threads, and the frames they hold."""
    return Claim(4.0, GB) if _target(context) else Claim()


STEP = Stage[EpisodeContext](
    name="burn",
    version=1,
    after=("master", "transcripts"),
    reads=_reads,
    writes=_writes,
    settings=_settings,
    run=_run,
    is_editable=is_for_people,
    claim=_claim,
)
