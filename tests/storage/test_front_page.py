from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from uuid import UUID

from castkit.model.published import Published
from castkit.storage.front_page import FrontPage, front_page


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def file(name: str, kind: str, length: int = 1_234_567) -> dict[str, object]:
    url = f"https://cast.example/{name}"
    return {"key": f"episodes/a/{name}", "url": url, "type": kind, "length": length, "sha256": "0" * 64}


def episode(slug: str, *, day: int, title: str, has_video: bool = False) -> Published:
    return Published.model_validate(
        {
            "slug": slug,
            "guid": UUID(int=day),
            "date": datetime(2026, 9, day, tzinfo=UTC),
            "title": {"en": title},
            "summary": {"en": "About <b>&amp;</b>"},
            "description": {},
            "content_html": {},
            "spoken": "en",
            "duration_ms": 3_723_000,
            "audio": file("a b.mp3", "audio/mpeg"),
            "video": file("a.mp4", "video/mp4") if has_video else None,
            "transcripts": [
                {"language": "en", "file": file("a.en.vtt", "text/vtt; charset=utf-8"), "origin": "accepted"},
                {"language": "zh-Hans", "file": file("a.zh-Hans.vtt", "text/vtt", 900), "origin": "recognition"},
                {"language": "en", "file": file("a.en.srt", "application/x-subrip"), "origin": "accepted"},
            ],
            "notes": {"en": file("notes.en.html", "text/html; charset=utf-8")},
        }
    )


def read(page: FrontPage) -> Reader:
    reader = Reader()
    reader.feed(front_page(page).decode())
    return reader


def test_what_the_page_shows() -> None:
    older, newer = (
        episode("a", day=1, title="Older"),
        episode("b", day=2, title="<script>alert(1)</script>", has_video=True),
    )
    feeds = {"en": "feeds/en.xml", "zh-Hans": "feeds/zh-Hans.xml"}
    found = read(FrontPage('Talks & "Walks"', ("en", "zh-Hans"), feeds, (older, newer), {"b"}))
    assert not found.of("script")
    assert 'Talks & "Walks"' in found.text
    assert [one["id"] for one in found.of("h2")] == ["b", "a"], "the newest first"
    assert [one["src"] for one in found.of("video")] == ["/episodes/a/a.mp4", "/episodes/a/a%20b.mp3"]
    tracks = [(one["srclang"], one["label"], one["src"]) for one in found.of("track")]
    assert tracks[:2] == [
        ("en", "English", "/episodes/a/a.en.vtt"),
        ("zh-Hans", "Chinese (Simplified)", "/episodes/a/a.zh-Hans.vtt"),
    ]
    links = [one["href"] for one in found.of("a")]
    assert links[:2] == ["/feeds/en.xml", "/feeds/zh-Hans.xml"]
    assert "/episodes/a/notes.en.html" in links
    assert found.text.count("not published") == 1
    assert found.text.count("not reviewed") == 2
    assert "01:02:03" in found.text
    assert "1.2 MB" in found.text
    assert "900 B" in found.text


def test_other_formats_and_the_stream_are_linked() -> None:
    more = {
        "other_audio": [file("a.m4a", "audio/mp4"), file("a.opus", "audio/ogg; codecs=opus")],
        "hls": file("hls-0123456789ab/master.m3u8", "application/vnd.apple.mpegurl", 900),
    }
    plain = episode("a", day=1, title="A", has_video=True).model_dump(mode="json")
    found = read(FrontPage("Show", ("en",), {}, (Published.model_validate(plain | more),)))
    links = [one["href"] for one in found.of("a")]
    assert {f"/episodes/a/{name}" for name in ("a.m4a", "a.opus", "hls-0123456789ab/master.m3u8")} <= set(links)
    assert "Sound, M4A (1.2 MB)" in found.text
    assert "Sound, Opus (1.2 MB)" in found.text
    assert "900 B" in found.text, "of the transcript: a playlist's size says nothing"
    assert [one["src"] for one in found.of("video")] == ["/episodes/a/a.mp4"]


def test_nothing_yet() -> None:
    found = read(FrontPage("Show", ("en",), {"en": "feeds/en.xml"}, (), note="Something <is> wrong"))
    assert "Nothing is published here yet." in found.text
    assert "Something <is> wrong" in found.text


def test_a_feed_for_video_is_named_so() -> None:
    feeds = {"en": "feeds/en.xml", "en.video": "feeds/en.video.xml"}
    found = read(FrontPage("Show", ("en",), feeds, ()))
    assert "English: " in found.text
    assert "English, video: " in found.text
    assert "/feeds/en.video.xml" in [one["href"] for one in found.of("a")]
