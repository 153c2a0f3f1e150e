"""What was published once is read for ever: files as earlier castkits wrote them, and as a later one may."""

from __future__ import annotations

import json
from pathlib import Path

import feedparser
import pytest

from castkit.feed.address import FeedAddress
from castkit.feed.ledger import podcast_guid
from castkit.feed.render import render
from castkit.model.feeds import Kind
from castkit.model.published import Published
from castkit.model.show import Show

# published.json of the demonstration's third episode, as the first castkit that published it wrote it.
OLDEST = Path(__file__).parent.parent / "data/published/oldest.json"
SHOW = Show.model_validate(
    {
        "show": {
            "title": "T", "description": "D", "author": "A", "owner_email": "us@institute.example",
            "link": "https://institute.example", "categories": ["Education"], "languages": ["en", "zh-Hans"],
        }
    }
)  # fmt: skip


def test_every_key_of_the_oldest_file_is_still_known_and_means_the_same() -> None:
    value = json.loads(OLDEST.read_text("utf-8"))
    episode = Published.model_validate(value)
    again = episode.model_dump(mode="json")
    assert {key: again[key] for key in value if key not in ("chapters", "people")} == {
        key: one for key, one in value.items() if key not in ("chapters", "people")
    }
    for key in ("chapters", "people"):
        assert [{name: new[name] for name in old} for new, old in zip(again[key], value[key], strict=True)] == value[
            key
        ]


@pytest.mark.parametrize("kind", ["audio", "video"])
def test_the_oldest_file_makes_a_feed(kind: Kind) -> None:
    episode = Published.model_validate_json(OLDEST.read_bytes())
    url = "https://institute.example/en.xml"
    feed = render(SHOW, [episode], FeedAddress("en", podcast_guid(url), url, "https://institute.example/c.png", kind))
    parsed = feedparser.parse(feed)
    assert parsed.bozo is False
    assert parsed.entries[0].id == str(episode.guid)
    assert parsed.entries[0].enclosures[0].type == ("audio/mpeg" if kind == "audio" else "video/mp4")


def test_a_later_castkits_keys_are_passed_over() -> None:
    value = json.loads(OLDEST.read_text("utf-8"))
    later = {**value, "mood": "glad", "audio": {**value["audio"], "colour": "blue"}}
    assert Published.model_validate(later) == Published.model_validate(value)


@pytest.mark.parametrize(
    ("pages", "reader", "found"),
    [
        (("zh-Hans", "en"), "en", "en"),
        (("zh-Hans", "en"), "zh-Hant", "zh-Hans"),
        (("zh-Hans", "en"), "fr", "zh-Hans"),  # the show's main language, which comes first
        ((), "en", None),
    ],
)
def test_the_page_for_a_reader(pages: tuple[str, ...], reader: str, found: str | None) -> None:
    """The site and the newsletter lead to the same page."""
    value = json.loads(OLDEST.read_text("utf-8"))
    notes = {tag: {**value["audio"], "key": f"{tag}.html"} for tag in pages}
    page = Published.model_validate({**value, "notes": notes}).page_for(reader)
    assert (page and (page[0], page[1].key)) == (found and (found, f"{found}.html"))
