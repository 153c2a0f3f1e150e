"""A passage: cut where it was asked for, to a few milliseconds, out of every format; its ends faded."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from castkit import ffmpeg
from castkit.audio.passage import cut_out

SECONDS = 40
# A beep of 10 ms at every full second, over noise that comes and goes, so that a variable bit rate varies.
BEEPS = (
    "aevalsrc='if(lt(mod(t,1),0.01),0.7*sin(2*PI*2000*t),0.1*random(0)*lt(mod(t,7),3))'"
    f":s=48000:d={SECONDS}"
)  # fmt: skip
FORMATS = {
    "wav": (),
    "flac": (),
    "m4a": ("-b:a", "128k"),
    "opus": ("-c:a", "libopus", "-b:a", "64k"),
    "constant.mp3": ("-b:a", "128k"),
    "variable.mp3": ("-q:a", "4"),
}


def make(*arguments: object) -> bytes:
    command = [ffmpeg.find_tools().ffmpeg, "-v", "error", "-y", *(str(argument) for argument in arguments)]
    return subprocess.run(command, check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("passage")
    make("-f", "lavfi", "-i", BEEPS, "-ac", 1, place / "s.wav")
    for name, options in FORMATS.items():
        if name != "wav":
            make("-i", place / "s.wav", *options, place / f"s.{name}")
    return place


def heard(path: Path) -> NDArray[np.float32]:
    return np.frombuffer(make("-i", path, "-f", "f32le", "-ac", 1, "-ar", 48000, "-"), np.float32)


def beeps_ms(sound: NDArray[np.float32]) -> list[float]:
    """When each beep begins."""
    loud = np.flatnonzero(np.abs(sound) > 0.35) / 48
    return [float(loud[0]), *(float(b) for a, b in pairwise(loud) if b - a > 100)]


@pytest.mark.parametrize("name", FORMATS)
def test_a_passage_is_cut_where_it_was_asked_for(folder: Path, tmp_path: Path, name: str) -> None:
    mixed = cut_out(folder / f"s.{name}", tmp_path / "p.wav", start_ms=31_250, end_ms=34_910)
    assert beeps_ms(heard(tmp_path / "p.wav")) == pytest.approx([750, 1750, 2750], abs=3)
    assert mixed.duration_ms == pytest.approx(3660, abs=1)
    assert (mixed.rate, mixed.channels) == (48_000, 1)


def test_the_end_of_the_programme_is_whole(folder: Path, tmp_path: Path) -> None:
    for name in FORMATS:
        mixed = cut_out(folder / f"s.{name}", tmp_path / "p.wav", start_ms=37_500, end_ms=40_000)
        assert mixed.duration_ms == pytest.approx(2500, abs=1), name


def test_both_ends_are_faded(tmp_path: Path) -> None:
    make("-f", "lavfi", "-i", "sine=50:r=48000:d=4,volume=12dB", tmp_path / "tone.wav")
    cut_out(tmp_path / "tone.wav", tmp_path / "p.wav", start_ms=1005, end_ms=3005)
    sound = np.abs(heard(tmp_path / "p.wav"))
    loudest = sound[48 * 500 : 48 * 1500].max()
    assert sound[:48].max() < 0.15 * loudest
    assert sound[48 * 1999 :].max() < 0.15 * loudest
    assert sound[48 * 25 : 48 * 60].max() > 0.9 * loudest


def test_the_mix_can_be_read_from_anywhere_and_was_measured(folder: Path, tmp_path: Path) -> None:
    mixed = cut_out(folder / "s.m4a", tmp_path / "p.wav", start_ms=10_500, end_ms=20_500)
    for at_ms, duration_ms, beeps in ((0, None, 10), (3000, 4000, 4)):
        ffmpeg.run(mixed.open(at_ms, duration_ms).output(str(tmp_path / "part.wav")))
        assert len(beeps_ms(heard(tmp_path / "part.wav"))) == beeps
    assert mixed.loudness.true_peak_dbtp == pytest.approx(20 * np.log10(0.7), abs=1)
