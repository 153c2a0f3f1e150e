"""Mixes a programme, brings it to its loudness and encodes it, until the encoded file measures right.

Rule: what counts is the encoded file, measured: limiter and encoder both change loudness and peak, so the gain and the
ceiling are corrected by what came out, a few times at most. Everything streams; memory does not grow with the length.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from castkit import ffmpeg
from castkit.audio.listen import Heard, measure, on_the_clock, pick
from castkit.errors import CastkitError
from castkit.model.programme import Loudness

AIM_LU = 0.2  # rounds go on until the loudness is this near
TOLERANCE_LU = 0.5  # what is accepted when the rounds are used up
MAX_ROUNDS = 6
_USUAL_LOSS_DB = 0.6  # what high-pass, limiter and encoder took from all three demonstration episodes (0.5 to 0.8)
_HEADROOM_DB = 0.5  # first ceiling below the true-peak target: samples between, and MP3, overshoot
_MARGIN_DB = 0.1  # and what a corrected ceiling adds, one step of ebur128's display
_LOWEST_CEILING_DB = -24.0  # alimiter's own bound (0.0625)
_DURATION_TOLERANCE_MS = 100  # two MP3 frames and rounding; a killed encoder loses seconds

# A fourth-order Butterworth high-pass at 75 Hz, as two second-order sections by their Q: 14 dB off mains hum at 50 Hz,
# nothing off a voice. Levelling raises a quiet guest's hum as much as their voice.
_HIGH_PASS_HZ = 75
_HIGH_PASS_Q = (0.5412, 1.3066)


@dataclass(frozen=True, slots=True)
class Part:
    """One file in the mix: `sound` and `channels` as in model.programme.Track, `start_ms` on the master's clock.

    `gain_db` brings it to the common loudness; rumble and hum are taken from what `is_speech`.
    """

    path: Path
    sound: str
    start_ms: int
    gain_db: float
    channels: int = 1
    is_speech: bool = True


@dataclass(frozen=True, slots=True)
class Mix:
    """All parts, the planned length in ms, and the sample rate (Hz) and channels of the result."""

    parts: tuple[Part, ...]
    duration_ms: int
    rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class Target:
    """Integrated loudness in LUFS and highest true peak in dBTP of the encoded file; MP3 bitrate in kbit/s."""

    loudness_lufs: float
    true_peak_dbtp: float
    bitrate_kbps: int


@dataclass(frozen=True, slots=True)
class Setting:
    """Gain before the limiter (dB) and the limiter's ceiling (dBFS)."""

    gain_db: float
    ceiling_dbfs: float


@dataclass(frozen=True, slots=True)
class Round:
    """One encoding and what it measured."""

    setting: Setting
    measured: Loudness


@dataclass(frozen=True, slots=True)
class Mastered:
    """All rounds in order, the one that was kept, and the decoded length of the file in ms."""

    rounds: tuple[Round, ...]
    kept: Round
    duration_ms: int


def format_of(tracks: tuple[tuple[str, int], ...]) -> tuple[int, int]:
    """Sample rate (Hz) and channels of a mix of files, each given as (sound, sample rate).

    44.1 kHz only where all divide it; mono unless one is stereo.
    """
    rate = 44_100 if all(44_100 % rate == 0 for _, rate in tracks) else 48_000
    return rate, 2 if any(sound == "stereo" for sound, _ in tracks) else 1


def master(mix: Mix, target: Target, out: Path, progress: Callable[[float], None]) -> Mastered:
    """Writes the MP3 to `out`, the best of a few rounds; CastkitError where its length is not the planned one.

    The caller looks at `kept`: a target out of reach (very uneven speech under a low true peak) is not an error.
    """
    rounds: list[Round] = []
    setting: Setting | None = first_setting(target)
    heard = None
    while setting is not None:
        heard = _encode(mix, target, setting, out, _share_of(len(rounds), progress))
        rounds.append(Round(setting, heard.loudness))
        setting = next_setting(target, tuple(rounds))
    kept = min(rounds, key=lambda done: misses(target, done.measured))
    if kept is not rounds[-1]:
        heard = _encode(mix, target, kept.setting, out, _share_of(len(rounds), progress))
    assert heard is not None  # noqa: S101 - the loop runs at least once
    _check_duration(mix, heard)
    progress(1.0)
    return Mastered(tuple(rounds), kept, heard.duration_ms)


def first_setting(target: Target) -> Setting:
    return Setting(_USUAL_LOSS_DB, max(_LOWEST_CEILING_DB, target.true_peak_dbtp - _HEADROOM_DB))


