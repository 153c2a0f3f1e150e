"""Punctuation restored: against true texts, in windows that lost it, and never where it stands."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from punctuated import BREAKS, STOPS, by_pauses, paused, scores, signs, stripped

from castkit.model.transcript import Transcript, Utterance, Word
from castkit.subtitles.files import read_srt
from castkit.translate.script import convert_utterances
from castkit.wording.edits import letters
from castkit.wording.punctuation import restored

ROOT = Path(__file__).parent.parent.parent


@cache
def heard() -> tuple[Utterance, ...]:
    """Episode 2 as Whisper base heard it, in simplified script."""
    value = json.loads((ROOT / "tests/data/transcripts/episode-02.json").read_text("utf-8"))
    return convert_utterances(Transcript.from_json(value).utterances, "zh-Hans")


def true_text(truth) -> str:
    return "".join(turn["text"] for turn in truth["episode-02"]["turns"])


def text_of(utterances) -> str:
    return "".join(letters(one) for one in utterances)


def said(text: str, *, letter_ms: int = 200, speaker: str | None = None, at: int = 0) -> tuple[Utterance, ...]:
    """An utterance a character a word; a number in angle brackets is a pause in ms, and one of 600 starts another."""
    utterances, words = [], []
    parts = text.replace(">", "<").split("<")
    for number, part in enumerate(parts):
        if number % 2:
            at += int(part)
            if int(part) >= 600:
                utterances.append(Utterance(tuple(words), speaker))
                words = []
            continue
        for letter in part:
            words.append(Word(at, at + letter_ms, letter, 0.9, speaker))
            at += letter_ms
    return (*utterances, Utterance(tuple(words), speaker))


def shown(text: str, language: str = "zh") -> str:
    return text_of(restored(said(text), language)[0])


@pytest.mark.parametrize(
    ("kinds", "factor", "limit", "gain"),
    [(STOPS, 1.0, 0.93, 0.0), (BREAKS, 1.0, 0.92, 0.03), (STOPS, 0.5, 0.85, 0.03), (BREAKS, 0.5, 0.84, 0.1)],
)
def test_signs_return_to_a_recognition_without_any(kinds, factor, limit, gain, truth):
    """F1 of sentence ends and of all signs, at the speaker's pace and with pauses half as long."""
    bare = paused(stripped(heard()), factor=factor)
    score = scores(text_of(restored(bare, "zh")[0]), true_text(truth), kinds)
    baseline = scores(by_pauses(bare), true_text(truth), kinds)
    assert score[2] >= limit
    assert score[2] >= baseline[2] + gain
    assert score[0] >= 0.97  # hardly a sign that a person would not have put


def test_questions_are_known_by_their_words(truth):
    done = text_of(restored(stripped(heard()), "zh")[0])
    precision, recall, _ = scores(done, true_text(truth), "？")
    assert precision >= 0.9
    assert recall >= 0.85
    assert scores(text_of(heard()), true_text(truth), "?？")[1] < recall  # better than the recogniser's own


def test_a_text_that_no_rule_was_made_for():
    """The Chinese of episode 1 as its translator wrote it, spoken evenly with pauses between cues alone."""
    cues = read_srt(ROOT / "episodes/episode-01/subtitles/episode-01.zh-Hans.srt")
    words = []
    for cue in cues:
        bare = [letter for letter in cue.text if letter.isalnum() or letter == "%"]
        step = (cue.end_ms - cue.start_ms - 60) / len(bare)
        times = [cue.start_ms + round(step * number) for number in range(len(bare) + 1)]
        words += [Word(*times[number : number + 2], letter, 1.0) for number, letter in enumerate(bare)]
    done = text_of(restored((Utterance(tuple(words)),), "zh")[0])
    true = "".join(cue.text.replace("\n", "") for cue in cues)
    stops, breaks = scores(done, true, STOPS), scores(done, true, BREAKS)
    assert stops[2] >= 0.93
    assert breaks[0] >= 0.95
    assert breaks[2] >= 0.74


def test_traditional_script_gets_its_signs_too(truth):
    """Better converted first, since the dictionary knows simplified script; but never without effect."""
    done, _ = restored(stripped(convert_utterances(heard(), "zh-Hant")), "zh")
    simplified = text_of(convert_utterances(done, "zh-Hans"))
    assert scores(simplified, true_text(truth), STOPS)[2] >= 0.93
    assert scores(simplified, true_text(truth), BREAKS)[2] >= 0.88


def test_good_punctuation_is_left_alone():
    done, changes = restored(heard(), "zh")
    assert done == heard()
    assert changes == ()


@pytest.mark.parametrize("first", [4, 12, 20])
def test_one_window_without_signs_in_a_good_transcript(first, truth):
    good = heard()
    window = stripped(good[first : first + 6])
    mixed = (*good[:first], *window, *good[first + 6 :])
    done, changes = restored(mixed, "zh")
    assert done[:first] == good[:first]
    assert done[first + 6 :] == good[first + 6 :]
    assert text_of(done[first : first + 6]) != text_of(window)
    want = scores(text_of(good), true_text(truth), STOPS)[2]
    assert scores(text_of(done), true_text(truth), STOPS)[2] >= want - 0.03
    assert {change.code for change in changes} == {"punctuation"}
    assert all(change.why and change.before != change.after for change in changes)


