"""Which stretches of the recordings lie where in an engineer's own master, so that words and chapters find their place.

Rule: same order, same speed; what cannot be explained is left out and counted, and a master of other recordings is
refused. Equalising, compression and noise reduction do not matter: only rhythm and phase are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from castkit.audio.correlate import Pair, flattened, match, untonal
from castkit.audio.lines import Sliding, peaks
from castkit.audio.path import HOP_FRAMES, Run, cheapest
from castkit.audio.rhythm import FRAME, FRAMES_PER_SECOND, RATE, Wave, rhythm
from castkit.model.timeline import Piece

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from castkit.audio.rhythm import Rhythm, Samples

LEAST_COVERAGE = 0.5
_INSERTED_FRAMES = 15 * 60 * FRAMES_PER_SECOND  # the longest intro, or sum of insertions, that is looked for
_WIDE_FRAMES, _WIDE_STEP = 12 * FRAMES_PER_SECOND, 8 * FRAMES_PER_SECOND
_LOCAL_FRAMES, _LOCAL_STEP = 4 * FRAMES_PER_SECOND, 2 * FRAMES_PER_SECOND
_AROUND_FRAMES = 5 * FRAMES_PER_SECOND  # a shortened pause or a small cut moves what follows by less
_NEIGHBOURHOOD_FRAMES = 30 * FRAMES_PER_SECOND
_STANDS_OUT = 6.0
_ACTIVE_DB = 25.0  # below the loudest twentieth
_SAME_SAMPLES = RATE // 200
_JOIN_SAMPLES = RATE * 3 // 2  # to either side of where a join is thought to be
_SHORTEST_MS = 300


@dataclass(frozen=True, slots=True)
class Layer:
    """A recording's 16 kHz WAV and where it lies on the recordings' clock, as model.programme.Track has it."""

    wav: Wave
    offset_ms: int
    drift_ppm: float = 0.0


@dataclass(frozen=True, slots=True)
class Followed:
    """The pieces in order, and the share (0 to 1) of the master's speech that they explain.

    What lies in no piece is intro, outro, or was put in.
    """

    pieces: tuple[Piece, ...]
    coverage: float


@dataclass(frozen=True, slots=True)
class Lost:
    """The master is not, or not enough, of these recordings; `reason` is a sentence for people."""

    reason: str
    coverage: float


def follow(layers: Sequence[Layer], master: Wave) -> Followed | Lost:
    """Finds the recordings in their master; about 4 MB of memory an hour, boundaries to about 20 ms in speech."""
    mix = Mix.of(layers)
    moves, _ = rhythm(mix)
    sung, bright = rhythm(master)
    active = _active(bright)
    offsets = _offsets(moves, sung)
    runs = cheapest(moves, sung, active, offsets)
    pair = Pair(mix, master, untonal(mix) & untonal(master))
    pieces = tuple(_pieces(mix, master, _sharpened(pair, runs)))
    coverage = _coverage(pieces, active)
    if coverage < LEAST_COVERAGE:
        found = f"only {coverage:.0%} of its sound is found in the recordings, in their order and at their speed"
        return Lost(found, coverage)
    return Followed(pieces, coverage)


@dataclass(frozen=True, slots=True)
class Mix:
    """The sum of the recordings on their clock, each at the same mean level; sample 0 lies at `origin_ms`."""

    layers: tuple[tuple[Layer, float], ...]
    origin_ms: int
    length: int

    @classmethod
    def of(cls, layers: Sequence[Layer]) -> Mix:
        """The layers with their gains."""
        origin_ms = min(0, *(layer.offset_ms for layer in layers)) if layers else 0
        ends = [
            layer.wav.length * (1 + layer.drift_ppm * 1e-6) + (layer.offset_ms - origin_ms) * RATE / 1000
            for layer in layers
        ]
        return cls(tuple((layer, _gain(layer.wav)) for layer in layers), origin_ms, int(max(ends, default=0)))

    def read(self, start: int, stop: int) -> Samples:
        """As rhythm.Readable has it."""
        import numpy as np  # noqa: PLC0415

        mixed = np.zeros(stop - start, np.float32)
        for layer, gain in self.layers:
            shift = (layer.offset_ms - self.origin_ms) * RATE // 1000
            speed = 1 / (1 + layer.drift_ppm * 1e-6)
            first = int((start - shift) * speed)
            sound = layer.wav.read(first, first + stop - start + 2 + (stop - start) // 1000)
            if layer.drift_ppm:
                at = np.arange(start - shift, stop - shift) * speed - first
                sound = np.asarray(np.interp(at, np.arange(len(sound)), sound), np.float32)
            mixed += gain * sound[: stop - start]
        return mixed


def _gain(wav: Wave) -> float:
    """What brings a recording to a mean level of -20 dBFS, by 64 of its seconds."""
    import numpy as np  # noqa: PLC0415

    starts = np.linspace(0, max(0, wav.length - RATE), 64).astype(int).tolist()
    power = float(np.mean([np.mean(np.square(wav.read(start, start + RATE))) for start in starts]))
    return float(0.1 / max(power, 1e-10) ** 0.5)


def _active(bright: NDArray[np.float16]) -> NDArray[np.float32]:
    """By steps of `path.HOP_FRAMES`: 1 where the master sounds, 0 where it pauses."""
    import numpy as np  # noqa: PLC0415

    steps = len(bright) // HOP_FRAMES
    if not steps:
        return np.zeros(0, np.float32)
    loud = bright[: steps * HOP_FRAMES].astype(np.float32).reshape(steps, HOP_FRAMES).max(axis=1)
    return np.asarray(loud > np.percentile(loud, 95) - _ACTIVE_DB, np.float32)


def _offsets(moves: Rhythm, sung: Rhythm) -> list[tuple[int, int]]:
    """(frame of the master, how many frames later it lies in the recordings), wherever something stands out."""
    wide = list(_wide(moves, sung))
    return wide + list(_local(moves, sung, wide))


def _wide(moves: Rhythm, sung: Rhythm) -> Iterator[tuple[int, int]]:
    """By stretches of 12 s: near the last place first, and anywhere where it is not there."""
    whole, near = Sliding(moves), Sliding(moves, chunk=1 << 13)
    spare = max(0, len(moves) - len(sung)) + _INSERTED_FRAMES
    last: int | None = None
    for start in range(0, max(1, len(sung) - _LOCAL_FRAMES), _WIDE_STEP):
        block = sung[start : start + _WIDE_FRAMES]
        found: list[int] = []
        if last is not None:
            found = _standing_out(near, block, start, (last - 2 * _AROUND_FRAMES, last + 2 * _AROUND_FRAMES))
        if not found:
            found = _standing_out(whole, block, start, (-_INSERTED_FRAMES, spare))
        yield from ((start + len(block) // 2, offset) for offset in found)
        last = found[0] if found else last


def _local(moves: Rhythm, sung: Rhythm, wide: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """By stretches of 4 s, a few seconds around the places known nearby."""
    near = Sliding(moves, chunk=1 << 13)
    for start in range(0, max(1, len(sung) - _LOCAL_FRAMES // 2), _LOCAL_STEP):
        block = sung[start : start + _LOCAL_FRAMES]
        known = sorted({offset for at, offset in wide if abs(at - start) < _NEIGHBOURHOOD_FRAMES})
        for low, high in _joined((offset - _AROUND_FRAMES, offset + _AROUND_FRAMES) for offset in known):
            for offset in _standing_out(near, block, start, (low, high)):
                yield start + len(block) // 2, offset


def _joined(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for low, high in spans:
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    return joined


def _standing_out(sliding: Sliding, block: Rhythm, start: int, limits: tuple[int, int]) -> list[int]:
    """Up to four offsets within the limits at which `block`, from frame `start` of the master, stands out."""
    import numpy as np  # noqa: PLC0415

    low = max(limits[0], -start - len(block) // 2)
    high = min(limits[1], len(sliding.whole) - start)
    if high - low < 100 or not block.any():
        return []
    values = sliding.likeness(block, start + low, start + high)
    spread = float(np.median(np.abs(values))) / 0.6745
    if spread <= 0:
        return []
    return [low + at for at, value in peaks(values, 4) if value > _STANDS_OUT * spread]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Samples `start` to `stop` of the master lie `offset` samples later in the mix."""

    start: int
    stop: int
    offset: int


