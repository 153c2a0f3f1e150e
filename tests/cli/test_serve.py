"""`castkit serve` as a process of its own, over real HTTP."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from built_show import EPISODE, build, context, make_show, write
from castkit.steps.drafts import at_home, lay_out_episode
from castkit.storage.folder import FolderStore
from castkit.workspace import Workspace

LIMIT_S = 300  # for another process, on however slow a machine

PATIENCE_S = 300  # a machine may do other things, too


@dataclass
class Serving:
    process: subprocess.Popen[str]
    url: str
    feeds: dict[str, str]

    def get(self, target: str) -> bytes:
        with urllib.request.urlopen(urllib.parse.urljoin(self.url, target), timeout=LIMIT_S) as answer:
            return answer.read()


def command(workspace: Workspace, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "castkit", "-C", str(workspace.root), "serve", *arguments]


@contextlib.contextmanager
def serving(workspace: Workspace, *arguments: str) -> Iterator[Serving]:
    process = subprocess.Popen(
        command(workspace, "--port", "0", *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    stuck = threading.Timer(LIMIT_S, process.kill)
    stuck.start()
    try:
        url = process.stdout.readline().removeprefix("listen: ").strip()
        lines = [process.stdout.readline().strip() for _ in range(2)] if url else []
        assert url, process.stderr.read()
        feeds = {found[1]: found[2] for line in lines if (found := re.fullmatch(r"feed \((.+)\): (.+)", line))}
        yield Serving(process, url, feeds)
    finally:
        stuck.cancel()
        process.terminate()
        try:
            process.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_show(tmp_path / "show")


def tree(workspace: Workspace) -> set[tuple[str, bytes]]:
    return {(str(path), path.read_bytes()) for path in workspace.root.rglob("*") if path.is_file()}


def test_the_store_as_it_is(workspace: Workspace) -> None:
    build(workspace)
    store = FolderStore(workspace.root / "public", base_url="http://127.0.0.1:8000")
    lay_out_episode(context(workspace), store)
    store.write("feeds/en.xml", b"<rss/>")
    with serving(workspace) as server:
        assert server.feeds == {one: f"{server.url}feeds/{one}.xml" for one in ("en", "zh-Hans")}
        assert server.get(server.feeds["en"]) == b"<rss/>"
        page = server.get("/").decode()
        assert "castkit feed" in page, "the store has no page yet"
        assert server.get(re.search(r'href="([^"]+)"', page)[1]) == b"<rss/>"
        store.write("index.html", b"<h1>ours</h1>")
        assert server.get("/") == b"<h1>ours</h1>", "the page follows the store"
        sound = next(key for key in store.list() if key.endswith(".mp3"))
        assert server.get(sound) == workspace.episode("talk").audio.read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent to the whole console there")
def test_ctrl_c_ends_it_in_peace(workspace: Workspace) -> None:
    # Where a shell has started these tests in the background, Ctrl-C is ignored here, and by every child.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with contextlib.ExitStack() as stack:
        stack.callback(signal.signal, signal.SIGINT, before)
        server = stack.enter_context(serving(workspace))
        host = urllib.parse.urlsplit(server.url).netloc
        idle = http.client.HTTPConnection(host, timeout=LIMIT_S)
        idle.request("GET", "/")
        idle.getresponse().read()  # a listener's connection stays open
        server.process.send_signal(signal.SIGINT)
        out, err = server.process.communicate(timeout=LIMIT_S)
        idle.close()
    assert server.process.returncode == 0
    assert "stopped" in err
    assert "nothing is published yet" in err
    assert "Traceback" not in out + err


@pytest.mark.skipif(os.name == "nt", reason="there terminate() kills, and the folder stays")
def test_drafts(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """One episode is published with other words than are built now, one is only built, one is not built."""
    build(workspace)
    store = FolderStore(workspace.root / "public", base_url="http://127.0.0.1:8000")
    lay_out_episode(context(workspace), store)
    for slug, guid in (("later", "b"), ("raw", "c")):
        text = EPISODE.replace("a40a42ad", f"{guid}40a42ad").replace("2026-09-16", "2199-01-01")
        write(
            workspace.episode(slug).toml, text.replace("One <talk>", f"The {slug}").replace("number = 2\n", "").encode()
        )
        write(workspace.episode(slug).raw / "talk.wav", b"RIFF")
    build(workspace, slug="later", video=True)
    workspace.episode("talk").audio.write_bytes(b"ID3 better sound")
    before = tree(workspace)
    (workspace.root.parent / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(workspace.root.parent / "tmp"))
    with serving(workspace, "--drafts") as server:
        page = server.get("/").decode()
        assert page.count('<span class="badge draft">not published</span>') == 1
        assert page.index("The later") < page.index("One &lt;talk&gt;")
        for address in re.findall(r'<h3[^>]*><a href="([^"]+)"', page):
            assert server.get(address).startswith(b"<!doctype html>")
        assert "未发布" in server.get("index.zh-Hans.html").decode()
        with pytest.raises(urllib.error.HTTPError, match="404") as lost:
            server.get("nothing")
        assert f'href="{server.url}index.html"'.encode() in lost.value.read()
        lost.value.close()
        feed = server.get("feeds/en.xml").decode()
        addresses = re.findall(r'<enclosure url="([^"]+)" length="(\d+)"', feed)
        assert len(addresses) == 2
        for address, length in addresses:
            assert address.startswith(server.url)
            assert len(server.get(address)) == int(length)
        assert server.get(addresses[1][0]) == b"ID3 better sound"
        assert (
            server.get(re.search(r'<itunes:image href="([^"]+)"', feed)[1])
            == (workspace.root / "cover.png").read_bytes()
        )
        server.process.terminate()
        _, err = server.process.communicate(timeout=LIMIT_S)
    assert "raw: not shown: raw is not built yet" in err
    assert list((workspace.root.parent / "tmp").iterdir()) == [], "the drafts' folder is gone"
    assert tree(workspace) == before


def test_drafts_of_a_show_in_a_bucket(tmp_path: Path) -> None:
    """The bucket cannot be reached, and need not be."""
    store = 'kind = "s3"\nbucket = "any"\nendpoint = "http://127.0.0.1:9"\nbase_url = "https://cast.example"'
    workspace = make_show(tmp_path / "show", store=store)
    build(workspace)
    with serving(workspace, "--drafts") as server:
        feed = server.get("feeds/zh-Hans.xml").decode()
        address = re.search(r'<enclosure url="([^"]+)"', feed)[1]
        assert server.get(address) == workspace.episode("talk").audio.read_bytes()
        assert b"One &lt;talk&gt;" in server.get("/")


@pytest.mark.parametrize(
    ("store", "arguments", "said"),
    [
        ('kind = "s3"\nbucket = "any"\nbase_url = "https://cast.example"', (), "https://cast.example/feeds/en.xml"),
        ("", ("--host", "203.0.113.1"), "cannot serve at 203.0.113.1"),
        ("", ("--host", "no such host"), "cannot serve at no such host"),
    ],
)
def test_what_cannot_be_served(tmp_path: Path, store: str, arguments: tuple[str, ...], said: str) -> None:
    workspace = make_show(tmp_path / "show", store=store)
    ended = subprocess.run(
        command(workspace, *arguments), check=False, capture_output=True, encoding="utf-8", timeout=LIMIT_S
    )
    assert ended.returncode == 1
    assert said in ended.stderr
    assert "hint:" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_taken_port(workspace: Workspace) -> None:
    with serving(workspace) as server:
        port = str(urllib.parse.urlsplit(server.url).port)
        ended = subprocess.run(
            command(workspace, "--port", port), check=False, capture_output=True, encoding="utf-8", timeout=LIMIT_S
        )
    assert ended.returncode == 1
    assert "another castkit serve may be running" in ended.stderr


def test_published_episodes_move_to_the_address_served(workspace: Workspace, tmp_path: Path) -> None:
    build(workspace, video=True)
    public = FolderStore(tmp_path / "public", base_url="https://cast.example")
    home = FolderStore(tmp_path / "home", base_url="http://127.0.0.1:4321")
    published = lay_out_episode(context(workspace), public)
    moved = at_home(published, home)
    assert (
        published.model_dump_json().replace("https://cast.example/", "http://127.0.0.1:4321/")
        == moved.model_dump_json()
    )
