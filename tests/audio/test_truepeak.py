from __future__ import annotations

import numpy as np
import pytest

import bs1770
from castkit.audio.truepeak import Peaks

RATE, FRAME = 48_000, 4_800


def peaks(samples, frames_a_block=10):
    """Frames x channels in dBTP of samples (channels x samples), given in blocks of so many frames."""
    found = Peaks(len(samples), FRAME)
    for start in range(0, samples.shape[1], frames_a_block * FRAME):
        found.add(samples[:, start : start + frames_a_block * FRAME].T.astype(np.float32).tobytes())
    return found.of_frames()


def test_a_peak_between_samples_is_seen():
    """A sine of a quarter of the rate, sampled halfway between its peaks: no sample is above -3 dBFS."""
    sine = np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4)[None] * np.hanning(RATE)
    assert 20 * np.log10(np.abs(sine).max()) == pytest.approx(-3.01, abs=0.01)
    assert peaks(sine).max() == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("channels", [1, 2])
def test_every_frame_agrees_with_the_standard_however_it_is_cut_into_blocks(channels):
    noise = np.random.default_rng(1).normal(0, 0.1, (channels, 123_456)) * np.linspace(0.01, 1, 123_456)
    whole = peaks(noise, 100)
    assert whole.shape == (26, channels)
    assert np.array_equal(whole, peaks(noise, 1))
    assert np.array_equal(whole, peaks(noise, 7))
    for channel in range(channels):
        assert whole[:, channel].max() == pytest.approx(bs1770.true_peak(noise[channel : channel + 1], RATE), abs=0.02)
    for frame in (0, 9, 10, 25):
        around = noise[:, max(0, frame * FRAME - 100) : (frame + 1) * FRAME + 100]
        within = noise[:, frame * FRAME : (frame + 1) * FRAME]
        lowest, highest = np.abs(within).max(), 10 ** (bs1770.true_peak(around, RATE) / 20)
        assert 20 * np.log10(lowest) - 0.01 <= whole[frame].max() <= 20 * np.log10(highest) + 0.05


def test_silence_and_nothing():
    assert peaks(np.zeros((2, 5_000))).tolist() == [[-120, -120], [-120, -120]]
    assert Peaks(2, FRAME).of_frames().shape == (0, 2)
