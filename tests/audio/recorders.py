"""Two voices in a room, as recorders of their own hear them: bleed, noise, a later start, a clock that drifts."""

from __future__ import annotations

import json
import wave
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from castkit import ffmpeg
from castkit.audio.rhythm import RATE

ROOT = Path(__file__).parents[2]
BLOCK = 30 * RATE


@lru_cache(maxsize=8)
def heard(name: str) -> np.ndarray:
    """A demonstration recording, `episode-01/raw/host.flac`, at 16 kHz mono."""
    job = ffmpeg.source(ROOT / "episodes" / name)["a:0"].output("pipe:1", format="f32le", ar=RATE, ac=1)
    return np.frombuffer(b"".join(ffmpeg.blocks(job, size=1 << 20)), np.float32)


@lru_cache(maxsize=2)
def voice(speaker: str) -> np.ndarray:
    """One speaker of episode-01 alone: digital silence outside of the turns, so that nothing of the other is in it."""
    sound = heard(f"episode-01/raw/{speaker}.{'flac' if speaker == 'host' else 'm4a'}")
    turns = json.loads((ROOT / "tests/data/truth/episode-01.json").read_text("utf-8"))["turns"]
    mask = np.zeros(len(sound), np.float32)
    for turn in turns:
        if turn["speaker"] == speaker:
            mask[(turn["start_ms"] - 30) * 16 : (turn["end_ms"] + 100) * 16] = 1
    alone = sound * np.convolve(mask, np.hanning(480) / np.hanning(480).sum(), "same")
    return (alone * (0.1 / np.sqrt(np.mean(alone[mask > 0] ** 2)))).astype(np.float32)


def noise(length: int, dbfs: float, seed: int) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(length) * 10 ** (dbfs / 20)).astype(np.float32)


def in_room(sound: np.ndarray, seed: int) -> np.ndarray:
    """With the reverberation of a small room, another for each seed."""
    length = RATE // 5
    answer = np.random.default_rng(seed).standard_normal(length) * np.exp(-np.arange(length) / 640) * 0.15
    answer[0] = 1
    size = 1 << (len(sound) + length).bit_length()
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(answer, size), size)[: len(sound)].astype(np.float32)


def conversation(seconds: float, *, bleed_db: float = -20, start: float = 0) -> tuple[np.ndarray, np.ndarray]:
    """The host's and the guest's microphone for a part of episode-01; without noise."""
    part = slice(int(start * RATE), int((start + seconds) * RATE))
    host, guest = voice("host")[part], voice("guest")[part]
    gain = 10 ** (bleed_db / 20)
    return host + gain * in_room(guest, 1), guest + gain * in_room(host, 2)


def later(sound: np.ndarray, offset_s: float, ppm: float = 0.0) -> np.ndarray:
    """What a recorder makes of it that starts `offset_s` later (negative: earlier) with a clock off by `ppm`."""
    count = int((len(sound) / RATE - offset_s) / (1 + ppm * 1e-6) * RATE)
    at = offset_s * RATE + np.arange(count) * (1 + ppm * 1e-6)
    return np.interp(at, np.arange(len(sound)), sound, left=0, right=0).astype(np.float32)


def write(path: Path, *blocks: np.ndarray) -> Path:
    """A WAV file as ingest makes it: 16 kHz mono s16."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for block in blocks:
            file.writeframes(np.clip(np.rint(block * 32768), -32768, 32767).astype("<i2").tobytes())
    return path


def shuffled(minutes: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """An hour of turns from four minutes of voices: pieces of 4 to 12 s in an order that never comes again."""
    chance = np.random.default_rng(seed)
    host, guest = voice("host"), voice("guest")
    length = int(minutes * 60 * RATE)
    made = np.zeros((2, length), np.float32)
    at, turn = 0, 0
    while at < length:
        size = min(length - at, int(chance.uniform(4, 12) * RATE))
        source = (host, guest)[turn % 2]
        start = int(chance.integers(0, len(source) - size))
        made[turn % 2, at : at + size] = source[start : start + size]
        at, turn = at + size, turn + 1
    return made[0], made[1]


def noisy(sound: np.ndarray, dbfs: float, seed: int) -> Iterator[np.ndarray]:
    for at in range(0, len(sound), BLOCK):
        yield sound[at : at + BLOCK] + noise(len(sound[at : at + BLOCK]), dbfs, seed + at)


def tune(seconds: float, seed: int = 3) -> np.ndarray:
    """Four notes a second, by chance; about -20 dBFS."""
    t = np.arange(int(seconds * RATE)) / RATE
    chance = np.random.default_rng(seed)
    made = np.zeros(len(t))
    for beat in range(int(seconds * 4)):
        pitch = 220 * 2 ** (chance.integers(0, 24) / 12)
        after = t[beat * RATE // 4 :] - beat / 4
        made[beat * RATE // 4 :] += np.exp(-6 * after) * (np.sin(2 * np.pi * pitch * after) * 0.1)
    return made.astype(np.float32)


def clap(sound: np.ndarray, at_s: float, level: float) -> np.ndarray:
    """With a clap: 30 ms of noise that dies away."""
    burst = np.random.default_rng(7).standard_normal(RATE // 4) * np.exp(-np.arange(RATE // 4) / 480) * level
    made = sound.copy()
    made[int(at_s * RATE) : int(at_s * RATE) + len(burst)] += burst.astype(np.float32)
    return made


def hum(seconds: float, level: float, harmonics: int) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    waves = (np.sin(2 * np.pi * 50 * k * t + k * k) * level / k**0.5 for k in range(1, harmonics))
    return np.asarray(sum(waves), np.float32)
