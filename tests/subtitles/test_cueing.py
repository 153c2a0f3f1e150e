"""Cues hold every word and every hard limit, whatever was said; where speech breaks a limit, it is listed."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from said import CHINESE, ENGLISH, SLUGS, chinese, said, transcript, utterances

from castkit.model.cue import Cue, CueException
from castkit.model.transcript import Utterance, Word
from castkit.subtitles.cueing import make_cues
from castkit.subtitles.files import compose_srt
from castkit.subtitles.profile import Profile, breaches, profile_for
from castkit.translate.script import convert_utterances
from castkit.wording.spacing import tidied

GOLDEN = Path(__file__).parent / "golden"
EN, ZH = profile_for("en"), profile_for("zh-Hans")


def letters(text: str) -> str:
    return "".join(text.split())


def assert_sound(cues: Sequence[Cue], exceptions: Sequence[CueException], profile: Profile) -> None:
    """Limits counted here anew, not by the rules' own predicates."""
    listed = {(one.index, one.rule) for one in exceptions}
    for index, cue in enumerate(cues, start=1):
        assert 5000 / 6 <= cue.end_ms - cue.start_ms <= 7000
        assert cue.start_ms >= 0
        assert "\n\n" not in cue.text
        assert cue.text.strip() == cue.text != ""
        lines = cue.text.split("\n")
        assert len(lines) <= 2
        if profile.language == "en":
            assert max(map(len, lines)) <= 42 or (index, "line-length") in listed
            shown = len(" ".join(lines))
        else:
            assert not any(line[0] in "，。？！」、" for line in lines)
            assert max(map(_full_width, lines)) <= 16 or (index, "line-length") in listed
            shown = _full_width("".join(lines))
        limit = 20 if profile.language == "en" else 9
        assert shown / (cue.duration_ms / 1000) <= limit or (index, "reading-speed") in listed
    for one, other in itertools.pairwise(cues):
        assert other.start_ms - one.end_ms >= 83
    assert all(one.reason and one.found and cues[one.index - 1].start_ms == one.start_ms for one in exceptions)


def _full_width(text: str) -> float:
    return sum(0.5 if letter.isascii() else 1 for letter in text)


def assert_complete(cues: Sequence[Cue], spoken: Sequence[Utterance]) -> None:
    """Each speaker's words are in that speaker's cues, in order, once."""
    for speaker in (None, "host", "guest"):
        own = sorted((one for one in spoken if one.speaker == speaker), key=lambda one: one.start_ms)
        mine = [cue for cue in cues if cue.speaker == speaker]
        if any(a.words[-1].end_ms > b.start_ms for a, b in itertools.pairwise(own)):
            assert sorted(letters("".join(cue.text for cue in mine))) == sorted(letters("".join(o.text for o in own)))
        else:
            assert letters("".join(cue.text for cue in mine)) == letters("".join(one.text for one in own))


@settings(max_examples=150, deadline=None)
@given(utterances(ENGLISH, " "))
def test_english_loses_no_word_and_breaks_no_limit_in_secret(spoken: list[Utterance]) -> None:
    cues, exceptions = make_cues(spoken, EN, 90_000)
    assert_sound(cues, exceptions, EN)
    assert_complete(cues, spoken)


@settings(max_examples=150, deadline=None)
@given(utterances(CHINESE, ""))
def test_chinese_loses_no_word_and_breaks_no_limit_in_secret(spoken: list[Utterance]) -> None:
    cues, exceptions = make_cues(spoken, ZH, 90_000)
    assert_sound(cues, exceptions, ZH)
    assert_complete(cues, spoken)


@settings(max_examples=60, deadline=None)
@given(utterances(["สวัสดี", "ครับ", "การ", "คุ้มครอง", "ทาง", "สังคม"], ""), st.sampled_from(["th", "ja", "ko", "ru", "am"]))
def test_other_scripts_lose_no_word(spoken: list[Utterance], tag: str) -> None:
    cues, _ = make_cues(spoken, profile_for(tag), 90_000)
    assert_complete(cues, spoken)
    assert all(834 <= cue.duration_ms <= 7000 for cue in cues)
    assert all(other.start_ms > one.end_ms for one, other in itertools.pairwise(cues))


