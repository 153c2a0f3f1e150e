"""A show and its published episodes for the tests of the show's pages, without a workspace."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from castkit.feed.address import carried
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.notes.labels import date_in_words
from castkit.notes.licences import licence_name
from castkit.site.show_paging import page_count
from castkit.site.show_site import ShowSite, Wording
from castkit.storage.keys import show_page_key

BASE = "https://cast.example/show"
INFO: dict[str, Any] = {
    "title": {"en": "Talks & <Walks>", "zh-Hans": "谈话"},
    "description": {"en": "About work.\n\nAnd pensions.", "zh-Hans": "关于劳动。"},
    "author": {"en": "Institute", "zh-Hans": "研究所"},
    "owner_email": "us@institute.example",
    "link": "https://institute.example/talks",
    "categories": ["Education"],
    "languages": ["en", "zh-Hans"],
    "licence": "cc-by-4.0",
    "funding_statement": {"en": "Paid for by the fund.", "zh-Hans": "由基金资助。"},
    "disclaimer": {"en": "No advice.", "zh-Hans": "不构成建议。"},
}
TABLES: dict[str, Any] = {
    "partners": [{"name": {"en": "Partner", "zh-Hans": "伙伴"}, "href": "https://partner.example"}],
    "funders": [{"name": {"en": "Fund", "zh-Hans": "基金"}}],
}


def show(tables: dict[str, Any] | None = None, **info: Any) -> Show:
    return Show.model_validate({"show": INFO | info, **TABLES, **(tables or {})})


def file(slug: str, name: str, kind: str) -> dict[str, Any]:
    key = f"episodes/{slug}/{name}"
    return {"key": key, "url": f"{BASE}/{key}", "type": kind, "length": 10, "sha256": "0" * 64}


def elsewhere(url: str, kind: str = "audio/mpeg") -> dict[str, Any]:
    """A file on another host."""
    return {"key": "", "url": url, "type": kind, "length": 10, "sha256": ""}


def episode(number: int, **changes: Any) -> Published:
    """Episode `number` of a show with one every day, as an upload writes it down."""
    slug = changes.pop("slug", f"talk-{number:04}")
    value = {
        "slug": slug,
        "guid": UUID(int=number + 1),
        "date": datetime(2012, 1, 1, 9, tzinfo=UTC) + timedelta(days=number),
        "title": {"en": f"Talk {number}", "zh-Hans": f"谈话之{number}"},
        "summary": {"en": f"What was said in talk {number}.", "zh-Hans": f"第{number}次谈话的内容。"},
        "description": {},
        "content_html": {},
        "spoken": "en",
        "number": number,
        "duration_ms": 1_830_000,
        "audio": file(slug, f"{slug}-0123456789ab.mp3", "audio/mpeg"),
        "people": [{"id": "host", "name": {"en": "Ann Host", "zh-Hans": "安主持"}, "role": "host", "organisation": {}}],
        "transcripts": [
            {"language": "en", "file": file(slug, f"{slug}.en.vtt", "text/vtt"), "origin": "accepted"},
            {"language": "zh-Hans", "file": file(slug, f"{slug}.zh.vtt", "text/vtt"), "origin": "machine-translation"},
        ],
        "notes": {tag: file(slug, f"{slug}.{tag}.html", "text/html") for tag in ("en", "zh-Hans")},
    }
    return Published.model_validate(value | changes)


def site(made: Show, episodes: Iterable[Published], **changes: Any) -> ShowSite:
    """The site of these episodes as the step puts it together."""
    newest_first = carried(episodes, "audio")
    numbers = range(page_count(len(newest_first), made.site.page_size) + 1)
    main = made.main_language
    values: dict[str, Any] = {
        "show": made,
        "episodes": newest_first,
        "feeds": {tag: f"{BASE}/feeds/{tag}.xml" for tag in made.feed_languages},
        "pages": {tag: tuple(show_page_key(tag, main, number) for number in numbers) for tag in made.languages},
        "cover": "feeds/cover-0123456789ab.png",
        "small_cover": "feeds/small-cover-0123456789ab.jpg",
        "url": lambda key: f"{BASE}/{key}",
        "wording": Wording(date_in_words, licence_name(made.show.licence)),
    }
    return ShowSite(**values | changes)
