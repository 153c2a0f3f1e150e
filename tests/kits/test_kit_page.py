"""The checklist as a page and as Markdown: what a text is, it stays; the buttons copy it; nothing needs a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from playwright.sync_api import expect

from castkit import templating
from castkit.kits import checklist
from castkit.kits.checks import Checked, Note
from castkit.kits.fence import MARKDOWN, fenced
from castkit.kits.rules import platform
from castkit.kits.sections import Line, Section
from castkit.kits.texts import Texts
from castkit.site.policy import policy
from chromium import chromium, needs_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = "<script>document.title='x'</script> \"'& 养老保险\n```\n# no heading\n| a | b |"
TEMPLATES = ("kit.html.j2", "kit.md.j2", "kit.css", "kit.js")


def kit_of(slug: str, said: str = HOSTILE) -> checklist.Kit:
    one = platform(slug)
    section = Section("summary", said, (Line(said, "https://example.org/a?b=1&c=2"),))
    texts = Texts(said, said, said, (section,), said, (said, "b"), "c", said, said)
    files = {"media": (Path("a b.mp4"),), "covers": (Path("cover#1.jpg"),), "captions": (Path("a.en.srt"),)}
    checked = tuple(Checked(limit, 10.0) for limit in one.limits)
    notes = (
        Note("title-shortened", {"title": said}),
        Note("captions-unread", {"language": "en", "origin": "recognition"}),
    )
    return checklist.Kit(one, said, texts, files, checked, notes, "zh-Hans", "zh")


def page_of(kit: checklist.Kit, language: str, folder: Path) -> tuple[str, str]:
    sources = templating.load(folder, TEMPLATES)
    style, script = sources["kit.css"].text, sources["kit.js"].text
    values = checklist.view(kit, language)
    values |= {"style": templating.safe(style), "script": templating.safe(script), "policy": policy([style], [script])}
    html = templating.render_html(sources, "kit.html.j2", values)
    return html, templating.render(sources, "kit.md.j2", values, MARKDOWN)


@pytest.mark.parametrize("slug", ["wechat-channels", "bilibili", "xiaoyuzhou", "ximalaya", "youtube"])
def test_no_text_becomes_markup(slug: str, tmp_path: Path) -> None:
    for language in platform(slug).checklist:
        html, markdown = page_of(kit_of(slug), language, tmp_path)
        assert "<script>document" not in html
        parsed = MarkdownIt("commonmark").parse(markdown)
        headings = [token for token in parsed if token.type == "heading_open"]
        assert len(headings) == 5, "title, warnings, steps, files, checks"
        fences = [token.content for token in parsed if token.type == "fence"]
        assert HOSTILE + "\n" in fences


@given(st.text(st.sampled_from("`~ab\n养"), max_size=30))
def test_a_fence_holds_any_text(text: str) -> None:
    (token,) = [token for token in MarkdownIt("commonmark").parse(f"1. a\n\n{fenced(text)}\n") if token.type == "fence"]
    assert [line.rstrip() for line in token.content.split("\n")] == [*(line.rstrip() for line in text.split("\n")), ""]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def shown(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The page of Xiaoyuzhou, opened from a folder, in a browser without a network."""
    folder = tmp_path_factory.mktemp("kit")
    html, _ = page_of(kit_of("xiaoyuzhou"), "zh-Hans", folder)
    (folder / "checklist.html").write_text(html, "utf-8")
    context = browser.new_context(viewport={"width": 390, "height": 800}, offline=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((folder / "checklist.html").as_uri())
    assert errors == []
    return page


@needs_chromium
def test_a_button_copies_its_text(shown: Page) -> None:
    button = shown.get_by_role("button", name="复制").first
    button.click()
    expect(shown.get_by_role("status")).to_have_text("已复制")
    copied = shown.evaluate("navigator.clipboard.readText()")
    assert copied.split() == HOSTILE.split()
    assert shown.title() != "x"


@needs_chromium
def test_it_fits_a_telephone(shown: Page) -> None:
    assert shown.evaluate("document.documentElement.scrollWidth") <= 390
    expect(shown.locator("html")).to_have_attribute("lang", "zh-Hans")


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, scheme: Literal["light", "dark"]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    html, _ = page_of(kit_of("wechat-channels", "一次谈话"), "zh-Hans", tmp_path)
    (tmp_path / "checklist.html").write_text(html, "utf-8")
    page = browser.new_context(bypass_csp=True, color_scheme=scheme, offline=True).new_page()
    page.goto((tmp_path / "checklist.html").as_uri())
    assert axe.Axe().run(page).response["violations"] == []
