"""Sounds in which nobody speaks, made by rule: silence, rooms, hum, a street, music, and voices that only sing.

Each gives `seconds` of mono at 16 kHz, floats from -1 to 1; the same seed gives the same samples.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
Samples = NDArray[np.float32]


def _level(samples: NDArray[np.float64], dbfs: float) -> Samples:
    """Brought to this root mean square."""
    rms = float(np.sqrt(np.mean(samples**2))) or 1.0
    return np.clip(samples * (10 ** (dbfs / 20) / rms), -0.99, 0.99).astype(np.float32)


def _coloured(seconds: float, seed: int, slope: float) -> NDArray[np.float64]:
    """Noise whose amplitude falls with frequency to the power of `slope`: 0 is white, 0.5 pink, 1 brown."""
    length = int(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(length))
    spectrum /= np.maximum(np.fft.rfftfreq(length, 1 / RATE), 20) ** slope
    return np.fft.irfft(spectrum, length)


def _time(seconds: float) -> NDArray[np.float64]:
    return np.arange(int(seconds * RATE)) / RATE


def silence(seconds: float, _seed: int) -> Samples:
    """Digital silence: a muted microphone."""
    return np.zeros(int(seconds * RATE), np.float32)


def room(seconds: float, seed: int) -> Samples:
    """A quiet room with an amplifier's hiss."""
    return _level(_coloured(seconds, seed, 0.5) + 0.2 * _coloured(seconds, seed + 1, 0), -52)


def fan(seconds: float, seed: int) -> Samples:
    """An air conditioner, loud, rising and falling."""
    return _level(_coloured(seconds, seed, 1.0) * (1 + 0.3 * np.sin(2 * np.pi * 0.3 * _time(seconds))), -30)


def hum(seconds: float, seed: int) -> Samples:
    """Mains hum with its harmonics."""
    at = _time(seconds)
    tones = sum(np.sin(2 * np.pi * 50 * n * at + n) / n for n in (1, 2, 3, 4, 5, 6, 8, 10))
    return _level(tones + 0.02 * _coloured(seconds, seed, 0.5), -38)


def street(seconds: float, seed: int) -> Samples:
    """Passing cars, horns and knocks over the roar of a street."""
    chance, at = np.random.default_rng(seed), _time(seconds)
    sound = 0.15 * _coloured(seconds, seed, 0.8) / np.std(_coloured(seconds, seed, 0.8))
    for _ in range(max(1, int(seconds / 4))):
        when, wide = chance.uniform(0, seconds), chance.uniform(0.8, 2)
        sound += 0.4 * np.exp(-(((at - when) / wide) ** 2)) * chance.standard_normal(len(at))
    for _ in range(max(1, int(seconds / 6))):
        when, pitch = chance.uniform(0, seconds), chance.uniform(300, 500)
        is_on = (at >= when) & (at < when + chance.uniform(0.2, 0.7))
        sound += 0.5 * is_on * (np.sin(2 * np.pi * pitch * at) + 0.7 * np.sin(2 * np.pi * 1.26 * pitch * at))
    for _ in range(max(1, int(seconds))):
        when = chance.uniform(0, seconds)
        sound += 1.5 * np.where(at >= when, np.exp(-40 * np.clip(at - when, 0, 9)), 0) * chance.standard_normal(len(at))
    return _level(sound, -26)


def applause(seconds: float, seed: int) -> Samples:
    """A hall that claps."""
    chance = np.random.default_rng(seed)
    hits = np.zeros(int(seconds * RATE))
    hits[chance.integers(0, len(hits), int(seconds * 120))] = chance.uniform(0.3, 1, int(seconds * 120))
    clap = chance.standard_normal(400) * np.exp(-np.arange(400) / 60)
    return _level(np.convolve(hits, clap)[: len(hits)], -24)


