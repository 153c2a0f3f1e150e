"""A show and three episodes as the demonstration's are: what the feed's tests are made of."""

from __future__ import annotations

import tomllib
from typing import Any
from uuid import UUID

from castkit.feed.address import FeedAddress
from castkit.feed.ledger import podcast_guid
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


def address(language: str = "en", guid: UUID | None = None) -> FeedAddress:
    url = f"{BASE}/feeds/{language}.xml"
    return FeedAddress(language, guid or podcast_guid(url), url, f"{BASE}/feeds/cover-0123456789ab.png")
