"""What was passed over is asked for again on the same encoding: with a recogniser of our own that passes over much."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from castkit.speech.attempts import Attempt
from castkit.speech.hearing import Request, Segment, hear, segments
from castkit.speech.spans import Span
from castkit.speech.transcriber import Task
from castkit.speech.words import TimedText

STAMP = 1000  # the token of 0 ms; text tokens are below it


def stamp(ms: int) -> int:
    return STAMP + ms // 20


def test_text_between_timestamps():
    tokens = (stamp(0), 1, 2, stamp(2000), stamp(3000), 3, stamp(4000), stamp(4000), 4)
    assert segments(tokens, STAMP) == (
        Segment(0, 2000, (1, 2)), Segment(3000, 4000, (3,)), Segment(4000, None, (4,))
    )  # fmt: skip
    assert segments((7, stamp(900)), STAMP, 500) == (Segment(500, 900, (7,)),)
    assert segments((), STAMP) == ()


@dataclass
class Forgetful:
    """Says these sentences (start, end, token) from where it is asked on, but at most so many at once."""

    sentences: tuple[tuple[int, int, int], ...]
    most: int = 1
    log_probability: float = -0.2
    no_speech: float = 0.1
    asked: list[int | None] = field(default_factory=list)
    first_stamp: int = STAMP

    def languages(self):
        return ({"en": 1.0},)

    def decode(self, orders, _rung):
        found = []
        for order in orders:
            self.asked.append(order.start_ms)
            said = [one for one in self.sentences if one[0] >= (order.start_ms or 0)][: self.most]
            tokens = tuple(token for start, end, text in said for token in (stamp(start), text, stamp(end)))
            text = " ".join(f"word{text}" for _, _, text in said)
            found.append(Attempt(tokens, text, self.log_probability, self.no_speech))
        return tuple(found)

    def align(self, orders, texts):
        return tuple(tuple(TimedText(n, n + 0.5, f" word{token}", 0.9) for n, token in enumerate(one)) for one in texts)


SENTENCES = ((0, 2000, 1), (3000, 5000, 2), (6000, 8000, 3), (9000, 11_000, 4))
SPEECH = tuple(Span(start, end) for start, end, _ in SENTENCES)


def heard(engine: Forgetful, speech: tuple[Span, ...] = SPEECH, *, translate: bool = False) -> str:
    (found,) = hear(engine, [Request(0, Task("en", translate=translate), speech, 12_000)])
    return found.text


@pytest.mark.parametrize("most", [1, 2, 3, 4])
@pytest.mark.parametrize("translate", [False, True])
def test_a_recogniser_that_stops_early_is_asked_for_the_rest(most, translate):
    engine = Forgetful(SENTENCES, most)
    assert heard(engine, translate=translate) == "word1 word2 word3 word4"
    assert engine.asked == [start or None for start, _, _ in SENTENCES[::most]]


def test_speech_that_gives_nothing_is_asked_for_once():
    engine = Forgetful(SENTENCES[:1], 4)
    assert heard(engine) == "word1"
    assert engine.asked == [None, 3000, 6000, 9000]


def test_a_breath_is_not_asked_for():
    engine = Forgetful(SENTENCES[:1], 4)
    assert heard(engine, (Span(0, 2000), Span(4000, 4400))) == "word1"
    assert engine.asked == [None]


def test_what_stands_there_is_not_taken_again():
    again = ((0, 2000, 1), (1800, 4000, 1), (4000, 6000, 2))
    assert heard(Forgetful(again, 3), (Span(0, 6000),)) == "word1 word1 word2"  # of one attempt all is believed
    engine = Forgetful(((0, 2000, 1), (3000, 5000, 1)), 1)
    assert heard(engine, SPEECH[:2]) == "word1"


def test_what_the_model_doubts_is_not_taken_where_it_was_not_said_at_first():
    class Doubts(Forgetful):
        def decode(self, orders, rung):
            found = super().decode(orders, rung)
            self.log_probability = -1.5
            return found

    assert heard(Doubts(SENTENCES, 1)) == "word1"


def test_silence_has_no_words_and_is_not_asked_again():
    engine = Forgetful(SENTENCES, 1, log_probability=-1.5, no_speech=0.9)
    assert heard(engine) == ""
    assert engine.asked == [None]


def test_a_sentence_without_an_end_is_heard_again_from_its_start():
    class Cut(Forgetful):
        def decode(self, orders, rung):
            (found,) = super().decode(orders, rung)
            is_first = self.asked == [None]
            return (Attempt(found.tokens[:-1] if is_first else found.tokens, found.text, -0.2, 0.1),)

    engine = Cut(SENTENCES[:2], 2)
    assert heard(engine, SPEECH[:2]) == "word1 word2"
    assert engine.asked == [None, 3000]


@dataclass
class Echoing(Forgetful):
    """Says a sentence, and of what comes after it the end of that sentence once more."""

    def decode(self, orders, rung):
        said = "the cost of the day is shared by the whole city"
        texts = {None: (1, said), 6000: (2, "shared by the whole city")}
        asked = [texts[order.start_ms] for order in orders]
        self.asked += [order.start_ms for order in orders]
        return tuple(
            Attempt((stamp(order.start_ms or 0), token, stamp(5000 if token == 1 else 9000)), text, -0.2, 0.1)
            for order, (token, text) in zip(orders, asked, strict=True)
        )


@pytest.mark.parametrize(("end_ms", "words"), [(6600, ["word1"]), (9000, ["word1", "word2"])])
def test_a_sentence_said_again_in_no_time_is_an_echo_and_one_that_takes_its_time_is_not(end_ms, words):
    engine = Echoing(())
    request = Request(0, Task("en"), (Span(0, 5000), Span(6000, end_ms)), 10_000)
    (heard,) = hear(engine, [request])
    assert engine.asked == [None, 6000]
    assert [word.text.strip() for word in heard.words] == words
