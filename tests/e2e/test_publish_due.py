"""`castkit publish --due` as cron runs it: nothing before its time, the episode once, and then nothing any more."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import feedparser
from castkit_cli import succeed, tree


def dated(show: Path, date: str) -> None:
    toml = show / "episodes/talk/episode.toml"
    toml.write_text(re.sub(r"(?m)^date = .*$", f"date = {date}", toml.read_text("utf-8")), "utf-8")


def test_an_episode_goes_out_once_when_its_time_has_come(small_copy: Path) -> None:
    shutil.rmtree(small_copy / "public")
    (small_copy / "feeds/ledger.toml").unlink()
    dated(small_copy, "2150-01-01T00:00:00Z")
    waiting = succeed("publish", "--due", cwd=small_copy)
    assert "nothing is due" in waiting.out
    assert "talk waits: its date is 2150-01-01" in waiting.out
    assert not list((small_copy / "public").rglob("*.mp3"))

    dated(small_copy, "2026-01-01T00:00:00Z")
    succeed("publish", "--due", cwd=small_copy)
    (entry,) = feedparser.parse((small_copy / "public/feeds/en.xml").read_bytes()).entries
    assert entry.published.startswith("Thu, 01 Jan 2026")

    before = dict(tree(small_copy / "public", small_copy / "feeds"))
    times = {path: path.stat().st_mtime_ns for path in (small_copy / "public").rglob("*") if path.is_file()}
    shutil.rmtree(small_copy / ".castkit")  # another machine, such as a CI runner, has no receipts
    again = succeed("publish", "--due", cwd=small_copy)
    assert "nothing is due" in again.out
    assert dict(tree(small_copy / "public", small_copy / "feeds")) == before
    assert {path: path.stat().st_mtime_ns for path in times} == times, "not a file was written again"
