"""What players and podcast apps read: WebVTT, JSON, two languages in one, and the label of a machine's translation."""

from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.model.cue import Cue
from castkit.model.transcript import Word
from castkit.subtitles.bilingual import two_languages, upper_first
from castkit.subtitles.labels import label, with_label
from castkit.subtitles.profile import breaches, profile_for
from castkit.subtitles.speakers import with_speakers
from castkit.subtitles.transcript_files import compose_podcast_json, compose_vtt, wrapped

EN, ZH = profile_for("en"), profile_for("zh-Hans")


def name_of(speaker: str) -> str:
    return {"host": "Ana <& Co>", "guest": "嘉宾"}[speaker]


def test_vtt_names_speakers_and_escapes_markup() -> None:
    cues = (Cue(0, 1500, "R&D <now> -->\nand later", "host"), Cue(3_600_000, 3_601_000, "Yes."))
    assert compose_vtt(cues, EN, name_of, note="[Draft --> read it]") == (
        "WEBVTT\n\nNOTE [Draft --&gt; read it]\n\n"
        "00:00:00.000 --> 00:00:01.500\n<v Ana &lt;&amp; Co&gt;>R&amp;D &lt;now&gt; --&gt;\nand later\n\n"
        "01:00:00.000 --> 01:00:01.000\nYes.\n"
    )


def test_long_lines_are_wrapped_for_vtt_without_losing_a_letter() -> None:
    english = "and " * 40
    chinese = "平台劳动者的养老保险制度改革，" * 9
    for text, profile in ((english.strip(), EN), (chinese, ZH)):
        lines = wrapped(text, profile, 65)
        assert len(lines) > 1
        assert max(map(len, lines)) <= 65
        assert "".join("".join(lines).split()) == "".join(text.split())
        assert not any(line.startswith("，") for line in lines)
    vtt = compose_vtt([Cue(0, 1000, english.strip())], EN, name_of)
    assert max(map(len, vtt.splitlines())) <= 65


def test_podcast_json_is_what_the_namespace_asks_for() -> None:
    value = json.loads(
        compose_podcast_json([Cue(500, 1750, "Who\npays?", "guest"), Cue(2000, 3000, "谁")], EN, name_of)
    )
    assert value == {
        "version": "1.0.0",
        "segments": [
            {"speaker": "嘉宾", "startTime": 0.5, "endTime": 1.75, "body": "Who pays?"},
            {"startTime": 2.0, "endTime": 3.0, "body": "谁"},
        ],
    }
    chinese = json.loads(compose_podcast_json([Cue(0, 1000, "谢谢邀请，\n再见。")], ZH, name_of))
    assert chinese["segments"][0]["body"] == "谢谢邀请，再见。"


def test_speaker_is_who_speaks_longest_within_the_cue() -> None:
    words = [Word(0, 900, "a", 1, "host"), Word(900, 2500, "b", 1, "guest"), Word(2500, 9000, "c", 1, None)]
    cues = [Cue(0, 1000, "1"), Cue(500, 2000, "2"), Cue(2600, 3000, "3"), Cue(0, 10, "4", "stale")]
    assert [cue.speaker for cue in with_speakers(cues, words)] == ["host", "guest", None, "host"]


@st.composite
def tracks(draw: st.DrawFn, mark: str) -> list[Cue]:
    now, cues = 0, []
    for number in range(draw(st.integers(0, 12))):
        start = now + draw(st.integers(-200, 3000))
        start = max(start, cues[-1].start_ms if cues else 0)
        now = start + draw(st.integers(1, 7000))
        cues.append(Cue(start, now, f"{mark}{number}." + draw(st.sampled_from(["", "\nmore", " words"]))))
    return cues


