"""Step: the recognised words as they are read: one script, the show's terms, punctuation, numbers, named turns.

Rule: what was heard stays in transcript.json; every change is listed in proofread.json, with what stood there before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from castkit.config import load_glossary
from castkit.engine.stage import Job, Stage
from castkit.model.glossary import Glossary, in_script
from castkit.model.language import is_chinese
from castkit.model.proofread import Change
from castkit.model.transcript import Transcript, Utterance
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.files import load_as, write_json
from castkit.steps.spoken import spoken_language
from castkit.translate.script import convert, convert_utterances
from castkit.wording.turns import named

SIMPLIFIED = "zh-Hans"  # word lists and segmentation know it best; the other script is made from the finished cues

Words = tuple[Utterance, ...]
Changes = tuple[Change, ...]


def proofread(utterances: Words, language: str, context: EpisodeContext, glossary: Glossary) -> tuple[Words, Changes]:
    """The utterances as they are read, and what was changed in them, in order of time.

    `language` is the tag of most of them; those whose words say that they are in another are read by its rules.
    """
    read: list[Utterance] = []
    changes: list[Change] = []
    runs = groupby(
        named(utterances, context.episode.turns), key=lambda one: one.words[0].language if one.words else None
    )
    for other, run in runs:
        words, made = _read(tuple(run), other or language, context, glossary)
        read += words
        changes += made
    return tuple(read), tuple(sorted(changes, key=lambda change: change.start_ms))


def _read(read: Words, language: str, context: EpisodeContext, glossary: Glossary) -> tuple[Words, Sequence[Change]]:
    # What changes words is loaded when there are some: most runs find this step up to date.
    from castkit.wording import homophones  # noqa: PLC0415
    from castkit.wording.glossary_correct import corrected  # noqa: PLC0415
    from castkit.wording.numbers import in_style  # noqa: PLC0415
    from castkit.wording.punctuation import restored  # noqa: PLC0415
    from castkit.wording.spacing import tidied  # noqa: PLC0415

    wishes = context.show.subtitles
    own = SIMPLIFIED if is_chinese(language) else language
    changes: list[Change] = []
    if is_chinese(language):
        read = convert_utterances(read, SIMPLIFIED)
    if wishes.punctuation:  # first, since it takes a recogniser's spaces for pauses
        read, made = restored(read, own)
        changes += made
    keep, terms = context.episode.glossary.keep, in_script(glossary, own, convert)
    if terms.terms:
        read, made = corrected(read, terms, language=own, keep=keep)
        changes += made
    if is_chinese(language):
        forms = [form for term in terms.terms for form in term.forms(own)]
        read, made = homophones.corrected(read, (*keep, *forms))
        changes += made
    if wishes.numbers != "as-heard":
        read, made = in_style(read, own, wishes.numbers)
        changes += made
    read, made = tidied(read, own)
    return read, [*changes, *made]


def reads(context: EpisodeContext) -> Iterable[Path]:
    return (context.paths.transcript, context.workspace.glossary)


def writes(context: EpisodeContext) -> Iterable[Path]:
    return (context.paths.words, context.paths.proofread)


def settings(context: EpisodeContext) -> Any:
    episode, wishes = context.episode, context.show.subtitles
    return {
        "language": episode.language,
        "languages": list(context.show.languages),
        "turns": [list(turn) for turn in episode.turns],
        "keep": list(episode.glossary.keep),
        "punctuation": wishes.punctuation,
        "numbers": wishes.numbers,
    }


def run(context: EpisodeContext, job: Job) -> None:
    paths = context.paths
    heard = load_as(paths.transcript, Transcript.from_json)
    language = spoken_language(context, heard)
    read, changes = proofread(heard.utterances, language, context, load_glossary(context.workspace, context.show))
    write_json(job.output(paths.words), replace(heard, utterances=read).to_json())
    value = {"version": 1, "language": language, "changes": [asdict(change) for change in changes]}
    write_json(job.output(paths.proofread), value)
    _tell(job, "by the glossary", [change for change in changes if change.code.startswith("glossary")])
    _tell(job, "by their sound", [change for change in changes if change.code == "homophone"])


def _tell(job: Job, how: str, changes: Sequence[Change]) -> None:
    if changes:
        listed = "; ".join(dict.fromkeys(f"{one.before} → {one.after}" for one in changes[:3]))
        more = f" and {len(changes) - 3} more" if len(changes) > 3 else ""
        job.note(f"corrected {how}: {listed}{more} (build/proofread.json has all; [glossary] keep undoes one)")


STEP = Stage[EpisodeContext](
    name="proofread",
    version=2,
    after=("transcribe",),
    reads=reads,
    writes=writes,
    settings=settings,
    run=run,
    is_editable=is_for_people,
)
