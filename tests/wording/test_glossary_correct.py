"""Terms misheard are put right, what only resembles them is left alone, and a person has the last word."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from glossary_made import DEMO, glossary, utterance
from glossary_seeded import LOOKALIKES_EN, LOOKALIKES_ZH, NEAR_MISSES_EN, NEAR_MISSES_ZH
from hypothesis import given, settings
from hypothesis import strategies as st

from castkit.model.glossary import Glossary, in_script
from castkit.model.proofread import Change
from castkit.model.transcript import Utterance, Word
from castkit.translate.script import convert
from castkit.wording.glossary_correct import corrected

HEARD = Path(__file__).parent.parent / "data" / "heard"
NEAR_MISSES = [("en", *row) for row in NEAR_MISSES_EN] + [("zh-Hans", *row) for row in NEAR_MISSES_ZH]
LOOKALIKES = [("en", row) for row in LOOKALIKES_EN] + [("zh-Hans", row) for row in LOOKALIKES_ZH]
AT_ALL = st.lists(
    st.sampled_from(NEAR_MISSES + [(tag, text, text) for tag, text in LOOKALIKES]), min_size=1, max_size=4
)


def fixed(text: str, terms: Glossary, language: str = "en", keep: Iterable[str] = ()) -> str:
    return corrected([utterance(text, language=language)], terms, language=language, keep=frozenset(keep))[0][0].text


def demo_heard(slug: str) -> list[Utterance]:
    """What Whisper base made of an episode of the demonstration, on the recordings' clock."""
    value = json.loads((HEARD / f"{slug}.json").read_text("utf-8"))
    return [
        Utterance(tuple(Word(*word, one["speaker"]) for word in one["words"]), one["speaker"])
        for one in value["utterances"]
    ]


def test_nine_of_ten_near_misses_are_corrected_and_nothing_is_made_of_the_others() -> None:
    assert len(NEAR_MISSES_EN) >= 30
    assert len(NEAR_MISSES_ZH) >= 30
    results = [(heard, said, fixed(heard, DEMO, language)) for language, heard, said in NEAR_MISSES]
    right = [row for row in results if row[1] == row[2]]
    assert [row for row in results if row[2] not in row[:2]] == []
    assert len(right) >= 0.9 * len(results), [row for row in results if row not in right]


@pytest.mark.parametrize(("language", "text"), LOOKALIKES)
def test_a_look_alike_is_not_touched(language: str, text: str) -> None:
    assert corrected([utterance(text, language=language)], DEMO, language=language)[1] == ()


@pytest.mark.parametrize(("slug", "language"), [("episode-01", "en"), ("episode-02", "zh-Hans"), ("episode-03", "en")])
def test_on_the_demonstration_every_change_is_what_was_said(slug: str, language: str, truth) -> None:
    changes = corrected(demo_heard(slug), DEMO, language=language)[1]
    turns = truth[slug]["turns"]
    for change in changes:
        said = next(turn["text"] for turn in turns if turn["start_ms"] - 300 <= change.start_ms <= turn["end_ms"])
        assert change.after in said
        assert change.before not in said
    assert len(changes) == {"episode-01": 1, "episode-02": 3, "episode-03": 0}[slug]


@pytest.mark.parametrize("slug", ["episode-01", "episode-02", "episode-03"])
def test_what_was_really_said_is_never_changed(slug: str, truth) -> None:
    language = {"zh": "zh-Hans"}.get(truth[slug]["language"], "en")
    said = [utterance(turn["text"], language=language) for turn in truth[slug]["turns"]]
    assert corrected(said, DEMO, language=language)[1] == ()


@settings(deadline=None, max_examples=60)
@given(AT_ALL)
def test_changes_are_listed_whole_and_times_hold(rows: list[tuple[str, str, str]]) -> None:
    for language in ("en", "zh-Hans"):
        said = [utterance(heard, language=language) for tag, heard, _ in rows if tag == language]
        found, changes = corrected(said, DEMO, language=language)
        assert len(found) == len(said)
        text = "".join(one.text for one in found)
        for change in changes:
            assert change.after in text
            assert change.before != change.after
        for old, new in zip(said, found, strict=True):
            edges = [edge for word in new.words for edge in (word.start_ms, word.end_ms)]
            assert edges == sorted(edges)
            assert (new.start_ms, new.end_ms) == (old.start_ms, old.end_ms)
        assert corrected(found, DEMO, language=language) == (found, ())
        keep = frozenset(change.before for change in changes)
        assert corrected(said, DEMO, language=language, keep=keep) == (tuple(said), ())


def test_a_change_says_when_what_and_why() -> None:
    found, changes = corrected([utterance("Our sickness benifits, then.", language="en")], DEMO, language="en")
    assert changes == (
        Change(
            "glossary",
            100,
            "sickness benifits",
            "sickness benefits",
            "no word of its own, and like “sickness benefit” of the glossary",
        ),
    )
    assert [word.text for word in found[0].words] == [" Our", " sickness", " benefits,", " then."]


