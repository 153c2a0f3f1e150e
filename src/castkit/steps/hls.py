"""Step "hls": the finished video as a ladder of streams that players on the web choose from.

Rule: made from the MP4 that is published, so that both show the same; only on request.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from castkit import atomic, ffmpeg
from castkit.engine.claims import GB, Claim
from castkit.engine.runner import PART
from castkit.engine.stage import Job, Stage
from castkit.model.language import language_name
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.files import load_as, load_programme, load_tracks
from castkit.steps.package_video import picture_of, track_name
from castkit.video.hls import Captions, Cast, hls_names, write_hls
from castkit.video.shape import Size


def is_wanted(context: EpisodeContext) -> bool:
    """Whether the episode has a video, and it is to be streamed."""
    return context.video.hls and picture_of(load_programme(context)) is not None


def _captions(context: EpisodeContext) -> tuple[Captions, ...]:
    tracks = load_tracks(context).worded
    main = context.show.main_language
    return tuple(
        Captions(context.paths.vtt(track.language), track.language, track_name(track), track.language == main)
        for track in tracks
    )


def _run(context: EpisodeContext, job: Job) -> None:
    if not is_wanted(context):
        return
    job.tool("ffmpeg", ffmpeg.version(ffmpeg.find_tools().ffmpeg))
    spoken = load_tracks(context).spoken
    cast = Cast(context.paths.video, spoken, language_name(spoken, spoken), _captions(context))
    with TemporaryDirectory(prefix=f"{PART}hls-", dir=context.paths.build) as folder:
        for made in write_hls(cast, Path(folder), progress=job.progress):
            atomic.replace(made.path, job.output(context.paths.hls / made.path.name))


def names(context: EpisodeContext) -> tuple[str, ...]:
    """The names of the stream's files, in the order they are uploaded, the master playlist last."""
    width, height = load_as(context.paths.report, lambda value: (value["video"]["width"], value["video"]["height"]))
    return hls_names(Size(int(width), int(height)), [track.language for track in load_tracks(context).worded])


def _reads(context: EpisodeContext) -> Iterator[Path]:
    if is_wanted(context):
        yield from (context.paths.video, context.paths.report, context.paths.tracks)
        yield from (captions.path for captions in _captions(context))


def _writes(context: EpisodeContext) -> Iterator[Path]:
    if is_wanted(context):
        yield from (context.paths.hls / name for name in names(context))


def _settings(context: EpisodeContext) -> dict[str, Any]:
    return {"hls": context.video.hls, "languages": list(context.show.languages)} if context.video.hls else {}


def _claim(context: EpisodeContext) -> Claim:
    """x264's threads, and the frames they hold."""
    return Claim(4.0, GB) if is_wanted(context) else Claim()


STEP = Stage[EpisodeContext](
    name="hls",
    version=1,
    after=("package", "transcripts"),
    reads=_reads,
    writes=_writes,
    settings=_settings,
    run=_run,
    is_editable=is_for_people,
    claim=_claim,
)
