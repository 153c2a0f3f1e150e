"""Step "report": one page on which a person sees and hears what was done to the sound, and where to look.

Rule: what the page is made of is loaded when it is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from castkit.engine.stage import Job, Stage
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.ingest import recording_path


def _run(context: EpisodeContext, job: Job) -> None:
    from castkit.steps.report_page import page  # noqa: PLC0415 - a run that has nothing to do draws nothing

    job.output(context.paths.report_page).write_text(page(context), encoding="utf-8", newline="\n")


def _reads(context: EpisodeContext) -> Iterator[Path]:
    paths = context.paths
    yield from (paths.survey, paths.programme, paths.transcript, paths.report, paths.tracks, paths.audio)
    yield paths.master_curves
    for number, recording in enumerate(context.episode.recordings):
        yield from (paths.levels(number), paths.activity(number), recording_path(context, recording))


def _writes(context: EpisodeContext) -> Iterator[Path]:
    yield context.paths.report_page


def _settings(context: EpisodeContext) -> dict[str, Any]:
    show = context.show.show
    return {
        "titles": [show.title.model_dump(), context.episode.title.model_dump()],
        "people": {person.id: person.name.model_dump() for person in context.people},
        "chapters": [[chapter.start, chapter.title.model_dump()] for chapter in context.episode.chapters],
        "languages": list(context.show.languages),
        "audio": context.audio.model_dump(mode="json"),
    }


STEP = Stage[EpisodeContext](
    name="report",
    version=2,
    after=("package",),
    reads=_reads,
    writes=_writes,
    settings=_settings,
    run=_run,
    is_editable=is_for_people,
)
