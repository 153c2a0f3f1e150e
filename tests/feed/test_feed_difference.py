"""What differs between two feeds, told by what apps read; and live feeds that are damaged or hostile."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import feed_samples as samples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from castkit.feed.difference import Change, FeedDifference, difference
from castkit.feed.noticed import NOTHING, noticed
from castkit.feed.render import documents

EPISODES = samples.episodes()


def made(*episodes: Any, pages: int = 0, **show: Any) -> list[bytes]:
    """The English feed of these episodes, and its pages."""
    address = samples.address(pages=pages)
    value = samples.show(**show)
    if pages:
        value = value.model_copy(update={"feeds": value.feeds.model_copy(update={"page_size": 10})})
    return list(documents(value, episodes, address))


def compared(old: list[bytes], new: list[bytes]) -> FeedDifference:
    return difference("en", old, new)


def changes(found: FeedDifference) -> dict[str, tuple[str | None, str | None]]:
    (item,) = found.items
    return {one.field: (one.old, one.new) for one in item.changes}


def test_nothing_changes() -> None:
    found = compared(made(*EPISODES), made(*EPISODES))
    assert (found.is_same, found.items, found.channel, found.episodes) == (True, (), (), 3)
    assert noticed([found]) == (NOTHING,)


def test_a_first_feed() -> None:
    found = compared([], made(*EPISODES))
    assert (found.is_new, found.is_same, found.episodes) == (True, False, 3)
    assert noticed([found]) == ("a new feed of 3 episodes: nobody follows it yet (en)",)


def test_a_new_episode() -> None:
    found = compared(made(*EPISODES[:2]), made(*EPISODES))
    (item,) = found.items
    assert (item.kind, item.place, item.title, item.is_moved) == ("added", 1, "One hundred riders, one fund", False)
    assert [one.field for one in found.channel] == ["date of the newest episode"]
    (text,) = noticed([found])
    assert text.startswith("“One hundred riders, one fund”: new; apps show it")


def test_an_episode_that_goes() -> None:
    found = compared(made(*EPISODES), made(*EPISODES[1:]))
    assert [(one.kind, one.title, one.place) for one in found.items] == [
        ("removed", "Who pays when a rider falls ill?", 0)
    ]
    assert "disappears from apps at the next refresh" in noticed([found])[0]


def test_field_by_field() -> None:
    sound = samples.stored("episode-01", "episode-01-ffffffffffff.mp3", "audio/mpeg", 12)
    french = samples.stored("episode-01", "x.vtt", "text/vtt")
    transcripts = [
        *EPISODES[0].model_dump()["transcripts"][1:],
        {"language": "fr", "origin": "accepted", "file": french},
    ]
    better = samples.episode(
        1, title={"en": "Better"}, summary={"en": "Other words."}, duration_ms=61_000, audio=sound,
        transcripts=transcripts,
    )  # fmt: skip
    found = changes(compared(made(*EPISODES), made(better, *EPISODES[1:])))
    assert found["title"] == ("Who pays when a rider falls ill?", "Better")
    assert found["enclosure"][1] == sound["url"]
    assert found["length (bytes)"] == ("4800001", "12")
    assert found["duration (seconds)"] == ("301", "61")
    assert found["transcript fr text/vtt"] == (None, f"{french['url']} rel=captions")
    assert found["transcript en application/json"][1] is None
    assert "Other words." in str(found["description"][1])
    texts = noticed([compared(made(*EPISODES), made(better, *EPISODES[1:]))])
    assert any("its sound is replaced; apps that have it keep the old file" in text for text in texts)
    assert any("transcript fr text/vtt is there now" in text for text in texts)
    assert any("transcript en application/json is gone" in text for text in texts)
    assert all(text.startswith("“Better”: ") and text.endswith(" (en)") for text in texts)


def test_people_come_and_go() -> None:
    people = [EPISODES[0].model_dump()["people"][0], {**EPISODES[0].model_dump()["people"][1], "name": {"en": "New"}}]
    found = changes(compared(made(*EPISODES), made(samples.episode(1, people=people), *EPISODES[1:])))
    assert found == {"person guest New": (None, "group=cast"), "person guest The guest": ("group=cast", None)}


def test_a_later_date_moves_an_episode() -> None:
    moved = samples.episode(1, date=EPISODES[2].date + timedelta(days=1))
    found = compared(made(*EPISODES), made(moved, *EPISODES[1:]))
    assert [(one.kind, one.is_moved, one.place) for one in found.items] == [("changed", True, 1)]
    assert "date" in changes(found)


def test_episodes_that_pass_to_a_page_are_not_moved() -> None:
    many = samples.many(31)
    old, new = made(*many[:29], pages=1), made(*many[:30], pages=2)
    assert (len(old), len(new)) == (2, 3)
    assert [(one.kind, one.place) for one in compared(old, new).items] == [("added", 1)]


def test_the_show_itself() -> None:
    found = compared(made(*EPISODES), made(*EPISODES, title={"en": "Another name"}))
    assert Change("title", "Social Protection Dialogues", "Another name") in found.channel
    assert "the show's title changes (en)" in noticed([found])


def test_another_guid_is_another_episode() -> None:
    other = samples.episode(1, guid="9bbcf94d-32f4-4189-9b88-29010fd18b12")
    found = compared(made(*EPISODES), made(other, *EPISODES[1:]))
    assert sorted(one.kind for one in found.items) == ["added", "removed"]
    assert any("take it for a new episode, and have it twice" in text for text in noticed([found]))


def test_a_move_out() -> None:
    (old,) = made(*EPISODES)
    tag = b"<itunes:new-feed-url>https://new.example/en.xml</itunes:new-feed-url><itunes:explicit>"
    found = compared([old], [old.replace(b"<itunes:explicit>", tag, 1)])
    assert noticed([found]) == ("apps follow the feed to its new address, https://new.example/en.xml (en)",)


def test_many_episodes_are_told_of_in_one_sentence() -> None:
    many = samples.many(20)
    found = compared(made(*many[:1]), made(*many))
    (text,) = noticed([found, replace(found, name="zh-Hans")])
    assert "and 16 more: new;" in text
    assert text.endswith("(en, zh-Hans)")


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_any_change_of_bytes_in_a_tag_is_told(chance: random.Random) -> None:
    """One character of a text or an attribute of a random item is another one: exactly that item is named."""
    (old,) = made(*EPISODES)
    places = [
        found.start() for found in re.finditer(rb"[a-z](?=[a-z]*[<\"])", old) if old[: found.start()].count(b"<item>")
    ]
    values = [at for at in places if not re.search(rb"</?[\w:]*$|<[^>]*\s[\w:]+$", old[max(0, at - 60) : at])]
    at = chance.choice(values)
    new = old[:at] + (b"q" if old[at : at + 1] != b"q" else b"z") + old[at + 1 :]
    found = compared([old], [new])
    assert not found.is_same
    assert found.items


HOSTILE = (
    b"", b"\x00\x01", b"<rss", b"<html><body>gone</body></html>", b"{}", b"<rss/>",
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><rss><channel>&a;</channel></rss>',
    b'<?xml version="1.0" encoding="utf-8"?><rss><channel><title>\xff</title></channel></rss>',
    b"<rss><channel>" + b"<item/>" * 20_000 + b"</channel></rss>",
    b"<rss>" + b"<a>" * 5000,
    b'<rss xmlns:itunes="urn:x"><channel><item><guid/><itunes:duration>1</itunes:duration></item></channel></rss>',
    b"<feed xmlns='http://www.w3.org/2005/Atom'/>",
)  # fmt: skip


@pytest.mark.parametrize("live", HOSTILE, ids=range(len(HOSTILE)))
def test_a_live_feed_that_is_damaged_or_hostile_is_no_reason_to_fail(live: bytes) -> None:
    found = compared([live], made(*EPISODES))
    assert found.episodes == 3
    assert found.problem or found.items
    assert noticed([found])


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(0, 5000))
def test_nor_is_one_with_bytes_replaced(junk: bytes, at: int) -> None:
    (data,) = made(*EPISODES)
    live = data[:at] + junk + data[at + len(junk) :]
    found = compared([live], [data])
    assert found.is_same == (live == data)
    assert noticed([found])
