"""Whether a live feed still says what a rollback took back, whatever the settings are by now."""

from __future__ import annotations

import pytest

from castkit.feed.difference import difference
from castkit.steps.cut_off import says_undone

GUID = "a40a42ad-83ac-4727-bf9a-c67bfa5d47ac"


def feed(*, title: str = "", sound: str = "new.mp3", people: str = "Host", show: str = "Talks") -> bytes:
    """A feed with another episode and, where it has a title, the one in question."""
    item = (
        f"<item><guid>{GUID}</guid><title>{title}</title><author>{people}</author>"
        f'<enclosure url="https://cast.example/{sound}" length="1" type="audio/mpeg"/></item>'
    )
    other = f"<item><guid>other</guid><title>Other</title><author>{people}</author></item>"
    return f'<rss version="2.0"><channel><title>{show}</title>{other}{item if title else ""}</channel></rss>'.encode()


def asked(live: bytes, restored: bytes, undone: bytes) -> bool:
    found = [difference("en", [live] if live else [], [made]) for made in (restored, undone)]
    return says_undone(found[0], found[1], GUID)


OLD, NEW = feed(title="Old", sound="old.mp3"), feed(title="New", sound="new.mp3")
GONE = feed()
EDITED = {"people": "Chair", "show": "Walks"}


@pytest.mark.parametrize(("restored", "undone"), [(OLD, NEW), (GONE, NEW), (OLD, GONE)])
def test_the_settings_are_as_they_were(restored: bytes, undone: bytes) -> None:
    assert asked(undone, restored, undone)
    assert not asked(restored, restored, undone)


@pytest.mark.parametrize(
    ("restored", "undone"),
    [
        ({"title": "Old", "sound": "old.mp3"}, {"title": "New"}),
        ({"title": "Old"}, {"title": "New"}),
        ({}, {"title": "New"}),
        ({"title": "Old"}, {}),
    ],
)
def test_the_settings_were_edited_since(restored: dict[str, str], undone: dict[str, str]) -> None:
    """What would be made today is held against what was made then."""
    made = [feed(**restored, **EDITED), feed(**undone, **EDITED)]
    assert asked(feed(**undone), made[0], made[1])
    assert not asked(feed(**restored), made[0], made[1])


def test_a_setting_changed_one_of_the_very_fields() -> None:
    """Another does not hide what it is; where all were changed, to renew the feeds does no harm."""
    made = [feed(title="Old", sound="x/old.mp3"), feed(title="New", sound="x/new.mp3")]
    assert not asked(OLD, made[0], made[1])
    assert asked(NEW, made[0], made[1])
    made = [feed(title="1: Old", sound="x/old.mp3"), feed(title="1: New", sound="x/new.mp3")]
    assert asked(OLD, made[0], made[1])
    assert asked(NEW, made[0], made[1])


def test_what_is_damaged_or_not_there_says_nothing() -> None:
    assert not asked(b"", OLD, NEW)
    assert not asked(b"<html>maintenance</html>", OLD, NEW)
    assert not asked(feed(title="Old", show="Walks"), feed(title="Old"), feed(title="Old"))


def test_a_feed_that_would_not_have_been_made() -> None:
    assert not says_undone(difference("en.video", [OLD], [OLD]), None, GUID)
    assert not says_undone(difference("en.video", [OLD], [NEW]), None, GUID)
