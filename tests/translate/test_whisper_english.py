"""Whisper's English keeps its words; times that cannot be are taken from what was said."""

from __future__ import annotations

from castkit.model.transcript import Transcript, Utterance, Word
from castkit.translate.whisper_english import english_utterances


def heard(*translation: Utterance) -> Transcript:
    source = (
        Utterance((Word(1000, 2000, "谢谢", 0.9), Word(2000, 5000, "邀请", 0.9)), "guest"),
        Utterance((Word(9000, 9900, "好", 0.9),), "host"),
    )
    return Transcript("zh", "faster-whisper", "base", 20_000, source, translation)


def test_times_that_follow_one_another_stay() -> None:
    words = (Word(1100, 1500, " Thank", 0.9), Word(1500, 1900, " you.", 0.9))
    (found,) = english_utterances(heard(Utterance(words)))
    assert found == Utterance(words, "guest")


def test_words_without_times_are_spread_over_what_was_said() -> None:
    words = tuple(Word(1200, 1200, text, 0.1) for text in (" Thank", " you", " all."))
    (found,) = english_utterances(heard(Utterance(words)))
    assert found.text == "Thank you all."
    assert (found.start_ms, found.end_ms) == (1000, 5000)
    assert [word.start_ms for word in found.words] == [1000, 2600, 3666]


def test_words_out_of_order_are_spread_too() -> None:
    words = (Word(9500, 9600, " Well", 0.5), Word(9100, 9200, " done.", 0.5))
    (found,) = english_utterances(heard(Utterance(words)))
    assert (found.start_ms, found.end_ms, found.speaker) == (9000, 9900, "host")


def test_nothing_said_is_nothing_translated() -> None:
    assert english_utterances(heard()) == ()
    assert english_utterances(heard(Utterance((Word(0, 10, " ", 0.1),)), Utterance(()))) == ()
    alone = Transcript("zh", "e", "base", 1000, (), (Utterance((Word(5, 5, " Hi", 0.1),)),))
    assert [one.text for one in english_utterances(alone)] == ["Hi"]
