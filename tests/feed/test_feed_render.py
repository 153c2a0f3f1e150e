"""The feed's bytes: what stands in them, that they are always the same, and that no text breaks them."""

from __future__ import annotations

import locale
import time
from base64 import b64decode
from datetime import UTC, datetime, timedelta, timezone
from html import unescape
from pathlib import Path
from typing import Any

import feed_samples as samples
import feedparser
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from castkit.feed.render import render, whole_seconds
from castkit.model.text import one_line

GOLDEN = Path(__file__).parent / "golden"
NS = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
}


def made(language: str = "en", *episodes: Any, **show: Any) -> etree._Element:
    data = render(samples.show(**show), episodes or samples.episodes(), samples.address(language))
    return etree.fromstring(data)


def texts(tree: etree._Element, path: str) -> list[str]:
    return [str(found) for found in tree.xpath(path, namespaces=NS)]


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_golden(language: str) -> None:
    data = render(samples.show(), samples.episodes(), samples.address(language))
    assert data.decode() == (GOLDEN / f"{language}.xml").read_text("utf-8")


def test_declared_namespaces_are_the_published_uris() -> None:
    assert made().nsmap == NS


def test_same_bytes_whatever_the_order_the_clock_or_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    first = render(samples.show(), samples.episodes(), samples.address())
    monkeypatch.setattr(locale, "setlocale", lambda *_: pytest.fail("feedgen changed the locale of the process"))
    time.sleep(1.1)  # RSS dates have a grain of a second
    assert render(samples.show(), tuple(reversed(samples.episodes())), samples.address()) == first


def test_newest_first_and_build_date_of_the_newest() -> None:
    tree = made()
    assert texts(tree, "//item/itunes:episode/text()") == ["3", "2", "1"]
    assert texts(tree, "//lastBuildDate/text()") == ["Wed, 30 Sep 2026 09:00:00 +0200"]
    assert texts(tree, "//item/pubDate/text()")[2] == "Wed, 02 Sep 2026 09:00:00 +0200"


def test_dates_without_a_zone_are_utc() -> None:
    tree = made("en", samples.episode(1, date=datetime(2026, 5, 1, 7, 30)))  # noqa: DTZ001
    assert texts(tree, "//item/pubDate/text()") == ["Fri, 01 May 2026 07:30:00 +0000"]


def test_no_episodes_no_build_date() -> None:
    data = render(samples.show(), (), samples.address())
    tree = etree.fromstring(data)
    assert texts(tree, "//item") == []
    assert texts(tree, "//lastBuildDate") == []


def test_each_language_has_its_own_texts() -> None:
    tree = made("zh-Hans")
    assert texts(tree, "/rss/channel/language/text()") == ["zh-Hans"]
    assert texts(tree, "/rss/channel/title/text()") == ["社会保障对话"]
    assert texts(tree, "//item[1]/title/text()") == ["一百名骑手，一个基金"]
    assert texts(tree, "//item[1]/content:encoded/text()") == ['<p>说明</p>\n<hr><div lang="en"><p>Notes</p></div>']
    assert texts(tree, "//item[1]/link/text()") == [f"{samples.BASE}/episodes/episode-03/notes.zh-Hans.html"]
    assert texts(tree, "//item[1]/podcast:person/text()") == ["主持人", "嘉宾"]
    assert texts(tree, "//item[1]/podcast:chapters/@url")[0].endswith("episode-03.zh-Hans.chapters.json")
    assert "英语文字稿（机器翻译，未经审校）" in texts(tree, "//item[2]/podcast:txt/text()")[0]


def test_transcripts_feeds_language_first_and_types_in_order() -> None:
    tree = made("zh-Hans")
    rows = [
        (tag.get("language"), tag.get("type"), tag.get("rel"))
        for tag in tree.iterfind("*/item[1]/podcast:transcript", NS)
    ]
    kinds = [("text/vtt", "captions"), ("application/x-subrip", "captions"), ("application/json", None)]
    assert rows == [(language, *kind) for language in ("zh-Hans", "en") for kind in kinds]


def test_a_language_no_show_has_comes_after_the_feeds() -> None:
    spoken_fr = [
        {"language": tag, "origin": "recognition", "file": samples.stored("e", f"e.{tag}.vtt", "text/vtt")}
        for tag in ("de", "fr", "en")
    ]
    tree = made("en", samples.episode(1, transcripts=spoken_fr, spoken="fr"))
    assert texts(tree, "//podcast:transcript/@language") == ["en", "fr", "de"]


