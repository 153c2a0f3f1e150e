"""One feed of one language as bytes.

Rule: pure and deterministic: the same show and episodes give the same bytes, on any machine, on any day.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from castkit.feed import texts, wording
from castkit.feed.address import FeedAddress
from castkit.feed.tags import bare_type, channel_tags, for_language, item_tags
from castkit.model.categories import split
from castkit.model.language import best_match
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.model.text import printable
from castkit.timecode import clock


def newest_first(episodes: Iterable[Published]) -> tuple[Published, ...]:
    """The order of a feed; of two episodes of one moment, the one whose slug sorts last comes first."""
    return tuple(sorted(episodes, key=lambda episode: (episode.date, episode.slug), reverse=True))


def render(show: Show, episodes: Iterable[Published], address: FeedAddress) -> bytes:
    """The feed in UTF-8, a tag a line; texts are in the feed's language where there are any, else in the show's others.

    What the rules (`castkit.feed.rules`) refuse must have been refused before.
    """
    from castkit.feed.podcast import new_feed  # noqa: PLC0415

    ordered = newest_first(episodes)
    feed = new_feed()
    _channel(feed, show, address)
    feed.castkit.tags = tuple(channel_tags(show, ordered, address))
    for episode in ordered:
        _item(feed.add_entry(order="append"), show, episode, address.language)
    return bytes(feed.rss_str(pretty=True))


def _channel(feed: Any, show: Show, address: FeedAddress) -> None:
    info, language = show.show, address.language
    title = texts.plain(info.title.in_(language, show.languages))
    author = texts.plain(info.author.in_(language, show.languages))
    feed.title(title)
    feed.description(texts.channel_description(info.description.in_(language, show.languages)))
    feed.link(href=address.url, rel="self", type="application/rss+xml")
    feed.link(href=info.link, rel="alternate")  # feedgen's <link> is the last one given
    feed.language(language)
    feed.generator("castkit")
    feed.image(url=address.image_url, title=title, link=info.link)
    if info.copyright:
        feed.copyright(texts.plain(info.copyright))
    feed.podcast.itunes_author(author)
    feed.podcast.itunes_owner(name=author, email=texts.plain(info.owner_email))
    feed.podcast.itunes_image(address.image_url)
    feed.podcast.itunes_type(info.type)
    for category in info.categories:
        top, sub = split(category)
        feed.podcast.itunes_category({"cat": top, "sub": sub} if sub else {"cat": top})


def _item(entry: Any, show: Show, episode: Published, language: str) -> None:
    page = for_language(episode.notes, language)
    entry.guid(str(episode.guid), permalink=False)
    entry.title(texts.plain(episode.title.in_(language, show.languages)))
    entry.link(href=page.url if page else show.show.link, rel="alternate")
    description = _description(show, episode, language)
    if content := _content(episode, language):
        entry.content(content)
    entry.description(description)
    entry.enclosure(episode.audio.url, str(episode.audio.length), bare_type(episode.audio.type))
    entry.podcast.itunes_duration(whole_seconds(episode.duration_ms))
    if episode.season:
        entry.podcast.itunes_season(episode.season)
    if episode.number:
        entry.podcast.itunes_episode(episode.number)
    entry.podcast.itunes_episode_type(episode.type)
    entry.castkit.tags = tuple(item_tags(show, episode, language))


def whole_seconds(ms: int) -> int:
    """A duration in whole seconds, rounded, one at least: some apps hide an episode of 0 s."""
    return max((ms + 500) // 1000, 1)


def _description(show: Show, episode: Published, language: str) -> str:
    summary = episode.summary.in_(language, show.languages) or episode.description.in_(language, show.languages)
    chapters = texts.chapter_list(
        tuple((clock(chapter.start_ms), chapter.title.in_(language, show.languages)) for chapter in episode.chapters)
    )
    return texts.item_description(summary, chapters, wording.machine_made(episode, language))


def _content(episode: Published, language: str) -> str:
    """The show notes as an HTML fragment, in the feed's language, else in the first that has any."""
    notes = {tag: html for tag, html in episode.content_html.items() if html}
    tag = best_match(language, notes) or next(iter(sorted(notes)), None)
    return printable(notes[tag]) if tag else ""
