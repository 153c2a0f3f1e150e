"""Clipping: found with its times, however loud the file is now; a loud sound is none."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import rooms

from castkit import ffmpeg
from castkit.audio.clipping import clipping, is_suspicious

RATE = 48_000
BURSTS = ((3.0, 3.6), (5.0, 5.3), (13.2, 13.4))


@functools.cache
def voice() -> np.ndarray:
    samples = rooms.decoded(rooms.recording("host"), rate=RATE, seconds=15)
    return samples / np.abs(samples).max() * 0.76


def clipped(gain: float = 4, ceiling: float = 1.0) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """The voice with some bursts too loud, and from when to when they are cut off, in ms."""
    samples, spans = voice().copy(), []
    for start, end in BURSTS:
        here = slice(int(start * RATE), int(end * RATE))
        loud = samples[here] * gain
        at_top = np.abs(loud) >= ceiling
        over = np.flatnonzero(at_top[2:] & at_top[1:-1] & at_top[:-2]) + here.start + 1
        if len(over):
            spans.append((over[0] * 1000 / RATE, over[-1] * 1000 / RATE))
        samples[here] = np.clip(loud, -ceiling, ceiling)
    return samples, spans


def encoded(folder, samples, name="x.wav", filters="anull", options=(), rate=RATE):
    made = rooms.write(folder / "made.wav", samples, rate)
    ffmpeg.run(["-i", made, "-af", filters, *options, folder / name])
    return folder / name


def found_in(path):
    return clipping(path, ffmpeg.probe(path))


FORMS = [
    ("x.wav", "anull", ()),
    ("x.flac", "volume=-6dB", ()),
    ("x.wav", "volume=-17dB", ()),
    ("x.wav", "volume=0.3:precision=float", ("-c:a", "pcm_f32le")),
    ("x.wav", "volume=-3dB", ("-c:a", "pcm_s24le")),
    ("x.wav", "pan=stereo|c0=0.2*c0|c1=0.9*c0", ()),
    ("x.wav", "pan=5.1|FC=c0|LFE=0.1*c0", ()),
]


@pytest.mark.parametrize(("name", "filters", "options"), FORMS)
def test_times_to_20_ms_also_after_turning_down(tmp_path, name, filters, options):
    samples, spans = clipped()
    faults = found_in(encoded(tmp_path, samples, name, filters, options))
    assert {fault.kind for fault in faults} == {"clipping"}
    assert [(fault.start_ms, fault.end_ms) for fault in faults] == [pytest.approx(span, abs=20) for span in spans]
    assert len(faults) >= 2


def test_clipped_before_it_was_cut_together_with_louder_sound(tmp_path):
    samples, spans = clipped(ceiling=0.5)
    faults = found_in(encoded(tmp_path, samples))
    assert [(fault.start_ms, fault.end_ms) for fault in faults] == [pytest.approx(span, abs=20) for span in spans]


def test_a_little_over_full_scale(tmp_path):
    samples = np.clip(voice() * 1.5, -1, 1)
    over = np.flatnonzero(np.abs(samples) >= 1) * 1000 / RATE
    faults = found_in(encoded(tmp_path, samples))
    assert faults
    for fault in faults:
        assert np.any((over > fault.start_ms - 20) & (over < fault.end_ms + 20))


@pytest.mark.parametrize("name", ["x.mp3", "x.m4a", "x.opus", "x.ogg"])
def test_clipped_throughout_and_then_coded(tmp_path, name):
    samples = np.clip(voice() * 5, -1, 1)
    path = encoded(tmp_path, samples, name)
    assert sum(fault.end_ms - fault.start_ms for fault in found_in(path)) > 1500


def peaks(samples):
    step = RATE // 10
    whole = np.abs(samples[: len(samples) // step * step]).reshape(-1, step).max(axis=1)
    return 20 * np.log10(np.maximum(whole, 1e-6))


def test_which_tracks_are_worth_a_search():
    assert is_suspicious(peaks(clipped()[0]))
    assert is_suspicious(peaks(np.clip(voice() * 5, -1, 1) * 0.3))
    assert not is_suspicious(peaks(voice()))
    assert not is_suspicious(np.zeros(0, np.float32))
    assert not is_suspicious(np.full(100, -120, np.float32))
    for name in rooms.RAW:
        assert not is_suspicious(peaks(rooms.decoded(rooms.recording(name), rate=RATE)))


TIME = np.arange(RATE * 3) / RATE
UNCUT = {
    "loud voice": lambda: voice() / 0.7601,
    "rumble": lambda: np.sin(2 * np.pi * 30 * TIME),
    "hum": lambda: np.sin(2 * np.pi * 100 * TIME),
    "tone": lambda: np.sin(2 * np.pi * 997 * TIME) * 0.3,
    "high tone": lambda: np.sin(2 * np.pi * 6000 * TIME),
    "flat tops": lambda: (np.sin(2 * np.pi * 80 * TIME) + np.sin(6 * np.pi * 80 * TIME) / 9) * 0.9,
    "noise": lambda: rooms.white(len(TIME), -15),
    "music": lambda: np.interp(np.arange(RATE * 6) / 3, np.arange(96_000), rooms.music(6)) * 2.5,
    "silence": lambda: np.zeros(RATE),
    "one sample": lambda: np.zeros(1),
}
AS_IS = [
    ("x.wav", "anull", ()),
    ("x.mp3", "anull", ()),
    ("limited.wav", "volume=14dB,alimiter=limit=0.89:level=false:attack=5:release=50", ()),
    ("limited.mp3", "volume=14dB,alimiter=limit=0.97:level=false:attack=5:release=50", ()),
    ("telephone.wav", "aresample=8000", ("-c:a", "pcm_mulaw")),
    ("u8.wav", "anull", ("-c:a", "pcm_u8")),
]


@pytest.mark.parametrize("sound", UNCUT)
def test_loud_sounds_are_not_clipped(tmp_path, sound):
    assert found_in(encoded(tmp_path, UNCUT[sound]())) == ()


@pytest.mark.parametrize(("name", "filters", "options"), AS_IS)
def test_neither_limiters_nor_rounding_are_clipping(tmp_path, name, filters, options):
    assert found_in(encoded(tmp_path, voice(), name, filters, options)) == ()


@pytest.mark.parametrize("name", rooms.RAW)
def test_the_demonstration_is_not_clipped(name):
    assert found_in(rooms.recording(name)) == ()
