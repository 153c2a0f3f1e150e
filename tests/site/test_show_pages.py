"""The show's pages as text: what stands on them, in which language, and that nobody's words become markup."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import html5lib
import pytest
from lxml import html

from castkit.errors import CastkitError
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.site.policy import policy
from castkit.site.show_labels import LABELS, duration_in_words
from castkit.site.show_pages import documents, templates
from castkit.site.show_view import shortened
from show_samples import BASE, elsewhere, episode, file, show, site

NOWHERE = Path("/no/such/folder")
EVIL = '</script><img src=x onerror="alert(1)">&\u2028'


def made(the_show: Show, *episodes: Published, folder: Path = NOWHERE, **changes: Any) -> dict[str, str]:
    found = documents(site(the_show, episodes, **changes), templates(folder))
    return {key: data.decode() for key, data in found}


def page(text: str) -> Any:
    html5lib.HTMLParser(strict=True).parse(text)
    return html.document_fromstring(text)


def has_class(found: Any, name: str) -> list[Any]:
    return found.xpath(f"//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]")


def words(found: Any, name: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in has_class(found, name)]


def test_each_language_has_its_page_in_its_own_words() -> None:
    found = made(show(), episode(1), episode(2))
    assert list(found) == ["index.html", "index.zh-Hans.html", "404.html", "sitemap.xml", "robots.txt"]
    english, chinese = page(found["index.html"]), page(found["index.zh-Hans.html"])
    assert (english.get("lang"), chinese.get("lang")) == ("en", "zh-Hans")
    assert english.findtext(".//h1") == "Talks & <Walks>"
    assert words(english, "episode-title") == ["Talk 2", "Talk 1"], "the newest first"
    assert words(chinese, "episode-title") == ["谈话之2", "谈话之1"]
    assert words(english, "episode-meta")[0] == "Episode 2 3 January 2012 31 min"
    assert words(chinese, "episode-meta")[0] == "第2期 2012年1月3日 31分钟"
    assert words(english, "episode-people") == ["Ann Host", "Ann Host"]
    more = words(english, "episode-more")
    assert more[1] == "Transcript: English; Chinese (Simplified) – unreviewed machine translation"
    links = [one.get("href") for one in english.xpath("//h3/a")]
    assert links[0] == "episodes/talk-0002/talk-0002.en.html"
    assert chinese.xpath("//h3/a/@href")[0] == "episodes/talk-0002/talk-0002.zh-Hans.html"
    footer = english.find(".//footer").text_content()
    for said in ("Partner", "Fund", "Paid for by the fund.", "No advice.", "CC BY 4.0", "us@institute.example"):
        assert said in footer
    assert "由基金资助。" in chinese.find(".//footer").text_content()
    assert english.xpath("//nav[@class='languages']//a/@href") == ["index.zh-Hans.html"]
    assert english.xpath("//nav[@class='languages']//*[@aria-current='page']")[0].text_content() == "English"


def test_no_label_of_another_language_is_left_on_a_page() -> None:
    """Every label of English stands in the others too, and the Chinese page has none of English's words."""
    for table in LABELS.values():
        assert set(table) == set(LABELS["en"])
        assert {key: set(re.findall(r"\{\w+\}", text)) for key, text in table.items()} == {
            key: set(re.findall(r"\{\w+\}", text)) for key, text in LABELS["en"].items()
        }
    body = page(made(show(), episode(1), episode(2), episode(3, type="bonus"))["index.zh-Hans.html"]).find("body")
    for script in body.xpath(".//script|.//style|.//*[@lang='en']|.//*[@translate='no']|.//li//a[text()='RSS']"):
        script.getparent().remove(script)
    assert re.findall(r"[A-Za-z]{2,}", body.text_content()) == ["CC", "BY"]


