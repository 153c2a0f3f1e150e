from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from castkit.model.transcript import Flag, Word
from castkit.speech import phrases
from castkit.speech.hallucination import Evidence, believed, needed_ms
from castkit.speech.loops import Loop, loops
from castkit.speech.spans import FRAME_MS, Span, Window, speech_spans
from castkit.speech.transcriber import Heard

SPEECH = Evidence((Span(0, 3200),), (0.95,) * 100)
SILENCE = Evidence((), (0.02,) * 100)
BLIP = Evidence((Span(320, 384),), (0.02,) * 10 + (0.9, 0.9) + (0.02,) * 88)
MURMUR = Evidence((Span(0, 3200),), (0.45,) * 100)


def timed(*texts: str, start_ms: int = 0, length_ms: int = 200, probability: float = 0.9) -> tuple[Word, ...]:
    """Words one after the other."""
    edges = [start_ms + length_ms * number for number in range(len(texts) + 1)]
    return tuple(Word(*times, text, probability) for times, text in zip(pairwise(edges), texts, strict=True))


def spoken_words(text: str) -> tuple[Word, ...]:
    """A sentence, word by word, with the recogniser's leading spaces."""
    return timed(*(f" {word}" for word in text.split()))


def heard(*texts: str, log_probability: float = -0.2, no_speech: float = 0.1, repeats: bool = False) -> Heard:
    return Heard(timed(*texts), log_probability, no_speech, repeats)


def codes(flags: tuple[Flag, ...]) -> list[tuple[str, bool]]:
    return [(flag.code, flag.is_dropped) for flag in flags]


KNOWN = [
    " Thank you.",
    " Thanks for watching!",
    "字幕由 Amara.org 社区提供",
    "字幕由Amara.org社區提供",
    "谢谢大家。",
    "謝謝觀看",
    "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
    "請不吝點贊訂閱",
    "中文字幕志愿者 某某",
    "優優獨播劇場——YoYo Television Series Exclusive",
    "以下是普通话的句子。",
    " Untertitel im Auftrag des ZDF für funk, 2017",
    " Untertitelung des ZDF, 2020",
    " Vielen Dank fürs Zuschauen!",
    " Sous-titres réalisés par la communauté d'Amara.org",
    " Sous-titrage ST' 501",
    " Merci d'avoir regardé cette vidéo !",
    " ¡Gracias por ver el vídeo!",
    " Subtítulos realizados por la comunidad de Amara.org",
    " Legendas pela comunidade Amara.org",
    " Sottotitoli e revisione a cura di QTSS",
    " Ondertitels ingediend door de Amara.org gemeenschap",
    " Редактор субтитров М.Иванова Корректор А.Егорова",
    " Продолжение следует...",
    "ご視聴ありがとうございました",
    " 시청해주셔서 감사합니다",
    " Abone olmayı unutmayın",
    " Napisy stworzone przez społeczność Amara.org",
    " you",
    " [Music]",
    "嗯",
]


@pytest.mark.parametrize("text", KNOWN)
@pytest.mark.parametrize(
    ("evidence", "log_probability", "no_speech"),
    [(SILENCE, -0.2, 0.1), (BLIP, -0.2, 0.8), (MURMUR, -0.2, 0.1), (SPEECH, -0.95, 0.1), (SPEECH, -0.2, 0.7)],
)
def test_a_known_phrase_without_evidence_is_taken_out_and_told(text, evidence, log_probability, no_speech):
    words, (flag,) = believed(heard(text, log_probability=log_probability, no_speech=no_speech), evidence)
    assert words == ()
    assert (flag.code, flag.is_dropped, flag.text) == ("known-phrase", True, text.strip())
    assert flag.why


