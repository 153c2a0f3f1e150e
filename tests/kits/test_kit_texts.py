"""Titles, descriptions, chapters and tags within each platform's limits; what has to stay stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from castkit.kits.checks import check
from castkit.kits.counting import length
from castkit.kits.rules import ERROR, Platform, platform, slugs
from castkit.kits.sections import Line, time_stamp
from castkit.kits.texts import Material, compose, measures, tags_length

LABELS = {"chapters": "章节", "people": "人物", "documents": "相关资料", "funding": "资助", "licence": "许可协议"}
FUNDING, DISCLAIMER, MACHINE = "由某基金资助。", "不构成建议。", "英语字幕：机器翻译，未经审校。"
PLAIN = Material(
    language="zh-Hans",
    title="平台劳动者的养老保险",
    show="社会保障对话",
    summary="为什么许多人没有参保。",
    description=("第一段。", "第二段。"),
    chapters=((0, "开场"), (25_000, "谁"), (60_000, "结束")),
    duration_ms=90_000,
    people=("主持人：李安",),
    documents=(Line("报告：按订单缴费", "https://example.org/report"),),
    funding=(FUNDING,),
    disclaimer=DISCLAIMER,
    licence=Line("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    keywords=("social protection", "养老保险", "pensions", "平台劳动者"),
    categories=("Government",),
    machine_made=(MACHINE,),
    labels=LABELS,
)
every = pytest.mark.parametrize("slug", slugs())


def codes(platform_: Platform, material: Material) -> list[str]:
    return [note.code for note in compose(platform_, material)[1]]


@every
def test_everything_there_is_to_say_stands_in_the_description(slug: str) -> None:
    texts, _ = compose(platform(slug), PLAIN)
    for said in (PLAIN.summary, "第二段。", "25 谁", "李安", "按订单缴费", FUNDING, DISCLAIMER, MACHINE, "CC0 1.0"):
        assert said in texts.description
    assert texts.title == PLAIN.title
    assert ("https://" in texts.description) == platform(slug).has_links
    assert ("links-left-out" in codes(platform(slug), PLAIN)) != platform(slug).has_links
    assert texts.category == platform(slug).categories.get("Government", platform(slug).categories["default"])


@every
@settings(max_examples=25)
@given(st.integers(0, 3000), st.integers(1, 400), st.sampled_from("a养👩<"))
def test_no_text_is_longer_than_the_platform_takes(slug: str, described: int, titled: int, char: str) -> None:
    one = platform(slug)
    long = replace(PLAIN, title=char * titled, summary=char * described, description=(char * described,) * 3)
    texts, notes = compose(one, long)
    missed = [row for row in check(one, measures(one, texts)) if row.is_error]
    assert missed == []
    for kept in (FUNDING, DISCLAIMER, MACHINE):
        assert kept in texts.description
    assert not any(char in texts.title + texts.description for char in one.forbidden)
    assert texts.title.endswith("…") == ("title-shortened" in [note.code for note in notes])


@every
def test_a_title_at_the_limit_stays_and_one_above_is_shortened(slug: str) -> None:
    one = platform(slug)
    limit = one.refused_above("title")
    if limit is None or limit.most is None:
        texts, notes = compose(one, replace(PLAIN, title="养" * 300))
        assert texts.title == "养" * 300, "no limit is known, so nothing is cut"
        assert "title-shortened" not in [note.code for note in notes]
        return
    most = int(limit.most)
    assert compose(one, replace(PLAIN, title="养" * most))[0].title == "养" * most
    above, notes = compose(one, replace(PLAIN, title="养" * (most + 1)))
    assert length(above.title, limit.unit) == most
    assert above.title.endswith("…")
    assert notes[0].values["title"] == "养" * (most + 1)


def test_what_has_no_room_goes_in_order_and_is_named() -> None:
    one = platform("wechat-channels")
    texts, notes = compose(one, replace(PLAIN, description=("很长。" * 250, "短。")))
    assert "很长" not in texts.description
    assert "李安" in texts.description
    assert [note.values["section"] for note in notes if note.code == "section-left-out"] == ["description"]
    people = tuple(f"嘉宾{number}：某某（某某研究所）" for number in range(60))
    texts, notes = compose(one, replace(PLAIN, people=people))
    left = [note.values["section"] for note in notes if note.code == "section-left-out"]
    assert left == ["description", "documents", "people"]
    assert "00:25 谁" in texts.description


def test_where_not_even_what_must_stay_has_room_it_is_said_and_refused() -> None:
    one = platform("wechat-channels")
    texts, notes = compose(one, replace(PLAIN, disclaimer="不" * 600))
    assert "description-no-room" in [note.code for note in notes]
    assert [row.limit.code for row in check(one, measures(one, texts)) if row.is_error] == ["description"]


@pytest.mark.parametrize(
    ("starts", "duration_ms", "is_there"),
    [
        ((0, 10_000, 20_000), 30_000, True),
        ((0, 10_000, 20_000), 29_999, False),  # the last one is too short
        ((0, 9_999, 20_000), 40_000, False),
        ((1000, 20_000, 40_000), 60_000, False),  # does not begin at 00:00
        ((0, 20_000), 60_000, False),  # too few
    ],
)
def test_youtube_takes_time_stamps_for_chapters_or_gets_none(
    starts: tuple[int, ...], duration_ms: int, is_there: bool
) -> None:
    chapters = tuple((at, f"part {at}") for at in starts)
    material = replace(PLAIN, chapters=chapters, duration_ms=duration_ms)
    texts, notes = compose(platform("youtube"), material)
    assert ("part 0" in texts.description) == is_there
    assert ("chapters-left-out" in [note.code for note in notes]) != is_there
    if is_there:
        assert texts.chapters.splitlines()[0] == "00:00 part 0"
    assert compose(platform("xiaoyuzhou"), material)[0].chapters.startswith("00:00") == (starts[0] == 0)


def test_times_are_written_as_platforms_read_them() -> None:
    assert [time_stamp(ms) for ms in (0, 999, 59_000, 3_599_999, 3_600_000)] == [
        "00:00", "00:00", "00:59", "59:59", "1:00:00",
    ]  # fmt: skip


@every
@settings(max_examples=20)
@given(st.lists(st.text(st.sampled_from("ab 养老"), min_size=1, max_size=40), max_size=40))
def test_tags_stay_within_number_and_length(slug: str, keywords: list[str]) -> None:
    one = platform(slug)
    texts, notes = compose(one, replace(PLAIN, keywords=tuple(keywords)))
    assert [row for row in check(one, measures(one, texts)) if row.limit.level == ERROR and not row.is_met] == []
    left = [note for note in notes if note.code == "tags-left-out"]
    assert bool(left) == (set(texts.tags) != set(keywords))


def test_tags_are_counted_with_commas_and_quotes() -> None:
    assert tags_length(["pensions", "social protection"]) == 8 + 1 + 17 + 2
    assert tags_length([]) == 0


def test_chinese_keywords_come_first_where_chinese_is_read() -> None:
    texts, _ = compose(platform("wechat-channels"), PLAIN)
    assert texts.tags == ("养老保险", "平台劳动者", "social protection")
    assert texts.description.endswith("#养老保险 #平台劳动者 #socialprotection")
    assert texts.description.startswith(PLAIN.title)


def test_a_short_title_says_it_in_sixteen_characters_or_is_left_empty() -> None:
    one = platform("wechat-channels")
    assert compose(one, PLAIN)[0].short_title == PLAIN.title
    assert len(compose(one, replace(PLAIN, title="养" * 16))[0].short_title) == 16
    cut, notes = compose(one, replace(PLAIN, title="平台劳动者的养老保险：三个省的试点说明了什么"))
    assert 6 <= len(cut.short_title) <= 16
    assert cut.short_title.isalnum() or ":" in cut.short_title or "：" not in cut.short_title
    assert "short-title-shortened" in [note.code for note in notes]
    none, notes = compose(one, replace(PLAIN, title="谁？"))
    assert none.short_title == ""
    assert "short-title-too-short" in [note.code for note in notes]
    assert compose(platform("youtube"), PLAIN)[0].short_title == ""


def test_an_address_in_a_persons_text_stays_and_is_told() -> None:
    material = replace(PLAIN, summary="见 https://example.org/a。")
    texts, notes = compose(platform("ximalaya"), material)
    assert "https://example.org/a" in texts.description
    assert [note.values["address"] for note in notes if note.code == "links-in-text"] == ["https://example.org/a。"]
    assert "links-in-text" not in codes(platform("xiaoyuzhou"), material)


def test_angle_brackets_that_youtube_refuses_become_others() -> None:
    texts, notes = compose(platform("youtube"), replace(PLAIN, title="One <talk>", summary="a < b"))
    assert texts.title == "One ‹talk›"
    assert "a ‹ b" in texts.description
    assert [note.code for note in notes].count("forbidden-characters") == 1
    assert compose(platform("bilibili"), replace(PLAIN, title="One <talk>"))[0].title == "One <talk>"