def test_the_head_is_absolute() -> None:
    shared = {"en": "feeds/share-en-0123456789ab.png"}
    found = made(show(), episode(1), share_pictures=shared)
    english, chinese = page(found["index.html"]), page(found["index.zh-Hans.html"])
    assert english.xpath("//link[@rel='canonical']/@href") == [f"{BASE}/index.html"]
    alternates = english.xpath("//link[@rel='alternate'][@hreflang][not(@type)]")
    assert {one.get("hreflang"): one.get("href") for one in alternates} == {
        "en": f"{BASE}/index.html", "zh-Hans": f"{BASE}/index.zh-Hans.html", "x-default": f"{BASE}/index.html",
    }  # fmt: skip
    feeds = english.xpath("//link[@type='application/rss+xml']/@href")
    assert feeds == [f"{BASE}/feeds/en.xml", f"{BASE}/feeds/zh-Hans.xml"]
    assert chinese.xpath("//link[@type='application/rss+xml']/@href") == feeds[::-1], "the page's language first"
    said = {one.get("property") or one.get("name"): one.get("content") for one in english.xpath("//meta[@content]")}
    assert said["og:image"] == said["twitter:image"] == f"{BASE}/feeds/share-en-0123456789ab.png"
    assert (said["twitter:card"], said["og:image:width"]) == ("summary_large_image", "1200")
    assert said["og:url"] == f"{BASE}/index.html"
    assert said["description"] == "About work. And pensions."
    assert chinese.xpath("//meta[@property='og:image']/@content") == [f"{BASE}/feeds/cover-0123456789ab.png"]
    assert chinese.xpath("//meta[@name='twitter:card']/@content") == ["summary"]
    (data,) = english.xpath("//script[@type='application/ld+json']/text()")
    series = json.loads(data)
    assert (series["@type"], series["name"], series["inLanguage"]) == ("PodcastSeries", "Talks & <Walks>", "en")
    assert series["webFeed"] == feeds
    assert series["license"] == "https://creativecommons.org/licenses/by/4.0/"


def test_the_policy_allows_the_page_s_own_style_and_script_and_nothing_else() -> None:
    found = page(made(show(), episode(1))["index.html"])
    styles = [one.text for one in found.xpath("//style")]
    scripts = [one.text for one in found.xpath("//script[not(@type)]")]
    assert len(styles) == len(scripts) == 1
    assert found.xpath("//meta[@http-equiv='Content-Security-Policy']/@content") == [policy(styles, scripts)]
    assert not found.xpath("//*[@style]")
    assert not [name for one in found.iter() for name in getattr(one, "attrib", {}) if name.startswith("on")]


def test_nobody_s_words_are_markup() -> None:
    text = {"en": EVIL, "zh-Hans": EVIL}
    person = {"id": "x", "name": text, "role": "host", "organisation": {}}
    imported = {"guid": "x", "link": "javascript:alert(1)"}
    evil = episode(1, title=text, summary=text, people=[person], notes={}, imported=imported, number_shown=text)
    info = {"title": text, "description": text, "author": text, "disclaimer": text, "copyright": EVIL}
    for name, one in made(show(**info), evil).items():
        if name.endswith(".html"):
            parsed = page(one)
            assert not parsed.xpath("//img[@onerror]"), name
            assert len(parsed.xpath("//script")) == (2 if name.startswith("index") else 0), name
    parsed = page(made(show(**info), evil)["index.html"])
    assert parsed.findtext(".//h1").startswith("</script>")
    assert json.loads(parsed.xpath("//script[@type='application/ld+json']/text()")[0])["name"].startswith("</script>")
    assert not [one for one in parsed.xpath("//@href") if one.startswith("javascript")]


def test_no_link_has_a_scheme_of_its_own_and_nothing_is_asked_of_others() -> None:
    there = elsewhere("https://old.example/x.mp3")
    pictured = episode(1, image=elsewhere("https://old.example/cover.png", "image/png"), audio=there, notes={})
    found = page(made(show(), pictured, episode(2))["index.html"])
    addresses = found.xpath("//a/@href|//link/@href")
    assert not [one for one in addresses if ":" in one and not one.startswith(("https://", "http://"))]
    assert not [one for one in found.xpath("//@src") if ":" in one], "pictures are the store's own"


