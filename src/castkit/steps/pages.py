"""The show notes as pages, made from their Markdown, with a player and the files to download.

Rule: the Markdown on disk is what counts, so that notes a person edited by hand are the notes that go out.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from castkit.engine.stage import Job, Stage
from castkit.notes import html, templates
from castkit.notes.page import Files, Words, files_view
from castkit.notes.view import common
from castkit.steps.context import EpisodeContext
from castkit.steps.notes import texts_of
from castkit.steps.publication import (
    built_tracks,
    hashed_name,
    other_audio_paths,
    stream_names,
    stream_paths,
    transcript_paths,
)


def _reads(context: EpisodeContext) -> Iterable[Path]:
    paths = context.paths
    yield from (paths.notes_markdown(language) for language in context.show.languages)
    yield from (paths.tracks, paths.audio, paths.video)
    yield from (*other_audio_paths(context), *stream_paths(context))
    for track in built_tracks(context):
        yield from transcript_paths(context, track.language)
    yield from templates.candidates(context.workspace.templates)


def _writes(context: EpisodeContext) -> Iterable[Path]:
    return [context.paths.notes_html(language) for language in context.show.languages]


def _run(context: EpisodeContext, job: Job) -> None:
    sources, files = templates.load(context.workspace.templates), _files(context)
    for language in context.show.languages:
        content = html.body(context.paths.notes_markdown(language).read_text("utf-8"))
        values = {**common(context.show, context.episode, language), "files": files_view(files, language)}
        page = templates.render_html(sources, templates.PAGE, values, content)
        job.output(context.paths.notes_html(language)).write_text(page, "utf-8", newline="\n")


def _files(context: EpisodeContext) -> Files:
    """The files as the store names them; CastkitError for one that is not built."""
    audio, video = context.paths.audio, context.paths.video
    stream = stream_names(context)
    return Files(
        audio=_name(context, audio),
        video=_name(context, video) if video.is_file() else "",
        words=tuple(
            Words(
                track.language,
                track.origin,
                *(_name(context, path) for path in transcript_paths(context, track.language)),
            )
            for track in built_tracks(context)
        ),
        other_audio=tuple(_name(context, path) for path in other_audio_paths(context)),
        stream=stream[-1][0] if stream else "",
    )


def _name(context: EpisodeContext, path: Path) -> str:
    name, _ = hashed_name(context, path)
    return name


STEP = Stage[EpisodeContext](
    name="pages",
    version=3,
    after=("notes", "package", "transcripts", "hls"),
    reads=_reads,
    writes=_writes,
    settings=texts_of,
    run=_run,
)
