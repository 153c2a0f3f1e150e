"""The guides' figures, a show's own profile, and what counts as a character."""

from __future__ import annotations

from dataclasses import replace

import pytest
from said import heard, said

from castkit.errors import CastkitError
from castkit.model.show import OwnProfile
from castkit.subtitles.cueing import make_cues
from castkit.subtitles.profile import clusters, profile_for

# name, tag: characters a line, characters a second, shortest and longest in ms
FIGURES = {
    ("netflix", "en"): (42, 20, 834, 7000),
    ("netflix", "zh-Hans"): (16, 9, 834, 7000),
    ("netflix", "ja"): (23, 4, 834, 7000),
    ("netflix", "ko"): (16, 12, 834, 7000),
    ("netflix", "th"): (35, 17, 834, 7000),
    ("netflix", "fr"): (42, 17, 834, 7000),
    ("bbc", "en-GB"): (37, 17, 1000, 7000),
    ("ted", "en"): (42, 21, 1000, 7000),
    ("ted", "zh-Hans"): (16, 9, 1000, 7000),
    ("podcast", "en"): (32, 20, 834, 7000),
}


@pytest.mark.parametrize(("name", "tag"), FIGURES)
def test_a_guides_figures(name: str, tag: str) -> None:
    profile = profile_for(tag, name=name)
    found = profile.line_width, profile.characters_per_second, profile.shortest_ms, profile.longest_ms
    assert found == FIGURES[name, tag]
    assert profile.lines == 2
    assert profile_for(tag).name == "netflix"


def test_a_shows_own_profile_takes_the_rest_from_its_base() -> None:
    own = {"ours": OwnProfile(base="bbc", line_width=36, lines=1, characters_per_second=15, gap_ms=120)}
    english = profile_for("en", name="ours", own=own)
    assert (english.line_width, english.lines, english.characters_per_second) == (36, 1, 15)
    assert (english.gap_ms, english.shortest_ms, english.name) == (120, 1000, "ours")
    chinese = profile_for("zh-Hans", name="ours", own=own)
    assert (chinese.line_width, chinese.lines, chinese.characters_per_second) == (16, 1, 9)
    assert profile_for("zh-Hans", name="n", own={"n": OwnProfile(line_width=12)}).line_width == 12


def test_an_unknown_profile_is_named_with_those_there_are() -> None:
    with pytest.raises(CastkitError, match="no profile 'netflx'") as raised:
        profile_for("en", name="netflx", own={"ours": OwnProfile()})
    assert "netflix, bbc, ted, podcast, ours" in raised.value.hint


@pytest.mark.parametrize("name", ["bbc", "ted", "podcast"])
@pytest.mark.parametrize("slug", ["episode-01", "episode-03"])
def test_every_guide_is_kept(name: str, slug: str) -> None:
    one, profile = heard(slug), profile_for("en", name=name)
    cues, exceptions = make_cues(one.utterances, profile, one.duration_ms)
    assert all(profile.shortest_ms <= cue.duration_ms <= 7000 for cue in cues)
    assert all(len(line) <= profile.line_width for cue in cues for line in cue.lines)
    assert len({found.index for found in exceptions}) <= 0.02 * len(cues)


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_a_cue_has_as_many_lines_as_the_profile_allows(lines: int) -> None:
    own = {"ours": OwnProfile(lines=lines, line_width=20)}
    text = "We asked the minister for an answer about the fund and she told us to wait for a while"
    cues, _ = make_cues([said(text)], profile_for("en", name="ours", own=own), 60_000)
    assert max(len(cue.lines) for cue in cues) == lines
    assert all(len(line) <= 20 for cue in cues for line in cue.lines)


CHARACTERS = (
    ("e\u0301te\u0301", 3),  # letters with combining accents
    ("กี่", 1),
    ("नि", 2),  # a vowel sign that takes its own room
    ("👩\u200d👩\u200d👧", 1),
    ("👍🏽", 1),
    ("🇨🇳🇫🇷", 2),
    ("❤\ufe0f", 1),
    ("a\u200bb", 2),
    ("I am, yes.", 10),
)


@pytest.mark.parametrize(("text", "count"), CHARACTERS)
def test_a_character_is_what_a_reader_sees_as_one(text: str, count: int) -> None:
    assert profile_for("en").width(text) == count
    assert len(clusters(text)) == count
    assert "".join(clusters(text)) == text


def test_punctuation_and_spaces_are_counted_and_narrow_characters_are_half_in_chinese() -> None:
    chinese = profile_for("zh-Hans")
    assert chinese.width("8400万人，好。") == 7
    assert chinese.width("GDP 8") == 2.5


def test_netflixs_chinese_has_spaces_for_commas_and_full_stops() -> None:
    profile = replace(profile_for("zh-Hans"), punctuation="netflix")
    assert profile.written("今天，我们谈谈。\n好、你来吗？") == "今天 我们谈谈\n好、你来吗？"
    assert profile.written("。") == "。"
    assert profile_for("zh-Hans").written("今天，好。") == "今天，好。"
    assert replace(profile_for("en"), punctuation="netflix").written("Yes, well.") == "Yes, well."
