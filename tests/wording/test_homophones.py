"""Chinese words written with other characters of the same sound are put right, and what is right stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from glossary_made import utterance

from castkit.wording.homophones import corrected, guesses

TRUTH = Path(__file__).parent.parent / "data" / "truth" / "episode-02.json"


def said(text: str, *keep: str) -> str:
    (read,), _ = corrected([utterance(text, language="zh")], keep)
    return "".join(word.text for word in read.words)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("谈一谈平台劳动者的阳劳保险。", "谈一谈平台劳动者的养老保险。"),
        ("两年以后参加羊牢保险的人增加了", "两年以后参加养老保险的人增加了"),
        ("一行的十六进治显示", "一行的十六进制显示"),
        ("如果生产难以维继，", "如果生产难以为继，"),
    ],
)
def test_what_is_no_word_and_sounds_like_one(heard: str, meant: str) -> None:
    assert said(heard) == meant


@pytest.mark.parametrize(
    "text",
    [
        "直属机关第三十期党校班",  # a number is not a sound
        "记者郑卫和陈曦昨天来到北京。",  # names
        "他们的工作时间比较灵活，她们也是。",
        "外卖起手和搅费比例",  # two characters say too little
        "",
        "no Chinese at all 123",
    ],
)
def test_what_stays(text: str) -> None:
    assert said(text) == text


def test_what_was_truly_said_stays() -> None:
    turns = json.loads(TRUTH.read_text("utf-8"))["turns"]
    assert [list(guesses(turn["text"])) for turn in turns] == [[] for _ in turns]


def test_every_character_keeps_its_time_and_each_change_is_listed() -> None:
    before = utterance("参加阳劳保险吗?", language="zh", start_ms=1000)
    (after,), changes = corrected([before])
    times = [[(word.start_ms, word.end_ms) for word in one.words] for one in (before, after)]
    assert times[0] == times[1]
    assert [(one.code, one.start_ms, one.before, one.after) for one in changes] == [
        ("homophone", 1200, "阳劳保险", "养老保险")
    ]


@pytest.mark.parametrize("keep", ["阳劳保险", "阳劳", "买阳劳保险的人"])
def test_what_a_person_keeps_stays(keep: str) -> None:
    assert said("参加阳劳保险", keep) == "参加阳劳保险"
    assert said("参加阳劳保险", "别的", "") == "参加养老保险"
