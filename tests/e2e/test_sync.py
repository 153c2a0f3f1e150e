"""After cuts, shortened pauses and an intro everything still lies where the sound is: words, chapters, the picture.

Held against the recording itself: its sound is looked for in the finished files, and the finished MP3 is heard anew.
"""

from __future__ import annotations

import json
import shutil
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

import av
import mutagen.id3
import numpy as np
import pytest
from castkit_cli import succeed

import bs1770
from castkit import ffmpeg
from castkit.model.programme import Programme
from castkit.model.transcript import Transcript, Word
from castkit.speech.bleed import Placement
from castkit.speech.engines import open_transcriber
from castkit.speech.models import locate
from castkit.speech.recognise import Voice, Wish, recognise
from castkit.speech.sound import Sound
from castkit.speech.vad import activity

ROOT = Path(__file__).parent.parent.parent
RATE = 48_000
FRAME_MS = 40
# Sentences that are made silent: one before the first that is heard, one that leaves a pause of nine seconds.
MUTED = "volume=0:enable='lt(t,6)+between(t,16,24)'"
# From the middle of a sentence to the middle of another place in it; a chapter begins inside.
CUT_MS = (36_000, 39_500)
EDIT = 'cut = [["00:36", "00:39.5"]]\n'
CHAPTERS_MS = (0, 9_000, 25_500, 38_000, 43_500)
CHAPTER = """
[[chapters]]
start = "00:{seconds:06.3f}"
title = "From {seconds}"
"""
AUDIO = """
[audio]
formats = ["m4a"]
trim = true
longest_pause_ms = 1000
intro = "intro.flac"
crossfade_ms = 500
"""


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The video-cast with two long silences, its picture small."""
    target = tmp_path_factory.mktemp("sync") / "camera.mp4"
    camera = ROOT / "episodes/episode-03/raw/camera.mp4"
    small = ["-vf", "scale=320:180", "-c:v", "libx264", "-preset", "ultrafast", "-af", MUTED]
    ffmpeg.run(["-i", camera, *small, target], doing="making a clip")
    return target


@pytest.fixture(scope="module")
def build(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an edited episode as `castkit build` leaves it."""
    show = tmp_path_factory.mktemp("edited") / "show"
    succeed("init", str(show), "--title", "A Show", "--language", "en", "--model", "base", cwd=ROOT)
    shutil.copy(ROOT / "assets/intro.flac", show)
    given = f"{recording}=presenter"
    succeed("new", "talk", "--recording", given, "--language", "en", "--title", "A Talk", cwd=show)
    for toml, before, after in (
        (show / "castkit.toml", "", AUDIO),
        (show / "episodes/talk/episode.toml", EDIT, "".join(CHAPTER.format(seconds=ms / 1000) for ms in CHAPTERS_MS)),
    ):
        toml.write_text(before + toml.read_text("utf-8") + after, "utf-8")
    succeed("build", "talk", "--json", cwd=show)
    return show / "episodes/talk/build"


