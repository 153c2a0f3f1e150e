"""Public readers of feeds find in ours what was put there: podcastparser, feedparser, and feedsmith on Node."""

from __future__ import annotations

import io
from pathlib import Path

import feed_samples as samples
import feedparser
import podcastparser

from castkit.feed.render import render
from readers.feedsmith_reader import feedsmith

FEED = render(samples.show(), samples.episodes(), samples.address())
GUIDS = [str(episode.guid) for episode in reversed(samples.episodes())]
TITLES = [episode.title.root["en"] for episode in reversed(samples.episodes())]
LENGTHS = [4_800_003, 4_800_002, 4_800_001]


def test_feedparser() -> None:
    parsed = feedparser.parse(FEED)
    assert parsed.bozo is False
    assert parsed.version == "rss20"
    assert parsed.feed.title == "Social Protection Dialogues"
    assert parsed.feed.language == "en"
    assert parsed.feed.link == "https://example.org/dialogues"
    assert parsed.feed.image.href == samples.address().image_url
    assert [entry.id for entry in parsed.entries] == GUIDS
    assert [entry.title for entry in parsed.entries] == TITLES
    assert [int(entry.enclosures[0].length) for entry in parsed.entries] == LENGTHS
    assert [(entry.itunes_season, entry.itunes_episode) for entry in parsed.entries] == [
        ("1", "3"),
        ("1", "2"),
        ("1", "1"),
    ]
    assert [entry.guidislink for entry in parsed.entries] == [False] * 3


def test_podcastparser() -> None:
    """This one knows an early podcast: namespace only, which nobody publishes; it must not trip over ours."""
    parsed = podcastparser.parse("https://media.example.org/sp/feeds/en.xml", io.BytesIO(FEED))
    assert (parsed["title"], parsed["language"], parsed["type"]) == ("Social Protection Dialogues", "en", "episodic")
    assert parsed["cover_url"] == samples.address().image_url
    assert parsed["link"] == "https://example.org/dialogues"
    assert parsed["itunes_owner"] == {"name": "Institute of Examples", "email": "podcast@example.org"}
    assert parsed["explicit"] is False
    items = parsed["episodes"]
    assert [item["guid"] for item in items] == GUIDS
    assert [item["title"] for item in items] == TITLES
    assert [item["enclosures"][0]["file_size"] for item in items] == LENGTHS
    assert [item["total_time"] for item in items] == [301] * 3
    assert [item["number"] for item in items] == [3, 2, 1]
    assert [item["published"] for item in items] == [1790751600, 1789542000, 1788332400]
    assert [item["description"] for item in items] == ["Notes\n\n说明"] * 3


def test_feedsmith_reads_the_channel(feedsmith_folder: Path) -> None:
    found = feedsmith(feedsmith_folder, FEED)
    assert found["title"] == "Social Protection Dialogues"
    assert found["lastBuildDate"] == "Wed, 30 Sep 2026 09:00:00 +0200"
    assert found["atom"]["links"] == [
        {"href": samples.address().url, "rel": "self", "type": "application/rss+xml"},
    ]
    itunes, podcast = found["itunes"], found["podcast"]
    assert itunes["image"] == samples.address().image_url
    assert [entry["text"] for entry in itunes["categories"]] == ["Government", "Education"]
    assert itunes["categories"][1]["categories"] == [{"text": "Courses"}]
    assert itunes["explicit"] is False
    assert podcast["guid"] == str(samples.address().guid)
    assert podcast["locked"] == {"value": True, "owner": "podcast@example.org"}
    assert podcast["medium"] == "podcast"
    assert podcast["license"] == {"display": "cc-by-4.0"}
    assert [person["display"] for person in podcast["persons"]] == ["The host"]
    assert podcast["txts"][0]["purpose"] == "ai-content"


def test_feedsmith_reads_the_items(feedsmith_folder: Path) -> None:
    items = feedsmith(feedsmith_folder, FEED)["items"]
    assert [item["title"] for item in items] == TITLES
    assert [item["guid"] for item in items] == [{"value": guid, "isPermaLink": False} for guid in GUIDS]
    assert [item["enclosures"][0]["length"] for item in items] == LENGTHS
    kinds = ["text/vtt", "application/x-subrip", "application/json"]
    for item in items:
        podcast = item["podcast"]
        assert [(t["language"], t["type"]) for t in podcast["transcripts"]] == [
            (language, kind) for language in ("en", "zh-Hans") for kind in kinds
        ]
        assert podcast["chapters"]["type"] == "application/json+chapters"
        assert [(p["display"], p["role"], p["group"]) for p in podcast["persons"]] == [
            ("The host", "host", "cast"),
            ("The guest", "guest", "cast"),
        ]
        assert podcast["season"] == {"number": 1}
    assert [item["podcast"]["episode"] for item in items] == [{"number": number} for number in (3, 2, 1)]
    (video,) = items[0]["podcast"]["alternateEnclosures"]
    assert (video["type"], video["length"], video["height"], video["title"]) == ("video/mp4", 9_000_000, 720, "Video")
    assert video["sources"][0]["uri"].endswith(".mp4")
    assert video["integrity"]["type"] == "sri"
    assert "alternateEnclosures" not in items[1]["podcast"]


SOUNDBITES = [
    {"start_ms": 73_000, "duration_ms": 60_000, "title": {"en": "Who <pays>?", "zh-Hans": "谁来买单？"}},
    {"start_ms": 1250, "duration_ms": 15_001, "title": {}},
    {"start_ms": 200_000, "duration_ms": 30_500, "title": {"en": "word " * 40}},
]


def test_feedsmith_reads_the_soundbites(feedsmith_folder: Path) -> None:
    episode = samples.episode(1, soundbites=SOUNDBITES)
    feed = render(samples.show(), [episode], samples.address())
    assert b'<podcast:soundbite startTime="73.0" duration="60.0">Who &lt;pays&gt;?</podcast:soundbite>' in feed
    first, second, third = feedsmith(feedsmith_folder, feed)["items"][0]["podcast"]["soundbites"]
    assert first == {"startTime": 73, "duration": 60, "display": "Who <pays>?"}
    assert second == {"startTime": 1.25, "duration": 15.001, "display": episode.title.own("en")}
    assert third["duration"] == 30.5
    assert len(third["display"]) <= 128
    assert third["display"].endswith("word…")
    chinese = render(samples.show(), [episode], samples.address("zh-Hans"))
    assert [
        one["display"] for one in feedsmith(feedsmith_folder, chinese)["items"][0]["podcast"]["soundbites"][:2]
    ] == [
        "谁来买单？",
        episode.title.own("zh-Hans"),
    ]