def next_setting(target: Target, rounds: tuple[Round, ...]) -> Setting | None:
    """What to try next, or None where the last round is good or enough were made.

    The gain follows the error by the slope that the last two rounds show: a working limiter eats part of every dB.
    """
    last = rounds[-1]
    error = target.loudness_lufs - last.measured.integrated_lufs
    over = last.measured.true_peak_dbtp - target.true_peak_dbtp
    if (abs(error) <= AIM_LU + 1e-6 and over <= 0) or len(rounds) == MAX_ROUNDS:
        return None
    ceiling = last.setting.ceiling_dbfs - (over + _MARGIN_DB if over > 0 else 0.0)
    gain = last.setting.gain_db + error / _slope(rounds)
    return Setting(round(gain, 2), max(_LOWEST_CEILING_DB, round(ceiling, 2)))


def _slope(rounds: tuple[Round, ...]) -> float:
    """LU of loudness won for each dB of gain, between 0.25 and 1."""
    if len(rounds) < 2:
        return 1.0
    before, last = rounds[-2:]
    gained = last.setting.gain_db - before.setting.gain_db
    if abs(gained) < 0.3:  # ebur128 shows tenths: less is rounding
        return 1.0
    return min(1.0, max(0.25, (last.measured.integrated_lufs - before.measured.integrated_lufs) / gained))


def misses(target: Target, measured: Loudness) -> tuple[float, float]:
    """How far a measurement is over the true peak (dB) and off the loudness (LU); smaller is better, in this order."""
    over = max(0.0, measured.true_peak_dbtp - target.true_peak_dbtp)
    return round(over, 2), round(abs(measured.integrated_lufs - target.loudness_lufs), 2)


def is_on_target(target: Target, measured: Loudness) -> bool:
    """Within ±0.5 LU of the loudness, and not above the true peak."""
    over, off = misses(target, measured)
    return over == 0 and off <= TOLERANCE_LU


def _encode(mix: Mix, target: Target, setting: Setting, out: Path, progress: Callable[[float], None]) -> Heard:
    options = {**ffmpeg.BITEXACT, "acodec": "libmp3lame", "format": "mp3", "id3v2_version": 0, "write_id3v1": 0}
    limited = _limited(_mixed(mix), setting)
    job = limited.output(ffmpeg.address(out), audio_bitrate=f"{target.bitrate_kbps}k", **options)
    out.unlink(missing_ok=True)  # an orphan of a killed run may still be writing to a file of this name
    doing = f"encoding the master in {out.parent}"
    ffmpeg.run(job, doing=doing, duration_ms=mix.duration_ms, progress=lambda share: progress(0.8 * share))
    return measure(out, mix.duration_ms, lambda share: progress(0.8 + 0.2 * share))


def _mixed(mix: Mix) -> Any:
    parts = [_placed(part, mix) for part in mix.parts]
    if len(parts) == 1:
        return parts[0]
    return ffmpeg.join(parts, "amix", inputs=len(parts), duration="longest", normalize=0)


def _placed(part: Part, mix: Mix) -> Any:
    """One part as it lies in the mix: right rate and channels, cleaned of rumble, levelled, moved to its time."""
    stream = pick(on_the_clock(part.path, mix.rate, part.channels), part.sound, mix.channels)
    if part.is_speech:
        for q in _HIGH_PASS_Q:
            stream = stream.filter("highpass", f=_HIGH_PASS_HZ, width_type="q", w=q)
    stream = stream.filter("volume", f"{part.gain_db:.2f}dB")
    # all=1: adelay then makes the silence as it goes, instead of keeping the delay's length in memory.
    return stream.filter("adelay", part.start_ms, all=1) if part.start_ms else stream


def _limited(stream: Any, setting: Setting) -> Any:
    # level=false: alimiter would otherwise make up for its ceiling and go above it.
    stream = stream.filter("volume", f"{setting.gain_db:.2f}dB")
    ceiling = round(10 ** (setting.ceiling_dbfs / 20), 6)
    stream = stream.filter("alimiter", limit=ceiling, attack=5, release=50, level="false", latency="true")
    return stream.filter("aformat", sample_fmts="fltp")


def _share_of(number: int, progress: Callable[[float], None]) -> Callable[[float], None]:
    """Progress within round `number`: each takes half of what is left, as nobody knows how many it will be."""
    return lambda share: progress(1 - 0.5**number * (1 - 0.5 * share))


def _check_duration(mix: Mix, heard: Heard) -> None:
    if abs(heard.duration_ms - mix.duration_ms) > _DURATION_TOLERANCE_MS:
        raise CastkitError(
            f"the master came out {heard.duration_ms / 1000:.2f} s long instead of {mix.duration_ms / 1000:.2f} s",
            "run the step again; if it stays so, export the recordings again as WAV or FLAC",
        )
