"""The newsletter as a mail program with Chromium's eyes shows it: wide and narrow, light and dark, pictures off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import newsletter_samples as samples
import pytest
from playwright.sync_api import Browser, Route

from castkit.notes.newsletter_mail import write_newsletter
from chromium import chromium, needs_chromium

pytestmark = needs_chromium
NOWHERE = Path(__file__).parent / "no-such-folder"
# every text on the page with the colour behind it, as [text, colour, background]
TEXTS = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const one = walk.currentNode.parentElement, text = walk.currentNode.data.trim();
    if (!text || !one.getClientRects().length || one.closest('style')) continue;
    let back = one;
    while (getComputedStyle(back).backgroundColor === 'rgba(0, 0, 0, 0)') back = back.parentElement;
    found.push([text, getComputedStyle(one).color, getComputedStyle(back).backgroundColor]);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 700])
def test_it_fits_and_every_text_can_be_read(browser: Browser, tmp_path: Path, width: int, scheme: str) -> None:
    path = tmp_path / "mail.html"
    path.write_text(write_newsletter(samples.letter(), NOWHERE).html, "utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    page.route("https://**/*", refuse)
    page.goto(path.as_uri())
    assert set(asked) == {samples.COVER}, "nothing is fetched but the cover"
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator(".paper").evaluate("one => one.getBoundingClientRect().width") == min(600, width - 16)
    texts = page.evaluate(TEXTS)
    shown = " ".join(text for text, _, _ in texts)
    assert "Who pays? *Not* me" in shown
    assert "由基金资助。" in shown
    assert {behind for _, _, behind in texts} == {PAPER[scheme], BUTTON}
    poor = [(text, ink, behind) for text, ink, behind in texts if contrast(ink, behind) < 4.5]
    assert not poor
    context.close()


PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(23, 29, 36)"}
BUTTON = "rgb(10, 92, 143)"


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2.2."""
    lights = sorted((_luminance(colour) for colour in (one, other)), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


def _luminance(colour: str) -> float:
    parts = [float(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
