"""Long feeds: every episode once, and pages of older episodes that stay as they are while the feed grows."""

from __future__ import annotations

import feed_samples as samples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from castkit.feed.address import FeedAddress, carried
from castkit.feed.paging import page_count, paged
from castkit.feed.render import documents, render

ATOM = "{http://www.w3.org/2005/Atom}link"


def slugs(count: int, size: int) -> tuple[FeedAddress, list[list[str]]]:
    """The address of a feed of so many episodes, and the slugs in each of its documents."""
    address = samples.address(pages=page_count(count, size))
    found = paged(carried(EPISODES[:count], "audio"), address, size)
    return address, [[episode.slug for episode in page.episodes] for page in found]


EPISODES = samples.many(120)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 120), st.integers(1, 40))
def test_every_episode_stands_once_and_the_newest_first(count: int, size: int) -> None:
    _, (feed, *pages) = slugs(count, size)
    assert [*feed, *(slug for page in reversed(pages) for slug in page)] == [one.slug for one in EPISODES[:count]][::-1]
    assert all(len(page) == size for page in pages)
    assert len(feed) == count if not pages else size <= len(feed) < 2 * size


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 119), st.integers(1, 40))
def test_a_new_episode_changes_no_page_that_was_there(count: int, size: int) -> None:
    _, (_, *before) = slugs(count, size)
    _, (_, *after) = slugs(count + 1, size)
    assert after[: len(before)] == before


def test_a_new_episode_changes_the_feed_alone() -> None:
    show, address = samples.full_show(page_size=10), samples.address(pages=2)
    before = documents(show, EPISODES[:33], address)
    after = documents(show, EPISODES[:34], address)
    assert before[0] != after[0]
    assert before[1:] == after[1:]
    assert documents(show, reversed(EPISODES[:34]), address) == after, "nothing changed: not a byte changed"
    assert render(show, EPISODES[:34], address) == after[0]


def test_links_lead_from_the_feed_to_the_oldest_page_and_back() -> None:
    show, address = samples.full_show(page_size=10), samples.address(pages=3)
    found = []
    for data in documents(show, EPISODES[:45], address):
        links = etree.fromstring(data).iterfind(f"channel/{ATOM}")
        found.append({link.get("rel"): link.get("href") for link in links if link.get("rel") != "hub"})
    oldest, middle, newest = address.pages
    ends = {"first": address.url, "last": oldest}
    assert found == [
        {"self": address.url, "next": newest, **ends},
        {"self": oldest, "previous": middle, **ends},
        {"self": middle, "previous": newest, "next": oldest, **ends},
        {"self": newest, "previous": address.url, "next": middle, **ends},
    ]


@pytest.mark.parametrize(
    ("episodes", "size", "pages"), [(0, 500, 0), (500, 500, 0), (999, 500, 0), (1000, 500, 1), (5000, 500, 9)]
)
def test_how_many_pages(episodes: int, size: int, pages: int) -> None:
    assert page_count(episodes, size) == pages


def test_a_short_feed_links_to_no_page() -> None:
    (data,) = documents(samples.full_show(), EPISODES[:20], samples.address())
    rels = [link.get("rel") for link in etree.fromstring(data).iterfind(f"channel/{ATOM}")]
    assert rels == ["self", "hub"]


def test_an_episode_that_arrives_while_the_feed_is_made_is_in_it() -> None:
    """Its page may be due by then; the feed carries it until the next renewal."""
    show, address = samples.full_show(page_size=10), samples.address(pages=1)
    feed, page = documents(show, EPISODES[:35], address)
    assert [len(etree.fromstring(data).findall("channel/item")) for data in (feed, page)] == [25, 10]


def test_a_trailer_on_the_oldest_page_is_still_the_shows() -> None:
    oldest = EPISODES[0].model_copy(update={"type": "trailer", "number": None})
    found = documents(samples.full_show(page_size=10), (oldest, *EPISODES[1:25]), samples.address(pages=1))
    assert [data.count(b"<podcast:trailer ") for data in found] == [1, 0]
    assert oldest.title.own("en").encode() in found[0]
