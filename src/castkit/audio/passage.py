"""A passage of the finished programme, cut out with its ends faded, to be encoded as something of its own.

Rule: it is decoded once, to a file of floats, so that however often it is encoded nothing is lost or clipped between.
"""

from __future__ import annotations

from pathlib import Path

from castkit import ffmpeg
from castkit.audio.listen import measure
from castkit.audio.mixed import Mixed

_FADE_S = 0.02  # no click, and no sound lost


def cut_out(finished: Path, wav: Path, *, start_ms: int, end_ms: int) -> Mixed:
    """Writes what lies between two times (ms) of a finished sound file to `wav`, which has to outlive the mix.

    Exact to a millisecond or two in every format that castkit writes. CastkitError where the file cannot be read, or
    the disk is full.
    """
    length_s = (end_ms - start_ms) / 1000
    stream = ffmpeg.source(finished, ss=f"{start_ms / 1000:.3f}", t=f"{length_s:.3f}")["a:0"]
    stream = stream.filter("afade", t="in", d=_FADE_S)
    stream = stream.filter("afade", t="out", st=f"{length_s - _FADE_S:.3f}", d=_FADE_S)
    # The end of a lossy file may give a few samples less than was asked for.
    stream = stream.filter("apad", whole_dur=f"{length_s:.3f}")
    options = {**ffmpeg.BITEXACT, "acodec": "pcm_f32le", "format": "wav", "rf64": "auto"}
    ffmpeg.run(stream.output(ffmpeg.address(wav), **options), doing=f"cutting a passage out of {finished}")
    heard = measure(wav, end_ms - start_ms)
    found = ffmpeg.probe(wav).audio[0]

    def read(at_ms: int, duration_ms: int | None) -> object:
        window = {"ss": f"{at_ms / 1000:.3f}"} | ({"t": f"{duration_ms / 1000:.3f}"} if duration_ms else {})
        return ffmpeg.source(wav, formats=("wav",), **window)["a:0"]

    return Mixed(found.sample_rate, found.channels, heard.duration_ms, heard.loudness, read, heard.curves)
