"""Step "master": tracks levelled, mixed with intro and outro, limited, encoded, and corrected by what was encoded.

Rule: the report says what was measured and what was done about it; a target that was missed is said in a note.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from castkit import ffmpeg
from castkit.audio import jingle
from castkit.audio.listen import Heard, Wav
from castkit.audio.master import Mastered, Mix, Part, Target, format_of, is_on_target, master
from castkit.engine.stage import Job, Stage
from castkit.model.programme import Programme, Track
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.files import load_programme, write_json
from castkit.steps.ingest import jingle_paths, recording_path

_MUCH_GAIN_DB = 25.0  # beyond it the noise of an ordinary room (-60 LUFS) is heard under the voice


def _run(context: EpisodeContext, job: Job) -> None:
    job.tool("ffmpeg", ffmpeg.version(ffmpeg.find_tools().ffmpeg))
    programme = load_programme(context)
    audio = context.show.audio
    target = Target(audio.loudness, audio.true_peak, audio.bitrate)
    with tempfile.TemporaryDirectory() as folder:
        mix = _mix(context, programme, Path(folder))
        mastered = master(mix, target, job.output(context.paths.master), job.progress)
    notes = [*_notes_on_tracks(programme, target), *_notes_on_result(mastered, target)]
    for text in notes:
        job.note(text)
    report = _report(programme, mix, target, mastered) | {"notes": notes}
    write_json(job.output(context.paths.master_report), report)


def _mix(context: EpisodeContext, programme: Programme, folder: Path) -> Mix:
    """Tracks from the recordings themselves, jingles as polished WAV files in `folder`."""
    loudness, crossfade_ms = context.show.audio.loudness, context.show.audio.crossfade_ms
    rate, _ = format_of(tuple((track.sound, track.sample_rate) for track in programme.tracks))
    parts = [
        Part(path, track.sound, programme.lead_ms + track.offset_ms, _gain(track, loudness), track.channels)
        for path, track in zip(_recordings(context), programme.tracks, strict=True)
    ]
    intro, outro = jingle_paths(context)
    if intro:
        heard = _jingle(intro, Wav(folder / "intro.wav", rate, 2), loudness, jingle.Fades(0, crossfade_ms))
        parts.append(Part(folder / "intro.wav", heard.sound, 0, 0.0, 2, is_speech=False))
    if outro:
        heard = _jingle(outro, Wav(folder / "outro.wav", rate, 2), loudness, jingle.Fades(crossfade_ms, 0))
        start_ms = programme.duration_ms - heard.duration_ms
        parts.append(Part(folder / "outro.wav", heard.sound, start_ms, 0.0, 2, is_speech=False))
    rate, channels = format_of(tuple((part.sound, rate) for part in parts))
    return Mix(tuple(parts), programme.duration_ms, rate, channels)


def _gain(track: Track, loudness: float) -> float:
    return round(loudness - track.loudness.integrated_lufs, 2)


def _jingle(path: Path, out: Wav, loudness: float, fades: jingle.Fades) -> Heard:
    raw = Wav(out.path.with_name(f"raw-{out.path.name}"), out.rate, out.channels)
    heard = jingle.hear(path, raw)
    jingle.polish(raw.path, heard, out.path, loudness_lufs=loudness, fades=fades)
    return heard


def _notes_on_tracks(programme: Programme, target: Target) -> Iterator[str]:
    for track in programme.tracks:
        gain = _gain(track, target.loudness_lufs)
        if gain > _MUCH_GAIN_DB:
            quiet = f"{track.path} is very quiet ({track.loudness.integrated_lufs:.1f} LUFS)"
            yield f"{quiet}: it is raised by {gain:.0f} dB, and its noise with it; record closer to the microphone"


def _notes_on_result(mastered: Mastered, target: Target) -> Iterator[str]:
    measured = mastered.kept.measured
    if not is_on_target(target, measured):
        reached = f"{measured.integrated_lufs:.1f} LUFS and {measured.true_peak_dbtp:.1f} dBTP were reached"
        wanted = f"{target.loudness_lufs:.1f} LUFS at no more than {target.true_peak_dbtp:.1f} dBTP"
        yield f"{reached} instead of {wanted}; choose a lower [audio] loudness or a higher true_peak"


def _report(programme: Programme, mix: Mix, target: Target, mastered: Mastered) -> dict[str, Any]:
    """Plain values; loudness in LUFS, peaks in dBTP, gains in dB, times in ms."""
    return {
        "version": 1,
        "target": asdict(target),
        "tracks": [
            {"path": track.path, "measured": asdict(track.loudness), "gain_db": _gain(track, target.loudness_lufs)}
            for track in programme.tracks
        ],
        "format": {"sample_rate": mix.rate, "channels": mix.channels},
        "rounds": [asdict(done) for done in mastered.rounds],
        "kept": asdict(mastered.kept),
        "measured": asdict(mastered.kept.measured),
        "duration_ms": mastered.duration_ms,
        "planned_ms": mix.duration_ms,
    }


def _recordings(context: EpisodeContext) -> list[Path]:
    return [recording_path(context, recording) for recording in context.episode.recordings]


def _reads(context: EpisodeContext) -> Iterator[Path]:
    yield context.paths.ingest
    yield from _recordings(context)
    yield from (path for path in jingle_paths(context) if path)


def _writes(context: EpisodeContext) -> Iterator[Path]:
    yield context.paths.master
    yield context.paths.master_report


def _settings(context: EpisodeContext) -> dict[str, Any]:
    audio = context.show.audio
    return {
        "target": [audio.loudness, audio.true_peak, audio.bitrate],
        "jingles": {"intro": audio.intro, "outro": audio.outro, "crossfade_ms": audio.crossfade_ms},
    }


STEP = Stage[EpisodeContext](
    name="master",
    version=1,
    after=("ingest",),
    reads=_reads,
    writes=_writes,
    settings=_settings,
    run=_run,
    is_editable=is_for_people,
)