def test_where_a_title_leads() -> None:
    page_there = elsewhere("https://old.example/notes.html", "text/html")
    imported = {"guid": "x", "link": "https://old.example/ep1"}
    there = elsewhere("https://old.example/1.mp3")
    found = page(
        made(
            show(),
            episode(4, notes={"en": file("talk-0004", "talk 4.en.html", "text/html")}),
            episode(3, notes={"en": page_there}),
            episode(2, notes={}, imported=imported, audio=there),
            episode(1, notes={}, imported={"guid": "x"}, audio=there),
        )["index.zh-Hans.html"]
    )
    links = found.xpath("//h3/a")
    assert [one.get("href") for one in links] == [
        "episodes/talk-0004/talk%204.en.html", "https://old.example/notes.html", "https://old.example/ep1",
        "https://old.example/1.mp3",
    ]  # fmt: skip
    assert [one.get("hreflang") for one in links] == ["en", "en", None, None], "a page in another language says so"
    meta = words(found, "episode-meta")
    assert ["在其他网站" in one for one in meta] == [False, False, True, False]
    assert "音频文件" in meta[3]


def test_pictures_video_trailers_and_texts_of_one_language() -> None:
    picture = file("talk-0003", "one-0123456789ab.png", "image/png")
    chapters = [{"start_ms": 0, "title": {}, "image": picture}]
    only_english = {"title": {"en": "Only English"}, "summary": {}, "description": {"en": "A longer text."}}
    found = page(
        made(
            show(),
            episode(3, chapters=chapters, video=file("talk-0003", "x.mp4", "video/mp4"), duration_ms=0),
            episode(2, **only_english),
            episode(1, type="trailer", duration_ms=20_000),
        )["index.zh-Hans.html"]
    )
    assert found.xpath("//img[@class='episode-picture']/@src") == ["episodes/talk-0003/one-0123456789ab.png"]
    assert words(found, "badge") == ["视频"]
    assert words(found, "episode-title") == ["谈话之1", "谈话之3", "Only English"], "the trailer first, and once"
    assert words(found, "trailer")[0].startswith("预告 谈话之1 2012年1月2日 1分钟")
    assert found.xpath("//h3//span[@lang='en']/text()") == ["Only English"]
    assert words(found, "episode-summary")[2] == "A longer text."
    assert "分钟" not in words(found, "episode-meta")[1], "no length is known"


def test_seasons_have_their_names() -> None:
    named = {"feeds": {"seasons": [{"number": 1, "name": {"en": "Beginnings", "zh-Hans": "开端"}}]}}
    found = made(show(named), episode(1, season=1), episode(2, season=2), episode(3))
    assert words(page(found["index.html"]), "season-name") == ["Other episodes", "Season 2", "Beginnings"]
    assert words(page(found["index.zh-Hans.html"]), "season-name") == ["其他各期", "第2季", "开端"]
    assert words(page(made(show(), episode(1, season=1))["index.html"]), "season-name") == []
    assert words(page(made(show(named), episode(1, season=1))["index.html"]), "season-name") == ["Beginnings"]


def test_drafts_are_called_so_on_a_page_of_drafts_only() -> None:
    found = made(show(), episode(1), episode(2), drafts=frozenset(["talk-0002"]))["index.html"]
    assert words(page(found), "draft") == ["not published"]
    assert words(page(found), "draft-note") != []
    assert "noindex" in found
    plain = made(show(), episode(1))["index.html"]
    assert not has_class(page(plain), "draft")
    assert "noindex" not in plain
    assert "noindex" in made(show({"feeds": {"hidden": True}}), episode(1))["index.html"]


def test_a_show_without_episodes_and_without_a_site_of_its_own() -> None:
    found = page(made(show(link=f"{BASE}/"))["index.html"])
    assert "No episode is published yet." in found.text_content()
    assert "The show’s website" not in found.text_content(), "it would lead here"
    assert "The show’s website" in page(made(show())["index.html"]).text_content()