def _sharpened(pair: Pair, runs: Sequence[Run]) -> list[_Stretch]:
    """The runs with offsets to a sample, by the waveforms; neighbours with the same offset become one."""
    import numpy as np  # noqa: PLC0415

    stretches: list[_Stretch] = []
    for run in runs:
        start, stop = run.start * FRAME, run.stop * FRAME
        span = min(RATE, stop - start)
        lags = [
            hit.lag_s
            for at in np.linspace(start, stop - span, 8).tolist()
            if (hit := match(pair, (at + run.offset * FRAME) / RATE, at / RATE, span))
        ]
        offset = run.offset * FRAME + (round(float(np.median(lags)) * RATE) if lags else 0)
        if stretches and abs(stretches[-1].offset - offset) <= _SAME_SAMPLES:
            stretches[-1] = _Stretch(stretches[-1].start, stop, stretches[-1].offset)
        else:
            stretches.append(_Stretch(start, stop, offset))
    return stretches


def _pieces(mix: Mix, master: Wave, stretches: Sequence[_Stretch]) -> Iterator[Piece]:
    """The stretches with their joins to about 20 ms, in order on both clocks and without overlap."""
    edges = [[stretch.start, stretch.stop] for stretch in stretches]
    for number, (one, after) in enumerate(pairwise(stretches)):
        if after.start - one.stop <= RATE:
            edges[number][1] = edges[number + 1][0] = _join(mix, master, one, after)
        else:
            edges[number][1] = _edge(mix, master, one, is_end=True)
            edges[number + 1][0] = _edge(mix, master, after, is_end=False)
    if stretches:
        edges[0][0] = _edge(mix, master, stretches[0], is_end=False)
        edges[-1][1] = _edge(mix, master, stretches[-1], is_end=True)
    recorded = 0
    for stretch, (start, stop) in zip(stretches, edges, strict=True):
        at_ms, until_ms = round(start * 1000 / RATE), round(stop * 1000 / RATE)
        moved_ms = round(stretch.offset * 1000 / RATE)
        at_ms = max(at_ms, recorded - moved_ms, -moved_ms)
        if until_ms - at_ms >= _SHORTEST_MS:
            recorded = until_ms + moved_ms
            yield Piece(at_ms + moved_ms + mix.origin_ms, until_ms + moved_ms + mix.origin_ms, at_ms)


