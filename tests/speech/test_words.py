from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from castkit.model.transcript import Word
from castkit.speech.spans import Span
from castkit.speech.words import TimedText, in_time_order, snap, utterances, words_of


def word(start: int, end: int, text: str = " a", speaker: str | None = None) -> Word:
    return Word(start, end, text, 0.9, speaker)


def pieces(*texts: str) -> list[TimedText]:
    return [TimedText(index / 2, index / 2 + 0.4, text, 0.91239) for index, text in enumerate(texts)]


def test_punctuation_belongs_to_its_word():
    found = words_of(pieces(" He", " said", ",", ' "', "yes", ".", '"'))
    assert [item.text for item in found] == [" He", " said,", ' "yes."']
    assert (found[2].start_ms, found[2].end_ms, found[0].probability) == (2000, 2400, 0.912)
    assert [item.text for item in words_of(pieces("保", "险", "。", "我"))] == ["保", "险。", "我"]


@given(st.lists(st.sampled_from([" a", "b", ",", ".", ' "', " (", "", "。", "我", " -"]), max_size=12))
def test_no_character_is_lost(texts):
    if any(text.strip() and text.strip(' ,.。"(-') for text in texts):
        assert "".join(item.text for item in words_of(pieces(*texts))).count("b") == texts.count("b")
    text = "".join(item.text for item in words_of(pieces(*texts)))
    assert sorted(text) == sorted("".join(texts)) or not text


def test_edges_move_to_where_speech_starts_and_stops():
    words = (word(600, 1200), word(1200, 1500), word(1500, 2800), word(2800, 4200))
    found = snap(words, (Span(1000, 2000), Span(3000, 4000)))
    assert [(item.start_ms, item.end_ms) for item in found] == [(1000, 1200), (1200, 1500), (1500, 2000), (3000, 4000)]


def test_a_word_that_whisper_begins_before_a_pause_belongs_behind_it():
    words = (word(0, 1800, " I"), word(1800, 1950), word(1950, 2100), word(2100, 2300, " host."))
    found = snap(words, (Span(0, 400), Span(1700, 2300)))
    assert (found[0].start_ms, found[0].end_ms) == (1700, 1800)


def test_a_word_in_a_pause_moves_to_the_nearer_speech():
    found = snap((word(0, 900), word(2200, 2300), word(3000, 3400)), (Span(0, 1000), Span(3000, 3500)))
    assert [(item.start_ms, item.end_ms) for item in found] == [(0, 1000), (3000, 3020), (3020, 3500)]


def test_a_word_far_from_speech_stays():
    assert snap((word(9000, 9300),), (Span(0, 1000),)) == (word(9000, 9300),)
    assert snap((word(9000, 9300),), ()) == (word(9000, 9300),)


@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=30),
    st.lists(st.tuples(st.integers(40, 2000), st.integers(40, 2000)), max_size=6),
)
def test_snapping_keeps_every_word_in_order_and_with_a_length(steps, stretches):
    words, at = [], 0
    for pause, length in steps:
        words.append(word(at + pause, at + pause + length))
        at += pause + length
    spans, at = [], 0
    for pause, length in stretches:
        spans.append(Span(at + pause, at + pause + length))
        at += pause + length
    found = snap(words, spans)
    assert len(found) == len(words)
    previous = 0
    for item in found if spans else ():
        assert previous <= item.start_ms < item.end_ms
        previous = item.end_ms


def test_utterances_end_at_pauses_and_with_sentences():
    words = [word(0, 500, " One"), word(500, 900, " two."), word(1200, 1500, " Three"), word(1750, 2000, " four"),
             word(2700, 3000, " five")]  # fmt: skip
    assert [item.text for item in utterances(words)] == ["One two.", "Three four", "five"]
    assert [item.text for item in utterances([word(0, 400, "好。"), word(700, 900, "我")])] == ["好。", "我"]
    assert utterances([]) == ()


def test_speakers_are_merged_by_time():
    host = utterances([word(0, 500, speaker="host"), word(5000, 5500, speaker="host")])
    guest = utterances([word(2000, 2500, speaker="guest"), word(5000, 5200, speaker="guest")])
    assert [(item.start_ms, item.speaker) for item in in_time_order([host, guest])] == [
        (0, "host"),
        (2000, "guest"),
        (5000, "host"),
        (5000, "guest"),
    ]
