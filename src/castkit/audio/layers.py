"""Finished sounds lying on the master's clock (programme, intro, outro, bed), summed while they are read.

Rule: nothing is copied: a programme of six hours with music is one file and a graph, and reading may begin anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from castkit import ffmpeg
from castkit.audio.canvas import Canvas
from castkit.audio.mixed import Mixed
from castkit.audio.r128 import FrameLog, meter
from castkit.audio.render import Progress, added, fitted, moved
from castkit.audio.riding import ridden


@dataclass(frozen=True, slots=True)
class Layer:
    """A file in the mix's own rate and channels, lying from sample `at` for `length` samples.

    The file is a WAV file, or else bare 32-bit floats. `curve` is a file as `riding.write_curve` makes it, from the
    layer's first sample on. A layer with a `period` (samples) is a file of that length, played again and again.
    """

    path: Path
    at: int
    length: int
    curve: Path | None = None
    period: int = 0


def stacked(
    layers: Sequence[Layer], canvas: Canvas, levels: FrameLog | None = None, progress: Progress = None
) -> Mixed:
    """The sum of all layers over the whole `canvas`; measured by reading it once where its `levels` are not given."""

    def read(start_ms: int, duration_ms: int | None) -> Any:
        end_ms = canvas.end_ms if duration_ms is None else min(canvas.end_ms, start_ms + duration_ms)
        first, last = canvas.sample(start_ms), canvas.sample(end_ms)
        heard = [layer for layer in layers if layer.at < last and layer.at + layer.length > first]
        if not heard:
            raise ValueError(f"nothing plays {duration_ms} ms from {start_ms} ms on")
        return fitted(added([_window(layer, canvas, first) for layer in heard]), last - first)

    length_ms = canvas.end_ms - canvas.start_ms
    if levels is None:
        levels = FrameLog()
        job = meter(read(canvas.start_ms, None)).output("-", format="null")
        ffmpeg.run(job, doing="measuring the mix", duration_ms=length_ms, progress=progress, each_line=levels)
    return Mixed(canvas.rate, canvas.channels, length_ms, levels.loudness(), read, levels.curves())


def _window(layer: Layer, canvas: Canvas, first: int) -> Any:
    """A layer as it sounds from sample `first` of the canvas on."""
    skip = max(0, first - layer.at)
    within = skip % layer.period if layer.period else skip
    # A looped input must start at its beginning: after -ss, ffmpeg 5 and 8 both lose count of its rounds.
    seconds = 0 if layer.period else within // canvas.rate
    options = {"ss": seconds} if seconds else {"stream_loop": -1} if layer.period else {}
    stream = _input(layer.path, canvas, options).filter("asetpts", "N/SR/TB")
    cut: dict[str, int] = {"end_sample": within - seconds * canvas.rate + layer.length - skip}
    if rest := within - seconds * canvas.rate:
        cut["start_sample"] = rest
    stream = stream.filter("atrim", **cut).filter("asetpts", "PTS-STARTPTS")
    if layer.curve:
        stream = ridden(stream, layer.curve, rate=canvas.rate, channels=canvas.channels, skip=skip)
    return moved(stream, max(0, layer.at - first))


def _input(path: Path, canvas: Canvas, options: dict[str, int]) -> Any:
    if path.suffix == ".wav":
        return ffmpeg.source(path, formats=("wav",), **options)["a:0"]
    return ffmpeg.source(path, formats=("f32le",), f="f32le", ar=canvas.rate, ac=canvas.channels, **options)["a:0"]