@pytest.mark.parametrize(
    "text", [" Thank you.", "谢谢大家。", "謝謝大家", " See you next time.", "字幕由Amara.org社区提供"]
)
def test_the_same_words_clearly_spoken_stay_and_are_told_all_the_same(text):
    said = Heard(timed(text, length_ms=2400), -0.2, 0.1, repeats_itself=False)
    words, flags = believed(said, SPEECH)
    assert words == said.words
    assert codes(flags) == [("known-phrase", False)]


@pytest.mark.parametrize("text", [" Okay.", " Yeah.", "好。", "嗯"])
def test_what_people_say_all_day_is_told_only_where_it_is_doubted(text):
    assert believed(heard(text), SPEECH) == (heard(text).words, ())


@pytest.mark.parametrize(
    "text",
    [
        " I wanted to thank you for the report.",
        " We watched the potter aim at the captions board.",  # "potter aim" holds otter.ai
        " He said goodbye to his colleagues.",
        "谢谢大家的支持我们继续说",
        "这个节目的观众很多",
    ],
)
def test_ordinary_sentences_are_no_phrases(text):
    assert phrases.known(timed(text)) == ()


def test_who_speaks_at_length_about_subtitles_is_not_taken_for_a_credit():
    text = (
        "In the nineties most subtitles were made by hand and it was subtitles by the dozen that came from one "
        "small company in Rotterdam."
    )
    spaced = spoken_words(text)
    (run,) = phrases.known(spaced)
    assert phrases.text_of(run.of(spaced)) == "subtitles by the"


def test_every_chinese_phrase_is_there_in_both_scripts():
    opencc = pytest.importorskip("opencc")
    simplified = opencc.OpenCC("t2s")
    for table in (phrases.CREDITS, phrases.CLOSINGS, phrases.PROMPTS):
        one, other = (
            {
                simplified.convert(phrase).replace("点讚", "点赞").replace("按赞", "点赞")
                for phrase in listed.split(" | ")
            }
            for listed in (table["zh-Hans"], table["zh-Hant"])
        )
        assert one == other


def window(*frames: tuple[int, float]) -> Evidence:
    """Evidence of so many frames of such a probability, one after the other."""
    probabilities = [probability for count, probability in frames for _ in range(count)]
    whole = Window((Span(0, FRAME_MS * len(probabilities)),), speech_spans(probabilities))
    return Evidence.of(whole, probabilities)


TALK = spoken_words("We have seen what this means for people who work at night.")
CHINESE_TALK = timed(*"所以平台要承担更多的责任", length_ms=250)