PADDING = "我们研究了很多国家的社会保险制度和养老金的改革情况以及它们的效果"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"{PADDING}<900>你们现在可以参加保险吗<900>", "吗？"),
        (f"{PADDING}<900>一共有多少人参加<900>", "参加？"),
        (f"{PADDING}<900>我不知道为什么会这样<900>", "这样。"),
        (f"{PADDING}<900>没有什么问题<900>", "问题。"),
        (f"{PADDING}<900>谁都可以参加<900>", "参加。"),
        (f"{PADDING}<900>这件事你应该怎么看呢<900>", "看呢？"),
        (f"{PADDING}<900>他们还年轻着呢也不着急<900>", "着急。"),
        (f"{PADDING}<900>他很想参加但是收入太低<900>", "参加，但是"),
        (f"{PADDING}<900>是因为费用太高<900>", "是因为费用太高。"),
        (f"{PADDING}<900>第一制度要简单<900>第二数据要公开<900>", "第二，数据"),
        (f"{PADDING}<900>这是第一期节目<900>", "这是第一期节目。"),
        (f"{PADDING}<300>比如外卖骑手<260>网约车司机和快递员<900>", "外卖骑手、网约车司机和快递员。"),
        (f"{PADDING}<900>包括工人<260>司机<260>骑手和农民<900>", "工人、司机、骑手和农民。"),
        (f"{PADDING}<900>平台公司缴费<260>骑手和司机受益<900>", "缴费，骑手和司机"),
        (f"{PADDING}<900>大约有八千<400>四百万人<900>", "八千四百万人。"),
        (f"{PADDING}<900>参加的人有8400<300>万人<900>", "8400万人。"),
        (f"{PADDING}<900>如果手续太复杂<850>他们就不会参加<900>", "复杂，他们"),
    ],
)
def test_words_decide_where_pauses_do_not(text, wanted):
    assert wanted in shown(text)


def test_a_spaced_recognition_becomes_a_punctuated_one():
    """Whisper often leaves a space where a comma belongs; where it spaces every word, a space says nothing."""
    assert "年轻人， 很多人来自农村" in shown("他们大多数是年轻人 很多人来自农村<900>")  # the space goes in spacing
    assert shown("今 天 天 气 很 好 我 们 出 去 玩<100>").replace(" ", "") == "今天天气很好我们出去玩。"


def test_a_pause_for_thought_gets_no_sign_in_good_text():
    assert shown("我们觉得<700>这个办法很好。<900>他们也这样说。") == "我们觉得这个办法很好。他们也这样说。"


def test_the_end_of_a_turn_is_the_end_of_a_sentence():
    host, guest = said("他们来自农村", speaker="host"), said("是的。", speaker="guest", at=1500)
    assert [letters(one) for one in restored((*host, *guest), "zh")[0]] == ["他们来自农村。", "是的。"]


@pytest.mark.parametrize(
    ("one", "two", "pause", "wanted"),
    [
        (" we came home", " Then it rained.", 1500, " we came home."),
        (" are you coming", " Then we leave.", 1500, " are you coming?"),
        (" What do you think", " Well, nothing.", 1500, " What do you think?"),
        (" we came home", " then it rained.", 1500, " we came home"),
        (" we came home", " Then it rained.", 700, " we came home"),
        (" we spoke to the", " Minister.", 1500, " we spoke to the"),
        (" and then", " I left.", 1500, " and then"),
        (" we came home,", " Then it rained.", 1500, " we came home,"),
    ],
)
def test_english_gets_a_stop_only_where_a_capital_follows_a_long_pause(one, two, pause, wanted):
    utterances = tuple(Utterance((Word(at, at + 1000, text, 1.0),)) for at, text in ((0, one), (1000 + pause, two)))
    assert restored(utterances, "en")[0][0].text == wanted.strip()
    assert restored(utterances, "de")[0] == utterances  # German nouns have capitals


def test_each_utterance_has_its_own_language():
    chinese = said(f"{PADDING}<900>你们都参加吗")
    english = Utterance((Word(60_000, 61_000, " OK then", 1.0, language="en"),))
    done, _ = restored((*chinese, english), "zh")
    assert done[-1] == english
    assert text_of(done[:-1]).endswith("吗？")


@given(st.text("我们你的了吗是不但是因为第一二百8400.3%ab，。 什么《》", max_size=60), st.integers(0, 99))
def test_every_letter_stays_and_times_too(text, seed):
    chance = random.Random(seed)
    at, words = 0, []
    for letter in text or "好":
        at += chance.choice((0, 0, 0, 150, 400, 900, 1500, 3000))
        words.append(Word(at, at + 200, letter, 1.0))
        at += 200
    utterances = tuple(Utterance(tuple(words[start : start + 15])) for start in range(0, len(words), 15))
    done, changes = restored(utterances, "zh")
    assert signs(text_of(done))[0] == signs(text_of(utterances))[0]
    for before, after in zip(utterances, done, strict=True):
        assert [replace(word, text="") for word in after.words] == [replace(word, text="") for word in before.words]
        assert all(new.text.startswith(old.text) for old, new in zip(before.words, after.words, strict=True))
    assert restored(utterances, "zh") == (done, changes)
    starts = [change.start_ms for change in changes]
    assert starts == sorted(starts)


def test_nothing_comes_of_nothing():
    assert restored((), "zh") == ((), ())
    assert restored(said("好"), "fr") == (said("好"), ())
