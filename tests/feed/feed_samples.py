"""A show and three episodes as the demonstration's are: what the feed's tests are made of."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from castkit.feed.address import FeedAddress
from castkit.feed.ledger import podcast_guid
from castkit.model.feeds import Kind, feed_name
from castkit.model.published import Published
from castkit.model.show import Show

BASE = "https://media.example.org/sp"

SHOW_TOML = """
[show]
title = { en = "Social Protection Dialogues", zh-Hans = "社会保障对话" }
description = { en = "Conversations on social protection & work.\\n\\nA made-up show.", zh-Hans = "社会保障对话。" }
author = { en = "Institute of Examples", zh-Hans = "示例研究所" }
owner_email = "podcast@example.org"
link = "https://example.org/dialogues"
categories = ["Government", "Education > Courses"]
languages = ["en", "zh-Hans"]
licence = "cc-by-4.0"
copyright = "© 2026 Institute of Examples"

[[people]]
id = "host"
name = { en = "The host", zh-Hans = "主持人" }
role = "host"
href = "https://example.org/people/host"

[[people]]
id = "guest"
name = { en = "The guest", zh-Hans = "嘉宾" }
role = "guest"
"""

# slug, guid, date, titles, spoken language, has video
_EPISODES = (
    ("episode-01", "9bbcf94d-32f4-4189-9b88-29010fd18b11", "2026-09-02T09:00:00+02:00", "en", False),
    ("episode-02", "a40a42ad-83ac-4727-bf9a-c67bfa5d47ac", "2026-09-16T09:00:00+02:00", "zh-Hans", False),
    ("episode-03", "ea93787a-10ea-4923-b2a9-102a1c0e5f34", "2026-09-30T09:00:00+02:00", "en", True),
)
_TITLES = {
    "episode-01": {"en": "Who pays when a rider falls ill?", "zh-Hans": "骑手生病了，谁来买单？"},
    "episode-02": {"en": "A pension for platform workers", "zh-Hans": "平台劳动者的养老保险"},
    "episode-03": {"en": "One hundred riders, one fund", "zh-Hans": "一百名骑手，一个基金"},
}


def show(**changes: Any) -> Show:
    """The sample show, with other values under `[show]`."""
    value = tomllib.loads(SHOW_TOML)
    value["show"].update(changes)
    return Show.model_validate(value)


def stored(slug: str, name: str, kind: str, length: int = 4321) -> dict[str, Any]:
    key = f"episodes/{slug}/{name}"
    digest = bytes([length % 251]).hex() * 32
    return {"key": key, "url": f"{BASE}/{key}", "type": kind, "length": length, "sha256": digest}


def _transcripts(slug: str, spoken: str) -> list[dict[str, Any]]:
    kinds = (("json", "application/json"), ("srt", "application/x-subrip; charset=utf-8"), ("vtt", "text/vtt"))
    return [
        {
            "language": language,
            "origin": "accepted" if language == spoken else "machine-translation",
            "file": stored(slug, f"{slug}.{language}.{ending}", kind),
        }
        for language in ("en", "zh-Hans")
        for ending, kind in kinds
    ]


def episode(number: int, /, **changes: Any) -> Published:
    """Sample episode 1, 2 or 3, with other values."""
    slug, guid, date, spoken, has_video = _EPISODES[number - 1]
    people = [
        {"id": "host", "name": {"en": "The host", "zh-Hans": "主持人"}, "role": "host", "organisation": {},
         "href": "https://example.org/people/host"},
        {"id": "guest", "name": {"en": "The guest", "zh-Hans": "嘉宾"}, "role": "Guest", "organisation": {}},
    ]  # fmt: skip
    value = {
        "slug": slug, "guid": guid, "date": date, "title": _TITLES[slug],
        "summary": {"en": f"What episode {number} is about.", "zh-Hans": f"第{number}期的内容。"},
        "description": {}, "content_html": {"en": "<p>Notes</p>", "zh-Hans": "<p>说明</p>"}, "spoken": spoken,
        "season": 1, "number": number, "keywords": ["social protection", "养老保险"], "people": people,
        "chapters": [{"start_ms": ms, "title": {"en": f"Part {ms}", "zh-Hans": f"部分{ms}"}}
                     for ms in (0, 34_000, 80_500)],
        "duration_ms": 300_499 + number,
        "audio": stored(slug, f"{slug}-0123456789a{number}.mp3", "audio/mpeg", 4_800_000 + number),
        "chapter_files": {tag: stored(slug, f"{slug}.{tag}.chapters.json", "application/json+chapters")
                          for tag in ("en", "zh-Hans")},
        "transcripts": _transcripts(slug, spoken),
        "notes": {tag: stored(slug, f"notes.{tag}.html", "text/html; charset=utf-8") for tag in ("en", "zh-Hans")},
    }  # fmt: skip
    if has_video:
        video = stored(slug, f"{slug}-0123456789ab.mp4", "video/mp4", 9_000_000)
        value.update(video=video, video_height=720)
    return Published.model_validate({**value, **changes})


def episodes() -> tuple[Published, ...]:
    return tuple(episode(number) for number in (1, 2, 3))


def address(language: str = "en", guid: UUID | None = None, *, kind: Kind = "audio", pages: int = 0) -> FeedAddress:
    name = feed_name(language, kind)
    url = f"{BASE}/feeds/{name}.xml"
    cover = f"{BASE}/feeds/cover-0123456789ab.png"
    older = tuple(f"{BASE}/feeds/{name}.page-{page}.xml" for page in range(1, pages + 1))
    return FeedAddress(language, guid or podcast_guid(url), url, cover, kind, older)


FULL_TOML = """
[feeds]
hidden = true
blocked = ["amazon"]
allowed = ["podcastindex"]
statistics_prefix = "https://op3.example/e/"

