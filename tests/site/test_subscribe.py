"""The subscribe block: the page's own feed first, its address as text, and in the QR code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from castkit.site.codes import qr_svg
from castkit.site.subscribe import page_order, subscribe_view
from castkit.templating import load, render_html

FEEDS = {
    "en": "https://x.example/en.xml",
    "zh-Hans": "https://x.example/zh.xml",
    "en.video": "https://x.example/en.video.xml",
    "zh-Hans.video": "https://x.example/zh.video.xml",
}


@pytest.mark.parametrize(
    ("language", "order"),
    [
        ("en", ["en", "en.video", "zh-Hans", "zh-Hans.video"]),
        ("zh-Hans", ["zh-Hans", "zh-Hans.video", "en", "en.video"]),
        ("zh-TW", ["zh-Hans", "zh-Hans.video", "en", "en.video"]),
        ("fr", ["en", "en.video", "zh-Hans", "zh-Hans.video"]),
    ],
)
def test_the_page_s_feeds_come_first(language: str, order: list[str]) -> None:
    assert page_order(FEEDS, language) == order


def test_the_words_are_the_page_s() -> None:
    found = subscribe_view(FEEDS, "zh-Hans")
    assert found["title"] == "订阅"
    assert [one["name"] for one in found["feeds"]] == ["中文（简体）", "中文（简体），视频"]
    assert [one["name"] for one in found["others"]] == ["英语", "英语，视频"]
    assert found["qr"] == qr_svg(FEEDS["zh-Hans"])


def test_a_show_of_videos_only() -> None:
    found = subscribe_view({"en.video": "https://x.example/v.xml"}, "en")
    assert [one["name"] for one in found["feeds"]] == ["English, video"]
    assert found["others"] == ()


def test_without_a_feed_there_is_no_block() -> None:
    sources = load(Path("/no/such/folder"), ["subscribe.html.j2"])
    assert render_html(sources, "subscribe.html.j2", {"subscribe": subscribe_view({}, "en")}) == "\n"
    block = render_html(sources, "subscribe.html.j2", {"subscribe": subscribe_view(FEEDS, "en")})
    assert re.findall(r'feed-address"[^>]*>([^<]+)<', block) == [FEEDS[name] for name in page_order(FEEDS, "en")]
    assert {one.split(":")[0] for one in re.findall(r'href="([^"]+)"', block)} == {"https"}
