"""Intro and outro, and the seam of a bed: short pieces of sound, levelled, faded and crossfaded by pydub.

Rule: pydub holds what it works on in memory, so only short pieces come to it; the long programme never does.
"""

from __future__ import annotations

import warnings
import wave
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from castkit import ffmpeg
from castkit.audio.listen import Heard, Wav, listen
from castkit.audio.r128 import SILENT_LUFS
from castkit.errors import CastkitError

LONGEST_MS = 120_000  # 23 MB in memory
_DECLICK_MS = 10  # a fade where none is wanted, so that a cut in the music does not click
_PEAK_DBTP = -1.0  # 16-bit samples cannot go above full scale: the gain stops here


@dataclass(frozen=True, slots=True)
class Fades:
    """Lengths in ms at the beginning and the end."""

    in_ms: int
    out_ms: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the programme lies between intro and outro, in ms on the master's clock, which ends at `duration_ms`."""

    lead_ms: int
    duration_ms: int


def lay_out(programme_ms: int, *, intro_ms: int, outro_ms: int, crossfade_ms: int) -> Layout:
    """Intro, programme and outro one after the other, each pair overlapping by the crossfade (0 ms: there is none).

    A crossfade longer than one of the two it joins is as long as the shorter.
    """
    lead = intro_ms - min(crossfade_ms, intro_ms, programme_ms)
    return Layout(lead, lead + programme_ms + outro_ms - min(crossfade_ms, outro_ms, programme_ms))


def hear(path: Path, wav: Wav) -> Heard:
    """Decodes an intro or outro to `wav` and measures it; CastkitError for one that is too long, silent or no sound."""
    found = ffmpeg.probe(path)
    _refuse_long(path, found.duration_ms)
    heard = listen(path, found, wav)
    _refuse_long(path, heard.duration_ms)
    if heard.loudness.integrated_lufs <= SILENT_LUFS:
        raise CastkitError(f"{path} is silent", "choose another intro or outro, or take it out of castkit.toml")
    return heard


def polish(wav: Path, heard: Heard, out: Path, *, loudness_lufs: float, fades: Fades) -> float:
    """Writes the decoded jingle to `out` as WAV, at this loudness and with these fades; gives the gain in dB.

    The gain is less than asked for where the peaks would not fit into 16 bits.
    """
    gain = min(loudness_lufs - heard.loudness.integrated_lufs, _PEAK_DBTP - heard.loudness.true_peak_dbtp)
    with wav.open("rb") as file:  # given a path, pydub 0.25.1 leaves the file open
        segment = _pydub().from_wav(file).apply_gain(gain)
    half = len(segment) // 2
    segment = segment.fade_in(min(half, max(fades.in_ms, _DECLICK_MS)))
    segment = segment.fade_out(min(len(segment), max(fades.out_ms, _DECLICK_MS)))
    content = BytesIO()  # given a path on a full disk, pydub leaves the file open
    segment.export(content, format="wav")
    out.write_bytes(content.getbuffer())
    return round(gain, 2)


def loop(wav: Path, out: Path, *, crossfade_ms: int) -> None:
    """Writes to `out` (WAV) a round of a piece that can be played again and again: its end runs into its start.

    It begins and ends `crossfade_ms` into the piece, and is shorter than the piece by as much (at most by a quarter).
    Only what is crossfaded comes to pydub, so the piece may be long.
    """
    with wave.open(str(wav)) as file, wave.open(str(out), "wb") as written:
        written.setparams(file.getparams())
        # A whole number of samples at 44.1 kHz too.
        overlap_ms = min(crossfade_ms, file.getnframes() * 250 // file.getframerate()) // 10 * 10
        overlap = overlap_ms * file.getframerate() // 1000
        head = _segment(file, overlap)
        left = file.getnframes() - 2 * overlap
        while left > 0:
            written.writeframes(file.readframes(min(left, file.getframerate())))
            left -= file.getframerate()
        tail = _segment(file, overlap)
        written.writeframes(tail.append(head, crossfade=overlap_ms).raw_data)


def _segment(file: wave.Wave_read, frames: int) -> Any:
    """The next samples of a WAV file, for pydub."""
    width, rate, channels = file.getsampwidth(), file.getframerate(), file.getnchannels()
    data = file.readframes(frames)
    return _pydub()(data=data, sample_width=width, frame_rate=rate, channels=channels)


def _refuse_long(path: Path, duration_ms: int) -> None:
    if duration_ms > LONGEST_MS:
        message = f"{path} is {duration_ms / 1000:.0f} s long; an intro or outro has at most {LONGEST_MS // 1000} s"
        raise CastkitError(message, "cut it, or make it a recording of the episode")


def _pydub() -> Any:
    """The AudioSegment of pydub.

    Importing it warns where ffmpeg is not on PATH. That is no matter here: castkit finds its own ffmpeg and hands
    pydub nothing but WAV, which pydub reads and writes itself.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Couldn't find ff", RuntimeWarning)
        from pydub import AudioSegment  # noqa: PLC0415
    return AudioSegment
