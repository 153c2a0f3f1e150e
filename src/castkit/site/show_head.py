"""What a show page says to machines: search engines, chats that show a link, podcast apps that look for a feed.

Rule: addresses are absolute here, for whoever reads this has only the page. Sources: ogp.me, schema.org
(PodcastSeries), Google's "Localized versions", the RSS Advisory Board's autodiscovery.
"""

from __future__ import annotations

from typing import Any

from castkit.model.language import language_name
from castkit.model.text import one_line
from castkit.site.show_paging import Part
from castkit.site.show_site import ShowSite
from castkit.site.show_view import Reader, shortened
from castkit.site.sitemap import Entry, alternates
from castkit.site.structured import json_ld
from castkit.site.subscribe import page_order

_DESCRIPTION = 300  # characters: more is cut by whoever shows it


def entry(site: ShowSite, number: int) -> Entry:
    """The page of this number in all its languages."""
    addresses = {tag: site.url(keys[number]) for tag, keys in site.pages.items()}
    return Entry(addresses, addresses[site.show.main_language])


def head_view(reader: Reader, part: Part, title: str) -> dict[str, Any]:
    """The values for the page's head."""
    site, language = reader.site, reader.language
    info = site.show.show
    keys = site.pages[language]
    neighbours = (("prev", part.newer), ("next", part.older))
    return {
        "title": title,
        "description": shortened(one_line(reader.text(info.description)), _DESCRIPTION),
        "url": site.url(keys[part.number]),
        "alternates": alternates(entry(site, part.number)),
        "links": tuple((rel, site.url(keys[number])) for rel, number in neighbours if number is not None),
        "feeds": tuple(_feed(reader, name) for name in page_order(site.feeds, language)),
        "image": site.url(site.share_pictures.get(language, site.cover)),
        "is_wide": language in site.share_pictures,
        "is_hidden": site.show.feeds.hidden or site.drafts is not None,
        "json_ld": _json_ld(reader) if part.number == 0 else "",
    }


def _feed(reader: Reader, name: str) -> dict[str, str]:
    tag, _, kind = name.partition(".")
    words = [language_name(tag, reader.language), *([reader.labels["video"]] if kind else [])]
    title = reader.text(reader.site.show.show.title)
    aside = reader.labels["aside"].format(text=reader.labels["list"].join(words))
    return {"url": reader.site.feeds[name], "title": f"{title}{aside}", "lang": tag}


def _json_ld(reader: Reader) -> Any:
    site, info = reader.site, reader.site.show.show
    feeds = [site.feeds[name] for name in page_order(site.feeds, reader.language)]
    url = site.url(site.pages[reader.language][0])
    said = {
        "@context": "https://schema.org",
        "@type": "PodcastSeries",
        "@id": url,
        "url": url,
        "name": reader.text(info.title),
        "description": one_line(reader.text(info.description)),
        "inLanguage": reader.language,
        "image": site.url(site.cover),
        "author": {"@type": "Organization", "name": reader.text(info.author)},
        "webFeed": feeds[0] if len(feeds) == 1 else feeds,
        "sameAs": info.link,
        "license": site.wording.licence[1],
    }
    return json_ld({key: value for key, value in said.items() if value})
