"""The rules files are whole: every figure with its source and certainty, every sentence in every language."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from castkit.kits import words
from castkit.kits.counting import UNITS
from castkit.kits.rules import CERTAINTIES, ERROR, FOLDER, HOUSE, WARNING, Platform, platform, slugs

ALL = [platform(slug) for slug in slugs()]
every = pytest.mark.parametrize("one", ALL, ids=lambda one: one.slug)
CAPTIONS = ("srt", "bcc", "burnt", "none")
KINDS = ("media", "covers", "captions")


def test_the_platforms_are_those_that_take_no_feed() -> None:
    assert slugs() == ("bilibili", "wechat-channels", "xiaoyuzhou", "ximalaya", "youtube")
    with pytest.raises(KeyError):
        platform("../youtube")


@every
def test_every_figure_says_where_it_comes_from(one: Platform) -> None:
    for row in (*one.limits, *one.covers):
        assert row.certainty in CERTAINTIES
        assert bool(row.source) == (row.certainty != HOUSE), row
    assert date(2026, 1, 1) < one.checked <= datetime.now(UTC).date()


@every
def test_every_limit_is_of_something_that_is_measured_and_named(one: Platform) -> None:
    for limit in one.limits:
        assert limit.level in (ERROR, WARNING)
        assert limit.unit in UNITS
        assert (limit.most is None) != (limit.least is None)
        for language in one.checklist:
            assert words.measure_name(limit.of, language)


@every
def test_it_is_said_in_english_and_in_the_platforms_language(one: Platform) -> None:
    assert "en" in one.checklist
    for said in (one.name, one.synthetic, *(step.words for step in one.steps), *one.warnings):
        assert set(one.checklist) <= set(said)
        assert all(said[language].strip() for language in one.checklist)
    assert one.captions in CAPTIONS
    assert (one.video is None) != (one.audio is None)
    for step in one.steps:
        assert set(step.files) <= set(KINDS)
        assert all(words.name_of(name, "en") for name in step.pasted)
    assert one.categories["default"]


@every
def test_only_hosts_of_the_platforms_own_are_named(one: Platform) -> None:
    text = (FOLDER / f"{one.slug}.toml").read_text("utf-8")
    hosts = set(re.findall(r"\b[a-z0-9.-]+\.(?:com|cn|org|net|io)\b", text))
    own = {"youtube": "youtube.com", "bilibili": "bilibili.com", "wechat-channels": "weixin.qq.com"}
    own |= {"xiaoyuzhou": "xiaoyuzhoufm.com", "ximalaya": "ximalaya.com"}
    assert all(host.endswith(own[one.slug]) for host in hosts), hosts


@every
def test_the_page_of_documentation_names_it_and_its_covers(one: Platform) -> None:
    page = (Path(__file__).parent.parent.parent / "docs/how-to/kits.md").read_text("utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{one.slug}`")]
    for cover in one.covers:
        assert f"{cover.width}x{cover.height}" in row


@pytest.mark.parametrize("table", ["HEADINGS", "NAMES", "MEASURES", "REMEDIES", "NOTES"])
def test_both_languages_say_the_same(table: str) -> None:
    found = getattr(words, table)
    assert found["en"].keys() == found["zh-Hans"].keys()
    for code, text in found["en"].items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", found["zh-Hans"][code])), code


def test_what_platforms_document_is_held_to() -> None:
    """A few figures that stand on the platforms' own pages: whoever changes them changes this, too."""
    youtube, bilibili = platform("youtube"), platform("bilibili")
    assert [youtube.limit(code).most for code in ("title", "description")] == [100, 5000]  # type: ignore[union-attr]
    assert (youtube.chapters.fewest, youtube.chapters.shortest_s) == (3, 10)
    assert bilibili.limit("size").most == 4e9  # type: ignore[union-attr]
    assert bilibili.limit("length").most == 5 * 3600  # type: ignore[union-attr]
    assert (bilibili.covers[0].width, bilibili.covers[0].height) == (1146, 717)