def _agreement(mix: Mix, master: Wave, start: int, stop: int, offset: int) -> NDArray[np.float32]:
    """How well master and mix agree in every 10 ms from `start`: the product of their flattened waveforms."""
    import numpy as np  # noqa: PLC0415

    product = flattened(master.read(start, stop)) * flattened(mix.read(start + offset, stop + offset))
    count = len(product) // FRAME
    return np.asarray(product[: count * FRAME].reshape(count, FRAME).mean(axis=1), np.float32)


def _join(mix: Mix, master: Wave, one: _Stretch, after: _Stretch) -> int:
    """The sample of the master at which the sound goes over from one stretch to the next."""
    import numpy as np  # noqa: PLC0415

    middle = (one.stop + after.start) // 2
    low = max(one.start, middle - _JOIN_SAMPLES)
    high = min(after.stop, middle + _JOIN_SAMPLES)
    gain = _agreement(mix, master, low, high, one.offset) - _agreement(mix, master, low, high, after.offset)
    return low + FRAME * int(np.argmax(np.concatenate([[0.0], np.cumsum(gain)])))


def _edge(mix: Mix, master: Wave, stretch: _Stretch, *, is_end: bool) -> int:
    """Where a stretch ends, or begins, beside sound that is not of the recordings."""
    import numpy as np  # noqa: PLC0415

    middle = stretch.stop if is_end else stretch.start
    low, high = max(0, middle - _JOIN_SAMPLES), min(master.length, middle + _JOIN_SAMPLES)
    low, high = max(low, -stretch.offset), min(high, mix.length - stretch.offset)
    if high - low < FRAME:
        return middle
    agreement = _agreement(mix, master, low, high, stretch.offset)
    usual = float(np.percentile(agreement, 75))
    sums = np.concatenate([[0.0], np.cumsum(agreement - usual / 3)])
    return low + FRAME * int(np.argmax(sums) if is_end else np.argmin(sums))


def _coverage(pieces: Sequence[Piece], active: NDArray[np.float32]) -> float:
    import numpy as np  # noqa: PLC0415

    step_ms = HOP_FRAMES * 1000 // FRAMES_PER_SECOND
    at = (np.arange(len(active)) + 0.5) * step_ms
    inside = np.zeros(len(active), bool)
    for piece in pieces:
        inside |= (at >= piece.at_ms) & (at < piece.until_ms)
    return float(active[inside].sum() / active.sum()) if active.sum() else 0.0