@pytest.mark.parametrize(
    ("talk", "tail"),
    [
        (TALK, (" Thanks", " for", " watching!")),
        (TALK, (" Subtitles", " by", " the", " Amara.org", " community")),
        (CHINESE_TALK, ("字幕", "由", "Amara", ".org", "社区", "提供")),
        (CHINESE_TALK, ("谢谢", "大家")),  # without any punctuation before it
        (CHINESE_TALK, tuple("請不吝點贊訂閱轉發")),
    ],
)
def test_a_known_phrase_after_real_speech_is_judged_by_the_sound_at_its_own_time(talk, tail):
    end = talk[-1].end_ms
    spoken = window((end // FRAME_MS, 0.95), (60, 0.01))
    late = timed(*tail, start_ms=end + 100, length_ms=80)
    words, flags = believed(Heard((*talk, *late), -0.2, 0.1, repeats_itself=False), spoken)
    assert words == talk
    assert codes(flags) == [("known-phrase", True)]
    assert (flags[0].text, flags[0].start_ms) == ("".join(tail).strip(), late[0].start_ms)

    long_enough = window((end // FRAME_MS, 0.95), (10, 0.01), (100, 0.95))
    said = (*talk, *timed(*tail, start_ms=end + 350, length_ms=400))
    words, flags = believed(Heard(said, -0.2, 0.1, repeats_itself=False), long_enough)
    assert words == said
    assert codes(flags) == [("known-phrase", False)]


def test_a_phrase_squeezed_into_the_end_of_the_speech_was_not_said_there():
    """Whisper's alignment lays what it invented over the last moments of what was said."""
    end = TALK[-1].end_ms
    squeezed = timed(" Thank", " you", " for", " watching", " this", " video.", start_ms=end, length_ms=20)
    spoken = window((end // FRAME_MS + 4, 0.95), (10, 0.02))
    words, flags = believed(Heard((*TALK, *squeezed), -0.2, 0.1, repeats_itself=False), spoken)
    assert words == TALK
    assert "faster than anyone speaks" in flags[0].why


def test_a_real_closing_with_bad_times_stays_where_its_speech_has_no_other_words():
    end = TALK[-1].end_ms
    laid = timed(" Thank", " you.", start_ms=end + 1900, length_ms=0)
    said = Heard((*TALK, *laid), -0.2, 0.1, repeats_itself=False)
    words, flags = believed(said, window((end // FRAME_MS, 0.95), (20, 0.02), (25, 0.95), (20, 0.02)))
    assert words == said.words
    assert codes(flags) == [("known-phrase", False)]
    words, flags = believed(said, window((end // FRAME_MS, 0.95), (65, 0.02)))
    assert words == TALK
    assert codes(flags) == [("known-phrase", True)]


def test_other_words_stay_where_only_one_thing_speaks_against_them_but_are_told():
    quiet = Heard(timed(" Ja."), -0.99, 0.1, repeats_itself=False)
    words, flags = believed(quiet, window((10, 0.42)))
    assert words == quiet.words
    assert codes(flags) == [("no-evidence", False)]
    assert believed(quiet, window((100, 0.95))) == (
        quiet.words,
        (),
    )  # the model's doubt alone says nothing of the sound
    assert codes(believed(replace(quiet, log_probability=-1.1), SPEECH)[1]) == [("no-evidence", False)]
    assert codes(believed(replace(quiet, log_probability=-1.1), window((10, 0.42)))[1]) == [("no-evidence", True)]
    unheard = replace(quiet, log_probability=-0.2, no_speech=0.8)
    words, flags = believed(unheard, SPEECH)
    assert words == unheard.words
    assert codes(flags) == [("no-evidence", False)]


def test_the_prompt_read_back_is_taken_out_whatever_the_sound():
    for text in ("以下是普通话的句子。", "這就是普通話的句子", "以下係廣東話嘅句子。"):
        words, flags = believed(Heard(timed(text, length_ms=2400), -0.2, 0.1, repeats_itself=False), SPEECH)
        assert words == ()
        assert "prompt" in flags[0].why


def test_the_hints_read_back_are_a_known_phrase():
    hints = "Social Protection Dialogues, Lin Hua, platform work."
    echo = Heard(timed(" Lin", " Hua,", " platform", " work."), -0.2, 0.7, repeats_itself=False)
    assert codes(believed(echo, SPEECH, prompt=hints)[1]) == [("known-phrase", True)]
    assert codes(believed(replace(echo, no_speech=0.1), SPEECH, prompt=hints)[1]) == [("known-phrase", False)]
    assert believed(heard(" Lin."), SPEECH, prompt=hints)[1] == ()


SENTENCE = " The committee shall meet again on the second Tuesday of every month."


@pytest.mark.parametrize(
    ("log_probability", "no_speech", "evidence"),
    [
        (-0.2, 0.1, window((5, 0.02), (8, 0.9), (5, 0.02))),  # 69 letters in half a second
        (-0.2, 0.8, window((100, 0.45))),
        (-0.9, 0.1, window((30, 0.02), (12, 0.9), (60, 0.02))),
        (-0.2, 0.1, window((100, 0.05))),
        (-0.2, 0.8, window((13, 0.02), (60, 0.45), (13, 0.02))),
        (-0.9, 0.1, window((100, 0.45))),  # weak, and doubted by the model, for three seconds
    ],
)
def test_text_that_two_witnesses_speak_against_is_taken_out(log_probability, no_speech, evidence):
    invented = Heard(timed(SENTENCE, length_ms=2400), log_probability, no_speech, repeats_itself=False)
    words, flags = believed(invented, evidence)
    assert words == ()
    assert codes(flags) == [("no-evidence", True)]
    assert flags[0].text == SENTENCE.strip()


def test_a_sentence_where_nobody_speaks_is_taken_out_of_a_longer_text():
    end = TALK[-1].end_ms
    late = timed(" And", " so", " it", " goes.", start_ms=end + 700)
    words, flags = believed(
        Heard((*TALK, *late), -0.2, 0.1, repeats_itself=False), window((end // FRAME_MS, 0.95), (60, 0.02))
    )
    assert words == TALK
    assert codes(flags) == [("no-evidence", True)]


def test_but_not_where_there_is_speech_without_words_that_it_may_belong_to():
    end = TALK[-1].end_ms
    late = timed(" And", " so", " it", " goes.", start_ms=end + 3000)
    sound = window((end // FRAME_MS, 0.95), (15, 0.02), (50, 0.95), (60, 0.02))
    words, flags = believed(Heard((*TALK, *late), -0.2, 0.1, repeats_itself=False), sound)
    assert words == (*TALK, *late)
    assert codes(flags) == [("no-evidence", False)]


def test_nor_where_the_alignment_laid_a_whole_sentence_on_one_moment():
    """As it did with a question of the demonstration's host, at the end of a window of 24 s that was full of speech."""
    end = TALK[-1].end_ms
    laid = timed(" And", " why", " does", " that", " matter?", start_ms=end + 300, length_ms=0)
    words, flags = believed(
        Heard((*TALK, *laid), -0.2, 0.1, repeats_itself=False), window((end // FRAME_MS, 0.95), (20, 0.02))
    )
    assert words == (*TALK, *laid)
    assert codes(flags) == [("no-evidence", False)]


def test_a_translation_is_judged_as_a_whole_because_its_words_have_no_times():
    end = TALK[-1].end_ms
    late = timed(" Thanks", " for", " watching!", start_ms=end, length_ms=0)
    found = Heard((*TALK, *late), -1.1, 0.1, repeats_itself=False)
    words, flags = believed(found, window((end // FRAME_MS, 0.95), (60, 0.02)), is_translation=True)
    assert words == found.words
    assert [(flag.is_dropped, flag.is_translation) for flag in flags] == [(False, True)]
    words, flags = believed(found, window((200, 0.3)), is_translation=True)
    assert codes(flags) == [("no-evidence", False), ("known-phrase", True)]
    assert words == TALK


def test_a_loop_is_cut_to_its_first_turn_and_told():
    found = heard(" The", *[" fund", " pays"] * 9, " well", repeats=True)
    words, (flag,) = believed(found, replace_length(SPEECH, 6400))
    assert "".join(word.text for word in words) == " The fund pays well"
    assert (flag.code, flag.is_dropped) == ("loop", True)
    assert "'fund pays' 9 times" in flag.why
    assert (flag.start_ms, flag.end_ms) == (found.words[3].start_ms, found.words[18].end_ms)


def replace_length(evidence: Evidence, length_ms: int) -> Evidence:
    return Evidence((Span(0, length_ms),), evidence.probabilities[:1] * (length_ms // FRAME_MS))


def test_what_people_repeat_is_no_loop():
    long = replace_length(SPEECH, 16_000)
    assert believed(heard(*[" no"] * 6), long) == (heard(*[" no"] * 6).words, ())
    said = heard(*"对" * 9)
    words, flags = believed(said, long)
    assert words == said.words
    assert codes(flags) == [("loop", False)]
    words, flags = believed(said, window((5, 0.02), (9, 0.95), (50, 0.02)))
    assert words == said.words[:1]
    assert ("loop", True) in codes(flags)
    assert len(believed(heard(" a", *[" phone"] * 18, " call"), long)[0]) == 3
    assert len(believed(heard(*[" this", " is", " the", " one"] * 8), long)[0]) == 4


def test_a_loop_of_a_known_phrase_in_silence_leaves_nothing():
    words, flags = believed(heard(*[" Thanks", " for", " watching!"] * 8, repeats=True, no_speech=0.8), SILENCE)
    assert words == ()
    assert sorted(codes(flags)) == [("known-phrase", True), ("loop", True)]


def test_loops_have_the_shortest_unit_and_all_their_turns():
    said = spoken_words("a b b b b c d c d c d c d c e")
    assert list(loops(said, 4)) == [Loop(1, 1, 4), Loop(5, 2, 4)]
    assert list(loops(said, 5)) == []
    assert list(loops((), 4)) == []


def test_nothing_heard_is_nothing_to_doubt():
    for evidence in (SILENCE, SPEECH, Evidence((), ())):
        assert believed(Heard((), -1.2, 0.9, repeats_itself=False), evidence) == ((), ())
    assert believed(heard("...", "!"), SILENCE)[0] == ()


def test_time_that_words_need():
    assert needed_ms(timed(" thirty letters are one second long")) == pytest.approx(1000 * 29 / 30)
    assert needed_ms(timed("十二个字要一秒钟才说完了")) == pytest.approx(1000)
    assert needed_ms(timed(" ...")) == 0


def test_the_evidence_of_a_window_is_cut_from_its_track():
    track = [0.0] * 10 + [0.9] * 20 + [0.0] * 70
    evidence = Evidence.of(Window((Span(160, 1280),), (Span(320, 960),)), track)
    assert evidence.speech == (Span(160, 800),)
    assert evidence.duration_ms == 35 * FRAME_MS
    assert evidence.speech_ms(0, 200) == 40
    assert evidence.probability(0, 5000) == pytest.approx(0.9)
    assert evidence.probability(900, 1000) == 0
    assert evidence.highest(0, 100) == 0
    assert evidence.highest(150, 170) == 0.9


def test_of_a_window_in_pieces_the_evidence_is_on_its_own_clock():
    track = [0.0] * 10 + [0.9] * 20 + [0.0] * 200 + [0.6] * 30 + [0.0] * 12
    speech = (Span(320, 960), Span(7360, 8320))
    evidence = Evidence.of(Window((Span(0, 1344), Span(7040, 8700)), speech), track)
    assert evidence.speech == (Span(320, 960), Span(1664, 2624))
    assert len(evidence.probabilities) == 94
    assert evidence.probability(0, 1300) == pytest.approx(0.9)
    assert evidence.probability(1664, 2624) == pytest.approx(0.6)
    words = timed(" one", " two", start_ms=400) + timed(" three", start_ms=1700)
    assert evidence.breaks(words) == {2}
    assert evidence.breaks(words[:2]) == frozenset()


def test_a_blip_in_a_window_with_real_speech_is_judged_by_itself():
    """A window is packed full across pauses: a knock that the detector took for speech lies between real sentences."""
    end = TALK[-1].end_ms
    sound = window((end // FRAME_MS, 0.95), (20, 0.02), (6, 0.45), (20, 0.02))
    blip = sound.speech[-1]
    late = timed(" I'll", " be", " right", " back", start_ms=blip.start_ms, length_ms=blip.duration_ms // 4)
    doubted = tuple(replace(word, probability=0.3) for word in late)
    words, flags = believed(Heard((*TALK, *doubted), -0.2, 0.1, repeats_itself=False), sound)
    assert words == TALK
    assert codes(flags) == [("no-evidence", True)]
    closing = timed("谢谢", "大家", start_ms=blip.start_ms, length_ms=blip.duration_ms // 2)
    before = tuple(word for word in CHINESE_TALK if word.end_ms <= end)
    words, flags = believed(Heard((*before, *closing), -0.2, 0.1, repeats_itself=False), sound)
    assert words == before
    assert codes(flags) == [("known-phrase", True)]
