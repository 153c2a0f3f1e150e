from __future__ import annotations

import pytest

from castkit.model.transcript import Word
from castkit.speech.hallucination import Evidence, believed, without_loops
from castkit.speech.transcriber import Attempt, Heard, Task, best_attempt, most_tokens

SPEECH = Evidence(2000, 0.9)


def heard(*texts: str, log_probability: float = -0.2, repeats: bool = False) -> Heard:
    words = tuple(Word(100 * index, 100 * index + 80, text, 0.9) for index, text in enumerate(texts))
    return Heard(words, log_probability, 0.1, repeats)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you.",
        "Thanks for watching!",
        "字幕由 Amara.org 社区提供",
        "字幕由Amara.org社區提供",
        "谢谢大家。",
        "謝謝觀看",
    ],
)
@pytest.mark.parametrize(
    ("evidence", "log_probability"),
    [(Evidence(60, 0.9), -0.2), (Evidence(2000, 0.45), -0.2), (Evidence(2000, 0.9), -0.95)],
)
def test_a_known_phrase_without_evidence_is_left_out_and_told(text, evidence, log_probability):
    words, told = believed(heard(text, log_probability=log_probability), evidence)
    assert words == ()
    assert text in told


@pytest.mark.parametrize("text", ["Thank you.", "谢谢大家。", "See you next time."])
def test_the_same_words_clearly_spoken_stay(text):
    assert believed(heard(text), SPEECH) == (heard(text).words, "")


def test_other_words_stay_however_weak_the_evidence():
    found = heard("Ja.", log_probability=-0.99)
    assert believed(found, Evidence(100, 0.4)) == (found.words, "")


def test_a_loop_is_cut_to_its_first_turn():
    found = heard(" The", *[" fund", " pays"] * 9, " well", repeats=True)
    words, told = believed(found, SPEECH)
    assert "".join(word.text for word in words) == " The fund pays well"
    assert "16 words" in told


def test_what_people_repeat_is_no_loop():
    found = heard(" no", " no", " no", " yes")
    assert without_loops(found.words) == found.words
    assert believed(heard(*[" no"] * 6), SPEECH)[1] == ""
    assert believed(heard(" a", *[" phone"] * 18, " call"), SPEECH)[1] == "a loop of 17 words"


def attempt(log_probability: float, text: str = "some words", no_speech: float = 0.1) -> Attempt:
    return Attempt((1,), text, log_probability, no_speech)


LOOP = "la la " * 60


@pytest.mark.parametrize(
    ("attempts", "chosen", "used"),
    [
        ([attempt(-0.3), attempt(-0.1)], 0, 1),
        ([attempt(-1.4), attempt(-0.5)], 1, 2),
        ([attempt(-0.1, LOOP), attempt(-0.5)], 1, 2),
        ([attempt(-1.4, no_speech=0.9), attempt(-0.1)], 0, 1),
        ([attempt(-1.4), attempt(-1.2), attempt(-0.1, LOOP)], 1, 3),
        ([attempt(-0.3, LOOP), attempt(-0.2, LOOP)], 1, 2),
    ],
)
def test_whispers_guards(attempts, chosen, used):
    asked = iter(attempts)
    assert best_attempt(asked, Task("zh")) is attempts[chosen]
    assert len(attempts) - len(list(asked)) == used


def test_a_translation_is_not_tried_again_for_doubt_but_for_a_loop():
    doubted = [attempt(-1.4), attempt(-0.1)]
    assert best_attempt(iter(doubted), Task("zh", translate=True)) is doubted[0]
    looped = [attempt(-0.1, LOOP), attempt(-1.4)]
    assert best_attempt(iter(looped), Task("zh", translate=True)) is looped[1]


def test_a_short_window_holds_few_tokens():
    assert [most_tokens(seconds) for seconds in (0, 1, 12, 30)] == [32, 48, 224, 224]
