"""Edits of an utterance's text: which words they touch, and what is recorded."""

from __future__ import annotations

import pytest

from castkit.model.proofread import Change
from castkit.model.transcript import Utterance, Word
from castkit.wording.edits import Edit, edited

WORDS = tuple(Word(at * 100, at * 100 + 80, text, 1 - at / 10) for at, text in enumerate((" one", " two", " three")))


@pytest.mark.parametrize(
    ("edits", "texts"),
    [
        ([], [" one", " two", " three"]),
        ([Edit(4, 4, ",", "why")], [" one,", " two", " three"]),
        ([Edit(5, 8, "2", "why")], [" one", " 2", " three"]),
        ([Edit(5, 14, "2-3", "why")], [" one", " 2-3"]),
        ([Edit(4, 8, "", "why")], [" one", " three"]),
        ([Edit(1, 4, "1", "why"), Edit(9, 14, "3", "why")], [" 1", " two", " 3"]),
        ([Edit(3, 6, "X", "why"), Edit(7, 10, "Y", "why")], [" onXwYhree"]),
        ([Edit(0, 0, "*", "why"), Edit(14, 14, ".", "why")], ["* one", " two", " three."]),
        ([Edit(0, 14, " ", "why")], [" one", " two", " three"]),  # never an utterance without words
    ],
)
def test_words_after_edits(edits, texts):
    done, changes = edited(Utterance(WORDS, "host"), edits, "code")
    assert [word.text for word in done.words] == texts
    assert (changes == ()) == (texts == [word.text for word in WORDS])


def test_a_change_says_what_was_and_what_is():
    done, changes = edited(Utterance(WORDS), [Edit(6, 7, "W", "capital"), Edit(9, 10, "T", "other")], "code")
    assert [word.text for word in done.words] == [" one", " tWo", " Three"]
    assert changes == (
        Change("code", 100, "two", "tWo", "capital"),
        Change("code", 200, "three", "Three", "other"),
    )


def test_words_that_become_one_keep_the_outer_times_and_the_least_probability():
    done, _ = edited(Utterance(WORDS), [Edit(0, 14, "all", "why")], "code")
    assert done.words == (Word(0, 280, "all", 0.8),)
