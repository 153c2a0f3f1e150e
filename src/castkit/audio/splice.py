"""The edit list, made on a mix: spans that stay are moved together in the file itself, to the sample.

Rule: time never moves. A join's middle lies exactly on the cut, and what its crossfade needs beyond is borrowed from
the sound that was cut out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from castkit.audio.canvas import Canvas, samples

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Block = NDArray[np.float32]

JOIN_MS = 10  # long enough to click nowhere, short enough to say nothing twice
FADE_MS = 5  # where the programme itself begins or ends in the middle of a sound
_BLOCK_BYTES = 1 << 22

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Move:
    """So many samples of the file, from where to where; never backwards, so that nothing is overwritten unread."""

    source: int
    target: int
    length: int


def splice(raw: Path, canvas: Canvas, kept: Spans, *, fades: tuple[bool, bool] = (True, True)) -> int:
    """Leaves of a file of bare floats only the `kept` spans, joined; gives its new length in samples.

    The spans are (start, end) in ms on the clock of `canvas`, which the file fills; in order, without overlap and
    inside it (ValueError). The result is as long as their sum in ms, to the sample. `fades` says whether beginning and
    end are cuts. In place: memory stays flat, and no second file is needed; a killed splice leaves a spoilt file.
    """
    moves = _moves(_joined(kept, canvas), canvas)
    with raw.open("r+b") as file:
        sound = _Sound(file, canvas)
        at = moves[0].target
        for move, following in zip(moves, [*moves[1:], None], strict=True):
            half = _half(move, following, canvas.rate)
            join = sound.join(move, following, half) if following else None
            sound.move(move, at, move.target + move.length - half)
            at = move.target + move.length - half
            if join is not None:
                sound.write(at, join)
                at += len(join)
        file.truncate(at * canvas.frame_bytes)
        sound.fade(at, fades)
    return at


def _joined(kept: Spans, canvas: Canvas) -> list[tuple[int, int]]:
    """The spans without those that are empty; neighbours between which nothing is cut become one."""
    whole: list[tuple[int, int]] = []
    before = canvas.start_ms
    for start, end in kept:
        if not before <= start <= end <= canvas.end_ms:
            raise ValueError(f"{start}-{end} ms is out of order, or outside {canvas.start_ms}-{canvas.end_ms} ms")
        before = end
        if whole and whole[-1][1] == start:
            whole[-1] = (whole[-1][0], end)
        elif start < end:
            whole.append((start, end))
    if not whole:
        raise ValueError("nothing is kept")
    return whole


def _moves(spans: Spans, canvas: Canvas) -> list[_Move]:
    done_ms = 0
    moves = []
    for start, end in spans:
        target, after = samples(done_ms, canvas.rate), samples(done_ms + end - start, canvas.rate)
        moves.append(_Move(canvas.sample(start), target, after - target))
        done_ms += end - start
    return moves


def _half(move: _Move, following: _Move | None, rate: int) -> int:
    """Half a crossfade in samples: shorter only where one of the two spans has no room for it."""
    if following is None:
        return 0
    return min(samples(JOIN_MS, rate) // 2, move.length // 2, following.length // 2)


@dataclass(frozen=True, slots=True)
class _Sound:
    """A file of bare floats, open for reading and writing, as samples × channels."""

    file: IO[bytes]
    canvas: Canvas

    def read(self, at: int, length: int) -> Block:
        """Silence where the file has nothing."""
        import numpy as np  # noqa: PLC0415

        block = np.zeros((length, self.canvas.channels), np.float32)
        first, last = max(0, at), min(at + length, self.canvas.samples)
        if first < last:
            self.file.seek(first * self.canvas.frame_bytes)
            there = self.file.read((last - first) * self.canvas.frame_bytes)
            found = np.frombuffer(there, "<f4").reshape(-1, self.canvas.channels)
            block[first - at : first - at + len(found)] = found
        return block

    def write(self, at: int, block: Block) -> None:
        self.file.seek(at * self.canvas.frame_bytes)
        self.file.write(block.astype("<f4").tobytes())

    def move(self, move: _Move, first: int, last: int) -> None:
        """Brings the samples that shall lie from `first` to `last` to their place, a block at a time."""
        size, shift = self.canvas.frame_bytes, (move.source - move.target) * self.canvas.frame_bytes
        if not shift:
            return
        for at, length in _blocks(first * size, last * size):
            self.file.seek(at + shift)
            block = self.file.read(length)
            self.file.seek(at)
            self.file.write(block)

    def join(self, one: _Move, two: _Move, half: int) -> Block:
        """The crossfade of 2 × `half` samples around the cut from one span to the next."""
        return crossfaded(self.read(one.source + one.length - half, 2 * half), self.read(two.source - half, 2 * half))

    def fade(self, length: int, fades: tuple[bool, bool]) -> None:
        import numpy as np  # noqa: PLC0415

        span = min(samples(FADE_MS, self.canvas.rate), length // 2)
        rise = _rise(span)[:, None].astype(np.float32)
        for wanted, at, shape in ((fades[0], 0, rise), (fades[1], length - span, rise[::-1])):
            if wanted and span:
                self.write(at, self.read(at, span) * shape)


def _blocks(first: int, last: int) -> Iterator[tuple[int, int]]:
    for at in range(first, last, _BLOCK_BYTES):
        yield at, min(_BLOCK_BYTES, last - at)


def crossfaded(going: Block, coming: Block) -> Block:
    """One sound passing into another over the length of both (samples × channels), at an even power.

    Alike sounds (a hum that runs on) want weights whose sum is 1, unlike ones weights whose squares' sum is 1: their
    correlation says which. After Fink, Holters and Zölzer, Signal-matched power-complementary cross-fading, DAFx 2016.
    """
    import numpy as np  # noqa: PLC0415

    energy = np.sqrt(np.square(going, dtype=np.float64).sum() * np.square(coming, dtype=np.float64).sum())
    alike = float(np.multiply(going, coming, dtype=np.float64).sum() / energy) if energy else 1.0
    rise = _rise(len(going))
    fall = 1 - rise
    # Sounds that cancel each other would ask for an endless gain: they are taken for unlike ones.
    power = np.sqrt(rise**2 + fall**2 + 2 * min(1.0, max(0.0, alike)) * rise * fall)
    faded: Any = going * (fall / power)[:, None] + coming * (rise / power)[:, None]
    return faded.astype(np.float32)  # type: ignore[no-any-return]


def _rise(length: int) -> NDArray[np.float64]:
    """From 0 to 1 along half a cosine: its ends are flat, so that not even the slope jumps."""
    import numpy as np  # noqa: PLC0415

    return 0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / max(1, length))
