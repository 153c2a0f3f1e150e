"""Sounds as arrays (samples × channels) and the files they go through, exact to the bit."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

from castkit import ffmpeg
from castkit.audio.mixed import Mixed


def tone(seconds: float, hz: float = 440.0, *, rate: int = 48_000, level: float = 0.25) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate))[:, None].astype(np.float32)


def noise(seconds: float, *, rate: int = 48_000, level: float = 0.1, seed: int = 1) -> np.ndarray:
    return (level * np.random.default_rng(seed).standard_normal((round(seconds * rate), 1))).astype(np.float32)


def impulses(seconds: float, every: int, *, rate: int = 48_000, level: float = 0.5) -> np.ndarray:
    """One sample of `level` at 0 and every so many samples."""
    out = np.zeros((round(seconds * rate), 1), np.float32)
    out[::every] = level
    return out


def write_wav(path: Path, sound: np.ndarray, rate: int = 48_000) -> Path:
    """WAV with 32-bit floats (format 3): what is read back is what was written."""
    data = sound.astype("<f4").tobytes()
    channels = sound.shape[1]
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, channels, rate, rate * channels * 4, channels * 4, 32)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(data)) + data
    path.write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)
    return path


def read_raw(path: Path, channels: int = 1) -> np.ndarray:
    return np.fromfile(path, "<f4").reshape(-1, channels)


def heard(stream: Any, channels: int = 1) -> np.ndarray:
    """What a stream of ffmpeg-python plays."""
    job = stream.output("pipe:1", format="f32le", acodec="pcm_f32le")
    return np.frombuffer(b"".join(ffmpeg.blocks(job, size=1 << 16)), "<f4").reshape(-1, channels)


def played(mixed: Mixed, start_ms: int = 0, duration_ms: int | None = None) -> np.ndarray:
    return heard(mixed.open(start_ms, duration_ms), mixed.channels)


def level_db(sound: np.ndarray) -> float:
    """Root mean square in dB."""
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-20))
