"""Chinese typeset: which spaces go, which widths change, and what stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.model.transcript import Utterance, Word
from castkit.wording.edits import letters
from castkit.wording.spacing import tidied


def typeset(text: str) -> str:
    (done,), _ = tidied((Utterance((Word(0, 100, text, 1.0),)),), "zh")
    return letters(done)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("你 好 ， 我们", "你好，我们"),
        ("你好,我们.真的吗?是!", "你好，我们。真的吗？是！"),
        ("我们用 Python 3.5 写. 好吗?", "我们用 Python 3.5 写。好吗？"),
        ("我们用Python写", "我们用Python写"),
        ("OK, 好的。 谢谢", "OK, 好的。谢谢"),
        ("８４００万 ，Ａ股３％", "8400万，A股3%"),
        ("8，400万 和 3．5亿", "8,400万和 3.5亿"),
        ("8,400万", "8,400万"),
        ("有3，4个", "有3，4个"),
        ("效果很好...两年以后。。。对…", "效果很好……两年以后……对……"),
        ("真的(对)吗", "真的（对）吗"),
        ("在3:30 见", "在3:30 见"),
        ("然後 呢", "然後呢"),
        ("a  b", "a b"),
        ("", ""),
    ],
)
def test_typesetting(text, wanted):
    assert typeset(text) == wanted
    assert typeset(wanted) == wanted


def test_words_keep_their_times_and_empty_ones_go():
    words = (
        Word(0, 100, "你", 1.0),
        Word(100, 200, " ", 1.0),
        Word(200, 300, " 好,", 0.5),
        Word(300, 400, " Bob", 1.0),
    )
    done, changes = tidied((Utterance(words, "host"),), "zh")
    assert [(word.start_ms, word.end_ms, word.text) for word in done[0].words] == [
        (0, 100, "你"),
        (200, 300, "好，"),
        (300, 400, "Bob"),
    ]
    assert done[0].speaker == "host"
    assert all(change.code == "spacing" for change in changes)


def test_other_languages_stay_as_they_are():
    english = (Utterance((Word(0, 100, " Hello , world", 1.0),)),)
    assert tidied(english, "en") == (english, ())
    assert tidied((Utterance((Word(0, 9, "你 好", 1.0, language="ja"),)),), "zh")[1] == ()


@given(st.lists(st.text("你好 ,.，。?…ab12（)\u3000", min_size=1, max_size=6), min_size=1, max_size=8))
def test_only_white_space_goes_and_doing_it_twice_changes_nothing(texts):
    words = tuple(Word(at * 100, at * 100 + 90, text, 1.0) for at, text in enumerate(texts))
    (done,), _ = tidied((Utterance(words),), "zh")
    kept = [one for one in letters(Utterance(words)) if one.isalnum()]
    assert [one for one in letters(done) if one.isalnum()] == kept
    assert done.words
    edges = [edge for word in done.words for edge in (word.start_ms, word.end_ms)]
    assert edges == sorted(edges)
    if letters(done).strip():
        assert tidied((done,), "zh")[0] == (done,)