@given(tracks("u"), tracks("l"))
def test_two_languages_in_one_lose_and_double_nothing(upper: list[Cue], lower: list[Cue]) -> None:
    both = two_languages(upper, lower)
    assert sorted(line for cue in both for line in cue.lines) == sorted(
        line for cue in [*upper, *lower] for line in cue.lines
    )
    assert [cue.start_ms for cue in both] == sorted(cue.start_ms for cue in both)
    text = "\n".join(cue.text for cue in both)
    order = re.findall(r"u(\d+)\.", text)
    assert order == sorted(order, key=int)
    for cue in upper:
        assert any(one.text.startswith(cue.text) and one.start_ms == cue.start_ms for one in both)


def test_each_lower_cue_stands_where_it_overlaps_most() -> None:
    upper = [Cue(0, 2000, "一"), Cue(2100, 4000, "二"), Cue(8000, 9000, "三")]
    lower = [
        Cue(0, 1900, "one"),
        Cue(1500, 3900, "two"),
        Cue(5000, 6000, "alone"),
        Cue(7900, 8500, "a"),
        Cue(8500, 9500, "b"),
    ]
    assert [cue.text for cue in two_languages(upper, lower)] == ["一\none", "二\ntwo", "alone", "三\na\nb"]


def test_chinese_stands_above() -> None:
    assert upper_first("en", "zh-Hans") == ("zh-Hans", "en")
    assert upper_first("zh-Hant", "en") == ("zh-Hant", "en")
    assert upper_first("en", "fr") == ("en", "fr")


LABELS = (
    ("en", "[Unreviewed machine translation]"),
    ("en-GB", "[Unreviewed machine translation]"),
    ("zh-Hans", "【机器翻译，未经审校】"),
    ("zh-Hant", "【機器翻譯，未經審校】"),
    ("fr", "[Traduction automatique, non relue]"),
    ("sw", "[Unreviewed machine translation]"),
)


@pytest.mark.parametrize(("tag", "text"), LABELS)
def test_label_is_said_in_the_readers_language(tag: str, text: str) -> None:
    assert label(tag) == text


TEXT = label("en")


def test_label_has_its_own_cue_in_the_silence_before_the_first_words() -> None:
    cues = (Cue(9000, 11_000, "Welcome."),)
    assert with_label(cues, TEXT, EN) == (Cue(4917, 8917, TEXT), *cues)
    assert with_label((Cue(2000, 4000, "Hi."),), TEXT, EN)[0] == Cue(0, 1917, TEXT)


def test_label_stands_above_the_first_words_where_there_is_no_silence_before_them() -> None:
    cues = (Cue(620, 2000, "Welcome to the show."), Cue(4420, 5900, "I am the host."))
    first, second = with_label(cues, TEXT, EN)
    assert first.text == f"{TEXT}\nWelcome to the show."
    assert (first.start_ms, second) == (620, cues[1])
    assert not list(breaches([first], EN))


def test_first_words_wait_for_the_label_where_there_is_no_other_room() -> None:
    full = Cue(100, 5000, "It is income that replaces your wage while\na doctor says you should stay at home.")
    assert with_label((full, Cue(5083, 7000, "So.")), TEXT, EN)[:2] == (
        Cue(0, 834, TEXT),
        Cue(917, 5000, full.text),
    )


@given(tracks("w"))
def test_label_hides_no_word_and_comes_first(cues: list[Cue]) -> None:
    found = with_label(cues, TEXT, EN)
    assert "\n".join(cue.text for cue in found) == "\n".join([TEXT, *(cue.text for cue in cues)] if cues else [])
    assert [cue.start_ms for cue in found] == sorted(cue.start_ms for cue in found)
    if cues:
        assert len(found) == len(cues) or found[0].end_ms < found[1].start_ms
        assert found[-1].text.endswith(cues[-1].text)


@given(st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1).filter(str.strip))
def test_vtt_gives_any_text_back(text: str) -> None:
    body = compose_vtt([Cue(0, 1000, text)], EN, name_of).split("\n", 3)[3]
    assert "-->" not in body
    assert "<" not in body
    assert "".join(html.unescape(body).split()) == "".join(text.split())
