from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import recorders

from castkit import ffmpeg
from castkit.audio.follow import Followed, Layer, Lost, follow
from castkit.audio.rhythm import RATE, Wave

Part = tuple[float, float] | float  # from and to in s of the recordings, or the length of some music

MASTERED = (
    "highpass=90,equalizer=f=3000:t=q:w=1:g=5,equalizer=f=200:t=q:w=1:g=-4,acompressor=threshold=-24dB:ratio=4:makeup=2"
)
INTERVIEW = "episode-02/raw/interview.mp3"


def tracks(length_s: float = 250) -> list[np.ndarray]:
    """Host and guest of episode-01; the guest as loud as the host."""
    size = int(length_s * RATE)
    return [recorders.heard("episode-01/raw/host.flac")[:size], recorders.heard("episode-01/raw/guest.m4a")[:size] * 4]


def master(folder: Path, mix: np.ndarray, parts: list[Part], filters: str = MASTERED) -> Wave:
    """What an engineer hands back: these parts one after the other, filtered, as MP3 of 64 kbit/s; at 16 kHz."""
    edited = [
        recorders.tune(part) if isinstance(part, float) else mix[int(part[0] * RATE) : int(part[1] * RATE)]
        for part in parts
    ]
    recorders.write(folder / "edited.wav", *edited)
    ffmpeg.run(["-i", folder / "edited.wav", "-af", filters, "-ar", "44100", "-b:a", "64k", folder / "final.mp3"])
    ffmpeg.run(["-i", folder / "final.mp3", "-ar", "16000", "-ac", "1", folder / "final.wav"])
    return Wave.open(folder / "final.wav")


def layers(folder: Path, sounds: list[np.ndarray]) -> list[Layer]:
    return [
        Layer(Wave.open(recorders.write(folder / f"{number}.wav", sound)), 0) for number, sound in enumerate(sounds)
    ]


def expected(parts: list[Part]) -> list[tuple[int, int, int]]:
    """Start, end and place in the master of every piece, ms."""
    found, at = [], 0.0
    for part in parts:
        if not isinstance(part, float):
            found.append((round(part[0] * 1000), round(part[1] * 1000), round(at * 1000)))
        at += part if isinstance(part, float) else part[1] - part[0]
    return found


def check(result: Followed | Lost, parts: list[Part], edges_ms: int = 60) -> Followed:
    assert isinstance(result, Followed), result
    truth = expected(parts)
    assert len(result.pieces) == len(truth), result.pieces
    for piece, (start, end, at) in zip(result.pieces, truth, strict=True):
        assert piece.at_ms - piece.start_ms == pytest.approx(at - start, abs=3), (piece, start)
        assert piece.start_ms == pytest.approx(start, abs=edges_ms)
        assert piece.end_ms == pytest.approx(end, abs=edges_ms)
    for one, after in pairwise(result.pieces):
        assert one.end_ms <= after.start_ms
        assert one.until_ms <= after.at_ms
    return result


CASES: dict[str, list[Part]] = {
    "as it was": [(0, 250)],
    "an intro": [20.0, (0, 250)],
    "cuts, intro and outro": [12.3, (11.6, 50), (62, 120.5), (124.2, 200), (203, 248), 10.0],
    "an advertisement": [(0, 100), 30.0, (100, 248)],
    "words taken out": [(0, 30), (30.6, 71.2), (72, 101.7), (103.1, 140), (141, 180)],
    "the end alone": [(180, 248)],
}


@pytest.mark.parametrize("parts", CASES.values(), ids=CASES)
def test_every_piece_is_found_in_an_engineers_master(tmp_path: Path, parts: list[Part]) -> None:
    sounds = tracks()
    result = check(follow(layers(tmp_path, sounds), master(tmp_path, sum(sounds), parts)), parts)
    inserted = [part for part in parts if isinstance(part, float)]
    assert sum(piece.until_ms - piece.at_ms for piece in result.pieces) == pytest.approx(
        sum(1000 * (part[1] - part[0]) for part in parts if not isinstance(part, float)), abs=200
    )
    assert result.coverage > (0.98 if not inserted else 0.8)


def test_shortened_pauses_are_followed(tmp_path: Path) -> None:
    sounds = tracks(120)
    turns = [(0.9, 10.2), (12.0, 18.5), (20.4, 32.5), (34.0, 38.5), (40.1, 54.5), (56.2, 60.4), (62.5, 77.8)]
    parts: list[Part] = [(start - 0.3, end + 0.3) for start, end in turns]
    check(follow(layers(tmp_path, sounds), master(tmp_path, sum(sounds), parts)), parts, edges_ms=500)


def test_noise_reduction_does_not_matter(tmp_path: Path) -> None:
    sounds = tracks()
    parts: list[Part] = [(5, 60), (70, 130)]
    # afftdn hands everything on 25 ms late, which an engineer's workstation would make good.
    filters = f"{MASTERED},afftdn=nr=20,atrim=start=0.025"
    check(follow(layers(tmp_path, sounds), master(tmp_path, sum(sounds), parts, filters)), parts)


def test_tracks_lie_where_they_were_placed(tmp_path: Path) -> None:
    """The guest's recorder started 4 s late, with a clock that is off by 100 ppm."""
    host, guest = tracks(200)
    mix = host + guest
    late = recorders.later(guest, 4, 100)
    laid = layers(tmp_path, [host, late])
    laid[1] = Layer(laid[1].wav, 4000, 100.0)
    parts: list[Part] = [8.0, (4.5, 80), (95, 180)]
    check(follow(laid, master(tmp_path, mix, parts)), parts)


def test_the_recordings_clock_may_begin_before_zero(tmp_path: Path) -> None:
    sounds = tracks(100)
    laid = [Layer(layer.wav, -5000) for layer in layers(tmp_path, sounds)]
    result = follow(laid, master(tmp_path, sum(sounds), [(1, 60)]))
    assert isinstance(result, Followed)
    assert [(piece.start_ms, piece.at_ms) for piece in result.pieces] == [(pytest.approx(-4000, abs=3), 0)]


def test_a_master_of_something_else_is_refused(tmp_path: Path) -> None:
    other = recorders.heard(INTERVIEW)
    result = follow(layers(tmp_path, tracks()), master(tmp_path, other, [(0, 150)]))
    assert isinstance(result, Lost)
    assert result.coverage < 0.05
    assert "%" in result.reason


def test_a_master_that_is_mostly_something_else_is_refused(tmp_path: Path) -> None:
    sounds = tracks(60)
    made = np.concatenate([sum(sounds), recorders.heard(INTERVIEW)])
    result = follow(layers(tmp_path, sounds), master(tmp_path, made, [(0, 200)]))
    assert isinstance(result, Lost)
    assert 0.1 < result.coverage < 0.5


@pytest.mark.parametrize("seconds", [0.0, 0.2, 20.0])
def test_silence_is_refused(tmp_path: Path, seconds: float) -> None:
    silence = Wave.open(recorders.write(tmp_path / "silence.wav", np.zeros(int(seconds * RATE), np.float32)))
    laid = layers(tmp_path, tracks(30))
    assert isinstance(follow(laid, silence), Lost)
    assert isinstance(follow([Layer(silence, 0)], laid[0].wav), Lost)
