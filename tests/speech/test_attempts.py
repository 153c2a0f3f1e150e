from __future__ import annotations

import pytest

from castkit.speech.attempts import TEMPERATURES, Attempt, Rung, most_tokens, rungs, settled

LOOP = "no " * 100


def attempt(text: str = "words", log_probability: float = -0.2, no_speech: float = 0.1) -> Attempt:
    return Attempt((1, 2, 3), text, log_probability, no_speech)


def settle(*columns: list[Attempt], beam_size: int = 1, translate: bool = False) -> tuple[list[str], list[list[int]]]:
    """The texts chosen where windows give these attempts one after the other, and what was decoded at each rung."""
    asked: list[list[int]] = []

    def decode(numbers, _rung):
        asked.append(list(numbers))
        return [columns[number][min(len(asked), len(columns[number])) - 1] for number in numbers]

    found = settled([translate] * len(columns), rungs(beam_size), decode)
    return [one.text for one in found], asked


def test_greedy_comes_first_then_a_beam_then_temperatures():
    assert rungs(1) == (Rung(1), Rung(5), *(Rung(5, temperature) for temperature in TEMPERATURES))
    assert rungs(3)[:2] == (Rung(3), Rung(5, 0.2))
    assert rungs(1, draws=False) == (Rung(1), Rung(5))


def test_only_what_fails_is_decoded_again_all_of_it_together():
    loop, good = [attempt(LOOP), attempt("better")], [attempt("good")]
    assert settle(good, loop, good, loop) == (["good", "better", "good", "better"], [[0, 1, 2, 3], [1, 3]])


def test_doubt_asks_for_a_beam_and_grave_doubt_for_more():
    unsure = [attempt("one", -0.7), attempt("two", -0.6), attempt("three")]
    assert settle(unsure) == (["two"], [[0], [0]])
    doubtful = [attempt("one", -1.4), attempt("two", -1.2), attempt("three", -1.3)]
    assert settle(doubtful)[0] == ["two"]
    assert len(settle(doubtful)[1]) == 7
    assert settle(doubtful, beam_size=5)[1] == [[0]] * 6


def test_a_translation_is_not_tried_again_for_doubt_but_for_a_loop():
    assert settle([attempt("one", -1.4)], translate=True) == (["one"], [[0]])
    assert settle([attempt(LOOP), attempt("two")], translate=True)[0] == ["two"]


def test_silence_is_believed_at_once():
    assert settle([attempt("hm", -1.2, 0.9)]) == (["hm"], [[0]])
    assert not attempt("said", -0.3, 0.9).is_silence


def test_of_attempts_that_all_fail_the_surest_without_a_loop():
    assert settle([attempt(LOOP, -0.1), attempt("a", -1.5), attempt("b", -1.2), attempt(LOOP, -0.1)])[0] == ["b"]
    assert settle([attempt(LOOP, -0.3), attempt(LOOP + "!", -0.1), attempt(LOOP, -0.2)])[0] == [LOOP + "!"]


@pytest.mark.parametrize(("seconds", "tokens"), [(0.0, 32), (2.0, 64), (30.0, 224)])
def test_a_loop_is_not_followed_for_long(seconds, tokens):
    assert most_tokens(seconds) == tokens
