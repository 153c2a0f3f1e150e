"""The show notes as pages, made from their Markdown.

Rule: the Markdown on disk is what counts, so that notes a person edited by hand are the notes that go out.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from castkit.engine.stage import Job, Stage
from castkit.notes import html, templates
from castkit.notes.view import common
from castkit.steps.context import EpisodeContext
from castkit.steps.notes import texts_of


def _reads(context: EpisodeContext) -> Iterable[Path]:
    yield from (context.paths.notes_markdown(language) for language in context.show.languages)
    yield from templates.candidates(context.workspace.templates)


def _writes(context: EpisodeContext) -> Iterable[Path]:
    return [context.paths.notes_html(language) for language in context.show.languages]


def _run(context: EpisodeContext, job: Job) -> None:
    sources = templates.load(context.workspace.templates)
    for language in context.show.languages:
        content = html.body(context.paths.notes_markdown(language).read_text("utf-8"))
        values = common(context.show, context.episode, language)
        page = templates.render_html(sources, templates.PAGE, values, content)
        job.output(context.paths.notes_html(language)).write_text(page, "utf-8", newline="\n")


STEP = Stage[EpisodeContext](
    name="pages",
    version=1,
    after=("notes",),
    reads=_reads,
    writes=_writes,
    settings=texts_of,
    run=_run,
)
