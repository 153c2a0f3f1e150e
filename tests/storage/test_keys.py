"""Where things lie in a store, and which addresses are this machine's own; bad keys are in test_contract.py."""

from __future__ import annotations

import pytest

from castkit.storage import keys


@pytest.mark.parametrize("slug", ["talk", "第二集", "a.b"])
def test_the_slug_comes_back_from_the_key(slug: str) -> None:
    assert keys.published_slug(keys.published_key(slug)) == slug


@pytest.mark.parametrize(
    "key",
    [
        "",
        "published.json",
        "episodes/published.json",
        "episodes//published.json",
        "episodes/a/b/published.json",
        "episodes/a/published.json.bak",
        "episodes/a/xpublished.json",
        "old/episodes/a/published.json",
    ],
)
def test_any_other_key_has_no_slug(key: str) -> None:
    assert keys.published_slug(key) is None


def test_a_feed_lies_where_apps_were_told() -> None:
    assert keys.feed_key("zh-Hans") == "feeds/zh-Hans.xml", "a subscriber's address never changes"


@pytest.mark.parametrize("page", [0, 1, 12, 4321])
@pytest.mark.parametrize("name", ["en", "zh-Hans", "en.video", "pt-BR.video"])
def test_the_feed_and_its_page_come_back_from_the_key(name: str, page: int) -> None:
    assert keys.feed_page(keys.feed_key(name, page)) == (name, page)


@pytest.mark.parametrize("page", [0, 1, 12])
@pytest.mark.parametrize(("language", "told"), [("en", ""), ("zh-Hans", "zh-Hans")])
def test_the_page_of_the_show_comes_back_from_the_key(language: str, told: str, page: int) -> None:
    assert keys.show_page(keys.show_page_key(language, "en", page)) == (told, page)


@pytest.mark.parametrize(
    "key",
    ["", "feeds/.xml", "feeds/en.xml.bak", "feeds/a/en.xml", "old/feeds/en.xml", "index.html/x", "x/index.html",
     "index..html", "index.a b.html", "feeds/cover-0123456789ab.png", "sitemap.xml", "404.html"],
)  # fmt: skip
def test_any_other_key_is_no_page_of_feed_or_show(key: str) -> None:
    assert (keys.feed_page(key), keys.show_page(key)) == (None, None)
