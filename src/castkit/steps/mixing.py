"""The mix of an episode: its recordings as they are treated, what is kept of them, and the music around them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from math import log10
from pathlib import Path

from castkit.audio import jingle
from castkit.audio.arrays import read_curves
from castkit.audio.bed import Bed
from castkit.audio.listen import Heard, Wav
from castkit.audio.mixdown import Music, Plan
from castkit.audio.render import Part, format_of
from castkit.model.condition import Cleaning
from castkit.model.edit import Spans, merged
from castkit.model.programme import Programme
from castkit.model.show import AudioSettings
from castkit.speech.spans import speech_spans
from castkit.steps.context import EpisodeContext
from castkit.steps.ingest import own_master_path, show_sound
from castkit.steps.surveyed import load_activity, load_levels, load_own_master
from castkit.steps.treatment import Treated, part_of


def plan_of(context: EpisodeContext, programme: Programme, tracks: Sequence[Treated], audio: AudioSettings) -> Plan:
    """What is mixed for an episode at these settings."""
    formats = [(one.track.sound, one.track.sample_rate) for one in tracks]
    rate, channels = format_of(formats)
    channels = 2 if _has_stereo_music(context, audio) else channels
    pieces = programme.timeline.pieces
    return Plan(
        parts=tuple(part_of(context, one, rate) for one in tracks),
        rate=rate,
        channels=channels,
        whole=_whole(tracks),
        kept=tuple((piece.start_ms, piece.end_ms) for piece in pieces),
        music=_music(context, programme, tracks, audio),
        heard=_heard(context, tracks),
    )


def own_plan(context: EpisodeContext) -> Plan:
    """An engineer's own master, whole: nothing is done to it but what its loudness asks for."""
    track = load_own_master(context)
    rate, channels = format_of([(track.sound, track.sample_rate)])
    part = Part(own_master_path(context), track.sound, track.channels)
    span = (0, track.duration_ms)
    heard = Heard(track.loudness, track.sound, track.duration_ms, read_curves(context.paths.own_master_levels))
    return Plan((part,), rate, channels, span, (span,), heard=heard)


def raw_plan(context: EpisodeContext, programme: Programme, tracks: Sequence[Treated]) -> Plan:
    """The recordings as they were recorded, one upon the other, cut like the programme: for a comparison by ear."""
    rate, channels = format_of([(one.track.sound, one.track.sample_rate) for one in tracks])
    bare = [Treated(one.number, one.track, Cleaning(), 0.0) for one in tracks]
    kept = tuple((piece.start_ms, piece.end_ms) for piece in programme.timeline.pieces)
    parts = tuple(part_of(context, one, rate) for one in bare)
    return Plan(parts, rate, channels, _whole(tracks), kept, heard=_heard(context, tracks))


def _heard(context: EpisodeContext, tracks: Sequence[Treated]) -> Heard | None:
    """What the ingest measured, where it is all there is: then nothing need be measured again."""
    if len(tracks) > 1:
        return None
    (one,) = tracks
    return Heard(one.track.loudness, one.track.sound, one.track.duration_ms, load_levels(context, one.number))


def _whole(tracks: Sequence[Treated]) -> tuple[int, int]:
    return min(one.track.offset_ms for one in tracks), max(one.track.end_ms for one in tracks)


def _has_stereo_music(context: EpisodeContext, audio: AudioSettings) -> bool:
    """Whether the intro or the outro is stereo, and the mix with it; a bed alone is not worth twice the data."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Wav(Path(folder) / "jingle.wav")
        paths = [show_sound(context, name) for name in (audio.intro, audio.outro)]
        return any(jingle.hear(path, wav).sound == "stereo" for path in paths if path)


def _music(
    context: EpisodeContext, programme: Programme, tracks: Sequence[Treated], audio: AudioSettings
) -> Music | None:
    intro, outro, bed = (show_sound(context, name) for name in (audio.intro, audio.outro, audio.bed))
    if not (intro or outro or bed):
        return None
    speech = _speech(context, programme, tracks)
    return Music(
        lead_ms=programme.lead_ms,
        duration_ms=programme.duration_ms,
        loudness_lufs=_level(tracks, audio),
        intro=intro,
        outro=outro,
        bed=Bed(bed, audio.bed_gain_db, audio.duck_db, speech, audio.fade_ms) if bed else None,
        intro_gain_db=audio.intro_gain_db,
        outro_gain_db=audio.outro_gain_db,
        fade_ms=audio.fade_ms,
        crossfade_ms=audio.crossfade_ms,
    )


def _level(tracks: Sequence[Treated], audio: AudioSettings) -> float:
    """The loudness the programme has in the mix: the target, unless the recordings are added up as they are."""
    if audio.preset != "untouched" or audio.is_levelled:
        return audio.loudness
    return 10 * log10(sum(10 ** (one.track.loudness.integrated_lufs / 10) for one in tracks))


def _speech(context: EpisodeContext, programme: Programme, tracks: Sequence[Treated]) -> Spans:
    """Where anybody speaks, on the master's clock."""
    return merged(
        there for one in tracks for span in own_spans(context, one) if (there := programme.timeline.span(*span))
    )


def own_spans(context: EpisodeContext, one: Treated) -> Spans:
    """Where a track's own speaker speaks, on the recordings' clock."""
    found = speech_spans(load_activity(context, one.number).own.tolist())
    return tuple((one.track.on_clock(span.start_ms), one.track.on_clock(span.end_ms)) for span in found)
