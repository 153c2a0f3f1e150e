"""Music under the whole programme: repeated to its length, faded at its ends, and lower while somebody speaks.

Rule: it ducks by what is known of the speech, before a sentence begins, and comes back only in a real pause; so it
neither pumps nor covers a first syllable.
"""

from __future__ import annotations

import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from castkit import ffmpeg
from castkit.audio import jingle
from castkit.audio.canvas import Canvas
from castkit.audio.envelope import STEP_MS
from castkit.audio.layers import Layer
from castkit.audio.listen import Wav, listen
from castkit.audio.r128 import SILENT_LUFS
from castkit.audio.riding import write_curve
from castkit.errors import CastkitError

if TYPE_CHECKING:
    from castkit.audio.envelope import Curve
    from castkit.audio.riding import Points

Spans = Sequence[tuple[int, int]]

_DOWN_MS, _READY_MS = 400, 100  # how long it goes down, and how long before the speech it has
_HOLD_MS, _UP_MS = 500, 1200  # how long it waits after the speech, and how long it comes back up
_SEAM_MS = 2000  # crossfade where it begins again
_LEAST_FADE_MS = 1500


@dataclass(frozen=True, slots=True)
class Bed:
    """`gain_db` is against the programme's loudness; `duck_db` goes off where somebody speaks.

    `speech` is where that is, (start, end) in ms on the master's clock. A fade (ms) of less than 1.5 s would sound
    like a fault: it is at least that long.
    """

    path: Path
    gain_db: float
    duck_db: float
    speech: Spans = ()
    fade_ms: int = 0


def lay_bed(bed: Bed, canvas: Canvas, out: Path, *, span: tuple[int, int], loudness_lufs: float) -> Layer:
    """The bed under `span` (ms) of the master's clock, for a programme of `loudness_lufs`.

    Its files are named `out` and more, and belong to the layer. CastkitError where the bed is silent or no sound.
    """
    piece = Wav(out.with_name(f"{out.name}.piece.wav"), canvas.rate, canvas.channels)
    heard = listen(bed.path, ffmpeg.probe(bed.path), piece)
    if heard.loudness.integrated_lufs <= SILENT_LUFS:
        raise CastkitError(f"{bed.path} is silent", "choose another bed, or take it out of castkit.toml")
    first, last = canvas.sample(span[0]), canvas.sample(span[1])
    path, period = _repeated(piece.path, out, last - first)
    gain = loudness_lufs + bed.gain_db - heard.loudness.integrated_lufs
    duration_ms = span[1] - span[0]
    spoken = [(start - span[0], end - span[0]) for start, end in bed.speech]
    fade_ms = max(bed.fade_ms, _LEAST_FADE_MS)

    def shape(points: Points) -> Curve:
        at_ms = points * STEP_MS
        return gain + ducked(spoken, at_ms, bed.duck_db) + _faded(at_ms, duration_ms, fade_ms)

    curve = out.with_name(f"{out.name}.curve")
    write_curve(shape, curve, seconds=duration_ms / 1000)
    return Layer(path, first, last - first, curve, period)


def _repeated(piece: Path, out: Path, samples: int) -> tuple[Path, int]:
    """The file to play for so many samples, and its length where it must be played again (else 0)."""
    if samples_in(piece) >= samples:
        return piece, 0
    round_ = out.with_name(f"{out.name}.round.wav")
    jingle.loop(piece, round_, crossfade_ms=_SEAM_MS)
    piece.unlink()
    return round_, samples_in(round_)


def ducked(speech: Spans, at_ms: Points, duck_db: float) -> Curve:
    """The gain in dB at these times: 0, or -`duck_db` around speech (ms).

    It goes down within 0.4 s and is down 0.1 s before the speech; it stays down over pauses too short to come up in.
    """
    import numpy as np  # noqa: PLC0415

    times, downs = [-1e9], [0.0]  # before any clock
    for start, end in _stretches(speech):
        times += [start - _READY_MS - _DOWN_MS, start - _READY_MS, end + _HOLD_MS, end + _HOLD_MS + _UP_MS]
        downs += [0.0, 1.0, 1.0, 0.0]
    down = np.interp(at_ms, times, downs)
    return (-duck_db * (0.5 - 0.5 * np.cos(np.pi * down))).astype(np.float32)


def _stretches(speech: Spans) -> list[tuple[int, int]]:
    """Spans of speech in order, those joined between which the bed would have no time to come up and go down."""
    room = _HOLD_MS + _UP_MS + _DOWN_MS + _READY_MS
    joined: list[tuple[int, int]] = []
    for start, end in sorted(speech):
        if joined and start - joined[-1][1] <= room:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _faded(at_ms: Points, duration_ms: int, fade_ms: int) -> Curve:
    """The gain in dB at these times of a fade in from 0 and one out to `duration_ms`."""
    import numpy as np  # noqa: PLC0415

    share = np.clip(np.minimum(at_ms, duration_ms - at_ms) / min(fade_ms, max(1, duration_ms // 2)), 0, 1)
    rise = np.maximum(np.sin(np.pi / 2 * share) ** 2, 1e-5)
    return np.asarray(20 * np.log10(rise), np.float32)


def samples_in(wav: Path) -> int:
    """How long a WAV file is, in samples."""
    with wave.open(str(wav)) as file:
        return int(file.getnframes())
