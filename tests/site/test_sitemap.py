"""The sitemap and robots.txt: well-formed, every page once, and dates of the episodes."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from castkit.site.show_pages import documents, templates
from castkit.site.sitemap import Entry, robots, sitemap
from show_samples import BASE, elsewhere, episode, show, site

NOWHERE = Path("/no/such/folder")
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def test_every_page_stands_there_once_with_its_other_languages() -> None:
    imported = episode(3, notes={"en": elsewhere("https://old.example/3.html", "text/html")})
    made = dict(documents(site(show(), [episode(1), episode(2), imported]), templates(NOWHERE)))
    urls = etree.fromstring(made["sitemap.xml"]).findall("s:url", NAMES)
    assert [one.findtext("s:loc", None, NAMES).removeprefix(f"{BASE}/") for one in urls] == [
        "index.html", "index.zh-Hans.html",
        "episodes/talk-0002/talk-0002.en.html", "episodes/talk-0002/talk-0002.zh-Hans.html",
        "episodes/talk-0001/talk-0001.en.html", "episodes/talk-0001/talk-0001.zh-Hans.html",
    ]  # fmt: skip
    links = {one.get("hreflang"): one.get("href") for one in urls[2].findall("x:link", NAMES)}
    assert links == {
        "en": f"{BASE}/episodes/talk-0002/talk-0002.en.html",
        "zh-Hans": f"{BASE}/episodes/talk-0002/talk-0002.zh-Hans.html",
        "x-default": f"{BASE}/episodes/talk-0002/talk-0002.en.html",
    }
    dates = [one.findtext("s:lastmod", None, NAMES) for one in urls]
    assert dates[0] == "2012-01-04T09:00:00Z", "of the newest episode on the page"
    assert dates[2] == "2012-01-03T09:00:00Z"


def test_addresses_are_escaped() -> None:
    data = sitemap([Entry({"en": "https://x.example/?a=1&b=<2>", "fr": 'https://x.example/"'}, "https://x.example/&")])
    found = etree.fromstring(data)
    assert found.findtext("s:url/s:loc", None, NAMES) == "https://x.example/?a=1&b=<2>"
    assert found.findall("s:url/x:link", NAMES)[1].get("href") == 'https://x.example/"'


def test_robots_names_the_sitemap() -> None:
    assert robots("https://x.example/sitemap.xml").decode().splitlines() == [
        "User-agent: *", "Allow: /", "", "Sitemap: https://x.example/sitemap.xml",
    ]  # fmt: skip
