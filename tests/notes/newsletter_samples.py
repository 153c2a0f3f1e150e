"""A show and its published episodes, with everything that a newsletter can say."""

from __future__ import annotations

from typing import Any

from castkit.model.feeds import Kind
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.notes.newsletter import Letter

FEEDS: dict[tuple[str, Kind], str] = {
    ("en", "audio"): "https://cdn.example.org/a/feeds/en.xml",
    ("zh-Hans", "audio"): "https://cdn.example.org/a/feeds/zh-Hans.xml",
    ("en", "video"): "https://cdn.example.org/a/feeds/en.video.xml",
    ("zh-Hans", "video"): "https://cdn.example.org/a/feeds/zh-Hans.video.xml",
}
SHOW: dict[str, Any] = {
    "title": {"en": "Dialogues", "zh-Hans": "对话"},
    "description": "A show.",
    "author": {"en": "Institute of Examples", "zh-Hans": "示例研究所"},
    "owner_email": "podcast@example.org",
    "link": "https://example.org/dialogues?a=1&b=2",
    "categories": ["Government"],
    "languages": ["en", "zh-Hans"],
    "licence": "cc-by-4.0",
    "copyright": "© 2026 Institute of Examples",
    "funding_statement": {"en": "Paid for by the Fund.", "zh-Hans": "由基金资助。"},
    "disclaimer": {"en": "Views are the speakers' own.", "zh-Hans": "仅代表发言人观点。"},
}
ORGANISATIONS: dict[str, Any] = {
    "partners": [{"name": "Partner & Co", "href": "https://partner.example.org"}],
    "funders": [{"name": {"en": "The Fund", "zh-Hans": "基金"}}],
}
COVER = "https://cdn.example.org/a/feeds/cover-123456789abc.png"


def stored(name: str, slug: str = "talk") -> dict[str, Any]:
    key = f"episodes/{slug}/{name}"
    return {"key": key, "url": f"https://cdn.example.org/a/{key}", "type": "text/html", "length": 9, "sha256": "0" * 64}


def published(**changes: Any) -> Published:
    """An episode as published; `changes` are other values in it."""
    slug = changes.get("slug", "talk")
    value = {
        "slug": slug,
        "guid": "9bbcf94d-32f4-4189-9b88-29010fd18b11",
        "date": "2026-09-02T09:00:00+02:00",
        "title": {"en": "Who pays? *Not* me", "zh-Hans": "谁来买单？"},
        "summary": {"en": "One <b>bold</b> idea.", "zh-Hans": "一个想法。"},
        "description": {"en": "First part.\n\nSecond part.", "zh-Hans": "第一段。\n\n第二段。"},
        "content_html": {},
        "spoken": "en",
        "season": 1,
        "number": 2,
        "people": [
            {
                "id": "host",
                "name": {"en": "A. Host", "zh-Hans": "主持"},
                "role": "host",
                "organisation": {"en": "Institute", "zh-Hans": "研究所"},
                "href": "https://example.org/host",
            }
        ],
        "links": [
            {
                "kind": "policy-brief",
                "title": "A brief",
                "url": {"en": "https://example.org/brief.pdf", "zh-Hans": "https://example.org/简报.pdf"},
            }
        ],
        "duration_ms": 1_250_000,
        "audio": stored("talk.mp3", slug),
        "transcripts": [
            {"language": tag, "file": stored(f"talk.{tag}.{kind}", slug), "origin": origin}
            for tag, origin in (("en", "accepted"), ("zh-Hans", "machine-translation"))
            for kind in ("vtt", "srt")
        ],
        "notes": {tag: stored(f"{slug}.{tag}.html", slug) for tag in ("en", "zh-Hans")},
    }
    return Published.model_validate({**value, **changes})


def letter(
    *episodes: Published, languages: tuple[str, ...] = ("en", "zh-Hans"), subject: str = "", **show_changes: Any
) -> Letter:
    """The letter about these episodes, else about the sample; `show_changes` are other values of `[show]`."""
    show = Show.model_validate({"show": {**SHOW, **show_changes}, **ORGANISATIONS})
    return Letter(show, episodes or (published(),), languages, FEEDS, COVER, subject)
