"""Voices, rooms and their faults, made as samples: what the tests of a track's condition listen to."""

from __future__ import annotations

import functools
import json
import wave
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from castkit import ffmpeg

RATE = 16_000
FRAME = 512
ROOT = Path(__file__).parent.parent.parent
RAW = {
    "host": "episode-01/raw/host.flac",
    "guest": "episode-01/raw/guest.m4a",
    "interview": "episode-02/raw/interview.mp3",
    "camera": "episode-03/raw/camera.mp4",
}


def recording(name: str) -> Path:
    return ROOT / "episodes" / RAW[name]


def decoded(path: Path, *, rate: int = RATE, seconds: float | None = None) -> np.ndarray:
    """The first channel of a file, as floats."""
    stream = ffmpeg.source(path, **({"t": seconds} if seconds else {}))["a:0"]
    stream = stream.filter("aresample", rate).filter("pan", "mono|c0<c0")
    return np.frombuffer(b"".join(ffmpeg.blocks(stream.output("pipe:1", format="f32le"), size=1 << 20)), "<f4")


def activity(name: str, samples: int) -> np.ndarray:
    """Of each frame of a demonstration recording: does anybody speak, does its own speaker; by the true texts."""
    slug = RAW[name].partition("/")[0]
    turns = json.loads((ROOT / f"tests/data/truth/{slug}.json").read_text("utf-8"))["turns"]
    speaking = np.zeros((-(-samples // FRAME), 2), np.float32)
    for turn in turns:
        here = slice(turn["start_ms"] // 32, turn["end_ms"] // 32 + 1)
        speaking[here, 0] = 1
        if name in ("interview", "camera", turn["speaker"]):
            speaking[here, 1] = 1
    return speaking


@functools.cache
def clean_talk(seconds: float = 60) -> tuple[np.ndarray, np.ndarray]:
    """The host's clean voice (about -25 dBFS), nothing in the pauses, at 16 kHz; and its activity."""
    samples = decoded(recording("host"), seconds=seconds)
    speaking = activity("host", len(samples))
    loud = np.repeat(speaking[:, 1], FRAME)[: len(samples)]
    quiet = samples * np.convolve(loud, np.hanning(801) / 400, mode="same")
    return quiet, np.repeat(speaking[:, 1:], 2, axis=1)


def hum(samples: int, mains: float, levels: Mapping[int, float], rate: int = RATE) -> np.ndarray:
    """Tones at multiples of `mains`, each at its level in dBFS (RMS)."""
    time = np.arange(samples) / rate
    return sum(
        (10 ** (level / 20) * 2**0.5 * np.sin(2 * np.pi * mains * number * time + number))
        for number, level in levels.items()
    )


def white(samples: int, dbfs: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(samples) * 10 ** (dbfs / 20)


def shaped(
    samples: int, dbfs: float, slope: float, band: tuple[float, float] = (20, 8000), seed: int = 1
) -> np.ndarray:
    """Noise whose density rises by `slope` dB an octave (-3 is pink) within `band`, at 16 kHz."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(samples))
    hz = np.fft.rfftfreq(samples, 1 / RATE)
    spectrum *= np.where((hz >= band[0]) & (hz <= band[1]), np.maximum(hz, 1) ** (slope / 6.02), 0)
    made = np.fft.irfft(spectrum, samples)
    return made * (10 ** (dbfs / 20) / np.sqrt(np.mean(made**2)))


def sung(seconds: float, root: float, *, pause: float = 0.5, every: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """A voice on one pitch (20 overtones, syllables, digital silence between phrases), and its activity."""
    time = np.arange(int(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * root * number * time + number**2) / number for number in range(1, 21))
    is_on = (time % every) > pause
    syllables = 0.55 + 0.45 * np.sin(2 * np.pi * 4 * time)
    speaking = is_on[: len(is_on) // FRAME * FRAME].reshape(-1, FRAME).any(axis=1).astype(np.float32)
    return 0.1 * tone * syllables * is_on, np.stack([speaking, speaking], axis=1)


def music(seconds: float) -> np.ndarray:
    """Chords with bass notes and overtones, one after the other for two seconds, tuned to 440 Hz."""
    chords = ((-21, 0, 3, 7), (-26, -2, 3, 7), (-19, 2, 5, 9), (-24, -4, 0, 3))  # semitones from A
    time = np.arange(int(2 * RATE)) / RATE
    parts = [
        sum(
            np.sin(2 * np.pi * 440 * 2 ** (note / 12) * over * time) / over
            for note in chords[number % 4]
            for over in (1, 2, 3)
        )
        * np.exp(-time)
        for number in range(int(seconds / 2))
    ]
    return 0.03 * np.concatenate(parts)


def write(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    """16-bit WAV of samples, or of samples × channels."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(np.rint(samples * 32768), -32768, 32767)).astype("<i2").tobytes())
    return path