def test_own_script_comes_before_the_other() -> None:
    tracks = [
        {"language": tag, "origin": "accepted", "file": samples.stored("e", f"e.{tag}.vtt", "text/vtt")}
        for tag in ("en", "zh-Hans", "zh-Hant")
    ]
    tree = made("zh-Hant", samples.episode(1, transcripts=tracks))
    assert texts(tree, "//podcast:transcript/@language") == ["zh-Hant", "zh-Hans", "en"]


def test_item_that_names_no_host_restates_the_shows() -> None:
    guest = samples.episode(1).people[1]
    tree = made("en", samples.episode(1, people=[guest]))
    rows = [(tag.text, tag.get("role"), tag.get("group")) for tag in tree.iterfind("*/item/podcast:person", NS)]
    assert rows == [("The host", "host", "cast"), ("The guest", "guest", "cast")]


def test_item_that_names_its_host_names_no_other() -> None:
    other = samples.episode(1).people[0].model_copy(update={"id": "other", "role": "guest host"})
    tree = made("en", samples.episode(1, people=[other]))
    assert texts(tree, "//item/podcast:person/@role") == ["guest host"]


@pytest.mark.parametrize(
    ("written", "role", "group"),
    [
        ("Moderator", "host", "cast"),
        ("TRANSLATOR", "translator", "writing"),
        ("sound  engineer", "audio engineer", "audio production"),
    ],
)
def test_roles_are_the_taxonomys(written: str, role: str, group: str) -> None:
    person = samples.episode(1).people[1].model_copy(update={"role": written})
    tree = made("en", samples.episode(1, people=[person]))
    found = tree.findall("*/item/podcast:person", NS)[-1]
    assert (found.get("role"), found.get("group")) == (role, group)


