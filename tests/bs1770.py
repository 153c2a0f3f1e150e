"""Loudness and true peak by ITU-R BS.1770-4, written from the text of the standard: what castkit's results are held to.

Decoded by PyAV, filtered and oversampled by numpy: no code is shared with ffmpeg's ebur128, which castkit relies on.
"""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

_SEGMENT_S = 30  # a multiple of the 0.1 s step; bounds the memory
_WARM_UP_S = 1


def decode(path: Path) -> tuple[np.ndarray, int]:
    """Samples as float32 (channels × samples) and the rate in Hz."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        frames = [_as_float(frame) for frame in container.decode(stream)]
        return np.concatenate(frames, axis=1), stream.rate


def _as_float(frame: av.AudioFrame) -> np.ndarray:
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, len(frame.layout.channels)).T
    if samples.dtype.kind == "i":
        samples = samples / float(np.iinfo(samples.dtype).max + 1)
    return samples.astype(np.float32)


def integrated(samples: np.ndarray, rate: int) -> float:
    """Integrated loudness in LUFS, gated; one channel counts as two of the same, as it is heard."""
    blocks = power_of_blocks(samples, rate)
    loud = blocks[lufs(blocks) > -70]
    if not len(loud):
        return -np.inf
    return float(lufs(loud[lufs(loud) > lufs(loud.mean()) - 10].mean()))


def power_of_blocks(samples: np.ndarray, rate: int) -> np.ndarray:
    """The K-weighted power of every 0.4 s, a block beginning every 0.1 s; none of less than 0.4 s."""
    if len(samples) == 1:
        samples = np.repeat(samples, 2, axis=0)
    tenths = _mean_squares(samples, rate)
    return np.convolve(tenths, np.ones(4) / 4, mode="valid") if len(tenths) >= 4 else np.zeros(0)


def lufs(power: np.ndarray) -> np.ndarray:
    """The loudness in LUFS of a K-weighted power."""
    return -0.691 + 10 * np.log10(np.maximum(power, 1e-30))


def _mean_squares(samples: np.ndarray, rate: int) -> np.ndarray:
    """The K-weighted power, summed over channels, of every 0.1 s."""
    step, segment, warm = rate // 10, rate * _SEGMENT_S, rate * _WARM_UP_S
    powers = []
    for start in range(0, samples.shape[1], segment):
        head = max(0, start - warm)
        weighted = _k_weighted(samples[:, head : start + segment], rate)[:, start - head :]
        whole = weighted.shape[1] // step * step
        powers.append((weighted[:, :whole].reshape(len(samples), -1, step) ** 2).mean(axis=2).sum(axis=0))
    return np.concatenate(powers)


def _k_weighted(samples: np.ndarray, rate: int) -> np.ndarray:
    """Both filters of annex 1, applied as their exact frequency response to the zero-padded samples."""
    length = 1 << int(np.ceil(np.log2(samples.shape[1] + rate)))
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(length))
    spectrum = np.fft.rfft(samples, length, axis=1) * _shelf(z, rate) * _high_pass(z, rate)
    return np.fft.irfft(spectrum, length, axis=1)[:, : samples.shape[1]]


def _shelf(z: np.ndarray, rate: int) -> np.ndarray:
    k = np.tan(np.pi * 1681.974450955533 / rate)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    middle = high**0.4996667741545416
    top = (high + middle * k / q + k * k) + 2 * (k * k - high) * z + (high - middle * k / q + k * k) * z**2
    return top / ((1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z**2)


def _high_pass(z: np.ndarray, rate: int) -> np.ndarray:
    k, q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    bottom = 1 + k / q + k * k
    return (1 - 2 * z + z**2) / (1 + 2 * (k * k - 1) / bottom * z + (1 - k / q + k * k) / bottom * z**2)


def true_peak(samples: np.ndarray, rate: int) -> float:
    """Highest peak in dBTP of the fourfold oversampled signal (annex 2), by a windowed sinc of 48 taps a phase."""
    taps = np.arange(-96, 97)
    sinc = np.sinc(taps / 4) * np.kaiser(len(taps), 8.0)
    highest = 0.0
    for channel in samples:
        for start in range(0, len(channel), rate * _SEGMENT_S):
            piece = channel[max(0, start - 64) : start + rate * _SEGMENT_S + 64]
            if np.abs(piece).max(initial=0.0) * 2 < highest:
                continue  # interpolation adds at most a few dB
            for phase in range(4):
                highest = max(highest, float(np.abs(np.convolve(piece, sinc[phase::4], mode="same")).max(initial=0.0)))
    return float(20 * np.log10(max(highest, 1e-6)))
