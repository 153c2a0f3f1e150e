"""Step: cues in the spoken language, from the transcript or from the subtitles a person accepted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from castkit.engine.stage import Job, Stage
from castkit.model.cue import Cue, CueTrack, Origin
from castkit.model.language import is_traditional
from castkit.model.transcript import Transcript
from castkit.steps import accepted, stale_cues
from castkit.steps.bring_together import StaleCue
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.files import load_transcript, write_json
from castkit.steps.limits import limits, limits_of
from castkit.steps.spoken import spoken_language
from castkit.subtitles.cueing import make_cues
from castkit.subtitles.files import read_srt, write_srt
from castkit.subtitles.profile import Profile
from castkit.translate.script import convert_cues


def built_cues(path: Path) -> tuple[Cue, ...]:
    """The cues of an SRT in the build folder, which a person may have edited; none where nothing was said."""
    return read_srt(path) if path.stat().st_size else ()


def recognised_track(transcript: Transcript, language: str, profile: Profile) -> CueTrack:
    """Cues from the words as proofread, in which Chinese is simplified: the other script is made here, at the end."""
    cues, exceptions = make_cues(transcript.utterances, profile, transcript.duration_ms)
    if is_traditional(language):
        cues = convert_cues(cues, language)
    return CueTrack(language, Origin.RECOGNITION, cues, exceptions)


def described(track: CueTrack, found: Sequence[StaleCue] = ()) -> dict[str, Any]:
    """What the reports say of a track: its language, where it comes from, its exceptions, and its stale cues."""
    return {
        "language": track.language,
        "origin": track.origin.value,
        "is_reviewed": track.origin.is_reviewed,
        "cues": len(track.cues),
        "exceptions": [asdict(exception) for exception in track.exceptions],
        "stale": stale_cues.as_json(found),
    }


def note_exceptions(job: Job, track: CueTrack) -> None:
    """Says how many of a track's cues break a limit, if any do."""
    if count := len({exception.index for exception in track.exceptions}):
        kind = "accepted" if track.origin.is_reviewed else "generated"
        job.note(f"{track.language}: {count} of {len(track.cues)} {kind} cues break a limit; the report lists them")


def _language(context: EpisodeContext) -> str:
    return spoken_language(context, load_transcript(context))


def reads(context: EpisodeContext) -> Iterable[Path]:
    return (context.paths.words, *accepted.reads(context, (_language(context),)))


def writes(context: EpisodeContext) -> Iterable[Path]:
    return (context.paths.srt(_language(context)), context.paths.spoken_track)


def settings(context: EpisodeContext) -> Any:
    languages, spoken = list(context.show.languages), (_language(context),)
    return {
        "language": context.episode.language,
        "languages": languages,
        "profile": limits_of(context.show.subtitles),
        "accepted_on": accepted.settings(context, spoken),
        "accepted": stale_cues.settings(context, spoken),
    }


def run(context: EpisodeContext, job: Job) -> None:
    paths = context.paths
    transcript = load_transcript(context)
    language = spoken_language(context, transcript)
    file = paths.accepted(language)
    track = heard = recognised_track(transcript, language, limits(context.show, language))
    notes: tuple[str, ...] = ()
    found: tuple[StaleCue, ...] = ()
    if file.is_file():
        track, notes = accepted.accepted_track(context, language)
        found, told = stale_cues.told(context, language, heard.cues)
        notes = (*notes, *told)
    for note in notes:
        job.note(note)
    if not track.cues:
        place = file.relative_to(context.workspace.root).as_posix()
        job.note(f"no words were recognised, so there are no subtitles; if there are some, put them into {place}")
    note_exceptions(job, track)
    write_srt(job.output(paths.srt(language)), track.cues)
    write_json(job.output(paths.spoken_track), {"version": 1, **described(track, found)})


STEP = Stage[EpisodeContext](
    name="subtitle",
    version=2,
    after=("proofread", "edit"),
    reads=reads,
    writes=writes,
    settings=settings,
    run=run,
    is_editable=is_for_people,
)