def test_video_is_an_alternate_and_audio_stays_the_enclosure() -> None:
    tree = made()
    assert texts(tree, "//item[1]/enclosure/@type") == ["audio/mpeg"]
    found = tree.find("*/item/podcast:alternateEnclosure", NS)
    assert found is not None
    assert dict(found.attrib) == {
        "type": "video/mp4", "length": "9000000", "bitrate": str(9_000_000 * 8000 // 300_502), "height": "720",
        "lang": "en", "title": "Video",
    }  # fmt: skip
    assert texts(found, "podcast:source/@uri") == [f"{samples.BASE}/episodes/episode-03/episode-03-0123456789ab.mp4"]
    assert texts(found, "podcast:integrity/@type") == ["sri"]
    assert texts(found, "podcast:integrity/@value")[0].startswith("sha256-")


def test_other_formats_and_the_stream_are_alternates_too() -> None:
    other = [
        samples.stored("episode-03", "episode-03-0123456789ab.m4a", "audio/mp4", 5_000_000),
        samples.stored("episode-03", "episode-03-0123456789ab.opus", "audio/ogg; codecs=opus", 3_000_000),
    ]
    stream = samples.stored("episode-03", "hls-0123456789ab/master.m3u8", "application/vnd.apple.mpegurl", 900)
    part = samples.stored("episode-03", "hls-0123456789ab/video-720.mp4", "video/mp4", 9_000_000)
    tree = made("zh-Hans", samples.episode(3, other_audio=other, hls=stream, hls_parts=[part]))
    assert texts(tree, "//item/enclosure/@type") == ["audio/mpeg"]
    m4a, opus, video, hls = tree.findall("*/item/podcast:alternateEnclosure", NS)
    assert dict(m4a.attrib) == {
        "type": "audio/mp4", "length": "5000000", "bitrate": str(5_000_000 * 8000 // 300_502), "lang": "en",
        "title": "M4A (AAC)",
    }  # fmt: skip
    assert dict(opus.attrib) == {
        "type": "audio/ogg", "length": "3000000", "bitrate": str(3_000_000 * 8000 // 300_502), "lang": "en",
        "title": "Opus（省流量）", "codecs": "opus",
    }  # fmt: skip
    for tag, file in ((m4a, other[0]), (opus, other[1])):
        assert texts(tag, "podcast:source/@uri") == [file["url"]]
        (value,) = texts(tag, "podcast:integrity/@value")
        assert b64decode(value.removeprefix("sha256-")).hex() == file["sha256"]
    assert (video.get("type"), video.get("title")) == ("video/mp4", "视频")
    assert dict(hls.attrib) == {"type": "application/x-mpegURL", "height": "720", "lang": "en", "title": "视频 (HLS)"}
    assert texts(hls, "podcast:source/@uri") == [stream["url"]]
    assert texts(hls, "podcast:integrity") == []


def test_nothing_is_said_of_machines_where_a_person_read_all() -> None:
    transcript = samples.episode(1).transcripts[0]
    tree = made("en", samples.episode(1, transcripts=[transcript]))
    assert texts(tree, "//podcast:txt") == []
    assert "machine" not in texts(tree, "//item/description/text()")[0]


def test_missing_numbers_give_no_tags_and_seconds_are_whole() -> None:
    tree = made("en", samples.episode(1, season=None, number=None, duration_ms=1499))
    assert (
        texts(tree, "//item/itunes:episode | //item/itunes:season | //item/podcast:season | //item/podcast:episode")
        == []
    )
    assert texts(tree, "//item/itunes:duration/text()") == ["1"]
    assert [whole_seconds(ms) for ms in (0, 1, 1500, 2499, 3_600_500)] == [1, 1, 2, 2, 3601]


def test_licence_of_ones_own_is_an_address() -> None:
    tag = made(licence="https://example.org/licence").find("channel/podcast:license", NS)
    assert tag is not None
    assert (tag.text, tag.get("url")) == ("custom", "https://example.org/licence")


def test_owner_lock_and_guid() -> None:
    tree = made(locked=False)
    locked = tree.find("channel/podcast:locked", NS)
    assert locked is not None
    assert (locked.text, locked.get("owner")) == ("no", "podcast@example.org")
    assert texts(tree, "channel/podcast:guid/text()") == [str(samples.address().guid)]
    assert texts(tree, "channel/itunes:category/@text") == ["Government", "Education"]
    assert texts(tree, "channel/itunes:category/itunes:category/@text") == ["Courses"]


HOSTILE = {
    "markup": "<b>bold</b> & <script>alert(1)</script>",
    "cdata end": "]]> and <![CDATA[ x",
    "entities": "&lt;b&gt; &amp;amp; &copy &#x41; &nbsp;",
    "quotes": "\"double\" 'single' “curly”",
    "emoji": "👩‍👩‍👧‍👦 🇨🇳 🎙️",
    "controls": "a\x00b\x08c\x1bd\ufffee",
    "newlines": "one\r\ntwo\rthree\u2028four\n\n\nfive",
    "right to left": "مرحبا \u202eabc",
    "combining": "e\u0301" * 200,
    "long": "字" * 9000,
    "xml": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "x">]>&e;',
    "percent": "100% {{ title }} {% raw %} \\u0041",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_anywhere(text: str) -> None:
    local = {"en": text}
    item = samples.episode(
        1, title=local, summary=local, keywords=[text], content_html={"en": text},
        people=[{"id": "x", "name": local, "role": "host", "organisation": {}}],
        chapters=[{"start_ms": ms, "title": local} for ms in (0, 1000, 2000)],
    )  # fmt: skip
    data = render(
        samples.show(title=local, description=local, author=local, copyright=text), (item,), samples.address()
    )
    tree = etree.fromstring(data)  # well-formed, or it raises
    parsed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    assert parsed.bozo is False
    assert len(parsed.entries) == 1
    for path in ("channel/description", "channel/item/description"):
        assert len((tree.findtext(path) or "").encode()) <= 4000
    assert len(tree.findtext("channel/item/title") or "") <= 255
    assert not tree.xpath("//script | //b")


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_text_survives_the_trip(text: str) -> None:
    assume(one_line(text).strip())  # blank texts are refused before
    local = {"en": text}
    item = samples.episode(1, title=local, summary=local, content_html={"en": text}, transcripts=[], chapters=[])
    data = render(samples.show(description=local), (item,), samples.address())
    tree = etree.fromstring(data)
    if len(one_line(text)) <= 255:
        assert (tree.findtext("channel/item/title") or "") == one_line(text).strip()
    parsed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    assert parsed.bozo is False
    description = tree.findtext("channel/item/description") or ""
    words = one_line(text).split()
    assert unescape(description.removeprefix("<p>").removesuffix("</p>").replace("</p><p>", " ")).split() == words
    assert unescape(tree.findtext("channel/description") or "").split() == words


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
@settings(max_examples=60, deadline=None)
def test_dates_survive_the_trip(moment: datetime, offset: int) -> None:
    date = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=offset)))
    parsed = feedparser.parse(render(samples.show(), (samples.episode(1, date=date),), samples.address()))
    assert datetime(*parsed.entries[0].published_parsed[:6], tzinfo=UTC) == date


def test_a_thousand_items() -> None:
    one = samples.episode(3)
    many = [
        one.model_copy(update={"slug": f"episode-{n:04}", "date": one.date + timedelta(days=n), "number": n + 1})
        for n in range(1000)
    ]
    data = render(samples.show(), many, samples.address())
    numbers = texts(etree.fromstring(data), "//item/itunes:episode/text()")
    assert numbers == [str(n) for n in range(1000, 0, -1)]
