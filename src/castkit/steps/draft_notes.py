"""Proposals for an episode's notes, from its transcript, into a file beside episode.toml.

Rule: nothing of a person's is touched, and no step of the road reads what is written here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from castkit import atomic
from castkit.errors import CastkitError
from castkit.model.text import one_line
from castkit.notes.draft import Line, NotesDraft
from castkit.notes.draft_asking import Reader, draft_by_model
from castkit.notes.draft_pauses import chapters_by_pauses
from castkit.scaffold.notes_draft import render_draft
from castkit.steps.context import EpisodeContext
from castkit.steps.files import load_programme, load_transcript
from castkit.steps.spoken import spoken_language
from castkit.translate.answering import ServiceAnswering
from castkit.translate.chat import Chat
from castkit.translate.kept import Kept
from castkit.translate.letters import is_written_in
from castkit.translate.patience import Clock, Patience
from castkit.translate.sentences import sentences

Progress = Callable[[float], None]

BY_PAUSES = "pauses and turns in the recording"


@dataclass(frozen=True, slots=True)
class Drafted:
    """The file that was written, what made the proposals, how many chapters, and what a person should know."""

    path: Path
    made_by: str
    chapters: int
    notes: tuple[str, ...]


def asks_a_service(context: EpisodeContext) -> bool:
    """Whether the show names a service that texts may be sent to."""
    settings = context.show.translation
    return bool(settings.url) and settings.use in ("auto", "endpoint")


def draft_notes(
    context: EpisodeContext, progress: Progress, *, is_offline: bool = False, is_anew: bool = False,
    clock: Clock | None = None,
) -> Drafted:  # fmt: skip
    """Writes notes-draft.toml; the caller holds the episode's lock.

    `is_offline` asks no service; `is_anew` replaces a draft that is there. CastkitError where the episode is not built
    or nothing is said in it, a draft is there, or the service gives no usable answer.
    """
    path = context.paths.notes_draft
    if path.exists() and not is_anew:
        raise CastkitError(
            f"there is a draft already: {path}",
            f"accept it with: castkit notes accept {context.slug}; or have it made anew with --redo",
        )
    lines = _lines(context)
    notes: tuple[str, ...] = ()
    if asks_a_service(context) and not is_offline:
        draft = _asked(context, lines, progress, is_anew=is_anew, clock=clock or Clock())
    else:
        draft = NotesDraft(BY_PAUSES, chapters=chapters_by_pauses(lines))
        notes = ("without a service only chapters are proposed, and no titles: write them",)
        if not draft.chapters:
            raise CastkitError(
                f"nothing to propose: {context.slug} is too short for chapters",
                "name a service under [translation] in castkit.toml to have title and summary proposed",
            )
    _write(path, render_draft(draft, context.slug, context.show.languages))
    return Drafted(path, draft.made_by, len(draft.chapters), notes)


def _asked(
    context: EpisodeContext, lines: tuple[Line, ...], progress: Progress, *, is_anew: bool, clock: Clock
) -> NotesDraft:
    settings = context.show.translation
    shares = [0.0]

    def tell(share: float) -> None:
        shares.append(share)
        progress(share)

    patience = Patience(
        settings.deadline_s, settings.requests_per_minute, clock=clock, alive=lambda: progress(shares[-1])
    )
    chat = Chat(settings)
    answering = ServiceAnswering(chat, Kept(context.workspace.answers), patience, is_anew=is_anew)
    reader = Reader(lines, context.show.languages, is_written_in)
    try:
        return draft_by_model(reader, answering, made_by=chat.name, progress=tell)
    except CastkitError as error:
        hint = f"{error.hint}; or have chapters alone proposed with --offline"
        raise CastkitError(error.message, hint) from error


def _lines(context: EpisodeContext) -> tuple[Line, ...]:
    """What was said and is left of it, in sentences, on the recordings' clock."""
    transcript, timeline = load_transcript(context), load_programme(context).timeline
    names = {person.id: person.name.in_("en", context.show.languages) for person in context.people}
    found = tuple(
        Line(
            max(0, timeline.to_recordings(one.start_ms)),
            max(0, timeline.to_recordings(one.end_ms - 1)) + 1,
            one_line(one.text),
            names.get(one.speaker or "", one.speaker or ""),
        )
        for one in sentences(transcript.utterances, spoken_language(context, transcript))
    )
    if not found:
        raise CastkitError(f"nothing is said in {context.slug}, so there is nothing to propose", "write the notes")
    return found


def _write(path: Path, text: str) -> None:
    try:
        atomic.write_bytes(path, text.encode())
    except OSError as error:
        raise CastkitError(f"{path} cannot be written: {error.strerror}", "check the folder's permissions") from error
