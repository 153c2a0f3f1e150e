"""The demonstration show passes the gate: its feeds have no finding of any kind."""

from __future__ import annotations

from pathlib import Path

from castkit_cli import succeed


def test_the_demonstration_feeds_have_no_finding(published_demo: Path) -> None:
    told = succeed("feed", "check", "--strict", cwd=published_demo)
    feeds = sorted(path.name for path in (published_demo / "feeds").glob("*.xml"))
    assert feeds
    assert sorted(told.out.splitlines()) == sorted(f"feeds/{name}: nothing to say" for name in feeds)
    for name in feeds:
        again = succeed("feed", "check", f"feeds/{name}", "--strict", cwd=published_demo)
        assert again.out.endswith(f"{name}: nothing to say\n")
