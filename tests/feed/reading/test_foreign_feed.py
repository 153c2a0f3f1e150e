"""Feeds of other hosts are read whole and exactly; what is hostile or broken is refused, or put right and told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from castkit.errors import CastkitError
from castkit.feed.reading.fetch import Web
from castkit.feed.reading.pages import parse_feed, read_feed
from castkit.feed.reading.said import SaidFeed
from foreign_feeds import VOICES, feed, item, items

BASE = "https://media.example.org"


def nothing_further(url: str) -> tuple[bytes, str]:
    raise AssertionError(f"{url} was asked for")


def read(data: bytes, fetch: Callable[[str], tuple[bytes, str]] = nothing_further) -> SaidFeed:
    return parse_feed(data, f"{BASE}/feed.xml", fetch)


@pytest.mark.parametrize("voice", VOICES)
def test_every_voice_is_read_exactly(voice: str) -> None:
    wanted = items(voice, 40, BASE)
    found = read(feed(voice, wanted, BASE))
    assert not found.mended
    assert len(found.episodes) == 40
    for said, item_ in zip(found.episodes, wanted, strict=True):
        assert (said.guid, said.is_permalink, said.title) == (item_.guid, item_.is_permalink, item_.title)
        assert said.date == item_.date
        assert said.date.utcoffset() == item_.date.utcoffset()
        assert said.enclosure is not None
        assert (said.enclosure.url, said.enclosure.length, said.enclosure.type) == (item_.url, item_.length, item_.type)
        assert said.duration_ms > 0
        assert not said.wrong


def test_what_castopod_says_of_an_episode() -> None:
    said = read(feed("castopod", items("castopod", 60, BASE), BASE)).episodes[0]
    assert (said.season, said.number, said.explicit) == (2, 60, False)
    assert [(one.name, one.role) for one in said.people] == [("Anna Example", "host"), ("Guest 4", "guest")]
    kinds = [(one.type, one.language) for one in said.transcripts]
    assert kinds == [("application/x-subrip", "fr"), ("text/vtt", "fr")]
    assert said.chapters_file is not None
    assert [(one.start_ms, one.duration_ms, one.title) for one in said.soundbites] == [(12_500, 30_000, "A bite")]
    assert said.image == f"{BASE}/media/60_feed.jpg?v=2"
    assert said.left == ("podcast:socialInteract",)


def test_what_the_channel_says() -> None:
    show = read(feed("castopod", [], BASE, head="<itunes:new-feed-url>https://n.example/f</itunes:new-feed-url>")).show
    assert (show.title, show.language, show.locked, show.owner_email) == (
        "A show from castopod", "fr", False, "show@example.org",
    )  # fmt: skip
    assert show.categories == ("Science > Earth Sciences", "Games & Hobbies")
    assert show.funding == (("https://example.org/give", "Support us"),)
    assert (show.self_url, show.moved_to) == (f"{BASE}/feed.xml", "https://n.example/f")
    assert show.left == ("podcast:value",)


def test_a_guid_keeps_its_blanks_and_its_capitals() -> None:
    guid = "<guid isPermaLink='FALSE'>\n  tag:Example,2019:É/1 &amp; 2 </guid>"
    said = read(feed("anchor", item("", guid=guid), BASE)).episodes[0]
    assert (said.guid, said.is_permalink) == ("\n  tag:Example,2019:É/1 & 2 ", False)


WRONG = (
    ("<pubDate>soon</pubDate>", "pubDate “soon”"),
    ("<itunes:duration>long</itunes:duration>", "itunes:duration “long”"),
    ("<itunes:episode>0</itunes:episode>", "itunes:episode “0”"),
    ("<itunes:episode>9999999999999999999</itunes:episode>", "itunes:episode “9999999999999999999”"),
    ("<itunes:episodeType>special</itunes:episodeType>", "itunes:episodeType “special”"),
    ("<podcast:transcript url='/t.vtt' type='text/vtt'/>", "podcast:transcript without an address and a type"),
    ("<podcast:soundbite startTime='1'/>", "podcast:soundbite without a duration"),
    ("<podcast:alternateEnclosure type='audio/ogg'><podcast:source uri='ipfs://x'/></podcast:alternateEnclosure>",
     "podcast:alternateEnclosure without a source on the web"),
)  # fmt: skip


@pytest.mark.parametrize(("inside", "told"), WRONG)
def test_what_is_not_understood_is_told(inside: str, told: str) -> None:
    assert read(feed("anchor", item(inside), BASE)).episodes[0].wrong == (told,)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "/1.mp3", "", "http://[::1"])
def test_an_enclosure_that_is_not_on_the_web_is_none(url: str) -> None:
    assert read(feed("anchor", item("", url=url), BASE)).episodes[0].enclosure is None


MENDED = (
    (b"<title>T</title>", b"<title>T\x0b\x00&#8;</title>", "T", "control characters"),
    (b"<title>T</title>", b"<title>T&nbsp;&eacute;</title>", "T\xa0é", "names of characters"),
    (b"<title>T</title>", b"<title>R&D &amp; T&T</title>", "R&D & T&T", "a bare &"),
)


@pytest.mark.parametrize(("before", "after", "title", "told"), MENDED)
def test_what_apps_forgive_is_put_right_and_told(before: bytes, after: bytes, title: str, told: str) -> None:
    found = read(feed("anchor", item(""), BASE).replace(before, after))
    assert found.episodes[0].title == title
    assert told in " ".join(found.mended)


def test_an_article_on_html_is_no_document_type() -> None:
    inside = "<description><![CDATA[<p>Begin with <!DOCTYPE html>.</p>]]></description>"
    assert "DOCTYPE html" in read(feed("anchor", item(inside), BASE)).episodes[0].description


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><rss>&b;</rss>'
REFUSED = (
    (b"", "it is empty"),
    (b"<html><body>404</body></html>", "it is a web page"),
    (b'{"version": "https://jsonfeed.org"}', "it is JSON"),
    (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "Atom"),
    (b"<rss><channel><title>x</title>", "not well-formed"),
    (b"\x1f\x8b\x08\x00", "packed"),
    (LAUGHS, "document type"),
    (b'<!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss/>', "document type"),
    (b'<?xml version="1.0" encoding="utf-8"?><rss>\xff\xfe</rss>', "encoding"),
    (b"<!-- <![CDATA[ --><!DOCTYPE rss [<!ENTITY a 'x'>]><rss>&a;</rss><!-- ]]> -->", "document type"),
    (b"<rss version='2.0'/>", "no channel"),
    (b"<rss><channel><description>x</description></channel></rss>", "no title"),
    (b"<rss>" + b"<a>" * 5000, "not well-formed"),
)


@pytest.mark.parametrize(("data", "words"), REFUSED)
def test_what_is_no_feed_is_refused_by_name(data: bytes, words: str) -> None:
    with pytest.raises(CastkitError, match=words) as caught:
        read(data)
    assert caught.value.message.startswith(f"{BASE}/feed.xml")
    assert caught.value.hint


def test_pages_are_followed_and_counted_on() -> None:
    parts = items("anchor", 7, BASE)
    pages = {
        f"{BASE}/p2": feed("anchor", parts[3:5], BASE, lead_on="p3"),
        f"{BASE}/p3": feed("anchor", parts[5:], BASE),
    }
    found = read(feed("anchor", parts[:3], BASE, lead_on=f"{BASE}/p2"), lambda url: (pages[url], url))
    assert [one.guid for one in found.episodes] == [one.guid for one in parts]
    assert [one.place for one in found.episodes] == list(range(1, 8))
    assert found.pages == 3


@pytest.mark.parametrize("further", ["https://media.example.org/feed.xml", "javascript:x", "http://["])
def test_pages_that_lead_nowhere_or_back_are_refused(further: str) -> None:
    with pytest.raises(CastkitError, match="leads to a further page"):
        read(feed("anchor", [], BASE, lead_on=further), lambda url: (b"", url))


def test_pages_without_an_end_are_left() -> None:
    def next_of(url: str) -> tuple[bytes, str]:
        number = int(url.rpartition("/")[2]) + 1
        further = f"<a:link rel='next' href='{BASE}/{number}'/>"
        rss = f"<rss xmlns:a='http://www.w3.org/2005/Atom'><channel><title>x</title>{further}</channel></rss>"
        return rss.encode(), url

    with pytest.raises(CastkitError, match="more than 1000 pages"):
        read(feed("anchor", [], BASE, lead_on=f"{BASE}/1"), next_of)


def test_a_file_is_read_and_one_that_is_not_there_refused(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(feed("anchor", items("anchor", 2, BASE), BASE))
    assert len(read_feed(str(path), Web()).episodes) == 2
    with pytest.raises(CastkitError, match="there is no feed"):
        read_feed(str(tmp_path / "other.xml"), Web())
    with pytest.raises(CastkitError, match="no address of a feed"):
        read_feed("itpc://example.org/feed", Web())