[feeds.moved_to]
en = "https://new.example.org/en.xml"

[feeds.frequency]
text = { en = "Every other Wednesday", zh-Hans = "隔周三更新" }
rrule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"
starts = "2026-09-02"

[[feeds.seasons]]
number = 1
name = { en = "Riders & makers", zh-Hans = "骑手与工匠" }

[[feeds.funding]]
url = "https://example.org/support?a=1&b=2"
text = { en = "Support the show", zh-Hans = "支持本节目" }

[[feeds.locations]]
name = { en = "Beijing", zh-Hans = "北京" }
geo = "39.9042, 116.4074"
osm = "R912940"
country = "CN"

[[feeds.txt]]
purpose = "applepodcastsverify"
text = "abc-123"

[notify]
hubs = ["https://hub.example.org/"]
"""


def full_show(**feeds: Any) -> Show:
    """The sample show with everything that a feed can say, and other values under `[feeds]`."""
    value = tomllib.loads(SHOW_TOML + FULL_TOML)
    value["feeds"].update(feeds)
    return Show.model_validate(value)


def full_episodes() -> tuple[Published, ...]:
    """Three episodes: a trailer; one with everything; one with a video, a stream and a small file."""
    trailer = episode(1, type="trailer", number=None)
    everything = episode(
        2,
        number_shown={"en": "Day 2", "zh-Hans": "第二天"},
        licence="cc0-1.0",
        image=stored("episode-02", "cover-0123456789ab.png", "image/png", 90_000),
        locations=[
            {"name": {"en": "Geneva", "zh-Hans": "日内瓦"}, "rel": "creator", "geo": "46.2,6.15", "country": "CH"}
        ],
        soundbites=[{"start_ms": 73_000, "duration_ms": 60_500, "title": {"en": "Who pays?", "zh-Hans": "谁买单？"}}],
    )
    small = stored("episode-03", "episode-03-0123456789ab.opus", "audio/ogg; codecs=opus", 1_000_000)
    stream = stored("episode-03", "hls-0123456789ab/master.m3u8", "application/vnd.apple.mpegurl", 900)
    return trailer, everything, episode(3, other_audio=[small], hls=stream)


def many(count: int) -> tuple[Published, ...]:
    """So many episodes, a day apart, the oldest first; each with media of its own."""
    one = episode(3)
    return tuple(
        one.model_copy(
            update={
                "slug": f"episode-{n:05}",
                "guid": uuid5(one.guid, str(n)),
                "number": n + 1,
                "date": one.date + timedelta(days=n),
                "audio": one.audio.model_copy(update={"url": f"{one.audio.url[:-4]}-{n:05}.mp3"}),
            }
        )
        for n in range(count)
    )
