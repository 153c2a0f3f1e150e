"""What is done to each recording before the mix, and why: cleaning, levelling, microphones turned down.

Rule: decided by what the survey measured and by the settings; nothing here touches a sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from castkit.audio.cleaning import CLEAN, decide, filters
from castkit.audio.gates import CROSSTALK_DB, PAUSE_DB, Microphone, gates
from castkit.audio.levelling import Levelled, level
from castkit.audio.render import Part
from castkit.model.condition import Cleaning, Condition
from castkit.model.programme import Track
from castkit.model.show import AudioSettings
from castkit.steps.context import EpisodeContext
from castkit.steps.ingest import recording_path
from castkit.steps.surveyed import Spoken, Survey, load_activity, load_levels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Curve = NDArray[np.float32]


class _Depths(NamedTuple):
    """How far a microphone is turned down while another speaks, and while nobody does, dB."""

    crosstalk_db: float
    pause_db: float


_DEPTHS = {
    "gentle": _Depths(CROSSTALK_DB / 2, PAUSE_DB / 2),
    "strong": _Depths(CROSSTALK_DB * 1.5, PAUSE_DB * 1.5),
    "auto": _Depths(CROSSTALK_DB, PAUSE_DB),
}
_SPEECH = 0.5  # probability
_BLEED_SHARE = 0.02  # of the speech on a track by somebody else: more is a neighbour, less the detector's errors
_OVERHEARS_LU = 20.0  # under the quietest voice: a microphone this quiet hears no music but its own noise
_NOISE_MATTERS_DB = 45.0  # under the voice: where several microphones are open, their noise adds up


@dataclass(frozen=True, slots=True)
class Treated:
    """A track as it goes into the mix; `gain_db` is one gain or a curve, 100 values a second on the track's clock.

    `levelled` is None where speakers are not levelled, `gate_db` where the microphone is always open.
    """

    number: int
    track: Track
    cleaning: Cleaning
    gain_db: float | Curve
    levelled: Levelled | None = None
    gate_db: Curve | None = None
    reasons: tuple[str, ...] = ()


def treated(context: EpisodeContext, survey: Survey, audio: AudioSettings) -> tuple[Treated, ...]:
    """Every track that has sound, with what is done to it at these settings."""
    numbers = [number for number, track in enumerate(survey.tracks) if track.has_sound]
    spoken = {number: load_activity(context, number) for number in numbers}
    gating = _gates(survey, numbers, spoken, audio)
    levelled = _levelled(context, survey, spoken, audio)
    found = []
    for number in numbers:
        track, condition = survey.tracks[number], survey.conditions[number]
        cleaning = decide(condition, audio.cleaning_strength) if condition else Cleaning()
        curve, why = gating.get(number, (None, ()))
        gain = _gain(track, audio, levelled.get(number))
        gain = gain if curve is None else gain + curve
        found.append(Treated(number, track, cleaning, gain, levelled.get(number), curve, _reasons(cleaning, why)))
    return tuple(found)


def _reasons(cleaning: Cleaning, why: tuple[str, ...]) -> tuple[str, ...]:
    """Everything that was done; that nothing was done is only said where that is so."""
    return why if cleaning.reasons == (CLEAN,) and why else (*cleaning.reasons, *why)


def _levelled(
    context: EpisodeContext, survey: Survey, spoken: dict[int, Spoken], audio: AudioSettings
) -> dict[int, Levelled]:
    """The gain of every track, where speakers are levelled.

    A microphone whose speaker never speaks gets the least gain of the others: its noise is not to be brought to the
    level of speech. A track on which nobody at all is heard is music, and is brought to the level as a whole, unless
    it is far quieter than the voices.
    """
    if not audio.is_levelled:
        return {}
    found = {
        number: level(
            load_levels(context, number)[:, 0],
            one.own,
            duration_ms=survey.tracks[number].duration_ms,
            target_lufs=audio.loudness,
            range_db=audio.levelling_range_db,
        )
        for number, one in spoken.items()
    }
    least = min((one.base_gain_db for one in found.values() if one.stretches), default=None)
    loudness = {number: survey.tracks[number].loudness.integrated_lufs for number in found}
    quietest = min((loudness[number] for number, one in found.items() if one.stretches), default=0.0)
    for number, one in found.items():
        is_heard = bool((spoken[number].speech >= _SPEECH).any())
        is_overhearing = not one.stretches and (is_heard or loudness[number] < quietest - _OVERHEARS_LU)
        if least is not None and is_overhearing:
            found[number] = replace(one, gain_db=one.gain_db - one.base_gain_db + least, base_gain_db=least)
    return found


def _gain(track: Track, audio: AudioSettings, levelled: Levelled | None) -> float | Curve:
    """The levelled curve, else what brings the whole track to the target; nothing where all is to stay as it is."""
    if levelled is not None:
        return levelled.gain_db
    return 0.0 if audio.preset == "untouched" else round(audio.loudness - track.loudness.integrated_lufs, 2)


def _gates(
    survey: Survey, numbers: Sequence[int], spoken: dict[int, Spoken], audio: AudioSettings
) -> dict[int, tuple[Curve, tuple[str, ...]]]:
    """The curve of every microphone that is turned down, and why; there is none to turn down where there is one."""
    depths = _DEPTHS.get(audio.cleaning_strength)
    if depths is None or len(numbers) < 2:
        return {}
    is_auto = audio.cleaning_strength == "auto"
    why = {number: _worth_it(survey.conditions[number], spoken[number]) for number in numbers}
    if is_auto and not any(why.values()):
        return {}
    microphones = [
        _microphone(survey.tracks[number], spoken[number], depths.pause_db if why[number] or not is_auto else 0.0)
        for number in numbers
    ]
    curves = gates(microphones, crosstalk_db=depths.crosstalk_db)
    told = f"turned down by up to {-depths.crosstalk_db:.0f} dB while only others speak"
    return {
        number: (curve, (f"{told}: {why[number] or 'another microphone of this recording needs it'}",))
        for number, curve in zip(numbers, curves, strict=True)
    }


def _worth_it(condition: Condition | None, spoken: Spoken) -> str:
    """Why a microphone should be turned down while its speaker is silent, or nothing."""
    heard = int((spoken.speech >= _SPEECH).sum())
    foreign = int(((spoken.speech >= _SPEECH) & (spoken.own < _SPEECH)).sum())
    if heard and foreign > _BLEED_SHARE * heard:
        return f"{100 * foreign / heard:.0f} % of the speech it heard is somebody else's"
    if condition and condition.snr_db is not None and condition.snr_db < _NOISE_MATTERS_DB:
        return f"its noise lies {condition.snr_db:.0f} dB under the voice, and adds to the others'"
    return ""


def _microphone(track: Track, spoken: Spoken, pause_db: float) -> Microphone:
    return Microphone(
        spoken.speech,
        spoken.own,
        spoken.level_db,
        track.duration_ms,
        track.offset_ms,
        track.drift_ppm,
        pause_db,
    )


def part_of(context: EpisodeContext, one: Treated, rate: int) -> Part:
    """The track as a part of a mix at `rate` Hz."""
    track = one.track
    path: Path = recording_path(context, context.episode.recordings[one.number])
    clean = None if one.cleaning.is_nothing else partial(filters, cleaning=one.cleaning, rate=rate)
    return Part(path, track.sound, track.channels, track.offset_ms, track.drift_ppm, one.gain_db, clean)
