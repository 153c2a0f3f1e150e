"""Step "master": recordings cleaned, levelled, mixed, cut, and encoded until what was encoded measures right.

Rule: the report says what was measured and what was done about it; a target that was missed is said in a note.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from castkit import ffmpeg
from castkit.audio.arrays import write_curves
from castkit.audio.encode import Encoded, Output, Target, encode, is_on_target
from castkit.audio.mixdown import mix_down
from castkit.audio.mixed import Mixed
from castkit.engine.stage import Job, Stage
from castkit.model.programme import Programme
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.files import load_programme, write_json
from castkit.steps.ingest import music_paths, own_master_path, recording_path
from castkit.steps.mixing import own_plan, plan_of
from castkit.steps.package_video import picture_of
from castkit.steps.surveyed import load_survey
from castkit.steps.treatment import Treated, treated

_MUCH_GAIN_DB = 25.0  # beyond it the noise of an ordinary room (-60 LUFS) is heard under the voice
_MUCH_LIMITED = 0.05  # share of the sound lowered by more than 3 dB, from which on a limiter is heard at work
_MIXED = 0.4  # of the progress


def _run(context: EpisodeContext, job: Job) -> None:
    job.tool("ffmpeg", ffmpeg.version(ffmpeg.find_tools().ffmpeg))
    programme, audio = load_programme(context), context.audio
    target = Target(audio.loudness, audio.true_peak)
    tracks = () if context.episode.master else treated(context, load_survey(context), audio)
    outputs = tuple(Output(job.output(path), codec, kbps) for codec, path, kbps in _outputs(context, programme))
    with _raw_beside(outputs[0].path) as raw:
        plan = own_plan(context) if context.episode.master else plan_of(context, programme, tracks, audio)
        mixed = mix_down(plan, raw, lambda share: job.progress(_MIXED * share))
        done = encode(mixed, target, outputs, lambda share: job.progress(_MIXED + (1 - _MIXED) * share))
    notes = [*_notes_on_tracks(tracks), *_notes_on_result(done, target)]
    for text in notes:
        job.note(text)
    write_curves(job.output(context.paths.master_curves), done[0].heard.curves)
    write_json(job.output(context.paths.master_report), _report(tracks, mixed, target, done) | {"notes": notes})


@contextmanager
def _raw_beside(output: Path) -> Iterator[Path]:
    """Where the mix is written; it and what lies around it are removed, by the engine after a kill."""
    raw = output.with_name(f"{output.name}.mix")
    try:
        yield raw
    finally:
        for left in raw.parent.glob(f"{raw.name}*"):
            left.unlink(missing_ok=True)


def _outputs(context: EpisodeContext, programme: Programme) -> Iterator[tuple[str, Path, int]]:
    """Format, file and kbit/s of everything that is encoded: the MP3, what was chosen, and the sound of a video."""
    audio, paths = context.audio, context.paths
    yield "mp3", paths.master, audio.bitrate
    has_video = picture_of(programme) is not None or context.video.audiogram
    if "m4a" in audio.formats or has_video:
        yield "m4a", paths.master_in("m4a"), audio.m4a_bitrate
    if "opus" in audio.formats:
        yield "opus", paths.master_in("opus"), audio.opus_bitrate


def _notes_on_tracks(tracks: Sequence[Treated]) -> Iterator[str]:
    for one in tracks:
        gain = one.levelled.base_gain_db if one.levelled else one.gain_db
        if isinstance(gain, float) and gain > _MUCH_GAIN_DB:
            quiet = f"{one.track.path} is very quiet ({one.track.loudness.integrated_lufs:.1f} LUFS)"
            yield f"{quiet}: it is raised by {gain:.0f} dB, and its noise with it; record closer to the microphone"


def _notes_on_result(done: Sequence[Encoded], target: Target) -> Iterator[str]:
    for one in done:
        measured, name = one.kept.measured, one.output.format.upper()
        if not is_on_target(target, measured):
            reached = f"{measured.integrated_lufs:.1f} LUFS and {measured.true_peak_dbtp:.1f} dBTP were reached"
            wanted = f"{target.loudness_lufs:.1f} LUFS at no more than {target.true_peak_dbtp:.1f} dBTP"
            yield f"{name}: {reached} instead of {wanted}; choose a lower [audio] loudness or a higher true_peak"
    if (done[0].limited_share or 0) > _MUCH_LIMITED:
        share = 100 * (done[0].limited_share or 0)
        yield f"the limiter lowers {share:.1f} % of the sound by more than 3 dB; listen whether it is heard"


def _report(tracks: Sequence[Treated], mixed: Mixed, target: Target, done: Sequence[Encoded]) -> dict[str, Any]:
    """Plain values; loudness in LUFS, peaks in dBTP, gains in dB, times in ms."""
    return {
        "version": 2,
        "target": asdict(target),
        "tracks": [_track(one) for one in tracks],
        "mix": {"sample_rate": mixed.rate, "channels": mixed.channels, "measured": asdict(mixed.loudness)},
        "outputs": [_output(one) for one in done],
        "measured": asdict(done[0].kept.measured),
        "duration_ms": done[0].heard.duration_ms,
        "planned_ms": mixed.duration_ms,
    }


def _track(one: Treated) -> dict[str, Any]:
    levelled = one.levelled
    gains = [stretch.gain_db for stretch in levelled.stretches] if levelled else []
    base = levelled.base_gain_db if levelled else one.gain_db if isinstance(one.gain_db, float) else 0.0
    return {
        "path": one.track.path,
        "measured": asdict(one.track.loudness),
        "gain_db": round(base, 2),
        "levelled_db": [round(min(gains), 2), round(max(gains), 2)] if gains else [],
        "cleaning": one.cleaning.to_json(),
        "is_gated": one.gate_db is not None,
        "reasons": list(one.reasons),
    }


def _output(one: Encoded) -> dict[str, Any]:
    return {
        "codec": one.output.format,
        "bitrate_kbps": one.output.bitrate_kbps,
        "measured": asdict(one.kept.measured),
        "duration_ms": one.heard.duration_ms,
        "setting": asdict(one.kept.setting),
        "rounds": len(one.rounds),
        "is_linear": one.is_linear,
        "limited_db": one.limited_db,
        "limited_share": one.limited_share,
    }


def _reads(context: EpisodeContext) -> Iterator[Path]:
    paths = context.paths
    yield from (paths.survey, paths.programme)
    for number, recording in enumerate(context.episode.recordings):
        yield from (recording_path(context, recording), paths.levels(number), paths.activity(number))
    if context.episode.master:
        yield from (own_master_path(context), paths.ingest, paths.own_master_levels)
    else:
        yield from music_paths(context)


def _writes(context: EpisodeContext) -> Iterator[Path]:
    yield from (path for _, path, _ in _outputs(context, load_programme(context)))
    yield from (context.paths.master_report, context.paths.master_curves)


def _settings(context: EpisodeContext) -> dict[str, Any]:
    edited = {"trim", "longest_pause_ms"}  # the edit step's business
    own = {"master": context.episode.master} if context.episode.master else {}
    return {"audio": context.audio.model_dump(mode="json", exclude=edited)} | own


STEP = Stage[EpisodeContext](
    name="master",
    version=3,
    after=("edit",),
    reads=_reads,
    writes=_writes,
    settings=_settings,
    run=_run,
    is_editable=is_for_people,
)
