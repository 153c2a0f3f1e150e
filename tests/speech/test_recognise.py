"""Recognition from end to end: two languages on one track, and runs that are killed."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import pytest
import resumed
from tracks_made import together

from castkit.speech.checkpoint import Checkpoint
from castkit.speech.recognise import Wish, recognise
from castkit.speech.sound import RATE, Sound
from castkit.speech.spans import Span

WHOLE = os.environ.get("CASTKIT_SOAK") == "1"
PATIENCE_S = 300


def _written(target: Path, parts) -> Sound:
    with wave.open(str(target), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes((np.concatenate(parts) * 32767).astype("<i2").tobytes())
    return Sound.open(target)


@pytest.fixture(scope="module")
def pieced(tmp_path_factory, voices):
    """English, Chinese, English, with no more than a breath between: the sound, and where Chinese is spoken."""
    english, chinese = voices("episode-01")[0].sound, voices("episode-02")[0].sound
    parts = [english.read_ms(0, 18_500), chinese.read_ms(0, 36_600), english.read_ms(7_400, 18_500)]
    sound = _written(tmp_path_factory.mktemp("pieced") / "pieced.wav", parts)
    return sound, Span(18_500, 18_500 + 36_600)


@pytest.fixture(scope="module")
def understood(pieced, faster):
    told: list[float] = []
    found = recognise(together([pieced[0]], [None]), faster, Wish("auto", english=True), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    return found


def test_every_window_is_heard_in_its_own_language(pieced, understood):
    _, chinese = pieced
    words = [word for utterance in understood.utterances for word in utterance.words]
    assert understood.language == "zh"
    for word in words:
        is_chinese = chinese.start_ms <= (word.start_ms + word.end_ms) / 2 < chinese.end_ms
        assert (word.language, word.text.isascii()) == ((None, False) if is_chinese else ("en", True)), word
    text = "".join(word.text for word in words)
    assert "Welcome to Social Protection Dialogues" in text
    assert "我是主持人" in text
    assert text.count("who pays when a delivery rider falls ill") == 2


def test_the_english_of_two_languages_has_both(understood):
    text = "".join(word.text for utterance in understood.translation for word in utterance.words)
    assert text.isascii()
    assert text.count("who pays when a delivery rider falls ill") == 2
    assert "second" in text


@pytest.fixture(scope="module")
def short_voices(tmp_path_factory, voices):
    """A folder with six short sounds in two languages, and what is heard in them without a break."""
    folder = tmp_path_factory.mktemp("short")
    for number, (slug, start, end) in enumerate(
        [
            ("episode-01", 600, 3600),
            ("episode-02", 700, 9000),
            ("episode-01", 7500, 10_400),
            ("episode-02", 9500, 15_000),
            ("episode-01", 12_000, 15_000),
            ("episode-03", 0, 3000),
        ]
    ):
        _written(folder / f"{number}.wav", [voices(slug)[0].sound.read_ms(start, end)])
    return folder


def _killed(folder: Path, *, batches: int, after_s: float = 0.0) -> bool:
    """Runs the recognition in a process of its own and kills it some time after so many batches are kept.

    False where it was done before.
    """
    kept = folder / resumed.KEPT
    command = [sys.executable, "-W", "ignore", resumed.__file__, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    end = time.monotonic() + PATIENCE_S
    try:
        while process.poll() is None and time.monotonic() < end:
            if kept.is_file() and kept.read_bytes().count(b"\n") > batches:
                time.sleep(after_s)
                process.kill()
                process.wait()
                return True
            time.sleep(0.02)
        assert process.returncode == 0
        return False
    finally:
        process.kill()
        process.wait()


def test_a_run_that_was_killed_again_and_again_ends_like_one_that_was_not(short_voices, faster, tmp_path):
    folder = shutil.copytree(short_voices, tmp_path / "killed")
    whole = resumed.run(short_voices, faster, Checkpoint())
    for batches in (0, 1, 3, 4):
        assert _killed(folder, batches=batches)
    kept = Checkpoint(folder / resumed.KEPT, "base")
    found = resumed.run(folder, faster, kept)
    assert (folder / resumed.KEPT).read_bytes().count(b"\n") == 1 + 6
    assert found == whole
    assert {word.language for utterance in found.utterances for word in utterance.words} == {None, "en"}


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20 if WHOLE else 2))
def test_killed_at_any_moment(seed, short_voices, faster, tmp_path):
    chance = random.Random(seed)
    folder = shutil.copytree(short_voices, tmp_path / "killed")
    _killed(folder, batches=chance.randint(0, 5), after_s=chance.uniform(0, 1.5))
    found = resumed.run(folder, faster, Checkpoint(folder / resumed.KEPT, "base"))
    assert found == resumed.run(short_voices, faster, Checkpoint())
