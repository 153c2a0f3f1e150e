"""The show's pages as files: every page of every language, the sitemap, robots.txt and the page for what is not there.

Rule: pure and deterministic: the same show, episodes and templates give the same bytes, on any machine, on any day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from castkit.model.language import direction, language_name
from castkit.model.text import one_line
from castkit.site.policy import policy
from castkit.site.show_head import entry, head_view
from castkit.site.show_labels import show_labels
from castkit.site.show_paging import Part, paged
from castkit.site.show_site import ShowSite, own_pages, web_address
from castkit.site.show_view import Reader, episode_view, footer, groups
from castkit.site.sitemap import Entry, robots, sitemap
from castkit.site.subscribe import subscribe_view
from castkit.templating import Source, load, render_html, safe

PAGE, LOST = "show.html.j2", "show_404.html.j2"
STYLES = ("site.css", "site_show.css")
SCRIPTS = ("site_subscribe.js", "site_show.js")
TEMPLATES = (PAGE, LOST, "subscribe.html.j2", *STYLES, *SCRIPTS)
SITEMAP, ROBOTS, NOT_FOUND = "sitemap.xml", "robots.txt", "404.html"


def templates(folder: Path) -> Mapping[str, Source]:
    """The templates, styles and scripts of these pages; those in `folder` come before castkit's own."""
    return load(folder, TEMPLATES)


def documents(site: ShowSite, sources: Mapping[str, Source]) -> Iterator[tuple[str, bytes]]:
    """Keys and contents in the order of sending: what is linked to comes before what links to it."""
    parts = paged(site.episodes, site.older_pages, site.show.site.page_size)
    for part in (*parts[1:], parts[0]):
        for language, keys in site.pages.items():
            values = _values(Reader(site, language), part, sources)
            yield keys[part.number], render_html(sources, PAGE, values).encode()
    yield NOT_FOUND, render_html(sources, LOST, _lost(site, sources)).encode()
    yield SITEMAP, sitemap(_entries(site, parts))
    yield ROBOTS, robots(site.url(SITEMAP))


def _values(reader: Reader, part: Part, sources: Mapping[str, Source]) -> dict[str, Any]:
    site, language = reader.site, reader.language
    info, title = site.show.show, reader.text(site.show.show.title)
    trailer = next((one for one in site.episodes if one.type == "trailer"), None) if part.number == 0 else None
    listed = tuple(one for one in part.episodes if trailer is None or one.slug != trailer.slug)
    span = _span(reader, part) if part.number else ""
    return {
        **_dress(sources),
        "language": language,
        "direction": direction(language),
        "labels": reader.labels,
        "head": head_view(reader, part, f"{title} · {span}" if span else title),
        "home": site.pages[language][0],
        "languages": _languages(site, part, language),
        "span": span,
        "show": {
            "title": title,
            "author": reader.text(info.author),
            "by": reader.labels["by"].format(author=reader.text(info.author)),
            "description": reader.text(info.description),
            "cover": site.small_cover,
            "cover_alt": reader.labels["cover"].format(title=title),
            "website": "" if _is_this_site(site) else web_address(info.link),
            "rhythm": one_line(reader.text(site.show.feeds.frequency.text)),
        },
        "subscribe": subscribe_view(site.feeds, language) if part.number == 0 else {"feeds": ()},
        "trailer": {**episode_view(reader, trailer), "number": ""} if trailer else None,  # its heading says it
        "groups": groups(reader, listed),
        "count": len(listed),
        "pages": _pages(reader, part),
        "is_draft": site.drafts is not None,
        **footer(reader),
    }


def _dress(sources: Mapping[str, Source]) -> dict[str, Any]:
    """Style and script as they stand in the page, and the policy that allows these and no other."""
    style = "\n" + "".join(sources[name].text for name in STYLES)
    script = "\n" + "".join(sources[name].text for name in SCRIPTS)
    return {"style": safe(style), "script": safe(script), "policy": policy([style], [script])}


def _languages(site: ShowSite, part: Part, here: str) -> tuple[dict[str, Any], ...]:
    """The page in every language, each named as its own readers name it; none where there is but one."""
    if len(site.pages) == 1:
        return ()
    return tuple(
        {"tag": tag, "name": language_name(tag, tag), "url": keys[part.number], "is_here": tag == here}
        for tag, keys in site.pages.items()
    )


def _span(reader: Reader, part: Part) -> str:
    """From which day to which; a full page's words never change."""
    if not part.episodes:
        return ""
    days = [reader.site.wording.date(part.episodes[at].date, reader.language) for at in (0, -1)]
    return reader.labels["range"].format(newest=days[0], oldest=days[1])


def _pages(reader: Reader, part: Part) -> dict[str, Any]:
    """Links to the pages beside this one, and on the first page to all of them."""
    site, keys = reader.site, reader.site.pages[reader.language]
    parts = paged(site.episodes, site.older_pages, site.show.site.page_size) if part.number == 0 else ()
    return {
        "newer": "" if part.newer is None else keys[part.newer],
        "older": "" if part.older is None else keys[part.older],
        "all": tuple({"url": keys[one.number], "text": _span(reader, one)} for one in reversed(parts[1:])),
    }


def _is_this_site(site: ShowSite) -> bool:
    """Whether the show's own website is this page: then it leads nobody anywhere."""
    index = site.url(site.pages[site.show.main_language][0])
    return site.show.show.link.rstrip("/") in (index, index.rpartition("/")[0])


def _lost(site: ShowSite, sources: Mapping[str, Source]) -> dict[str, Any]:
    """The page for an address where nothing lies, in every language; its links are absolute, for it shows anywhere."""
    languages = []
    for tag, keys in site.pages.items():
        title = site.show.show.title.in_(tag, site.show.languages)
        said = {"labels": show_labels(tag), "title": title, "url": site.url(keys[0])}
        languages.append({"tag": tag, "direction": direction(tag), **said})
    style = _dress(sources)["style"]
    return {"languages": tuple(languages), "style": style, "policy": policy([str(style)], [])}


def _entries(site: ShowSite, parts: tuple[Part, ...]) -> Iterator[Entry]:
    """Every page of the show, then every episode that has a page here."""
    for part in parts:
        found = entry(site, part.number)
        yield Entry(found.addresses, found.main, part.episodes[0].date if part.episodes else None)
    for episode in site.episodes:
        pages = {tag: site.url(file.key) for tag, file in own_pages(episode).items()}
        if pages:
            main = pages.get(site.show.main_language) or next(iter(pages.values()))
            yield Entry(pages, main, episode.date)
