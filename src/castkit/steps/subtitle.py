"""Step: cues in the spoken language, from the transcript or from the subtitles a person accepted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from castkit.engine.stage import Job, Stage
from castkit.model.cue import Cue, CueTrack, Origin
from castkit.model.language import cue_language, is_chinese, is_traditional
from castkit.model.transcript import Transcript
from castkit.steps import accepted
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.files import load_transcript, write_json
from castkit.subtitles.chinese import with_full_width_punctuation
from castkit.subtitles.cueing import make_cues
from castkit.subtitles.files import read_srt, write_srt
from castkit.subtitles.profile import profile_for
from castkit.translate.script import convert_cues, convert_utterances

AUTO = "auto"


def spoken_language(context: EpisodeContext, transcript: Transcript) -> str:
    """The BCP 47 tag of the spoken language's cues: the show's own tag for it, else as episode.toml or Whisper says."""
    said = context.episode.language
    return cue_language(transcript.language if said == AUTO else said, context.show.languages)


def built_cues(path: Path) -> tuple[Cue, ...]:
    """The cues of an SRT in the build folder, which a person may have edited; none where nothing was said."""
    return read_srt(path) if path.stat().st_size else ()


def recognised_track(transcript: Transcript, language: str) -> CueTrack:
    """Cues from the words recognised; Chinese in one script and with Chinese punctuation."""
    utterances = transcript.utterances
    if is_chinese(language):
        # Word lists and segmentation know simplified script best, so the other one is made at the end.
        utterances = with_full_width_punctuation(convert_utterances(utterances, "zh-Hans"))
    cues, exceptions = make_cues(utterances, profile_for(language), transcript.duration_ms)
    if is_traditional(language):
        cues = convert_cues(cues, language)
    return CueTrack(language, Origin.RECOGNITION, cues, exceptions)


def described(track: CueTrack) -> dict[str, Any]:
    """What the reports say of a track: its language, where it comes from, and its exceptions."""
    return {
        "language": track.language,
        "origin": track.origin.value,
        "is_reviewed": track.origin.is_reviewed,
        "cues": len(track.cues),
        "exceptions": [asdict(exception) for exception in track.exceptions],
    }


def note_exceptions(job: Job, track: CueTrack) -> None:
    """Says how many of a track's cues break a limit, if any do."""
    if count := len({exception.index for exception in track.exceptions}):
        kind = "accepted" if track.origin.is_reviewed else "generated"
        job.note(f"{track.language}: {count} of {len(track.cues)} {kind} cues break a limit; the report lists them")


def _language(context: EpisodeContext) -> str:
    return spoken_language(context, load_transcript(context))


def reads(context: EpisodeContext) -> Iterable[Path]:
    return (context.paths.transcript, *accepted.reads(context, (_language(context),)))


def writes(context: EpisodeContext) -> Iterable[Path]:
    return (context.paths.srt(_language(context)), context.paths.spoken_track)


def settings(context: EpisodeContext) -> Any:
    return {"language": context.episode.language, "languages": list(context.show.languages)}


def run(context: EpisodeContext, job: Job) -> None:
    paths = context.paths
    transcript = load_transcript(context)
    language = spoken_language(context, transcript)
    file = paths.accepted(language)
    notes: tuple[str, ...] = ()
    if file.is_file():
        track, notes = accepted.accepted_track(context, language)
    else:
        track = recognised_track(transcript, language)
    for note in notes:
        job.note(note)
    if not track.cues:
        job.note(f"no words were recognised, so there are no subtitles; if there are some, put them into {file}")
    note_exceptions(job, track)
    write_srt(job.output(paths.srt(language)), track.cues)
    write_json(job.output(paths.spoken_track), {"version": 1, **described(track)})


STEP = Stage[EpisodeContext](
    name="subtitle",
    version=1,
    after=("transcribe", "edit"),
    reads=reads,
    writes=writes,
    settings=settings,
    run=run,
    is_editable=is_for_people,
)