def test_a_show_in_one_language_has_no_switch() -> None:
    notes = {"en": file("talk-0001", "x.html", "text/html")}
    found = made(show(languages=["en"]), episode(1, notes=notes))
    parsed = page(found["index.html"])
    assert not parsed.xpath("//nav")
    assert not parsed.xpath("//link[@hreflang][not(@type)]")
    assert "hreflang" not in found["sitemap.xml"]


@pytest.mark.parametrize("count", [500, 5000])
def test_one_more_episode_changes_the_first_pages_and_the_sitemap_only(count: int) -> None:
    episodes = [episode(number) for number in range(1, count + 1)]
    before, after = made(show(), *episodes), made(show(), *episodes, episode(count + 1))
    assert len(before) == 2 * (count // 100) + 3
    assert set(before) == set(after)
    assert {key for key in after if after[key] != before[key]} == {"index.html", "index.zh-Hans.html", "sitemap.xml"}


def test_pages_of_older_episodes_hold_each_once_and_link_on() -> None:
    tables = {"site": {"page_size": 10}}
    found = made(show(tables), *(episode(number) for number in range(1, 46)))
    names = ["index.html", "index.page-3.html", "index.page-2.html", "index.page-1.html"]
    pages = {name: page(found[name]) for name in names}
    titles = [title for name in names for title in words(pages[name], "episode-title")]
    assert titles == [f"Talk {number}" for number in range(45, 0, -1)]
    assert [len(words(one, "episode-title")) for one in pages.values()] == [15, 10, 10, 10]
    links = {name: one.xpath("//link[@rel='prev' or @rel='next']") for name, one in pages.items()}
    assert [[(one.get("rel"), one.get("href").rpartition("/")[2]) for one in links[name]] for name in names] == [
        [("next", names[1])],
        [("prev", names[0]), ("next", names[2])],
        [("prev", names[1]), ("next", names[3])],
        [("prev", names[2])],
    ]
    assert pages[names[0]].xpath("//details//li/a/@href")[-3:] == names[1:]
    assert "2 January 2012" in pages[names[3]].findtext(".//title"), "the days it covers"
    assert not has_class(pages[names[1]], "subscribe")
    assert pages[names[1]].xpath("//nav[@class='languages']//a/@href") == ["index.zh-Hans.page-3.html"]


def test_a_template_and_a_style_of_the_show_s_own(tmp_path: Path) -> None:
    (tmp_path / "site_show.css").write_text("h1 { color: #123456; }\n", "utf-8")
    assert "#123456" in made(show(), episode(1), folder=tmp_path)["index.html"]
    (tmp_path / "show.html.j2").write_text("{{ show.title }}: {{ nothing }}", "utf-8")
    with pytest.raises(CastkitError, match=r"show\.html\.j2, line 1"):
        made(show(), episode(1), folder=tmp_path)


def test_the_page_for_what_is_not_there_speaks_every_language_and_links_absolutely() -> None:
    found = page(made(show(), episode(1))["404.html"])
    assert found.xpath("//a/@href") == [f"{BASE}/index.html", f"{BASE}/index.zh-Hans.html"]
    assert [one.get("lang") for one in found.xpath("//main/div")] == ["en", "zh-Hans"]


def test_lengths_in_words() -> None:
    assert [duration_in_words(ms, "en") for ms in (0, 1, 89_000, 3_600_000, 7_530_000)] == [
        "", "1 min", "1 min", "1 h 0 min", "2 h 6 min",
    ]  # fmt: skip
    assert duration_in_words(7_530_000, "zh-Hant") == "2小時6分鐘"


def test_long_summaries_end_at_a_word() -> None:
    assert shortened("short", 10) == "short"
    assert shortened("one two three four", 12) == "one two…"
    assert shortened("一二三四五六七八九十", 6) == "一二三四五…"
