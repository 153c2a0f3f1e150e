"""transcribe: tracks become words, with their times on the recordings' clock, their speakers and their probability.

Rule: neither an accepted SRT nor the edit list is looked at here, so that no change of them runs recognition again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from castkit.config import load_glossary
from castkit.engine.claims import Claim
from castkit.engine.stage import Job, Stage
from castkit.errors import CastkitError
from castkit.model.language import cue_language, same_language
from castkit.model.programme import Track
from castkit.model.transcript import Transcript
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.files import write_json
from castkit.steps.surveyed import load_activity, load_survey
from castkit.wording.glossary_hints import hints

if TYPE_CHECKING:
    from castkit.speech.checkpoint import Checkpoint
    from castkit.speech.devices import Way
    from castkit.speech.recognise import Recognition, Voice, Wish
    from castkit.speech.weights import Layers


def reads(context: EpisodeContext) -> Iterable[Path]:
    yield context.paths.survey
    for number in range(len(context.episode.recordings)):
        yield from (context.paths.track(number), context.paths.activity(number))


def writes(context: EpisodeContext) -> Iterable[Path]:
    return (context.paths.transcript,)


def settings(context: EpisodeContext) -> Any:
    speech = context.show.speech
    # What is not given is the device's own: where that changes, nothing is heard again.
    return {
        "language": context.episode.language,
        "english": _wants_english(context),
        "engine": speech.engine,
        "model": speech.model,
        "device": speech.device,
        "compute_type": speech.compute_type,
        "beam_size": speech.beam_size,
        "batch_size": speech.batch_size,
        "hints": list(_hints(context)),
    }


def _hints(context: EpisodeContext) -> tuple[str, ...]:
    """The show's hints, and its glossary's terms in the language spoken (in all of the show's where none is named)."""
    glossary = load_glossary(context.workspace, context.show)
    spoken = context.episode.language
    tags = context.show.languages if spoken == "auto" else (cue_language(spoken, context.show.languages),)
    terms = [term for tag in tags for term in hints(glossary, tag)]
    return tuple(dict.fromkeys((*context.show.speech.hints, *terms)))


def _wants_english(context: EpisodeContext) -> bool:
    """Whether the show is read in English, too; where English turns out to be spoken, nothing is translated."""
    spoken = context.episode.language
    return not same_language(spoken, "en") and any(same_language(tag, "en") for tag in context.show.languages)


def run(context: EpisodeContext, job: Job) -> None:
    from castkit.speech import devices, engines, models, weights  # noqa: PLC0415
    from castkit.speech.recognise import recognise  # noqa: PLC0415

    speech = context.show.speech
    tracks = load_survey(context).tracks
    folder = models.locate(speech.model, context.workspace.root)
    checksum = models.sha256(folder / "model.bin")
    job.tool(f"{speech.model} model.bin sha256", checksum)
    layers = weights.layers(folder)
    _check_language(context, layers)
    able = layers.can_translate
    way = devices.chosen(speech, engines.device_of(speech.engine, speech.device))
    transcriber = engines.open_transcriber(speech.engine, folder, device=way.device, compute_type=way.compute_type)
    job.tool(transcriber.engine, transcriber.version)
    how = (checksum, transcriber.engine, transcriber.version, way, speech.beam_size, STEP.version)
    kept = _checkpoint(context, how)
    wish = _wish(context, way, able=able)
    found = recognise(_voices(context, tracks), transcriber, wish, progress=job.progress, kept=kept)
    notes = _notes(context, found, able=able)
    for note in notes:
        job.note(note)
    transcript = Transcript(
        found.language,
        transcriber.engine,
        Path(speech.model).name,
        max(track.end_ms for track in tracks),
        found.utterances,
        found.translation,
        notes,
        found.flags,
        found.coverage,
    )
    write_json(job.output(context.paths.transcript), transcript.to_json())
    kept.remove()


def claim(context: EpisodeContext) -> Claim:
    """What the model takes while it is run."""
    from castkit.speech import devices, engines, needs  # noqa: PLC0415

    speech = context.show.speech
    way = devices.chosen(speech, engines.device_of(speech.engine, speech.device))
    memory = needs.memory_bytes(speech.model, context.workspace.root, way=way)
    return Claim(needs.cores(way.device), memory, gpu=int(way.device != "cpu"))


def _checkpoint(context: EpisodeContext, how: tuple[Any, ...]) -> Checkpoint:
    """Where batches are kept until all are heard: of these very tracks, heard in this very way."""
    from castkit.speech.checkpoint import Checkpoint, digest  # noqa: PLC0415
    from castkit.speech.models import sha256  # noqa: PLC0415

    tracks = [sha256(path) for path in reads(context) if path.is_file()]
    return Checkpoint(context.paths.hearing, digest((how, tracks)))


def _check_language(context: EpisodeContext, layers: Layers) -> None:
    from castkit.speech.languages import whisper_code  # noqa: PLC0415
    from castkit.speech.models import MODELS  # noqa: PLC0415

    model, spoken = context.show.speech.model, context.episode.language
    english_only = any(known.is_english_only for known in MODELS if known.name == model)
    code = "auto" if spoken == "auto" else whisper_code(spoken)
    if not layers.knows(code) or (english_only and code not in ("en", "auto")):
        raise CastkitError(
            f"the speech model {Path(model).name} does not know the language {spoken!r} of {context.slug}",
            "choose another [speech] model in castkit.toml (castkit models list), or correct language in episode.toml",
        )


def _voices(context: EpisodeContext, tracks: Sequence[Track]) -> tuple[Voice, ...]:
    """The tracks that have sound, with who speaks when as the survey found it."""
    from castkit.speech.bleed import Placement  # noqa: PLC0415
    from castkit.speech.recognise import Voice  # noqa: PLC0415
    from castkit.speech.sound import Sound  # noqa: PLC0415

    return tuple(
        Voice(
            Sound.open(context.paths.track(number)),
            track.speaker or None,
            Placement(track.offset_ms, track.drift_ppm),
            load_activity(context, number).own,
        )
        for number, track in enumerate(tracks)
        if track.has_sound
    )


def _wish(context: EpisodeContext, way: Way, *, able: bool) -> Wish:
    from castkit.speech.recognise import Wish  # noqa: PLC0415

    return Wish(
        context.episode.language,
        beam_size=way.beam_size,
        hints=_hints(context),
        english=able and _wants_english(context),
        batch_size=way.batch_size,
        by_language=context.show.speech.beam_size is None,
    )


def _notes(context: EpisodeContext, found: Recognition, *, able: bool) -> tuple[str, ...]:
    notes = list(found.notes)
    if not found.utterances:
        notes.append("no speech was found in the recordings")
    if _wants_english(context) and found.language != "en" and not able:
        notes.append(
            f"the model {Path(context.show.speech.model).name} cannot translate to English;"
            " a full multilingual model can (castkit models list)"
        )
    return tuple(notes)


STEP = Stage[EpisodeContext](
    name="transcribe",
    version=3,
    after=("survey",),
    reads=reads,
    writes=writes,
    settings=settings,
    run=run,
    is_editable=is_for_people,
    claim=claim,
)
