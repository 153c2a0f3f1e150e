"""Whisper's English keeps its words; times that cannot be are taken from what was said."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from castkit.model.transcript import Transcript, Utterance, Word
from castkit.translate.sentences import sentences
from castkit.translate.whisper_english import english_sentences, english_utterances


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


def spoken(text: str, start_ms: int, end_ms: int, speaker: str | None = None) -> Utterance:
    """A text's words, or characters, evenly over a time."""
    parts = [f" {word}" for word in text.split()] if text.isascii() else list(text)
    times = [start_ms + (end_ms - start_ms) * number // len(parts) for number in range(len(parts) + 1)]
    words = tuple(Word(times[number], times[number + 1], part, 0.9) for number, part in enumerate(parts))
    return Utterance(words, speaker)


def both(source: list[Utterance], translation: list[Utterance]) -> Transcript:
    return Transcript("zh", "faster-whisper", "base", 60_000, tuple(source), tuple(translation))


def test_english_takes_the_times_and_the_speaker_of_what_it_translates() -> None:
    source = [spoken("我是主持人。", 1000, 3000, "host"), spoken("谢谢您，很高兴。", 5000, 8000, "guest")]
    english = [spoken("I am the host.", 1200, 2300), spoken("Thank you. I am glad.", 5100, 7000)]
    transcript = both(source, english)
    found = english_sentences(transcript, sentences(transcript.utterances, "zh"))
    assert [(one.start_ms, one.end_ms, one.text, one.speaker) for one in found] == [
        (1000, 3000, "I am the host.", "host"),
        (5000, 6500, "Thank you.", "guest"),
        (6500, 8000, "I am glad.", "guest"),
    ]
    assert {one.origin for one in found} == {"Whisper base"}


def test_one_english_sentence_for_two() -> None:
    source = [spoken("我是主持人。欢迎。", 1000, 4000, "host")]
    transcript = both(source, [spoken("I am the host and welcome you.", 1000, 3900)])
    (found,) = english_sentences(transcript, sentences(transcript.utterances, "zh"))
    assert (found.start_ms, found.end_ms) == (1000, 4000)


def test_english_that_goes_with_nothing_keeps_its_time() -> None:
    transcript = both([spoken("我是主持人。", 1000, 3000)], [spoken("Thanks for watching.", 30_000, 31_000)])
    (found,) = english_sentences(transcript, sentences(transcript.utterances, "zh"))
    assert (found.start_ms, found.end_ms, found.text) == (30_000, 31_000, "Thanks for watching.")


said = st.lists(st.tuples(st.integers(0, 50_000), st.integers(0, 6_000), st.sampled_from(["a.", "a b c", "So it is."])))


@settings(deadline=None)
@given(said, said)
def test_every_english_word_is_kept(source: list[tuple[int, int, str]], english: list[tuple[int, int, str]]) -> None:
    transcript = both(*([spoken(text, at, at + long) for at, long, text in one] for one in (source, english)))
    found = english_sentences(transcript, sentences(transcript.utterances, "zh"))
    words = sorted(word for one in found for word in one.text.split())
    assert words == sorted(word for _, _, text in english for word in text.split())
    assert all(one.start_ms < one.end_ms for one in found)