@settings(max_examples=100, deadline=None)
@given(utterances(ENGLISH, " "))
def test_no_cue_comes_early_nor_late_in_secret(spoken: list[Utterance]) -> None:
    """One speaker, so that the first word of a cue is found by counting letters."""
    own = sorted((Utterance(one.words) for one in spoken), key=lambda one: one.start_ms)
    words = [word for one in own for word in one.words]
    if any(a.end_ms > b.start_ms for a, b in itertools.pairwise(words)):
        return
    cues, exceptions = make_cues(own, EN, 10**7)
    starts = [word.start_ms for word in words for _ in letters(word.text)]
    position = 0
    late = {one.index for one in exceptions if one.rule == "late"}
    for index, cue in enumerate(cues, start=1):
        assert cue.start_ms >= starts[position] - 100
        assert cue.start_ms <= starts[position] + 83 or index in late
        position += len(letters(cue.text))


@pytest.mark.parametrize("slug", SLUGS)
def test_real_speech_holds_every_limit(slug: str) -> None:
    heard = transcript(slug)
    profile = profile_for(heard.language)
    cues, exceptions = make_cues(_prepared(slug), profile, heard.duration_ms)
    assert len(cues) >= 12
    assert_sound(cues, exceptions, profile)
    assert not exceptions


def test_a_translation_holds_the_hard_limits_and_lists_the_rest() -> None:
    heard = transcript("episode-02")
    cues, exceptions = make_cues(heard.translation, EN, heard.duration_ms)
    assert_sound(cues, exceptions, EN)
    assert letters("".join(cue.text for cue in cues)) == letters("".join(one.text for one in heard.translation))


@pytest.mark.parametrize("slug", SLUGS)
def test_golden(slug: str) -> None:
    heard = transcript(slug)
    cues, _ = make_cues(_prepared(slug), profile_for(heard.language), heard.duration_ms)
    assert compose_srt(cues) == (GOLDEN / f"{slug}.srt").read_text("utf-8")


def _prepared(slug: str) -> tuple[Utterance, ...]:
    heard = transcript(slug)
    if heard.language == "zh":
        return tidied(convert_utterances(heard.utterances, "zh-Hans"), "zh-Hans")[0]
    return heard.utterances


def test_cue_stays_half_a_second_after_its_words_and_small_gaps_are_closed() -> None:
    far = make_cues([said("Good morning.", 1000), said("Who pays?", 6000)], EN, 60_000)[0]
    assert [(cue.start_ms, cue.end_ms) for cue in far] == [(1000, 2100), (6000, 7100)]
    near = make_cues([said("Good morning.", 1000), said("Who pays for the day?", 2500)], EN, 60_000)[0]
    assert [cue.start_ms for cue in near] == [1000, 2500]
    assert near[0].end_ms == 2417


def test_too_fast_speech_is_shown_into_the_silence_before_it_is_an_exception() -> None:
    fast = said("contributions notwithstanding, administrators underestimated everything", 0, word_ms=150)
    cues, exceptions = make_cues([fast], EN, 60_000)
    assert not exceptions
    assert cues[0].duration_ms == len(fast.text) * 50
    followed = [fast, said("And now the next one begins to speak.", 760, speaker="guest")]
    cues, exceptions = make_cues(followed, EN, 60_000)
    assert next((one.index, one.rule) for one in exceptions) == (1, "reading-speed")
    assert "no pause follows" in exceptions[0].reason


def test_a_word_longer_than_a_line_is_an_exception_not_a_loss() -> None:
    long = "https://example.org/reports/three-pilots-in-three-provinces"
    cues, exceptions = make_cues([said(f"See {long} for more.", word_ms=3200)], EN, 60_000)
    assert long in " ".join(cue.text for cue in cues)
    assert {one.rule for one in exceptions} == {"line-length"}
    assert "a single word" in exceptions[0].reason


def test_speakers_never_share_a_cue_and_a_short_answer_is_long_enough_to_read() -> None:
    spoken = [
        said("Is that so?", 0, speaker="host"),
        said("Yes.", 950, speaker="guest"),
        said("Why?", 1300, speaker="host"),
    ]
    cues, exceptions = make_cues(spoken, EN, 60_000)
    assert [(cue.speaker, cue.text) for cue in cues] == [("host", "Is that so?"), ("guest", "Yes."), ("host", "Why?")]
    assert [(one.index, one.rule) for one in exceptions] == [(3, "late")]


