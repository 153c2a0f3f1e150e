"""Decides how a track is cleaned, and puts the filters on its stream.

Rule: by default nothing is touched without a measured reason, and every reason is a sentence for the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from castkit.audio.noise import BANDS_HZ
from castkit.model.condition import Cleaning, Condition, Hum

Strength = Literal["off", "gentle", "strong", "auto"]


CLEAN = "clean: nothing done"


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a strength does: always, or (`only_if_it_matters`) where the measured level is too near the voice."""

    high_pass_hz: float
    # The reduction of the first row that the voice is at most so far above the noise (dB, dB).
    denoise: tuple[tuple[float, float], ...]
    only_if_it_matters: bool


_ANY = 200.0
# 12 dB: what takes a room from "heard in headphones" to "not heard" without the voice beginning to bubble.
_RULES: dict[str, _Rule] = {
    "gentle": _Rule(75, ((_ANY, 6),), only_if_it_matters=False),
    "strong": _Rule(85, ((_ANY, 18),), only_if_it_matters=False),
    "auto": _Rule(75, ((25, 15), (40, 12)), only_if_it_matters=True),
}

_RUMBLE_MATTERS_DB = 40.0  # under the voice, heard alone
_RUMBLE_CLEARLY_DB = 20.0  # and amid speech: a deep voice has something there itself
_HUM_MATTERS_DB = 55.0  # the whole hum, under the voice
_TONE_MATTERS_DB = 70.0  # one tone of it
_NOISE_FOUND_DBFS = -100.0  # less is the rounding of 16 bits

# A fourth-order Butterworth high-pass as two second-order sections, by their Q.
_HIGH_PASS_Q = (0.5412, 1.3066)
_NOTCH_HZ = 2.0  # between the points of -3 dB: the mains wander by a tenth of a hertz within a programme,
_NOTCH_SHARE = 0.008  # and their multiples by as many times more
_WORKING_DBFS = -50.0  # afftdn's floor goes from -80 to -20: the sound is brought there and back
_ABOVE_NOISE_DB = 5.0  # a floor at the noise itself takes 6 of 12 dB off, and the remainder chirps; this takes 11
_BAND_REACH_DB = 24.0  # and its profile this far to either side
_STEPS_PER_S = 80  # afftdn works in steps of 1/80 s, and gives everything back two steps late


def decide(condition: Condition, strength: Strength) -> Cleaning:
    """What is done about a track's condition at this strength, and why (or why not)."""
    if strength == "off":
        return Cleaning(reasons=("cleaning is switched off",))
    if condition.speech_dbfs is None and strength == "auto":
        return Cleaning(reasons=("nobody speaks on this track: left as it is",))
    rule = _RULES[strength]
    high_pass, why_high_pass = _against_rumble(condition, rule)
    notches, why_notches = _against_hum(condition, rule)
    denoise, why_denoise = _against_noise(condition, rule)
    reasons = tuple(why for why in (why_high_pass, why_notches, why_denoise) if why)
    if not (high_pass or notches or denoise):
        reasons = ("nothing done", *reasons) if reasons else (CLEAN,)
    return Cleaning(high_pass, notches, denoise, condition.noise.bands_dbfs_hz if denoise else (), reasons)


def _against_rumble(condition: Condition, rule: _Rule) -> tuple[float, str]:
    under = _under_voice(condition, condition.rumble_dbfs)
    least = _RUMBLE_MATTERS_DB if condition.are_lows_heard_alone else _RUMBLE_CLEARLY_DB
    if not rule.only_if_it_matters:
        return rule.high_pass_hz, f"below {rule.high_pass_hz:.0f} Hz: taken off, as it always is at this strength"
    if under is None or under > least:
        return 0.0, ""
    return rule.high_pass_hz, f"rumble {under:.0f} dB under the voice: taken off below {rule.high_pass_hz:.0f} Hz"


def _against_hum(condition: Condition, rule: _Rule) -> tuple[tuple[float, ...], str]:
    hum = condition.hum
    if hum is None:
        return (), ""
    under = _under_voice(condition, _together(hum))
    named = f"mains hum at {hum.mains_hz:.2f} Hz with {_count(len(hum.lines) - (_has_root(hum)), 'harmonic')}"
    if under is not None:
        named += f", {under:.0f} dB under the voice"
    if rule.only_if_it_matters and (under is None or under > _HUM_MATTERS_DB):
        return (), f"{named}: too faint to matter"
    loudest = condition.speech_dbfs if condition.speech_dbfs is not None else 0.0
    notches = tuple(line.frequency_hz for line in hum.lines if line.level_dbfs > loudest - _TONE_MATTERS_DB)
    return notches, f"{named}: notched" if notches else ""


