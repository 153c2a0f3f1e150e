"""Clean speech comes out of the default preset as it went in, only louder: intelligible, hardly limited, in its place.

STOI (Taal et al. 2011) by pystoi; limiting is measured on the sound itself, not taken from what castkit says of it.
"""

from __future__ import annotations

import json
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pystoi import stoi

import sounds
from castkit import ffmpeg
from castkit.steps import edit, ingest, master, survey
from castkit.steps.context import EpisodeContext

RAW = f"episodes/{sounds.SLUG}/raw"
RATE = 48_000
BLOCKS = 100  # a second
SPEECH_DB = 25.0  # a block this far below the loud ones is no speech
# The gain of levelling moves in pauses; where speech is limited for less than a quarter of this, what is left of the
# gain in the other three quarters is that without the limiter.
AROUND = BLOCKS // 2
MUCH_DB = 3.0
TWO_S = 79  # of the conversation on two microphones
ONE_TRACK = {
    "host with a guest far away": ("episode-01/raw/host.flac", 0, 80),
    "presenter": ("episode-03/raw/camera.mp4", 0, 72),
    "two on one track": ("episode-02/raw/interview.mp3", 0, 80),
}


@dataclass(frozen=True)
class Mastered:
    """What was recorded, the tracks in one sum, and what became of it: samples at RATE, mono, of one length."""

    before: np.ndarray
    after: np.ndarray
    report: dict[str, Any]


def decoded(path: Path) -> np.ndarray:
    job = ffmpeg.source(path)["a:0"].output("pipe:1", format="f32le", ar=RATE, ac=1)
    return np.frombuffer(b"".join(ffmpeg.blocks(job, size=1 << 20)), "<f4")


def mastered(context: EpisodeContext) -> Mastered:
    sounds.build(context, ingest.STEP, survey.STEP, edit.STEP, master.STEP)
    tracks = [decoded(context.paths.root / one.path) for one in context.episode.recordings]
    after = decoded(context.paths.master)
    length = min(len(after), *map(len, tracks))
    report = json.loads(context.paths.master_report.read_text("utf-8"))
    return Mastered(sum(track[:length] for track in tracks), after[:length], report)


@pytest.fixture(scope="module", params=ONE_TRACK)
def one_track(request: pytest.FixtureRequest, demo_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Mastered:
    name, start, seconds = ONE_TRACK[request.param]
    root = tmp_path_factory.mktemp("clean")
    clip = root / RAW / "talk.wav"
    clip.parent.mkdir(parents=True)
    ffmpeg.run(["-ss", start, "-t", seconds, "-i", demo_raw / name, "-vn", clip], doing="making a clip")
    return mastered(sounds.talk(root, "raw/talk.wav"))


@pytest.fixture(scope="module")
def two_tracks(demo_raw: Path, truth: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Mastered:
    """Two clean microphones in quiet rooms, without bleed; the presenter speaks where the guest did, 9 dB quieter."""
    root = tmp_path_factory.mktemp("two")
    (root / RAW).mkdir(parents=True)
    voices = decoded(demo_raw / "episode-01/raw/host.flac"), decoded(demo_raw / "episode-03/raw/camera.mp4")
    turns = [turn for turn in truth["episode-01"]["turns"] if turn["end_ms"] < TWO_S * 1000]
    sentences = iter(truth["episode-03"]["turns"][1:])
    made = np.zeros((2, TWO_S * RATE), np.float32)
    for turn in turns:
        number = int(turn["speaker"] == "guest")
        source = next(sentences) if number else turn
        length = min(turn["end_ms"] - turn["start_ms"], source["end_ms"] - source["start_ms"]) + 100
        said = voices[number][(source["start_ms"] - 50) * RATE // 1000 :][: length * RATE // 1000]
        at = (turn["start_ms"] - 50) * RATE // 1000
        made[number, at : at + len(said)] = said * (1, 10 ** (-9 / 20))[number]
    for number, name in enumerate(("host.wav", "guest.wav")):
        write(root / RAW / name, made[number] + quiet_room(made.shape[1], seed=number))
    return mastered(sounds.talk(root, *({"path": f"raw/{one}.wav", "speaker": one} for one in ("host", "guest"))))


def quiet_room(samples: int, *, seed: int) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(samples) * 10 ** (-75 / 20)).astype(np.float32)


def write(path: Path, sound: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
        file.writeframes(np.rint(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def gain_matched(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The sound before at the level it has after."""
    return before * np.sqrt(np.mean(np.square(after)) / np.mean(np.square(before)))


def levels_db(sound: np.ndarray) -> np.ndarray:
    size = RATE // BLOCKS
    whole = sound[: len(sound) // size * size].astype(np.float64).reshape(-1, size)
    return 10 * np.log10(np.mean(np.square(whole), axis=1) + 1e-12)


def share_lowered(before: np.ndarray, after: np.ndarray, *, by_db: float) -> float:
    """The share of the blocks with speech that came out lower than those around them, by more than `by_db`."""
    was, gain = levels_db(before), levels_db(after) - levels_db(before)
    speech = np.flatnonzero(was > np.percentile(was, 95) - SPEECH_DB)
    usual = [np.percentile(gain[speech[np.abs(speech - block) <= AROUND]], 75) for block in speech]
    return float(np.mean(np.array(usual) - gain[speech] > by_db))


def intelligibility(sound: Mastered) -> float:
    return float(stoi(gain_matched(sound.before, sound.after), sound.after, RATE))


def test_clean_speech_stays_as_intelligible(one_track: Mastered) -> None:
    assert intelligibility(one_track) >= 0.98


def test_clean_speech_is_hardly_limited(one_track: Mastered) -> None:
    assert share_lowered(one_track.before, one_track.after, by_db=MUCH_DB) < 0.01


def test_clean_speech_is_not_cleaned(one_track: Mastered) -> None:
    (track,) = one_track.report["tracks"]
    assert track["cleaning"]["reasons"] == ["clean: nothing done"]


def test_two_clean_microphones_stay_as_intelligible(two_tracks: Mastered) -> None:
    assert intelligibility(two_tracks) >= 0.98


def test_two_clean_microphones_are_hardly_limited(two_tracks: Mastered) -> None:
    assert share_lowered(two_tracks.before, two_tracks.after, by_db=MUCH_DB) < 0.01
    assert [track["cleaning"]["reasons"] for track in two_tracks.report["tracks"]] == [["clean: nothing done"]] * 2


def test_a_limiter_at_work_would_be_seen(demo_raw: Path, tmp_path: Path) -> None:
    """The same measure on a master that is asked to be far too loud."""
    (tmp_path / RAW).mkdir(parents=True)
    clip = tmp_path / RAW / "talk.wav"
    ffmpeg.run(["-t", 30, "-i", demo_raw / "episode-03/raw/camera.mp4", "-vn", clip], doing="making a clip")
    loud = mastered(sounds.talk(tmp_path, "raw/talk.wav", loudness=-8.0))
    assert share_lowered(loud.before, loud.after, by_db=MUCH_DB) > 0.05
