"""Where every recording of an episode lies on their common clock: as given, by time code, by sound.

Rule: what a person gave is not touched; a guess is never taken for a finding, and the reason is said in every case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from castkit.audio.align import Alignment, Prepared, Unmatched, align, prepare
from castkit.audio.clocks import Implausible, Started, distance
from castkit.audio.rhythm import Wave

_CLOCKS_DIFFER_MS = 2000  # two recorders set by hand, or by a phone


@dataclass(frozen=True, slots=True)
class Placeable:
    """A recording: its 16 kHz mono WAV (None: a picture alone), what to call it, and what is known of its start.

    `given_ms` is None where it is to be found ("auto"); `started_ms` is ms since midnight by its own clock, if any.
    """

    wav: Path | None
    name: str
    duration_ms: int
    given_ms: int | None
    started_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A recording's time t (ms) lies at t * (1 + drift_ppm / 1e6) + offset_ms on the recordings' clock.

    `how` is "given", "time code" or "sound"; `reason` is a sentence for people.
    """

    offset_ms: int
    drift_ppm: float
    how: str
    reason: str


Progress = Callable[[float], None] | None


def place(recordings: Sequence[Placeable], progress: Progress = None) -> tuple[Placed, ...]:
    """Where they lie, in their order; needs no work where none is to be found.

    The others are compared with the first one that has a given offset, else with the first, which then lies at 0.
    CastkitError where a WAV file cannot be read.
    """
    anchor = next((number for number, one in enumerate(recordings) if one.given_ms is not None), 0)
    wanted = [number for number, one in enumerate(recordings) if one.given_ms is None and number != anchor]
    placed = {number: _given(one) for number, one in enumerate(recordings) if number not in wanted}
    reference = _prepared(recordings[anchor]) if wanted else None
    for done, number in enumerate(wanted):
        if progress:
            progress(done / len(wanted))
        beside = _Beside(recordings[anchor], placed[anchor].offset_ms, reference)
        placed[number] = _find(recordings[number], beside)
    return tuple(placed[number] for number in range(len(recordings)))


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the others are compared with, and where it lies."""

    recording: Placeable
    offset_ms: int
    sound: Prepared | None


def _prepared(one: Placeable) -> Prepared | None:
    return prepare(Wave.open(one.wav)) if one.wav else None


def _given(one: Placeable) -> Placed:
    if one.given_ms is None:
        return Placed(0, 0.0, "given", f"{one.name} begins the recordings' clock: the others are placed by it")
    return Placed(one.given_ms, 0.0, "given", f"{one.name} lies at {one.given_ms / 1000:.2f} s, as episode.toml says")


def _find(one: Placeable, beside: _Beside) -> Placed:
    later = _by_clock(beside.recording, one)
    near = (later - _CLOCKS_DIFFER_MS, later + _CLOCKS_DIFFER_MS) if isinstance(later, int) else None
    heard = _by_ear(beside.sound, _prepared(one), near)
    if isinstance(heard, Alignment):
        return _heard(one, beside, heard)
    first = beside.recording.name
    if isinstance(later, int):
        reason = f"{one.name} {_begins(later)} {first} by their time codes; by sound {heard.reason}"
        return Placed(beside.offset_ms + later, 0.0, "time code", reason)
    why = f"{heard.reason}, and {later.reason}" if later else heard.reason
    reason = f"{one.name} could not be placed beside {first}: {why}; it stays at 0 s. Give its offset_ms, or clap"
    return Placed(0, 0.0, "given", reason)


def _by_clock(first: Placeable, one: Placeable) -> int | Implausible | None:
    """The distance by the recorders' clocks; None where one of them has none."""
    if first.started_ms is None or one.started_ms is None:
        return None
    return distance(Started(first.started_ms, first.duration_ms), Started(one.started_ms, one.duration_ms))


def _by_ear(first: Prepared | None, other: Prepared | None, near: tuple[int, int] | None) -> Alignment | Unmatched:
    if first is None or other is None:
        return Unmatched("one of them has no sound")
    return align(first, other, near)


def _heard(one: Placeable, beside: _Beside, heard: Alignment) -> Placed:
    drift = f", and drifts by {heard.drift_ppm:+.0f} ppm" if heard.drift_ppm else ""
    agree = f"{heard.moments} moments that both heard agree within {max(1.0, heard.residual_ms):.0f} ms"
    why = "both heard one clap" if heard.moments == 1 else agree
    reason = f"{one.name} {_begins(heard.offset_ms)} {beside.recording.name}{drift}: {why}"
    return Placed(beside.offset_ms + round(heard.offset_ms), heard.drift_ppm, "sound", reason)


def _begins(later_ms: float) -> str:
    if round(later_ms) == 0:
        return "begins together with"
    return f"begins {abs(later_ms) / 1000:.2f} s {'after' if later_ms > 0 else 'before'}"
