"""Four public readers find in every feed what the episode model says: whole items compared, nothing more or less."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import feed_samples as samples
import feedparser
import podcastparser
import pytest

from castkit.feed.render import documents, render
from castkit.model.feeds import Kind
from readers.expected import Expected
from readers.feedsmith_reader import feedsmith, partytime

FEEDS: list[tuple[str, Kind, bool]] = [
    ("en", "audio", False),
    ("zh-Hans", "audio", False),
    ("en", "video", False),
    ("zh-Hans", "audio", True),
]


def made(language: str, kind: Kind, *, is_own_only: bool) -> tuple[bytes, list[Expected]]:
    """A feed with everything, and what its items should be, the newest first."""
    show = samples.full_show(only_own_language=is_own_only)
    episodes = [one for one in reversed(samples.full_episodes()) if kind == "audio" or one.video]
    expected = [Expected(show, one, language, is_video=kind == "video") for one in episodes]
    return render(show, samples.full_episodes(), samples.address(language, kind=kind)), expected


def without(value: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: one for key, one in value.items() if key not in keys}


def untitled(tags: dict[str, Any]) -> dict[str, Any]:
    """Without what castkit words itself: titles of files, and what a machine made."""
    files = [without(one, "title") for one in tags.get("alternateEnclosures", ())]
    return without(tags, "txts") | ({"alternateEnclosures": files} if files else {})


@pytest.mark.parametrize(("language", "kind", "is_own_only"), FEEDS)
def test_feedsmith(feedsmith_folder: Path, language: str, kind: Kind, *, is_own_only: bool) -> None:
    feed, expected = made(language, kind, is_own_only=is_own_only)
    items = feedsmith(feedsmith_folder, feed)["items"]
    found = [without(item, "description") | {"podcast": untitled(item["podcast"])} for item in items]
    assert found == [one.feedsmith() for one in expected]
    assert all(one["podcast"]["txts"][0]["purpose"] == "ai-content" for one in items)


@pytest.mark.parametrize(("language", "kind", "is_own_only"), FEEDS)
def test_partytime(feedsmith_folder: Path, language: str, kind: Kind, *, is_own_only: bool) -> None:
    """It passes over items that it cannot read, so that their number counts."""
    feed, expected = made(language, kind, is_own_only=is_own_only)
    found = partytime(feedsmith_folder, feed)
    for item in found["items"]:
        for file in item.get("alternativeEnclosures", ()):
            del file["title"]
        if "license" in item:
            del item["license"]["url"]  # partytime knows it by itself
    items = [without(item, "description", "podcastTxt") for item in found["items"]]
    assert items == [one.partytime() for one in expected]
    assert found["medium"] == ("video" if kind == "video" else "podcast")
    assert found["guid"] == str(samples.address(language, kind=kind).guid)


@pytest.mark.parametrize(("language", "kind", "is_own_only"), FEEDS)
def test_podcastparser(language: str, kind: Kind, *, is_own_only: bool) -> None:
    feed, expected = made(language, kind, is_own_only=is_own_only)
    items = podcastparser.parse(samples.address(language, kind=kind).url, io.BytesIO(feed))["episodes"]
    assert [without(item, "description") for item in items] == [one.podcastparser() for one in expected]


@pytest.mark.parametrize(("language", "kind", "is_own_only"), FEEDS)
def test_feedparser(language: str, kind: Kind, *, is_own_only: bool) -> None:
    """Of repeated tags it keeps the last, so that only what stands once is compared."""
    feed, expected = made(language, kind, is_own_only=is_own_only)
    parsed = feedparser.parse(feed, sanitize_html=False, resolve_relative_uris=False)
    assert parsed.bozo is False
    found = [
        {
            "title": entry.title, "link": entry.link, "id": entry.id, "published": entry.published,
            "notes": entry.content[0].value, "enclosure": dict(entry.enclosures[0]),
            "numbers": (entry.get("itunes_season"), entry.get("itunes_episode")), "type": entry.itunes_episodetype,
            "image": entry.get("image", {}).get("href"), "keywords": [tag.term for tag in entry.tags],
        }
        for entry in parsed.entries
    ]  # fmt: skip
    assert found == [as_feedparser(one) for one in expected]


def as_feedparser(one: Expected) -> dict[str, Any]:
    item, file, episode = one.feedsmith(), one.enclosure, one.episode
    return {
        "title": item["title"], "link": item["link"], "id": str(episode.guid), "published": item["pubDate"],
        "notes": one.notes,
        "enclosure": {"href": one.media(file), "length": str(file.length), "type": file.type},
        "numbers": tuple(str(number) if number else None for number in (episode.season, episode.number)),
        "type": episode.type, "image": episode.image.url if episode.image else None,
        "keywords": list(episode.keywords),
    }  # fmt: skip


def test_the_channel_says_all_that_castkit_toml_says(feedsmith_folder: Path) -> None:
    show = samples.full_show()
    found = feedsmith(feedsmith_folder, render(show, samples.full_episodes(), samples.address("zh-Hans")))
    tags, feeds = found["podcast"], show.feeds
    assert tags["fundings"] == [{"url": feeds.funding[0].url, "display": "支持本节目"}]
    assert tags["locations"] == [
        {"display": "北京", "rel": "subject", "geo": "geo:39.9042,116.4074", "osm": "R912940", "country": "cn"}
    ]
    assert tags["updateFrequency"] == {
        "display": "隔周三更新", "dtstart": "2026-09-02", "rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE",
    }  # fmt: skip
    assert tags["blocks"] == [{"value": True}, {"value": True, "id": "amazon"}, {"value": False, "id": "podcastindex"}]
    (trailer,) = tags["trailers"]
    assert (trailer["display"], trailer["season"], trailer["length"]) == ("骑手生病了，谁来买单？", 1, 4_800_001)
    assert trailer["pubDate"] == "Wed, 02 Sep 2026 09:00:00 +0200"
    assert tags["images"][0] == {
        "href": samples.address().image_url, "alt": "社会保障对话", "aspectRatio": "1/1", "purpose": "artwork",
    }  # fmt: skip
    assert {"purpose": "applepodcastsverify", "display": "abc-123"} in tags["txts"]
    assert {"href": "https://hub.example.org/", "rel": "hub"} in found["atom"]["links"]
    assert found["itunes"]["block"] is True
    assert "newFeedUrl" not in found["itunes"], "only the English feed has moved"


def test_an_ended_show_that_moved(feedsmith_folder: Path) -> None:
    show = samples.full_show(frequency={"text": "It has ended.", "complete": True})
    found = feedsmith(feedsmith_folder, render(show, samples.full_episodes(), samples.address("en")))
    assert (found["itunes"]["complete"], found["itunes"]["newFeedUrl"]) == (True, "https://new.example.org/en.xml")
    assert found["podcast"]["updateFrequency"] == {"display": "It has ended.", "complete": True}


def test_pages_are_followed_by_a_reader(feedsmith_folder: Path) -> None:
    """From the feed by its links through every page: each episode once, the newest first."""
    show = samples.full_show(page_size=10)
    many = samples.many(35)
    address = samples.address("en", pages=2)
    docs = dict(zip((address.url, *address.pages), documents(show, many, address), strict=True))
    seen, url = list[str](), address.url
    while url:
        parsed = podcastparser.parse(url, io.BytesIO(docs[url]))
        seen += [item["guid"] for item in parsed["episodes"]]
        url = parsed.get("paged_feed_next", "")
    assert seen == [str(one.guid) for one in reversed(many)]
    rels = {link["rel"]: link["href"] for link in feedsmith(feedsmith_folder, docs[address.pages[1]])["atom"]["links"]}
    assert (rels["self"], rels["next"], rels["previous"]) == (address.pages[1], address.pages[0], address.url)
