"""One feed of one language and kind as bytes: the document that apps subscribe to, and its pages of older episodes.

Rule: pure and deterministic: the same show and episodes give the same bytes, on any machine, on any day.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from castkit.feed import texts, wording
from castkit.feed.address import FeedAddress, carried
from castkit.feed.channel import channel_tags
from castkit.feed.item import item_tags
from castkit.feed.media import counted, enclosure
from castkit.feed.paging import Page, paged
from castkit.feed.tags import bare_type, for_language
from castkit.model.categories import split
from castkit.model.language import best_match
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.model.text import printable
from castkit.timecode import clock


def render(show: Show, episodes: Iterable[Published], address: FeedAddress) -> bytes:
    """The feed without its pages, in UTF-8, a tag a line.

    Texts are in the feed's language where there are any, else in the show's others. What the rules
    (`castkit.feed.rules`) refuse must have been refused before.
    """
    page = paged(carried(episodes, address.kind), address, show.feeds.page_size)[0]
    return _document(show, page, address)


def documents(show: Show, episodes: Iterable[Published], address: FeedAddress) -> tuple[bytes, ...]:
    """The same with its pages: the feed first, then the pages in the order of `address.pages`."""
    pages = paged(carried(episodes, address.kind), address, show.feeds.page_size)
    return tuple(_document(show, page, address) for page in pages)


def _document(show: Show, page: Page, address: FeedAddress) -> bytes:
    from castkit.feed.podcast import new_feed  # noqa: PLC0415

    feed = new_feed()
    _channel(feed, show, page.url, address)
    feed.castkit.tags = tuple(channel_tags(show, page, address))
    for episode in page.episodes:
        _item(feed.add_entry(order="append"), show, episode, address)
    return bytes(feed.rss_str(pretty=True))


def _channel(feed: Any, show: Show, url: str, address: FeedAddress) -> None:
    info, language = show.show, address.language
    title = wording.feed_title(texts.plain(info.title.in_(language, show.languages)), address)
    feed.title(title)
    feed.description(texts.channel_description(info.description.in_(language, show.languages)))
    feed.link(href=url, rel="self", type="application/rss+xml")
    feed.link(href=info.link, rel="alternate")  # feedgen's <link> is the last one given
    feed.language(language)
    feed.generator("castkit")
    feed.image(url=address.image_url, title=title, link=info.link)
    if info.copyright:
        feed.copyright(texts.plain(info.copyright))
    _itunes(feed.podcast, show, address)


def _itunes(itunes: Any, show: Show, address: FeedAddress) -> None:
    info = show.show
    author = texts.plain(info.author.in_(address.language, show.languages))
    itunes.itunes_author(author)
    itunes.itunes_owner(name=author, email=texts.plain(info.owner_email))
    itunes.itunes_image(address.image_url)
    itunes.itunes_type(info.type)
    for category in info.categories:
        top, sub = split(category)
        itunes.itunes_category({"cat": top, "sub": sub} if sub else {"cat": top})
    if show.feeds.hidden:
        itunes.itunes_block(True)
    if show.feeds.frequency.complete:
        itunes.itunes_complete("yes")
    if moved_to := show.feeds.moved_to.get(address.name):
        itunes.itunes_new_feed_url(moved_to)


def _item(entry: Any, show: Show, episode: Published, address: FeedAddress) -> None:
    language, imported = address.language, episode.imported
    title = texts.plain(episode.title.in_(language, show.languages))
    page = for_language(episode.notes, language)
    entry.guid(imported.guid if imported else str(episode.guid), permalink=bool(imported and imported.is_permalink))
    entry.title(title)
    link = page.url if page else (imported.link if imported else "")
    entry.link(href=link or show.show.link, rel="alternate")
    if content := _content(show, episode, language):
        entry.content(content)
    entry.description(_description(show, episode, language))
    media = enclosure(episode, address.kind)
    entry.enclosure(counted(media, show), str(media.length), bare_type(media.type))
    entry.podcast.itunes_title(title)
    if episode.duration_ms or not imported:  # another host's feed may not have said it
        entry.podcast.itunes_duration(whole_seconds(episode.duration_ms))
    if episode.season:
        entry.podcast.itunes_season(episode.season)
    if episode.number:
        entry.podcast.itunes_episode(episode.number)
    entry.podcast.itunes_episode_type(episode.type)
    entry.castkit.tags = tuple(item_tags(show, episode, address))


def whole_seconds(ms: int) -> int:
    """A duration in whole seconds, rounded, one at least: some apps hide an episode of 0 s."""
    return max((ms + 500) // 1000, 1)


def _description(show: Show, episode: Published, language: str) -> str:
    if episode.imported and episode.imported.description_html:
        return printable(episode.imported.description_html)
    summary = episode.summary.in_(language, show.languages) or episode.description.in_(language, show.languages)
    chapters = texts.chapter_list(
        tuple((clock(chapter.start_ms), chapter.title.in_(language, show.languages)) for chapter in episode.chapters)
    )
    return texts.item_description(summary, chapters, wording.machine_made(episode, language))


def _content(show: Show, episode: Published, language: str) -> str:
    """The show notes as an HTML fragment: the feed's language first, else the first that has any; then the others."""
    notes = {tag: html for tag, html in episode.content_html.items() if html}
    first = best_match(language, notes) or next(iter(sorted(notes)), None)
    if first is None:
        return ""
    is_alone = show.feeds.only_own_language or episode.imported  # what was imported looks as it did
    others = () if is_alone else sorted(tag for tag in notes if tag != first)
    parts = [notes[first], *(f'<hr><div lang="{tag}">{notes[tag]}</div>' for tag in others)]
    return printable("\n".join(parts))