def band(seconds: float, seed: int) -> Samples:
    """Plucked chords with a bass and a drum, 110 beats a minute."""
    chance, at = np.random.default_rng(seed), _time(seconds)
    sound = np.zeros(len(at))
    beat = 60 / 110
    for number in range(int(seconds / beat)):
        root = (220, 165, 185, 247)[number // 8 % 4]
        since = np.clip(at - number * beat, 0, None)
        is_on = (at >= number * beat) & (since < 2)
        here, decay = since[is_on], np.exp(-3 * since[is_on])
        for ratio in (0.5, 1, 1.25, 1.5, (2, 2.25, 2.5, 3)[int(chance.integers(4))]):
            sound[is_on] += decay * sum(np.sin(2 * np.pi * root * ratio * n * here) / n**1.5 for n in (1, 2, 3, 4, 5))
        sound[is_on] += 0.8 * np.exp(-30 * here) * chance.standard_normal(len(here))
    return _level(sound, -22)


# Where vowels resound, Hz, and how strongly: ah, ee, oo, eh, oh.
VOWELS = np.array(
    [
        [(730, 1.0), (1090, 0.6), (2440, 0.2)],
        [(270, 1.0), (2290, 0.5), (3010, 0.3)],
        [(300, 1.0), (870, 0.4), (2240, 0.1)],
        [(530, 1.0), (1840, 0.5), (2480, 0.3)],
        [(570, 1.0), (840, 0.5), (2410, 0.1)],
    ]
)


def _voice(pitch: NDArray[np.float64], formants: NDArray[np.float64]) -> NDArray[np.float64]:
    """A buzz of this pitch through three resonances, each a frequency and a strength, fixed or for each sample."""
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    sound = np.zeros(len(pitch))
    for n in range(1, 36):
        gain = sum(strength / (1 + ((n * pitch - centre) / 90) ** 2) for centre, strength in formants)
        sound += np.where(n * pitch < 7500, gain, 0) * np.sin(n * phase)
    return sound


def choir(seconds: float, seed: int) -> Samples:
    """Singers on vowels, "ah" and "oh", a new note every second."""
    at, chance = _time(seconds), np.random.default_rng(seed)
    voices = []
    for singer in range(4):
        notes = 196 * 2 ** (chance.choice([0, 2, 4, 5, 7, 9, 12], int(seconds) + 2) / 12)
        pitch = np.interp(at, np.arange(len(notes)), notes) * (1 + 0.012 * np.sin(2 * np.pi * 5.5 * at + singer))
        voices.append(_voice(pitch, VOWELS[0 if singer % 2 else 4]) * (0.6 + 0.4 * np.sin(np.pi * (at % 1))))
    return _level(np.sum(voices, axis=0), -22)


def scat(seconds: float, seed: int) -> Samples:
    """One singer on syllables that mean nothing, two a second: the detector takes much of it for speech."""
    at, chance = _time(seconds), np.random.default_rng(seed)
    count = int(seconds * 2) + 2
    where = np.minimum((at * 2).astype(int), count - 1)
    since = at * 2 - where
    notes = 220 * 2 ** (chance.choice([0, 2, 4, 5, 7], count) / 12)
    vowels = VOWELS[chance.integers(0, len(VOWELS), count)]
    moments = (np.arange(count) + 0.3) / 2
    formants = np.array([[np.interp(at, moments, vowels[:, n, side]) for side in (0, 1)] for n in range(3)])
    sung = _voice(np.interp(at, np.arange(count) / 2, notes), formants)
    sung *= np.sqrt(np.clip(np.sin(np.pi * np.clip((since - 0.15) / 0.85, 0, 1)), 0, 1))
    onset = np.where(since < 0.2, np.sin(np.pi * since / 0.2), 0) * chance.standard_normal(len(at))
    return _level(sung + 0.3 * np.std(sung) * np.diff(onset, prepend=0), -24)


def singer(seconds: float, seed: int) -> Samples:
    """The same before a band."""
    return _level(scat(seconds, seed).astype(np.float64) + 0.7 * band(seconds, seed), -22)


NOISES: dict[str, Callable[[float, int], Samples]] = {
    "silence": silence, "room": room, "fan": fan, "hum": hum, "street": street, "applause": applause, "band": band,
    "choir": choir, "singer": singer,
}  # fmt: skip
