"""One contract for every engine, with the real weights."""

from __future__ import annotations

import os
import shutil
import struct

import numpy as np
import pytest
from tracks_made import together

from castkit.errors import CastkitError
from castkit.speech.attempts import Rung
from castkit.speech.engines import ENGINES, open_transcriber
from castkit.speech.hearing import Request, hear, segments
from castkit.speech.recognise import Wish, recognise
from castkit.speech.sound import RATE, Sound
from castkit.speech.spans import Span
from castkit.speech.transcriber import Heard, Order, Task

GREEDY = Task("en", beam_size=1)

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:torch", "ignore::UserWarning:torch", "ignore::numba.core.errors.NumbaWarning"
)


@pytest.fixture(scope="module")
def engines(base, faster):
    return {"faster-whisper": faster, "openai-whisper": open_transcriber("openai-whisper", base)}


@pytest.fixture(params=ENGINES)
def transcriber(request, engines):
    return engines[request.param]


@pytest.fixture
def samples(clip):
    return clip.read(0, clip.length)


@pytest.fixture
def chinese(voices):
    """ "Welcome to Social Protection Dialogues. I am the host." """
    return voices("episode-02")[0].sound.read_ms(700, 6500)


def said(transcriber, windows, tasks) -> tuple[Heard, ...]:
    """What is heard in windows that are one stretch of speech each."""
    encoded = transcriber.encode(windows)
    lengths = [len(window) * 1000 // RATE for window in windows]
    return hear(
        encoded,
        [
            Request(number, task, (Span(0, length),), length)
            for number, (task, length) in enumerate(zip(tasks, lengths, strict=True))
        ],
    )


def test_it_says_what_it_is(transcriber, engines):
    assert engines[transcriber.engine] is transcriber
    assert transcriber.version


def test_words_in_order_within_the_window(transcriber, samples, clip):
    (heard,) = said(transcriber, [samples], [GREEDY])
    assert heard.text.startswith("Welcome to Social Protection Dialogues, the podcast about security at work")
    edges = [edge for word in heard.words for edge in (word.start_ms, word.end_ms)]
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= clip.duration_ms
    assert all(0 < word.probability <= 1 for word in heard.words)
    assert heard.words[1].text == " to"
    assert not heard.repeats_itself
    assert heard.no_speech < 0.6


def test_a_batch_in_three_ways_at_once(transcriber, samples, chinese):
    """Each window by its own task, in the order of the batch, and nothing of one in another."""
    zh = Task("zh", prompt="以下是普通话的句子。")
    windows, tasks = [chinese, samples, chinese], [zh, GREEDY, Task("zh", translate=True)]
    first, second, third = said(transcriber, windows, tasks)
    assert "我是主持人" in first.text
    assert second.text.startswith("Welcome to Social Protection Dialogues")
    assert third.words
    assert third.text.isascii()
    assert said(transcriber, windows, tasks) == (first, second, third)


def test_the_language_of_each_window_is_probable(transcriber, samples, chinese):
    for found, language in zip(transcriber.encode([samples, chinese]).languages(), ("en", "zh"), strict=True):
        assert max(found, key=found.__getitem__) == language
        assert found[language] > 0.9
        assert sum(found.values()) == pytest.approx(1, abs=0.01)


def test_beam_and_prompt_are_taken(transcriber, samples):
    (heard,) = said(transcriber, [samples], [Task("en", beam_size=2, prompt=" Social Protection Dialogues.")])
    assert "Dialogues" in heard.text
    assert "Dialogues. Social" not in heard.text


def test_it_is_heard_from_a_given_time_on(transcriber, samples):
    encoded = transcriber.encode([samples])
    (attempt,) = encoded.decode([Order(0, GREEDY, 6900)], Rung(1))
    first = segments(attempt.tokens, encoded.first_stamp, 6900)[0]
    assert abs(first.start_ms - 6900) <= 20
    assert "Welcome" not in attempt.text
    assert attempt.text.strip().startswith("I am your host")


def test_what_is_drawn_at_random_is_drawn_again(transcriber, samples, chinese):
    """Whatever was drawn before: a run that is resumed gives what one without a break would have given."""
    windows, orders = [samples[: 2 * RATE], chinese[: 2 * RATE]], [Order(0, Task("en")), Order(1, Task("zh"))]
    first = transcriber.encode(windows).decode(orders, Rung(2, 1.0))
    transcriber.encode(windows[1:]).decode([Order(0, Task("zh"))], Rung(2, 0.8))
    assert transcriber.encode(windows).decode(orders, Rung(2, 1.0)) == first


def test_both_engines_give_the_same_text(engines, samples, chinese):
    """Greedy, in float32: the weights are the same numbers in both."""
    windows = [samples, chinese, samples[6900 * RATE // 1000 :]]
    tasks = [GREEDY, Task("zh", prompt="以下是普通话的句子。"), Task("en", prompt=" Social Protection.")]
    for faster, openai in zip(*(said(engines[name], windows, tasks) for name in ENGINES), strict=True):
        assert faster.text == openai.text
        assert [w.text for w in faster.words] == [w.text for w in openai.words]
        apart = [abs(a.start_ms - b.start_ms) for a, b in zip(faster.words, openai.words, strict=True)]
        assert max(apart) <= 40
        assert faster.log_probability == pytest.approx(openai.log_probability, abs=0.02)
        assert faster.no_speech == pytest.approx(openai.no_speech, abs=0.02)


def test_both_engines_decode_alike_from_a_given_time_on(engines, samples):
    attempts = [engines[name].encode([samples]).decode([Order(0, GREEDY, 6900)], Rung(1))[0] for name in ENGINES]
    assert attempts[0].text == attempts[1].text
    assert attempts[0].log_probability == pytest.approx(attempts[1].log_probability, abs=0.05)


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
    assert said(again, [samples], [GREEDY]) == said(engines["openai-whisper"], [samples], [GREEDY])
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
