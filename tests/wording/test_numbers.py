"""Numbers found with their values, written in figures or in words, and compared between the languages."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import cn2an
import pytest
from faithful import FAITHFUL, SEEDED
from hypothesis import given
from hypothesis import strategies as st

from castkit.model.transcript import Utterance, Word
from castkit.subtitles.files import read_srt
from castkit.wording.edits import letters
from castkit.wording.english_numerals import in_words
from castkit.wording.number_check import mismatches
from castkit.wording.numbers import in_style, numbers_in, rewritten

ROOT = Path(__file__).parent.parent.parent


def found(text: str, language: str) -> list[tuple[str, str]]:
    """Value and kind of the exact numbers."""
    return [(str(one.value), one.kind) for one in numbers_in(text, language) if not one.is_loose]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("全国大约有八千四百万人", [("84000000", "plain")]),
        ("8,400万、８４００万", [("84000000", "plain")] * 2),
        ("1亿2000万和三点五亿", [("120000000", "plain"), ("350000000", "plain")]),
        ("两千多万人", [("20000000", "plain")]),
        ("百分之三十五，35％，三成五", [("35", "percent")] * 3),
        ("上升三点五个百分点", [("7/2", "percent")]),
        ("百分之六十到八十", [("60", "percent"), ("80", "percent")]),
        ("60至80%", [("60", "percent"), ("80", "percent")]),
        ("两到三百万", [("2000000", "plain"), ("3000000", "plain")]),
        ("二〇二六年，2026年", [("2026", "year")] * 2),
        ("三分之二", [("2/3", "plain")]),
        ("第三个省的三个人", [("3", "ordinal"), ("3", "plain")]),
        ("三百倍", [("300", "plain")]),
        ("千分之三", [("3/10", "percent")]),
        ("七萬兩千個", [("72000", "plain")]),
        ("十分好，一起去，万一不行，几十个，十几个，数以百万计，周三", []),
        ("五花八门的三明治和二维码", []),
        ("三五个人，七八十个，两三百万", []),
        ("COVID-19，5G，8:30", []),
        ("", []),
    ],
)
def test_chinese_numbers(text, wanted):
    assert found(text, "zh-Hans") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("eighty-four million, 84 million, 84,000,000, $84m, 84mn", [("84000000", "plain")] * 5),
        ("thirty five percent, 35%, 35 per cent, 35 percentage points", [("35", "percent")] * 4),
        ("between sixty and eighty percent", [("60", "percent"), ("80", "percent")]),
        ("20 to 30 million", [("20000000", "plain"), ("30000000", "plain")]),
        ("five hundred and six hundred", [("500", "plain"), ("600", "plain")]),
        ("two hundred and fifty", [("250", "plain")]),
        ("two and a half million, three point five million", [("2500000", "plain"), ("3500000", "plain")]),
        ("twenty twenty, nineteen ninety-eight, nineteen oh five, 2026",
         [("2020", "year"), ("1998", "year"), ("1905", "year"), ("2026", "year")]),
        ("two thirds and the third", [("2/3", "plain"), ("3", "ordinal")]),
        ("nineteen hundred", [("1900", "plain")]),
        ("30k and 2bn", [("30000", "plain"), ("2000000000", "plain")]),
        ("one of us, twice, a hundred, first, half, no one, COVID-19, 8:30, millions of people", []),
        ("", []),
    ],
)  # fmt: skip
def test_english_numbers(text, wanted):
    assert found(text, "en") == wanted


@pytest.mark.parametrize("language", ["zh", "en"])
@given(text=st.text("一二三〇两十百千万亿点分之成第年月日半多几%0123456789.,-: onehudrtwy", max_size=40))
def test_places_are_true_whatever_the_text(language, text):
    for number in numbers_in(text, language):
        assert text[number.start : number.end] == number.text
    for style in ("digits", "words"):
        rewritten(text, language, style)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("全国有八千四百万人", "全国有8400万人"),
        ("百分之三十五的人", "35%的人"),
        ("二〇二六年三月五日", "2026年3月5日"),
        ("三个省，两年，三倍，第二期，三五个人", None),
        ("十八个月", "18个月"),
        ("五分钟，三公里", "5分钟，3公里"),
        ("一万五千人，一亿两千万人，一点二万亿元", "15000人，1.2亿人，1.2万亿元"),
        ("两千多万人", "2000多万人"),
        ("百分之六十到八十", "60%到80%"),
        ("增长三点五个百分点", "增长3.5个百分点"),
        ("三分之二，三成，百分之百，十分好，一起，万一，几十个，两三百万，八月十五，五花八门，十大品牌", None),
        ("8400万，35%", None),
    ],
)
def test_chinese_in_figures(text, wanted):
    assert rewritten(text, "zh", "digits") == (wanted or text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("有8400万人", "有八千四百万人"),
        ("35%，3.5％", "百分之三十五，百分之三点五"),
        ("2026年3月5日", "二〇二六年三月五日"),
        ("2个，2月，2000人，22000人，2亿", "两个，二月，两千人，两万二千人，两亿"),
        ("1亿2000万，1,234", "一亿两千万，一千二百三十四"),
        ("第3，-5度", "第三，负五度"),
        ("13812345678，3-5个，8:30，COVID-19，007，90年代", None),
    ],
)
def test_chinese_in_words(text, wanted):
    assert rewritten(text, "zh", "words") == (wanted or text)


@pytest.mark.parametrize(
    ("text", "figures", "words"),
    [
        ("with eighty-four million", "with 84 million", None),
        ("about thirty five percent of", "about 35% of", None),
        ("in twenty twenty, and", "in 2020, and", None),
        ("between sixty and eighty percent", "between 60 and 80%", None),
        ("visits forty of one thousand two hundred", "visits 40 of 1,200", None),
        ("two to three million came", None, None),
        ("the third of nine, one of us, two thirds, a hundred", None, None),
        ("Forty came. Ninety seven stayed.", None, None),
        ("with 84 million, 35%, 8,400 and 2.5", None,
         "with eighty-four million, thirty-five percent, eight thousand four hundred and two point five"),
        ("in 2020, $5, 8:30, COVID-19, 3-5, 5th, 12345678, 30k", None, None),
        ("5 came", None, "Five came"),
    ],
)  # fmt: skip
def test_english_in_both_styles(text, figures, words):
    assert rewritten(text, "en", "digits") == (figures or text)
    assert rewritten(text, "en", "words") == (words or text)


@given(st.integers(10, 10**12 - 1))
def test_chinese_numbers_return_from_words(value):
    words = f"共{cn2an.an2cn(value, 'low')}人"
    assert found(words, "zh") == [(str(value), "plain")]
    figures = rewritten(words, "zh", "digits")
    assert not re.search("[一二三四五六七八九十]", figures)
    assert found(figures, "zh") == [(str(value), "plain")]
    assert found(rewritten(f"共{value:,}人", "zh", "words"), "zh") == [(str(value), "plain")]


@given(st.integers(11, 10**12 - 1))
def test_english_numbers_return_from_words(value):
    text = f"the {in_words(value)} of them"
    assert found(text, "en") == [(str(value), "plain")]
    figures = rewritten(text, "en", "digits")
    assert [one.value for one in numbers_in(figures, "en")] == [value]
    assert found(rewritten(f"the {value:,} of them", "en", "words"), "en") == [(str(value), "plain")]


@given(st.integers(1, 10**6), st.integers(1, 999))
def test_decimals_and_percentages_return(whole, part):
    value = Fraction(f"{whole}.{part:03d}")
    words = rewritten(f"共{whole}.{part:03d}%。", "zh", "words")
    assert "." not in words
    assert found(words, "zh") == [(str(value), "percent")]
    assert found(rewritten(words, "zh", "digits"), "zh") == [(str(value), "percent")]


def test_words_of_a_number_become_one_over_their_time():
    texts = ["有", "八千", "四", "百", "万人", "，", "三个"]
    words = tuple(Word(at * 100, at * 100 + 90, text, 1 - at / 10) for at, text in enumerate(texts))
    (done,), changes = in_style((Utterance(words, "host"),), "zh", "digits")
    assert [(one.start_ms, one.end_ms, one.text) for one in done.words] == [
        (0, 90, "有"),
        (100, 390, "8400"),
        (400, 490, "万人"),
        (500, 590, "，"),
        (600, 690, "三个"),
    ]
    assert done.words[1].probability == pytest.approx(0.7)
    assert [(one.code, one.start_ms, one.before, one.after) for one in changes] == [("number", 100, "八千四百", "8400")]


def test_english_words_keep_their_spaces():
    words = tuple(
        Word(at * 100, at * 100 + 90, text, 1.0) for at, text in enumerate([" With", " eighty", "-four", " million."])
    )
    (done,), _ = in_style((Utterance(words),), "en", "digits")
    assert [one.text for one in done.words] == [" With", " 84", " million."]
    assert letters(done) == " With 84 million."


@pytest.mark.parametrize(("language", "style"), [("zh", "as-heard"), ("fr", "digits"), ("fr", "words")])
def test_nothing_else_is_touched(language, style):
    utterances = (Utterance((Word(0, 90, "八千 84 quatre-vingts", 1.0),)),)
    assert in_style(utterances, language, style) == (utterances, ())


@pytest.mark.parametrize(("english", "chinese"), FAITHFUL)
def test_a_faithful_translation_gives_no_alarm(english, chinese):
    assert [one.why for one in mismatches(english, "en", chinese, "zh-Hans")] == []
    assert [one.why for one in mismatches(chinese, "zh-Hans", english, "en-GB")] == []


@pytest.mark.parametrize(("english", "chinese", "wrong"), SEEDED)
def test_every_seeded_mistake_is_found(english, chinese, wrong):
    for one in (mismatches(english, "en", chinese, "zh"), mismatches(chinese, "zh", english, "en")):
        named = {number.text for pair in one for number in (pair.source, pair.target) if number}
        assert wrong in named
        assert all(wrong in pair.why or len(one) > 1 for pair in one)


def accepted() -> tuple:
    return read_srt(ROOT / "episodes/episode-01/subtitles/episode-01.zh-Hans.srt")


def test_the_accepted_translation_of_the_demonstration_gives_no_alarm(truth):
    """Episode 1, turn by turn: the cues lie two seconds behind the true times, for the opening sound."""
    turns = truth["episode-01"]["turns"]
    compared = 0
    for turn in turns:
        own = [
            cue for cue in accepted() if turn["start_ms"] <= (cue.start_ms + cue.end_ms) // 2 - 2000 < turn["end_ms"]
        ]
        chinese = "".join(cue.text.replace("\n", "") for cue in own)
        assert chinese
        compared += len(numbers_in(turn["text"], "en"))
        assert [one.why for one in mismatches(turn["text"], "en", chinese, "zh-Hans")] == []
    assert compared >= 20
    whole = "".join(cue.text for cue in accepted())
    assert mismatches(" ".join(turn["text"] for turn in turns), "en", whole, "zh-Hans") == ()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("约2%", "约2"),
        ("64%", "46%"),
        ("18个月", "8个月"),
        ("40栋", "14栋"),
        ("2020年", "2002年"),
        ("九个国家", "九十个国家"),
    ],
)
def test_a_mistake_in_the_accepted_translation_is_found(right, wrong, truth):
    chinese = "".join(cue.text.replace("\n", "") for cue in accepted())
    assert right in chinese
    english = " ".join(turn["text"] for turn in truth["episode-01"]["turns"])
    assert mismatches(english, "en", chinese.replace(right, wrong), "zh-Hans")


def test_other_languages_are_not_compared():
    assert mismatches("84 million", "en", "84 millions", "fr") == ()
