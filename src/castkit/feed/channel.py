"""What stands above the items of a feed and feedgen does not know.

Rule: pure; dates are those of the episodes and never the clock's, so that the same episodes give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

from castkit.feed import wording
from castkit.feed.address import FeedAddress
from castkit.feed.media import counted, enclosure
from castkit.feed.paging import Page
from castkit.feed.tags import Tag, bare_type, cover, licence, location, person, rfc2822, tag, txt
from castkit.feed.texts import NAME_CHARACTERS, plain
from castkit.model.published import Published
from castkit.model.roles import is_host
from castkit.model.show import Person, Show


def channel_tags(show: Show, page: Page, address: FeedAddress) -> Iterator[Tag]:
    """The tags in the order in which they are written."""
    info, language = show.show, address.language
    yield from (tag("atom:link", rel=rel, href=url, type="application/rss+xml") for rel, url in page.links)
    yield from (tag("atom:link", rel="hub", href=hub) for hub in show.notify.hubs)
    if page.episodes:
        yield tag("lastBuildDate", rfc2822(page.episodes[0].date))
    yield tag("itunes:explicit", "true" if info.explicit else "false")
    yield tag("podcast:guid", str(address.guid))
    yield tag("podcast:locked", "yes" if info.locked else "no", owner=plain(info.owner_email))
    yield tag("podcast:medium", "video" if address.kind == "video" else "podcast")
    yield cover(address.image_url, info.title, language, show.languages)
    if info.licence:
        yield licence(info.licence)
    yield from _wishes(show, language)
    yield from (_trailer(show, one, address) for one in page.trailers)
    for host in hosts(show):
        yield person(host, language, show.languages)
    yield from txt(wording.machine_made_show(page.episodes, language), "ai-content")
    for own in show.feeds.txt:
        yield from txt(own.text, own.purpose)


def hosts(show: Show) -> tuple[Person, ...]:
    """Who leads every conversation of the show."""
    return tuple(one for one in show.people if is_host(one.role))


def _wishes(show: Show, language: str) -> Iterator[Tag]:
    """Places, support, rhythm, and who may show the feed."""
    feeds = show.feeds
    for place in feeds.locations:
        yield location(place, language, show.languages)
    for page in feeds.funding:
        yield tag("podcast:funding", plain(page.text.in_(language, show.languages), NAME_CHARACTERS), url=page.url)
    if text := plain(feeds.frequency.text.in_(language, show.languages), NAME_CHARACTERS):
        rhythm = feeds.frequency
        is_over = "true" if rhythm.complete else ""
        yield tag("podcast:updateFrequency", text, complete=is_over, dtstart=rhythm.starts, rrule=rhythm.rrule)
    if feeds.hidden:
        yield tag("podcast:block", "yes")
    yield from (tag("podcast:block", "yes", id=service) for service in feeds.blocked)
    yield from (tag("podcast:block", "no", id=service) for service in feeds.allowed)


def _trailer(show: Show, episode: Published, address: FeedAddress) -> Tag:
    file = enclosure(episode, address.kind)
    return tag(
        "podcast:trailer",
        plain(episode.title.in_(address.language, show.languages), NAME_CHARACTERS),
        pubdate=rfc2822(episode.date),
        url=counted(file, show),
        length=file.length,
        type=bare_type(file.type),
        season=episode.season or "",
    )
