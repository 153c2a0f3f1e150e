"""The review page with 3,000 cues: how soon it shows, and how long a key takes until its effect is on the screen.

Rule: the browser's own clocks are read (paint and event timing), on the real page and server; nothing is asserted.

    python benchmarks/review.py [--cues 3000] [--language en]

Numbers of a headless Chromium that paints in software: a screen with a graphics card is faster. Event timing counts in
steps of 8 ms and leaves out what took less than 16 ms; such a key counts as 16.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/e2e")]

import review_show  # noqa: E402
from playwright.sync_api import Page  # noqa: E402
from test_review_page import OPTIONS  # noqa: E402

from chromium import chromium  # noqa: E402

WATCH = """
window.slow = [];
new PerformanceObserver((list) => list.getEntries().forEach((one) => window.slow.push([one.name, one.duration])))
  .observe({ type: "event", durationThreshold: 16 });
"""
LEAST_MS = 16.0
PAUSE_MS = 120  # between keys: a fast typist
KEYS = (
    ("a letter", ("a",), 60, ("keydown",)),
    ("a letter, the saving in between", ("b",), 60, ("keydown",)),
    ("the next cue, writing", ("Control+Enter",), 30, ("keydown",)),
    ("the next cue", ("Escape", *["ArrowDown"] * 30), 1, ("keydown",)),
    ("split and undo", ("Enter", "Home", "ArrowRight", "Alt+Enter", "Control+z"), 8, ("keydown",)),
    ("times", ("Alt+4",), 20, ("keydown",)),
)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cues", type=int, default=3000)
    parser.add_argument("--language", default="en", help="en: with a source beside it; zh-Hans: the spoken one alone")
    wishes = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, chromium(*OPTIONS) as browser:
        workspace = review_show.make(Path(folder) / "show", cues=wishes.cues)
        with review_show.running(workspace, language=wishes.language) as server:
            for number in range(3):
                page = browser.new_context(viewport={"width": 1360, "height": 850}).new_page()
                print(f"opening {number + 1}: {opening(page, server.url, wishes.cues)}")
                if number < 2:
                    page.close()
            for name, keys, times, events in KEYS:
                print(f"{name}: {latency(page, keys, times, events)}")
            print(f"memory of the page's scripts: {heap(page):.0f} MB")
        browser.close()


def opening(page: Page, url: str, cues: int) -> str:
    began = time.perf_counter()
    page.goto(url)
    page.locator(".cue textarea").first.wait_for()
    usable = time.perf_counter() - began
    while page.locator(".cue").count() < cues:
        page.wait_for_timeout(20)
    whole = time.perf_counter() - began
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    return f"first paint {paint:.0f} ms, first cues {usable * 1000:.0f} ms, all rows {whole * 1000:.0f} ms"


def latency(page: Page, keys: Sequence[str], times: int, events: Sequence[str]) -> str:
    """From each key to the picture after it, in the middle of the table."""
    page.wait_for_timeout(1500)
    count = page.locator(".cue").count()
    page.locator(".cue textarea").nth(count // 2).click()
    page.evaluate(WATCH)
    for _ in range(times):
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(PAUSE_MS)
    page.wait_for_timeout(300)
    slow = [duration for name, duration in page.evaluate("window.slow") if name in events]
    pressed = times * len(keys)
    all_ms = sorted([LEAST_MS] * max(0, pressed - len(slow)) + slow)
    return (
        f"{pressed} keys, median {statistics.median(all_ms):.0f} ms, "
        f"95 % within {all_ms[int(len(all_ms) * 0.95) - 1]:.0f} ms, slowest {all_ms[-1]:.0f} ms"
    )


def heap(page: Page) -> float:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


if __name__ == "__main__":
    main()