def test_words_of_one_utterance_by_two_speakers_are_parted() -> None:
    words = (*said("Who pays?", speaker="host").words, *said("We do.", 2000, speaker="guest").words)
    cues, _ = make_cues([Utterance(words)], EN, 60_000)
    assert [(cue.speaker, cue.text) for cue in cues] == [("host", "Who pays?"), ("guest", "We do.")]


LINES = (
    (
        "en",
        "I have never seen a system that pays people for staying at home",
        ("I have never seen a system", "that pays people for staying at home"),
    ),
    (
        "en",
        "We asked the minister, and she told us to wait for the report",
        ("We asked the minister,", "and she told us to wait for the report"),
    ),
    ("en", "The fund was built by Professor Anna Maria Lindholm long ago", None),
)


@pytest.mark.parametrize(("tag", "text", "lines"), LINES, ids=lambda value: str(value)[:20])
def test_lines_are_broken_where_a_reader_would_pause(tag: str, text: str, lines: tuple[str, ...] | None) -> None:
    (cue,) = make_cues([said(text)], profile_for(tag), 60_000)[0]
    if lines:
        assert cue.lines == lines
    else:
        assert not any(pair in cue.text for pair in ("Professor\nAnna", "Anna\nMaria", "Maria\nLindholm", "The\nfund"))


def test_chinese_is_broken_between_words_and_without_spaces() -> None:
    spoken = chinese("平台劳动者 的 养老保险 ，涉及全国大约8400万人的收入，也涉及社会保障制度的改革")
    cues, _ = make_cues([spoken], ZH, 60_000)
    text = "|".join(cue.text.replace("\n", "/") for cue in cues)
    assert " " not in text
    for word in ("平台", "劳动者", "养老保险", "8400万", "社会保障", "制度", "改革"):
        assert word in text
    assert "/，" not in text
    assert "|，" not in text


def test_spaces_between_latin_words_stay_in_chinese() -> None:
    words = (*chinese("我们谈").words, Word(600, 900, " GDP", 0.9), Word(900, 1300, " growth", 0.9))
    cues, _ = make_cues([Utterance(words)], ZH, 60_000)
    assert cues[0].text == "我们谈 GDP growth"


def test_empty_words_and_utterances_are_no_cues() -> None:
    assert make_cues([Utterance(()), Utterance((Word(0, 10, "  ", 1.0),))], EN, 1000) == ((), ())


def test_last_cue_ends_with_the_programme_where_it_can() -> None:
    cues, _ = make_cues([said("Good bye, all of you.", 8000)], EN, 9600)
    assert cues[-1].end_ms == 9600
    cues, _ = make_cues([said("Bye.", 9500)], EN, 9800)
    assert (cues[-1].start_ms, cues[-1].end_ms) == (9400, 10_234)


def test_rules_find_what_a_person_wrote() -> None:
    cues = [
        Cue(0, 500, "Short."),
        Cue(400, 8000, "x" * 43),
        Cue(9000, 10_000, "one\ntwo\nthree"),
        Cue(11_000, 12_000, "twenty-one characters"),
    ]
    found = {(one.index, one.rule) for one in breaches(cues, EN)}
    assert found == {
        (1, "shortest"), (2, "longest"), (2, "line-length"), (2, "overlap"), (3, "lines"), (4, "reading-speed"),
    }  # fmt: skip


def test_profiles_follow_the_language_not_the_region() -> None:
    assert profile_for("zh-Hant-TW") == profile_for("zh-Hans") == ZH
    assert (profile_for("en-GB").line_width, profile_for("en").characters_per_second) == (42, 20)
    assert (profile_for("ja").characters_per_second, profile_for("ko").line_width, profile_for("th").line_width) == (
        4,
        16,
        35,
    )
    assert (profile_for("fr").language, profile_for("fr").characters_per_second) == ("fr", 17)
    assert ZH.width("8400万人") == 4
    assert EN.width("e\u0301") == 1
