"""An episode's page in one language: everything its template can say.

Rule: what plays is named relative to the page, what others are told of it (head, share image, feeds) by whole
addresses; nothing on it is fetched from another place.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from castkit import templating
from castkit.model.language import language_name
from castkit.site import episode_notes
from castkit.site.episode_files import Files, files_view
from castkit.site.episode_labels import episode_labels
from castkit.site.episode_transcript import Track, seconds, short_clock, transcript_view
from castkit.site.policy import policy
from castkit.site.structured import EpisodeFacts, json_ld, podcast_episode
from castkit.site.subscribe import page_order, subscribe_view
from castkit.templating import Source, safe
from castkit.timecode import clock

PAGE = "episode.html.j2"
STYLES = ("site.css", "site_episode.css")
SCRIPTS = ("site_subscribe.js", "site_episode.js")
TEMPLATES = (PAGE, "subscribe.html.j2", *STYLES, *SCRIPTS)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the episode: its start (ms), its title, a page about it, and its picture's name beside the page."""

    start_ms: int
    title: str
    url: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Whole addresses: this page in every language (the main one first), its share image, the feeds by name.

    `show_page` is relative: the show's page in this language. `beside` are the names of `pages` in their folder.
    """

    pages: Mapping[str, str]
    beside: Mapping[str, str]
    show_page: str
    share_image: str
    feeds: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EpisodePage:
    """What a page is made of.

    `told` are the values that the notes' templates get (castkit.notes.view.common), `content` the notes as sanitised
    HTML, `cover` a JPEG, `facts` what search engines are told. A hidden show asks them to leave its pages out.
    """

    language: str
    told: Mapping[str, Any]
    content: str
    files: Files
    tracks: Sequence[Track]
    chapters: Sequence[Chapter]
    addresses: Addresses
    facts: EpisodeFacts
    cover: bytes = b""
    is_hidden: bool = False


def compose(page: EpisodePage, sources: Mapping[str, Source]) -> str:
    """The page; CastkitError with file and line for a mistake in a template of the workspace."""
    return templating.render_html(sources, PAGE, page_values(page, sources))


def page_values(page: EpisodePage, sources: Mapping[str, Source]) -> dict[str, Any]:
    """The values for the template."""
    words = episode_labels(page.language)
    files = files_view(page.files, page.language)
    minutes = max(1, round(page.facts.duration_ms / 60_000))
    return {
        **page.told,
        "words": words,
        "head": _head(page, sources),
        "pages": _pages(page),
        "show_page": page.addresses.show_page,
        "length": words["minutes"].format(n=minutes),
        "cover": f"data:image/jpeg;base64,{base64.b64encode(page.cover).decode()}" if page.cover else "",
        "cover_text": words["cover"].format(title=page.told["show"]["title"]),
        "notes": _notes(page, files),
        "files": files,
        "chapters": tuple(_chapter(one) for one in page.chapters),
        "transcript": transcript_view(page.tracks, [(one.start_ms, one.title) for one in page.chapters], page.language),
        "subscribe": subscribe_view(page.addresses.feeds, page.language),
    }


def _head(page: EpisodePage, sources: Mapping[str, Source]) -> dict[str, Any]:
    styles = [sources[name].text for name in STYLES]
    scripts = [sources[name].text for name in SCRIPTS]
    addresses = page.addresses
    main = next(iter(addresses.pages), page.language)
    return {
        "policy": policy(styles, scripts),
        "styles": tuple(safe(text) for text in styles),
        "scripts": tuple(safe(text) for text in scripts),
        "url": addresses.pages[page.language],
        "alternates": tuple({"tag": tag, "url": url} for tag, url in addresses.pages.items()),
        "default_url": addresses.pages[main],
        "share_image": addresses.share_image,
        "date": page.facts.date,
        "feeds": tuple(
            {"title": _feed_title(page, name), "url": addresses.feeds[name], "tag": name.partition(".")[0]}
            for name in page_order(addresses.feeds, page.language)
        ),
        "is_hidden": page.is_hidden,
        "data": json_ld(podcast_episode(page.facts)),
    }


def _feed_title(page: EpisodePage, name: str) -> str:
    tag, _, kind = name.partition(".")
    labels = page.told["labels"]
    words = [language_name(tag, page.language), *([labels["video"]] if kind else [])]
    return f"{page.told['show']['title']} – {labels['list'].join(words)}"


def _pages(page: EpisodePage) -> tuple[dict[str, Any], ...]:
    """The page in every language, each by its language's own name."""
    return tuple(
        {
            "tag": tag,
            "name": language_name(tag, tag),
            "url": quote(page.addresses.beside[tag]),
            "is_current": tag == page.language,
        }
        for tag in page.addresses.pages
    )


def _chapter(chapter: Chapter) -> dict[str, str]:
    return {
        "at": seconds(chapter.start_ms),
        "time": short_clock(chapter.start_ms),
        "title": chapter.title,
        "url": chapter.url,
        "picture": quote(chapter.picture),
    }


def _notes(page: EpisodePage, files: Mapping[str, Any]) -> dict[str, Any]:
    """The notes in their parts, without the lists that stand on the page anyway."""
    labels = page.told["labels"]
    parts = episode_notes.split(page.content)
    chapters = [f"{clock(one.start_ms)} {one.title}" for one in page.chapters]
    transcripts = [f"{one['language']}{labels['colon']}{one['note']}" for one in files["transcripts"]]
    rest = episode_notes.without_list(parts.rest, labels["chapters"], chapters)
    rest = episode_notes.without_list(rest, labels["transcripts"], transcripts)
    return {
        "title": safe(parts.title),
        "line": safe(parts.line),
        "lead": safe(parts.lead),
        "rest": safe(episode_notes.with_moments(rest)),
    }
