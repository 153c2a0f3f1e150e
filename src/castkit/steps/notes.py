"""Show notes in Markdown, in every language of the show."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from castkit.engine.stage import Job, Stage
from castkit.notes import templates
from castkit.notes.view import Material, view
from castkit.steps.context import EpisodeContext
from castkit.steps.credits import credited
from castkit.steps.files import load_programme, load_tracks

# The keys of castkit.toml and episode.toml that the notes print; the rest may change without making them anew.
_SHOW_KEYS = (
    "title", "description", "author", "link", "languages", "licence", "copyright", "funding_statement", "disclaimer",
)  # fmt: skip
_EPISODE_KEYS = (
    "title", "summary", "description", "date", "season", "number", "type", "chapters", "links", "keywords",
)  # fmt: skip


def texts_of(context: EpisodeContext) -> dict[str, Any]:
    """What people wrote about the show and the episode, as far as the notes print it."""
    show = context.show
    return {
        "show": show.show.model_dump(mode="json", include=set(_SHOW_KEYS)),
        "episode": context.episode.model_dump(mode="json", include=set(_EPISODE_KEYS)),
        "people": [person.model_dump(mode="json") for person in credited(context)],
        "partners": [one.model_dump(mode="json") for one in show.partners],
        "funders": [one.model_dump(mode="json") for one in show.funders],
    }


def _reads(context: EpisodeContext) -> Iterable[Path]:
    return (context.paths.programme, context.paths.tracks, *templates.candidates(context.workspace.templates))


def _writes(context: EpisodeContext) -> Iterable[Path]:
    for language in context.show.languages:
        yield context.paths.notes_markdown(language)


def _run(context: EpisodeContext, job: Job) -> None:
    sources = templates.load(context.workspace.templates)
    material = _material(context)
    for language in context.show.languages:
        text = templates.render_markdown(sources, view(material, language))
        job.output(context.paths.notes_markdown(language)).write_text(text, "utf-8", newline="\n")


def _material(context: EpisodeContext) -> Material:
    transcripts = tuple((track.language, track.origin) for track in load_tracks(context).worded)
    return Material(context.show, context.episode, credited(context), load_programme(context), transcripts)


STEP = Stage[EpisodeContext](
    name="notes",
    version=3,
    after=("translate",),
    reads=_reads,
    writes=_writes,
    settings=texts_of,
    run=_run,
)
