"""The report in a real browser: no error, nothing refused or fetched, and a click leads to the moment's sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import report_samples as samples
from playwright.sync_api import Browser, Page, expect

from castkit.report.page import render
from castkit.report.view import Players
from chromium import chromium, needs_chromium, resize

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("--mute-audio") as started:
        yield started


@dataclass
class Shown:
    """A page on screen, with everything that went wrong on it and every address it asked for."""

    page: Page
    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def now(self, label: str) -> float:
        """Where this player stands, seconds."""
        return float(self.page.locator(f'audio[aria-label^="{label}"]').evaluate("one => one.currentTime"))

    def seeks(self, label: str, seconds: float) -> None:
        """Waits until this player stands, or plays on from, here."""
        self.page.wait_for_function(
            '([label, at]) => { const one = document.querySelector(`audio[aria-label^="${label}"]`);'
            " return one.currentTime >= at - 0.1 && one.currentTime < at + 5 && !one.seeking; }",
            arg=[label, seconds],
        )


def show(browser: Browser, folder: Path, view: Any, **options: Any) -> Shown:
    (folder / "report.html").write_text(render(view), "utf-8", newline="\n")
    page = browser.new_page(**options)
    shown = Shown(page)
    page.on("console", lambda message: shown.wrong.append(message.text))
    page.on("pageerror", lambda error: shown.wrong.append(str(error)))
    page.on("request", lambda request: shown.asked.append(request.url))
    page.goto((folder / "report.html").as_uri(), wait_until="load")
    return shown


@pytest.fixture
def shown(browser: Browser, tmp_path: Path) -> Iterator[Shown]:
    (tmp_path / "talk.wav").write_bytes(samples.tone(166, 440))
    (tmp_path / "before.wav").write_bytes(samples.tone(180, 220))
    players = samples.view().players
    one = show(browser, tmp_path, samples.view(players=Players("before.wav", "talk.wav", players.excerpt)))
    slowly = "all => all.forEach(one => { one.defaultPlaybackRate = one.playbackRate = 0.1; })"  # time to look at it
    one.page.locator("audio").evaluate_all(slowly)
    yield one
    assert not one.wrong
    assert all(url.startswith(("file://", "data:")) for url in one.asked)
    one.page.close()


def test_the_players_are_loaded_and_show_one_side_at_a_time(shown: Shown) -> None:
    shown.page.wait_for_function("[...document.querySelectorAll('audio')].every(one => one.duration > 0)")
    durations = shown.page.evaluate("[...document.querySelectorAll('audio')].map(one => one.duration)")
    assert durations == pytest.approx([180, 166, 1, 1])
    expect(shown.page.locator("audio:visible")).to_have_count(2)


def test_a_warning_a_chapter_and_a_picture_lead_to_their_moment(shown: Shown) -> None:
    shown.page.get_by_role("link", name="00:57").first.click()
    shown.seeks("After: ", 57.2)
    shown.page.locator("#chapters a").nth(1).click()
    shown.seeks("After: ", 66)
    plot = shown.page.locator(".plot").first
    box = plot.bounding_box()
    assert box
    plot.click(position={"x": box["width"] * 120.4 / 180, "y": 10})  # two minutes into the recordings
    shown.seeks("After: ", 106)  # less the 16 s removed, plus the intro
    expect(shown.page.locator("html")).to_contain_class("playing")
    expect(shown.page.locator(".readout")).to_have_text("01:46")


def test_changing_over_keeps_the_moment(shown: Shown) -> None:
    shown.page.locator("#chapters a").nth(1).click()
    shown.seeks("After: ", 66)
    shown.page.locator(".whole button", has_text="Before").click()
    shown.seeks("Before: ", 80)  # where the cut ends in the recordings
    assert shown.page.locator('audio[aria-label^="After: "]').evaluate("one => one.paused")
    assert not shown.page.locator('audio[aria-label^="Before: "]').evaluate("one => one.paused")
    shown.page.locator(".whole button", has_text="After").click()
    shown.seeks("After: ", 66)


@pytest.mark.parametrize("width", [390, 1200])
def test_nothing_is_wider_than_the_screen(shown: Shown, width: int) -> None:
    resize(shown.page, width, 800)
    assert shown.page.evaluate("document.documentElement.scrollWidth") == width


def test_a_page_on_its_own_says_that_the_file_is_missing(browser: Browser, tmp_path: Path) -> None:
    one = show(browser, tmp_path, samples.view())
    one.page.locator(".missing").wait_for(state="visible")
    one.page.wait_for_function("document.querySelector('.excerpt audio').duration > 0")
    one.page.close()


def test_without_scripts_everything_can_be_read_and_played(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "talk.mp3").write_bytes(b"")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    (tmp_path / "report.html").write_text(render(samples.view()), "utf-8", newline="\n")
    page.goto((tmp_path / "report.html").as_uri())
    expect(page.locator("audio:visible")).to_have_count(4)
    expect(page.locator(".choice:visible")).to_have_count(0)
    expect(page.get_by_role("link", name="00:57").first).to_have_attribute("href", "./talk.mp3#t=57.200")
    context.close()
