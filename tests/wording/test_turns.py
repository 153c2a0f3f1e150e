"""Turns that a person named, on words of nobody's."""

from __future__ import annotations

from castkit.model.transcript import Utterance, Word
from castkit.wording.turns import named

# Two sentences in one breath, an answer after a pause, and somebody with a microphone of their own.
ONE = Utterance(
    (Word(0, 400, " Who", 1), Word(420, 800, " pays?", 1), Word(1100, 1500, " We", 1), Word(1500, 1900, " do.", 1))
)
TWO = Utterance((Word(4000, 4300, " Thanks.", 1),))
OWN = Utterance((Word(4400, 4600, " Yes.", 1, "guest"),), "guest")


def spoken(utterances: tuple[Utterance, ...]) -> list[tuple[str | None, str]]:
    return [(one.speaker, one.text) for one in utterances]


def test_words_get_the_turns_person_and_an_utterance_ends_where_the_speaker_changes():
    found = named((ONE, TWO, OWN), [(0, "host"), (1100, "guest"), (4000, "host")])
    assert spoken(found) == [("host", "Who pays?"), ("guest", "We do."), ("host", "Thanks."), ("guest", "Yes.")]
    assert all(word.speaker == one.speaker for one in found for word in one.words)


def test_a_time_a_little_off_means_the_word_after_the_pause():
    for at_ms in (700, 1000, 1400):
        assert spoken(named((ONE,), [(0, "host"), (at_ms, "guest")])) == [("host", "Who pays?"), ("guest", "We do.")]


def test_nobody_is_named_before_the_first_turn_and_where_the_name_is_empty():
    found = named((ONE, TWO), [(1100, "guest"), (3900, "")])
    assert spoken(found) == [(None, "Who pays?"), ("guest", "We do."), (None, "Thanks.")]


def test_a_microphone_of_ones_own_is_never_renamed():
    assert named((OWN,), [(0, "host")]) == (OWN,)


def test_two_turns_that_mean_one_word_give_it_to_the_later():
    assert spoken(named((TWO,), [(3900, "host"), (4050, "guest")])) == [("guest", "Thanks.")]


def test_without_turns_nothing_changes():
    assert named((ONE, TWO), []) == (ONE, TWO)
