"""One contract for every engine, with the real weights."""

from __future__ import annotations

import os
import shutil
import struct

import numpy as np
import pytest
from tracks_made import together

from castkit.errors import CastkitError
from castkit.speech.recognise import Wish, recognise
from castkit.speech.sound import Sound
from castkit.speech.transcriber import Task, open_transcriber

ENGINES = ("faster-whisper", "openai-whisper")
GREEDY = Task("en", beam_size=1)

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:torch", "ignore::UserWarning:torch", "ignore::numba.core.errors.NumbaWarning"
)


@pytest.fixture(scope="module")
def engines(base):
    return {name: open_transcriber(name, base) for name in ENGINES}


@pytest.fixture(params=ENGINES)
def transcriber(request, engines):
    return engines[request.param]


@pytest.fixture
def samples(clip):
    return clip.read(0, clip.length)


def test_it_says_what_it_is(transcriber, engines):
    assert engines[transcriber.engine] is transcriber
    assert transcriber.version


def test_words_in_order_within_the_window(transcriber, samples, clip):
    heard = transcriber.hear(samples, GREEDY)
    assert heard.text.startswith("Welcome to Social Protection Dialogues, the podcast about security at work")
    edges = [edge for word in heard.words for edge in (word.start_ms, word.end_ms)]
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= clip.duration_ms
    assert all(0 < word.probability <= 1 for word in heard.words)
    assert heard.words[1].text == " to"
    assert not heard.repeats_itself
    assert heard.no_speech < 0.6


def test_the_same_window_gives_the_same_words(transcriber, samples):
    first = transcriber.hear(samples, GREEDY)
    transcriber.hear(samples[: len(samples) // 2], GREEDY)
    assert transcriber.hear(samples, GREEDY) == first


def test_the_language_is_probable(transcriber, samples):
    found = transcriber.language_probabilities(samples)
    assert max(found, key=found.__getitem__) == "en"
    assert found["en"] > 0.9
    assert sum(found.values()) == pytest.approx(1, abs=0.01)


def test_beam_and_prompt_are_taken(transcriber, samples):
    assert "Dialogues" in transcriber.hear(samples, Task("en", beam_size=2, prompt="Social Protection Dialogues.")).text


def test_chinese_words_and_their_translation(transcriber, voices):
    sound = voices("episode-02")[0].sound
    samples = sound.read_ms(700, 6500)
    assert "我是主持人" in transcriber.hear(samples, Task("zh", beam_size=1, prompt="以下是普通话的句子。")).text
    english = transcriber.hear(samples, Task("zh", beam_size=1, translate=True))
    assert english.words
    assert english.text.isascii()


@pytest.mark.parametrize("sound", ["silence", "hum", "noise"])
def test_where_nobody_speaks_there_are_no_words(transcriber, sound, tmp_path):
    time = np.arange(12 * 16_000) / 16_000
    wave = {
        "silence": np.zeros_like(time),
        "hum": 0.05 * np.sin(2 * np.pi * 50 * time),
        "noise": np.random.default_rng(1).normal(0, 0.005, len(time)),
    }[sound]
    found = recognise(together([_written(wave, tmp_path)], [None]), transcriber, Wish("en"))
    assert found.utterances == ()


def test_both_engines_give_the_same_text(engines, samples):
    """Greedy, in float32: the weights are the same numbers in both."""
    faster, openai = (engines[name].hear(samples, GREEDY) for name in ENGINES)
    assert faster.text == openai.text
    assert [w.text for w in faster.words] == [w.text for w in openai.words]
    apart = [abs(a.start_ms - b.start_ms) for a, b in zip(faster.words, openai.words, strict=True)]
    assert max(apart) <= 40
    assert faster.log_probability == pytest.approx(openai.log_probability, abs=0.01)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("compute_type", ["float128", "float16"])
def test_a_compute_type_the_machine_cannot_do(engine, compute_type, base):
    with pytest.raises(CastkitError) as caught:
        open_transcriber(engine, base, device="cpu", compute_type=compute_type)
    assert compute_type in str(caught.value)
    assert "compute_type" in caught.value.hint


@pytest.mark.parametrize("engine", ENGINES)
def test_a_model_that_is_none(engine, tmp_path):
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).write_text("{}", "utf-8")
    (tmp_path / "model.bin").write_bytes(b"not weights" * 100)
    with pytest.raises(CastkitError, match=r"model\.bin|speech model"):
        open_transcriber(engine, tmp_path)


def test_an_engine_that_does_not_exist(base):
    with pytest.raises(CastkitError, match="wav2vec"):
        open_transcriber("wav2vec", base)


def test_a_damaged_conversion_is_made_again(base, tmp_path, samples, engines):
    for file in base.iterdir():
        if not file.name.endswith(".pt"):
            os.link(file, tmp_path / file.name) if file.stat().st_dev == tmp_path.stat().st_dev else shutil.copy(
                file, tmp_path
            )
    kept = tmp_path / "openai-whisper.pt"
    kept.write_bytes(b"half a checkpoint")
    again = open_transcriber("openai-whisper", tmp_path)
    assert again.hear(samples, GREEDY) == engines["openai-whisper"].hear(samples, GREEDY)
    assert kept.stat().st_size > 100_000_000
    assert not list(tmp_path.glob(".openai*"))


def _written(wave: np.ndarray, folder) -> Sound:
    data = (np.clip(wave, -1, 1) * 32767).astype("<i2").tobytes()
    header = (
        b"RIFF"
        + struct.pack("<I", 36 + len(data))
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 16_000, 32_000, 2, 16)
    )
    path = folder / "sound.wav"
    path.write_bytes(header + b"data" + struct.pack("<I", len(data)) + data)
    return Sound.open(path)