def test_a_listed_mishearing_is_always_corrected() -> None:
    terms = glossary(
        {"term": {"en": "social protection"}, "heard": {"en": ["special protection", "so shall protection"]}},
        {"term": {"zh-Hans": "试点"}, "heard": {"zh-Hans": ["是点", "师店"]}},
        {"term": "Kubernetes", "heard": ["cooper netties"]},
    )
    assert fixed("Special protection, and so shall protections be.", terms) == (
        "Social protection, and social protections be."
    )
    assert fixed("三个省的是点和师店。", terms, "zh-Hans") == "三个省的试点和试点。"
    assert fixed("It runs on Cooper Netties.", terms) == "It runs on Kubernetes."
    assert fixed("A special protected area.", terms) == "A special protected area."


def test_what_is_longer_and_right_shields_what_is_within() -> None:
    terms = glossary(
        {"term": {"en": "special protection order"}},
        {"term": {"en": "social protection"}, "heard": {"en": ["special protection"]}},
    )
    assert fixed("A special protection order is no special protection.", terms) == (
        "A special protection order is no social protection."
    )


def test_nothing_reaches_across_speakers_pauses_and_sentences() -> None:
    words = utterance("sickness benifit", language="en").words
    for second in (
        replace(words[1], speaker="guest"),
        replace(words[1], start_ms=2000, end_ms=2100),
        replace(words[1], language="de"),
    ):
        assert corrected([Utterance((words[0], second))], DEMO, language="en")[1] == ()
    assert fixed("He is back from sickness. Benifit of the doubt.", DEMO).startswith("He is back from sickness. Ben")


def test_words_that_are_fewer_or_more_share_the_time() -> None:
    found, _ = corrected([utterance("A socialprotecktion act.", language="en")], DEMO, language="en")
    assert [word.text for word in found[0].words] == [" A", " social", " protection", " act."]
    assert (found[0].words[1].start_ms, found[0].words[2].end_ms) == (100, 200)
    assert found[0].words[1].end_ms == found[0].words[2].start_ms
    terms = glossary({"term": {"zh-Hans": "网约车"}, "heard": {"zh-Hans": ["网友的车"]}})
    found, _ = corrected([utterance("叫网友的车来。", language="zh")], terms, language="zh")
    assert [(word.text, word.start_ms, word.end_ms) for word in found[0].words] == [
        ("叫", 0, 100),
        ("网约车", 100, 500),
        ("来。", 500, 600),
    ]


def test_capitals_are_the_speakers_unless_the_glossary_insists() -> None:
    terms = glossary({"term": {"en": "iSchool"}, "case": True}, {"term": {"en": "Basic income"}})
    assert fixed("An ischool, ISCHOOL.", terms) == "An iSchool, iSchool."
    assert fixed("A basic income and BASIC INCOME.", terms) == "A basic income and BASIC INCOME."


def test_names_of_others_are_left_alone() -> None:
    terms = glossary({"term": {"en": "solidarity fund"}}, {"term": "Anna Kowalczyk"})
    assert fixed("The Solidaritty fund of Solidarnosc.", terms) == "The Solidaritty fund of Solidarnosc."
    assert fixed("I am Anna Kovalchyk.", terms) == "I am Anna Kowalczyk."


def test_traditional_script_is_corrected_in_its_own_letters() -> None:
    assert fixed("什麼是養老報險？", DEMO, "zh-Hant") == "什麼是養老報險？"
    assert fixed("什麼是養老報險？", in_script(DEMO, "zh-Hant", convert), "zh-Hant") == "什麼是養老保險？"


def test_other_languages_are_judged_by_letters_where_there_is_a_word_list() -> None:
    terms = glossary(
        {"term": {"de": "Krankengeld", "fr": "assurance sociale", "th": "ประกันสังคม"}},
        {"term": {"de": "soziale Sicherung"}},
    )
    assert fixed("Die soziale Sichherung und das Kranckengeld.", terms, "de") == (
        "Die soziale Sicherung und das Krankengeld."
    )
    assert fixed("Des Krankengeldes, der Sicherungen.", terms, "de") == "Des Krankengeldes, der Sicherungen."
    assert fixed("L'assurance socialle.", terms, "fr") == "L'assurance sociale."
    assert fixed("ประกันสงคม", terms, "th") == "ประกันสงคม"


def test_a_word_in_another_language_is_judged_by_that_one() -> None:
    word = Word(0, 500, "搅费", 0.9, language="zh")
    assert corrected([Utterance((word,))], DEMO, language="en")[0][0].text == "缴费"
    assert corrected([Utterance((replace(word, language=None),))], DEMO, language="en")[1] == ()


@settings(deadline=None, max_examples=80)
@given(
    st.text(alphabet="搅费缴 aB'’-.,，。sick benifit养老保险123\u0301𠀀", max_size=40),
    st.sampled_from(["en", "zh-Hans"]),
)
def test_no_text_makes_it_stumble(text: str, language: str) -> None:
    said = Utterance(tuple(Word(n, n + 1, part, 0.5) for n, part in enumerate([text, " x", text])))
    found, changes = corrected([said], DEMO, language=language)
    assert (found[0] == said) == (not changes)