def _against_noise(condition: Condition, rule: _Rule) -> tuple[float, str]:
    noise, snr = condition.noise, condition.snr_db
    if noise.level_dbfs <= _NOISE_FOUND_DBFS:
        return 0.0, ""
    if not rule.only_if_it_matters:
        amount = rule.denoise[0][1]
        where = "in the pauses" if noise.is_heard_alone else "beneath the voice, as there are no pauses"
        return amount, f"noise of {noise.level_dbfs:.0f} dBFS {where}: reduced by {amount:.0f} dB"
    if snr is None:
        return 0.0, "no pause long enough to hear the noise alone: noise, if any, is left"
    amount = next((amount for most, amount in rule.denoise if snr <= most), 0.0)
    if not amount:
        return 0.0, ""
    if not noise.is_steady:
        return 0.0, f"background {snr:.0f} dB under the voice, but it changes (street, music): left"
    return amount, f"noise {snr:.0f} dB under the voice: reduced by {amount:.0f} dB"


def _under_voice(condition: Condition, level_dbfs: float) -> float | None:
    return None if condition.speech_dbfs is None else condition.speech_dbfs - level_dbfs


def _together(hum: Hum) -> float:
    import math  # noqa: PLC0415

    return 10 * math.log10(sum(10 ** (line.level_dbfs / 10) for line in hum.lines))


def _has_root(hum: Hum) -> bool:
    return abs(hum.lines[0].frequency_hz - hum.mains_hz) < 1


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def filters(stream: Any, cleaning: Cleaning, *, rate: int) -> Any:
    """The stream of an ffmpeg-python graph through these filters: none where there is nothing to do.

    `rate` (Hz) is the stream's. The sound stays where it is in time, to the sample, and as long as it is.
    """
    if cleaning.high_pass_hz:
        for q in _HIGH_PASS_Q:
            stream = stream.filter("highpass", f=cleaning.high_pass_hz, width_type="q", w=q, r="f64")
    for frequency in cleaning.notches_hz:
        width = max(_NOTCH_HZ, _NOTCH_SHARE * frequency)
        stream = stream.filter("bandreject", f=frequency, width_type="h", w=round(width, 2), r="f64")
    if cleaning.denoise_db:
        stream = _denoised(stream, cleaning, rate)
    return stream


def _denoised(stream: Any, cleaning: Cleaning, rate: int) -> Any:
    """Through afftdn, with what it cuts off at the end and puts before the beginning made good."""
    late = rate // _STEPS_PER_S * 2
    floor, profile = _profile(cleaning.noise_dbfs_hz, rate)
    lift = _WORKING_DBFS - floor
    stream = stream.filter("volume", f"{lift:.1f}dB", precision="float").filter("apad", pad_len=late)
    bands = "|".join(f"{value:.1f}" for value in profile)
    stream = stream.filter("afftdn", nr=cleaning.denoise_db, nf=_WORKING_DBFS, nt="custom", bn=bands)
    stream = stream.filter("atrim", start_sample=late).filter("asetpts", "PTS-STARTPTS")
    return stream.filter("volume", f"{-lift:.1f}dB", precision="float")


def _profile(bands_dbfs_hz: tuple[float, ...], rate: int) -> tuple[float, list[float]]:
    """The noise floor that afftdn wants, and the bands around it, whose mean it takes off itself.

    Its floor is that of white noise over half the rate, 3 dB down (af_afftdn.c, set_parameters).
    """
    import math  # noqa: PLC0415

    heard = [level for level, centre in zip(bands_dbfs_hz, BANDS_HZ, strict=True) if centre <= rate / 2]
    middle = (max(heard) + min(heard)) / 2
    bands = [max(-_BAND_REACH_DB, min(_BAND_REACH_DB, level - middle)) for level in bands_dbfs_hz]
    mean = sum(bands) / len(bands)
    return middle + mean + 10 * math.log10(rate / 2) - 3.0 + _ABOVE_NOISE_DB, bands