@pytest.fixture(scope="module")
def programme(build: Path) -> Programme:
    return Programme.from_json(json.loads((build / "programme.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def recorded(recording: Path) -> np.ndarray:
    return mono(recording)


def mono(path: Path) -> np.ndarray:
    samples, rate = bs1770.decode(path)
    assert rate == RATE
    return samples.mean(axis=0)


def piece_at(sound: np.ndarray, ms: int, length_ms: int) -> np.ndarray:
    return sound[max(0, ms) * RATE // 1000 : (ms + length_ms) * RATE // 1000]


def place_of(piece: np.ndarray, sound: np.ndarray) -> tuple[float, float]:
    """Where in a sound a piece lies, in ms, and how alike both are there (correlation, 1 for the same)."""
    size = 1 << (len(sound) + len(piece)).bit_length()
    product = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(piece, size)), size)
    power = np.cumsum(np.square(np.concatenate([[0.0], sound]), dtype=np.float64))
    there = np.maximum(power[len(piece) :] - power[: -len(piece)], 1e-6)
    alike = product[: len(there)] / np.sqrt(there * np.square(piece, dtype=np.float64).sum())
    at = int(alike.argmax())
    return at * 1000 / RATE, float(alike[at])


def test_the_edit_is_what_was_asked_for(programme: Programme) -> None:
    spans = [(piece.start_ms, piece.end_ms) for piece in programme.timeline.pieces]
    assert CUT_MS[0] in [end for _, end in spans]
    assert CUT_MS[1] in [start for start, _ in spans]
    assert {one.reason for one in programme.removed} == {"cut", "silence", "pause"}
    assert sum(one.end_ms - one.start_ms for one in programme.removed) > 6_000 + 3_500 + 7_000
    assert programme.lead_ms > 1000


@pytest.mark.parametrize("suffix", ["mp3", "m4a", "mp4"])
def test_the_sound_lies_where_the_programme_says(build: Path, programme, recorded, suffix: str) -> None:
    sound = mono(build / f"talk.{suffix}")
    off, seen = [], 0
    for part in programme.timeline.pieces:
        for start in range(part.start_ms, part.end_ms - 500, 1000):
            piece = piece_at(recorded, start, min(1000, part.end_ms - start))
            if np.sqrt(np.mean(np.square(piece))) < 0.01:
                continue
            said_ms = part.at_ms + start - part.start_ms
            at, alike = place_of(piece, piece_at(sound, said_ms - 1000, 3000))
            assert alike > 0.9, start
            off.append(at - min(1000, said_ms))
            seen += 1
    assert seen > 15
    assert max(map(abs, off)) < 1, off


def test_a_chapter_begins_with_its_words_in_every_file(build: Path, recorded: np.ndarray) -> None:
    tags = mutagen.id3.ID3(build / "talk.mp3")
    starts = {
        "mp3": tuple(sorted(chapter.start_time for chapter in tags.getall("CHAP"))),
        "m4a": ffmpeg.probe(build / "talk.m4a").chapter_starts_ms,
        "mp4": ffmpeg.probe(build / "talk.mp4").chapter_starts_ms,
    }
    sound = mono(build / "talk.mp3")
    for number, ms in enumerate(CHAPTERS_MS):
        begins = CUT_MS[1] if CUT_MS[0] <= ms < CUT_MS[1] else ms
        at, alike = place_of(piece_at(recorded, begins, 1200), sound) if ms else (0.0, 1.0)
        assert alike > 0.9
        for name, found in starts.items():
            assert len(found) == len(CHAPTERS_MS), name
            assert found[number] == pytest.approx(at, abs=50), (name, ms)


def test_slides_change_with_the_words(build: Path, programme: Programme, recording: Path) -> None:
    """Where a slide of the camera's picture changes, that of the finished video does, to a frame."""
    shown = slide_changes(build / "talk.mp4")
    moments = [programme.timeline.to_master(ms) for ms in slide_changes(recording)]
    kept = [ms for ms in moments if ms is not None]
    assert len(kept) >= 4
    for ms in kept:
        assert min(abs(ms - other) for other in shown) <= FRAME_MS, (ms, shown)


def slide_changes(path: Path) -> list[int]:
    """When a frame differs much from the one before, ms."""
    with av.open(str(path)) as container:
        frames = [
            (round(frame.time * 1000), frame.reformat(64, 36, "gray").to_ndarray().astype(float))
            for frame in container.decode(video=0)
        ]
    return [ms for (_, one), (ms, other) in pairwise(frames) if np.abs(one - other).mean() > 2]


def test_words_heard_anew_are_where_the_edit_put_them(build: Path, programme: Programme, tmp_path: Path) -> None:
    """The recogniser itself is off by more here and there: a word before a pause may be given the pause, or not."""
    transcript = Transcript.from_json(json.loads((build / "transcript.json").read_text("utf-8")))
    moved = transcript.through(programme.timeline, programme.duration_ms).words
    wav = tmp_path / "master.wav"
    ffmpeg.run(["-i", build / "talk.mp3", "-vn", "-ac", "1", "-ar", "16000", wav], doing="making a track")
    pairs = same_words(moved, words_of(wav))
    assert len(pairs) > 0.9 * len(moved)
    off = np.array([(here.start_ms - said.start_ms, here.end_ms - said.end_ms) for said, here in pairs])
    for piece in programme.timeline.pieces:
        inside = [piece.at_ms <= said.start_ms < piece.until_ms for said, _ in pairs]
        assert abs(np.median(off[inside])) <= 20, piece
    assert np.percentile(np.abs(off), 95) <= 80, np.sort(np.abs(off).ravel())[-20:]


def words_of(wav: Path) -> list[Word]:
    sound = Sound.open(wav)
    voice = Voice(sound, None, Placement(0), activity(sound).probability)
    engine = open_transcriber("faster-whisper", locate("base"))
    return [
        word for one in recognise([voice], engine, Wish("en", 5, (), english=False)).utterances for word in one.words
    ]


def same_words(some: tuple[Word, ...], others: list[Word]) -> list[tuple[Word, Word]]:
    """Pairs of words with the same letters, in order."""
    texts = [["".join(filter(str.isalnum, word.text.lower())) for word in words] for words in (some, others)]
    blocks = SequenceMatcher(None, *texts, autojunk=False).get_matching_blocks()
    return [(some[one.a + n], others[one.b + n]) for one in blocks for n in range(one.size)]
