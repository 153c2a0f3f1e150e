"""Every recording for an audio workstation: cleaned, levelled and in its place, one FLAC file each.

Rule: all files begin at the same moment, are equally long and keep their balance, so that they can be dropped in at
zero; nothing is limited.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from castkit import atomic, ffmpeg
from castkit.audio.canvas import Canvas
from castkit.audio.render import Part, Progress, format_of, render

_CEILING_DBTP = -1.0  # what the loudest true peak of all is brought under: FLAC has whole numbers and would clip
_STEP_DB = 0.5


@dataclass(frozen=True, slots=True)
class Stems:
    """The files, in the order of the parts, and how far all of them were lowered (dB, 0 or more) so that none clips."""

    paths: tuple[Path, ...]
    lowered_db: float


def export_stems(
    parts: Sequence[tuple[str, Part]], canvas: Canvas, folder: Path, *, progress: Progress = None
) -> Stems:
    """Writes each named part as `<name>.flac` (24 bit, the canvas' rate, mono unless it is stereo) into `folder`.

    Each begins at `canvas.start_ms` of the recordings' clock and is exactly as long as the canvas. Speech at -16 LUFS
    has peaks above full scale, which the master's limiter would catch: here all files are lowered by one gain.
    CastkitError where a recording cannot be decoded or the disk is full; no half of a file is left under its name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    finals = [folder / f"{name}.flac" for name, _ in parts]
    raws = [path.with_suffix(".f32") for path in map(atomic.part_of, finals)]
    try:
        lowered_db = _rendered([part for _, part in parts], canvas, raws, progress)
        for number, ((_, part), raw, final) in enumerate(zip(parts, raws, finals, strict=True)):
            _encode(raw, _of(part, canvas), final, -lowered_db)
            raw.unlink()
            if progress:
                progress(0.8 + 0.2 * (number + 1) / len(parts))
    finally:
        for raw in raws:
            raw.unlink(missing_ok=True)
    return Stems(tuple(finals), lowered_db)


def _rendered(parts: Sequence[Part], canvas: Canvas, raws: Sequence[Path], progress: Progress) -> float:
    """Writes every part as bare floats; gives what all must be lowered by, dB."""
    peak = -math.inf
    for number, (part, raw) in enumerate(zip(parts, raws, strict=True)):

        def share(done: float, number: int = number) -> None:
            if progress:
                progress(0.8 * (number + done) / len(parts))

        if levels := render([part], _of(part, canvas), raw, progress=share):
            peak = max(peak, levels.loudness().true_peak_dbtp)
    return max(0.0, math.ceil((peak - _CEILING_DBTP) / _STEP_DB) * _STEP_DB)


def _of(part: Part, canvas: Canvas) -> Canvas:
    _, channels = format_of([(part.sound, canvas.rate)])
    return replace(canvas, channels=channels)


def _encode(raw: Path, canvas: Canvas, final: Path, gain_db: float) -> None:
    stream = ffmpeg.raw(raw, rate=canvas.rate, channels=canvas.channels)
    if gain_db:
        stream = stream.filter("volume", f"{gain_db:.2f}dB")
    options = {**ffmpeg.BITEXACT, "acodec": "flac", "sample_fmt": "s32", "bits_per_raw_sample": 24, "format": "flac"}
    part = atomic.part_of(final)
    try:
        ffmpeg.run(stream.output(ffmpeg.address(part), **options), doing=f"writing {final}")
        atomic.replace(part, final)
    finally:
        part.unlink(missing_ok=True)
