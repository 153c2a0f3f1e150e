"""Headless Chromium of this machine, the same for every test that looks at a page."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
needs_chromium = pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine: apt-get install chromium")
_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
expect.set_options(timeout=30_000)  # a machine that does other things, too


@contextmanager
def chromium(*options: str) -> Iterator[Browser]:
    """The browser with a fresh profile; `options` come on top."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=PROGRAM, args=[*_OPTIONS, *options], timeout=120_000)
        yield started
        started.close()


def resize(page: Page, width: int, height: int) -> None:
    """Gives the page another size, and waits until it has it: the browser tells its pages a moment later."""
    page.set_viewport_size({"width": width, "height": height})
    last = time.monotonic() + 60
    while page.evaluate("[innerWidth, innerHeight]") != [width, height]:
        assert time.monotonic() < last, "the page keeps its size"
        page.wait_for_timeout(30)


def reload_until(page: Page, is_kept: Callable[[], bool]) -> None:
    """Reloads until what the page kept is there: the browser may hand it to a new process a moment late."""
    for _ in range(20):
        page.reload()
        if is_kept():
            return
        page.wait_for_timeout(250)
