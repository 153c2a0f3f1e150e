"""Which pages in the store the show has no more, and that nothing of a person's is taken for one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from built_show import make_show
from castkit.config import load_show
from castkit.site.sitemap import Entry, robots, sitemap
from castkit.steps.left_pages import left_in_words, left_pages, left_show_pages
from castkit.storage.folder import FolderStore
from castkit.workspace import Workspace

BASE = "https://cast.example/a%20show"
OURS = b'<!doctype html>\n<meta name="generator" content="castkit">\n'
THEIRS = b"<!doctype html>\n<title>Our institute</title>\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_show(tmp_path / "show", store=f'base_url = "{BASE}"', more="\n[site]\nenabled = false\n")


@pytest.fixture
def store(workspace: Workspace) -> FolderStore:
    return FolderStore(workspace.root / "public", base_url=BASE)


def left(workspace: Workspace, store: FolderStore, episodes: int = 0) -> list[str]:
    return [one.key for one in left_show_pages(workspace, load_show(workspace), store, episodes)]


def switch_on(workspace: Workspace) -> None:
    workspace.toml.write_text(workspace.toml.read_text("utf-8").replace("enabled = false", "page_size = 10"), "utf-8")


@pytest.mark.parametrize("key", ["index.html", "index.zh-Hans.html", "index.fr.html", "404.html"])
def test_a_page_says_who_made_it(workspace: Workspace, store: FolderStore, key: str) -> None:
    store.write(key, THEIRS)
    assert left(workspace, store) == []
    store.write(key, OURS)
    assert left(workspace, store) == [key]


def test_a_page_of_a_template_of_ones_own_is_known_where_it_was_made(workspace: Workspace, store: FolderStore) -> None:
    store.write("index.html", THEIRS)
    copy = workspace.site("index.html")
    copy.parent.mkdir(parents=True)
    copy.write_bytes(THEIRS)
    assert left(workspace, store) == ["index.html"]
    store.write("index.html", THEIRS + b"edited")
    assert left(workspace, store) == []


def test_so_does_a_page_with_a_number(workspace: Workspace, store: FolderStore) -> None:
    """A person's own pages may be numbered in the same way."""
    names = ["index.page-1.html", "index.zh-Hans.page-2.html"]
    for key in (*names, "index.page-x.html.bak", "indexes/index.page-1.html", "index.htm"):
        store.write(key, THEIRS)
    assert left(workspace, store) == []
    for key in (*names, "index.page-x.html.bak", "indexes/index.page-1.html", "index.htm"):
        store.write(key, OURS)
    assert left(workspace, store) == names


def test_what_search_engines_read(workspace: Workspace, store: FolderStore) -> None:
    url = store.url
    pages = Entry({"en": url("index.html"), "zh-Hans": url("index.zh-Hans.html")}, url("index.html"))
    talk = Entry({"en": url("episodes/第二集/第二集.en.html")}, url("episodes/第二集/第二集.en.html"))
    store.write("sitemap.xml", sitemap([pages, talk]))
    store.write("robots.txt", robots(url("sitemap.xml")))
    assert left(workspace, store) == ["robots.txt", "sitemap.xml"]
    about = Entry({"en": url("about.html")}, url("about.html"))
    elsewhere = Entry({"en": "https://institute.example/index.html"}, "")
    for others in ([pages, about], [elsewhere], []):
        store.write("sitemap.xml", sitemap(others))
        assert left(workspace, store) == ["robots.txt"]
    store.write("robots.txt", robots(url("sitemap.xml")) + b"Disallow: /drafts\n")
    assert left(workspace, store) == []


def test_a_show_with_pages_keeps_those_it_fills(workspace: Workspace, store: FolderStore) -> None:
    switch_on(workspace)
    kept = ["index.html", "index.page-1.html", "index.zh-Hans.html", "index.zh-Hans.page-1.html", "404.html"]
    for key in (*kept, "index.page-2.html", "index.fr.html", "index.fr.page-1.html"):
        store.write(key, OURS)
    store.write("index.de.html", THEIRS)
    assert left(workspace, store, 20) == ["index.fr.html", "index.fr.page-1.html", "index.page-2.html"]
    assert "index.page-1.html" in left(workspace, store, 19)


def test_pages_of_feeds(workspace: Workspace, store: FolderStore) -> None:
    """Those of a feed that is made no more stay, and so does every feed itself."""
    for name in ("en.page-1", "zh-Hans.page-12", "fr.page-1", "en", "en.page-x", "fr"):
        store.write(f"feeds/{name}.xml", b"<rss/>")
    found = left_pages(workspace, load_show(workspace), store, [])
    assert [(one.key, one.action) for one in found] == [
        ("feeds/en.page-1.xml", "delete"), ("feeds/zh-Hans.page-12.xml", "delete"),
    ]  # fmt: skip


def test_what_is_left_is_said_where_the_show_wants_none(workspace: Workspace, store: FolderStore) -> None:
    assert left_in_words(workspace, load_show(workspace), store) == ""
    store.write("index.html", OURS)
    assert "(index.html);" in left_in_words(workspace, load_show(workspace), store)
    store.write("404.html", OURS)
    assert "(index.html and 1 more)" in left_in_words(workspace, load_show(workspace), store)
    switch_on(workspace)
    store.write("index.page-9.html", OURS)
    assert left_in_words(workspace, load_show(workspace), store) == ""
