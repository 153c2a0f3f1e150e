"""Whole listeners' programs on castkit's feeds, served on this machine: gPodder's gpo and newsboat."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import Any

import feed_samples as samples
import pytest

from castkit.feed.address import FeedAddress
from castkit.feed.ledger import podcast_guid
from castkit.feed.render import render
from castkit.model.published import Published
from castkit.storage import httpd
from castkit.storage.httpd import Handler, Site, SiteServer

DEADLINE_S = 300


class Listened:
    """The sample show in a folder, served; what was asked for and how it was answered."""

    def __init__(self, folder: Path, server: SiteServer) -> None:
        self.folder, self.url = folder, f"{server.url}/feeds/en.xml"
        self.base, self.answers = server.url, list[tuple[str, int]]()
        self.episodes = tuple(Published.model_validate(self._lay(one.model_dump())) for one in samples.episodes())
        self.publish(self.episodes)

    def _lay(self, value: Any) -> Any:
        """The same values with every file really there, and its length and address true."""
        if isinstance(value, dict):
            value = {key: self._lay(one) for key, one in value.items()}
            if {"key", "url", "sha256"} <= value.keys():
                path, data = self.folder / value["key"], value["key"].encode() * 40
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                facts = {"url": f"{self.base}/{value['key']}", "length": len(data), "sha256": sha256(data).hexdigest()}
                return value | facts
        return [self._lay(one) for one in value] if isinstance(value, list | tuple) else value

    def publish(self, episodes: tuple[Published, ...]) -> None:
        cover = f"{self.base}/feeds/cover-0123456789ab.png"
        path = self.folder / "feeds/en.xml"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(render(samples.show(), episodes, FeedAddress("en", podcast_guid(self.url), self.url, cover)))

    def answered(self, path: str) -> list[int]:
        return [status for asked, status in self.answers if asked == path]


@pytest.fixture
def listened(tmp_path: Path) -> Iterator[Listened]:
    server = httpd.open_server("127.0.0.1", 0)
    folder = tmp_path / "store"
    folder.mkdir()
    found = Listened(folder, server)

    class Noting(Handler):
        def log_request(self, code: Any = "-", size: Any = "-") -> None:
            found.answers.append((self.path, int(code)))

    server.RequestHandlerClass = Noting
    server.site = Site((folder,), lambda: b"")
    Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


def run(program: str, *arguments: str, home: Path) -> str:
    home.mkdir(exist_ok=True)
    kept = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    ended = subprocess.run(
        [program, *arguments],
        env={**kept, "GPODDER_HOME": str(home), "HOME": str(home), "no_proxy": "*", "PYTHONWARNINGS": "ignore"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE_S, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


needs_gpo = pytest.mark.skipif(shutil.which("gpo") is None, reason="gPodder's gpo is not installed")
needs_newsboat = pytest.mark.skipif(shutil.which("newsboat") is None, reason="newsboat is not installed")


@needs_gpo
def test_gpodder_subscribes_downloads_and_updates(listened: Listened, tmp_path: Path) -> None:
    home = tmp_path / "gpodder"
    run("gpo", "subscribe", listened.url, home=home)
    pending = run("gpo", "pending", home=home)
    assert "Social Protection Dialogues" in pending
    assert all(one.title.own("en") in pending for one in listened.episodes)
    run("gpo", "download", home=home)
    kept = {path.read_bytes() for path in (home / "Downloads").rglob("*.mp3")}
    assert kept == {(listened.folder / one.audio.key).read_bytes() for one in listened.episodes}
    assert "3 new" not in run("gpo", "update", home=home)
    assert listened.answered("/feeds/en.xml")[-1] == 304, "nothing changed: not a byte is sent"


@needs_gpo
def test_gpodder_takes_a_corrected_file_for_the_same_episode(listened: Listened, tmp_path: Path) -> None:
    home = tmp_path / "gpodder"
    listened.publish(listened.episodes[:2])
    run("gpo", "subscribe", listened.url, home=home)
    one, two, three = listened.episodes
    moved = one.audio.model_copy(update={"url": one.audio.url.replace("-0123456789a1", "-ffffffffffff")})
    listened.publish((one.model_copy(update={"audio": moved}), two, three))
    run("gpo", "update", home=home)
    pending = run("gpo", "pending", home=home)
    titles = [episode.title.own("en") for episode in listened.episodes]
    assert [pending.count(title) for title in titles] == [1, 1, 1], "one more, and none of them twice"


@needs_newsboat
def test_newsboat_finds_every_episode_once_however_often_it_looks(listened: Listened, tmp_path: Path) -> None:
    """Started anew, newsboat 2.21 sends no If-None-Match: what keeps its articles apart is the guid."""
    home = tmp_path / "newsboat"
    home.mkdir()
    (home / "urls").write_text(f"{listened.url}\n", "utf-8")
    reading = ("-u", str(home / "urls"), "-c", str(home / "cache.db"), "-x")
    listened.publish(listened.episodes[:2])
    assert "2 unread articles" in run("newsboat", *reading, "reload", "print-unread", home=home)
    listened.publish(listened.episodes)
    for _ in range(2):
        assert "3 unread articles" in run("newsboat", *reading, "reload", "print-unread", home=home)
