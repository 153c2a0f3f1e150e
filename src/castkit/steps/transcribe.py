"""Step "transcribe": the words of every track, with times and speakers, and Whisper's English where the show wants it.

Rule: recognition depends on the recordings and the speech settings only; accepting subtitles never runs it again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from castkit.engine.stage import Job, Stage
from castkit.model.language import primary
from castkit.model.programme import Programme
from castkit.model.transcript import Transcript
from castkit.speech.models import known, locate
from castkit.speech.recognise import Recognition, Voice, Wish, recognise
from castkit.speech.sound import Sound
from castkit.speech.transcriber import Transcriber, open_transcriber
from castkit.steps.context import EpisodeContext


def _reads(context: EpisodeContext) -> Iterable[Path]:
    paths = context.paths
    return (paths.ingest, *(paths.track(number) for number in range(len(context.episode.recordings))))


def _writes(context: EpisodeContext) -> Iterable[Path]:
    return (context.paths.transcript,)


def _settings(context: EpisodeContext) -> Any:
    return {
        "language": context.episode.language,
        "speech": context.show.speech.model_dump(mode="json"),
        "english": _wants_english(context),
        "speakers": [recording.speaker for recording in context.episode.recordings],
    }


def _wants_english(context: EpisodeContext) -> bool:
    """Whether the show has an English side; what was spoken is known only after recognition."""
    return any(primary(language) == "en" for language in context.show.languages)


def _run(context: EpisodeContext, job: Job) -> None:
    speech, paths = context.show.speech, context.paths
    folder = locate(speech.model, context.workspace.root)
    programme = Programme.from_json(json.loads(paths.ingest.read_text("utf-8")))
    voices = [
        Voice(Sound.open(paths.track(number)), track.speaker or None, track.offset_ms + programme.lead_ms)
        for number, track in enumerate(programme.tracks)
    ]
    model = known(speech.model)
    translates = model is None or model.translates
    transcriber = open_transcriber(speech.engine, folder, device=speech.device, compute_type=speech.compute_type)
    english = _wants_english(context) and translates
    wish = Wish(context.episode.language, speech.beam_size, speech.hints, english)
    found = recognise(voices, transcriber, wish, progress=job.progress)
    if _wants_english(context) and not translates and found.language != "en":
        job.note(f"{speech.model} does not translate; for a draft in English choose a model that does")
    for note in found.notes:
        job.note(note)
    job.tool(transcriber.engine, transcriber.version)
    _write(job.output(paths.transcript), _transcript(context, programme, found, transcriber))


def _transcript(
    context: EpisodeContext, programme: Programme, found: Recognition, transcriber: Transcriber
) -> Transcript:
    return Transcript(
        language=found.language,
        engine=transcriber.engine,
        model=context.show.speech.model,
        duration_ms=programme.duration_ms,
        utterances=found.utterances,
        translation=found.translation,
        notes=found.notes,
    )


def _write(target: Path, transcript: Transcript) -> None:
    text = json.dumps(transcript.to_json(), ensure_ascii=False, indent=1, sort_keys=True)
    target.write_text(text + "\n", "utf-8", newline="\n")


STEP = Stage[EpisodeContext](
    name="transcribe",
    version=1,
    after=("ingest",),
    reads=_reads,
    writes=_writes,
    settings=_settings,
    run=_run,
)
