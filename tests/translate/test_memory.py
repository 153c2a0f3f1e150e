"""What a person accepted comes back with where it was accepted; what is only alike is proposed."""

from __future__ import annotations

import pytest

from castkit.model.cue import Cue
from castkit.translate.memory import LEAST_SCORE, Memory, Pair, pairs_of

EN = (
    Cue(1_000, 3_000, "Welcome to\nSocial Protection Dialogues."),
    Cue(3_500, 5_000, "I am your host."),
    Cue(6_000, 9_000, "Who pays when a rider falls ill,"),
    Cue(9_100, 10_500, "and for how long?"),
    Cue(133_000, 135_000, "It covers 84 million people."),
    Cue(3_700_000, 3_702_000, "Goodbye."),
)
ZH = (
    Cue(1_000, 3_100, "欢迎收听《社会保障对话》。"),
    Cue(3_500, 5_100, "我是主持人。"),
    Cue(6_000, 10_600, "骑手生病了，谁来买单，\n买多久？"),
    Cue(133_000, 135_100, "它覆盖8400万人。"),
    Cue(3_700_000, 3_702_000, "再见。"),
)


def pairs() -> tuple[Pair, ...]:
    return pairs_of(EN, ZH, languages=("en", "zh-Hans"), episode="episode-01")


def test_pairs_are_whole_sentences_with_their_place() -> None:
    assert pairs() == (
        Pair(
            "Welcome to Social Protection Dialogues.", "欢迎收听《社会保障对话》。", "accepted in episode-01 at 00:01"
        ),
        Pair("I am your host.", "我是主持人。", "accepted in episode-01 at 00:03"),
        Pair(
            "Who pays when a rider falls ill, and for how long?",
            "骑手生病了，谁来买单，买多久？",
            "accepted in episode-01 at 00:06",
        ),
        Pair("It covers 84 million people.", "它覆盖8400万人。", "accepted in episode-01 at 02:13"),
        Pair("Goodbye.", "再见。", "accepted in episode-01 at 01:01:40"),
    )


@pytest.mark.parametrize(
    ("target", "why"),
    [(Cue(4_000, 9_000, "我是主持人。"), "times differ"), (Cue(20_000, 22_000, "我是主持人。"), "somewhere else"),
     (Cue(3_500, 5_000, "我" * 30 + "。"), "far too long"), (Cue(3_500, 5_000, "I."), "far too short")],
)  # fmt: skip
def test_what_does_not_agree_is_no_pair(target: Cue, why: str) -> None:
    assert pairs_of([EN[1]], [target], languages=("en", "zh-Hans"), episode="e") == (), why


def test_two_sentences_for_one_are_a_pair() -> None:
    source = [Cue(0, 4_000, "I am your host, and this is the first episode.")]
    target = [Cue(0, 1_500, "我是主持人。"), Cue(1_500, 4_000, "这是第一期。")]
    (found,) = pairs_of(source, target, languages=("en", "zh-Hans"), episode="e")
    assert found.target == "我是主持人。这是第一期。"


SAME = {
    "itself": "I am your host.",
    "case and spaces": "  i AM  your Host",
    "width": "Ｉ ａｍ your host。",
    "outer punctuation": "“I am your host!”",
    "a dialogue's dash": "- I am your host.",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_the_same_sentence_is_found(text: str) -> None:
    found = Memory(pairs()).exact(text)
    assert found is not None
    assert (found.target, found.origin) == ("我是主持人。", "accepted in episode-01 at 00:03")


@pytest.mark.parametrize("text", ["I am your hostess.", "I am your host?", "I, am your host", "-5 am", "", "..."])
def test_another_sentence_is_not(text: str) -> None:
    assert Memory((*pairs(), Pair("5 am", "五点", "x"))).exact(text) is None


@pytest.mark.parametrize(("one", "other"), [("60%", "60"), ("$5.", "5."), ("C++", "C")])
def test_signs_that_mean_something_stay(one: str, other: str) -> None:
    assert Memory([Pair(one, "a", "x")]).exact(other) is None


def test_the_last_of_the_most_frequent_counts() -> None:
    twice = [
        Pair("Yes.", "是。", "1"),
        Pair("Yes.", "对。", "2"),
        Pair("yes", "对。", "3"),
        Pair("Yes!", "是的。", "4"),
    ]
    found = Memory(twice).exact("Yes.")
    assert found == twice[2]
    assert Memory(twice[:2]).exact("Yes.") == twice[1]


def test_proposals_are_alike_and_in_order() -> None:
    memory = Memory(
        (*pairs(), Pair("I am your guest.", "我是嘉宾。", "x"), Pair("We are your hosts.", "我们是主持人。", "y"))
    )
    found = memory.proposals("I am your host now.")
    assert found[0].pair.target == "我是主持人。"
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(LEAST_SCORE <= one.score < 100 for one in found)
    assert memory.proposals("I am your host now.", limit=1) == found[:1]
    assert memory.proposals("Something else entirely, at some length.") == ()


def test_other_numbers_count_against_a_proposal() -> None:
    memory = Memory([Pair("It covers 84 million people.", "a", "x"), Pair("It covers 48 million persons.", "b", "y")])
    first, second = memory.proposals("It covers 48 million people.")
    assert (first.pair.target, second.pair.target) == ("b", "a")
    assert second.score < 85 < first.score


def test_an_empty_memory_knows_nothing() -> None:
    assert len(Memory()) == 0
    assert Memory().exact("Yes.") is None
    assert Memory().proposals("Yes.") == ()
