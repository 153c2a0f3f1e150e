"""What search engines read: the sitemap of all pages, and robots.txt, which names it.

Rule: pure; a date is the episode's and never the clock's. Sources: sitemaps.org (50,000 addresses and 50 MB at most,
so about 25,000 episodes in two languages), Google's "Localized versions" (xhtml:link), RFC 9309.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One page in its languages: public addresses by language, and the date of what it shows, where that has one.

    `main` is the address for readers of any other language.
    """

    addresses: Mapping[str, str]
    main: str
    date: datetime | None = None


def alternates(entry: Entry) -> tuple[tuple[str, str], ...]:
    """Pairs of hreflang and address; none for a page in one language."""
    if len(entry.addresses) < 2:
        return ()
    return (*entry.addresses.items(), ("x-default", entry.main))


def sitemap(entries: Iterable[Entry]) -> bytes:
    """The sitemap as XML, an address for every page in every language."""
    parts = [text for entry in entries for text in _urls(entry)]
    return "".join([_HEAD, *parts, "</urlset>\n"]).encode()


def _urls(entry: Entry) -> Iterator[str]:
    from xml.sax.saxutils import escape, quoteattr  # noqa: PLC0415 - it brings HTTP and TLS along

    links = "".join(
        f'<xhtml:link rel="alternate" hreflang={quoteattr(tag)} href={quoteattr(url)}/>\n'
        for tag, url in alternates(entry)
    )
    changed = f"<lastmod>{_utc(entry.date)}</lastmod>\n" if entry.date else ""
    for url in entry.addresses.values():
        yield f"<url>\n<loc>{escape(url)}</loc>\n{changed}{links}</url>\n"


def _utc(date: datetime) -> str:
    return date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def robots(sitemap_url: str) -> bytes:
    """robots.txt: everything may be read; search engines look for it at the root of a host only."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {sitemap_url}\n".encode()
