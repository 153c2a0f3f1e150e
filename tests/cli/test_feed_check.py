"""`castkit feed check`: files, addresses and the show's own feeds; what it prints, and how it ends."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

import built_show
from castkit.cli.main import cli
from castkit.errors import CastkitError
from castkit.feed.check.parsed import LARGEST
from castkit.feed.check.table import LISTED
from castkit.steps.drafts import lay_out_episode
from castkit.storage.folder import FolderStore

ROOT = Path(__file__).parent.parent.parent
BOMB = gzip.compress(b"<rss>" + b" " * (2 * LARGEST), 1)  # 100 MB in some hundred kB
GOLDEN = (ROOT / "tests/feed/golden/en.xml").read_bytes()


def check(folder: Path, *arguments: str) -> tuple[int, str]:
    ended = CliRunner().invoke(cli, ["-C", str(folder), "feed", "check", *arguments], standalone_mode=False)
    if ended.exception:
        raise ended.exception
    return ended.return_value or 0, ended.stdout


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "feed.xml"
    path.write_bytes(GOLDEN)
    return path


def spoil(feed: Path, old: bytes, new: bytes) -> None:
    assert old in feed.read_bytes()
    feed.write_bytes(feed.read_bytes().replace(old, new, 1))


def test_a_good_file(feed: Path) -> None:
    assert check(feed.parent, "feed.xml") == (0, f"{feed}: nothing to say\n")


@pytest.mark.parametrize("path", sorted((ROOT / "tests/feed/golden").glob("*.xml")), ids=lambda path: path.name)
def test_what_castkit_renders_has_no_finding(path: Path) -> None:
    assert check(ROOT, str(path), "--strict") == (0, f"{path}: nothing to say\n")


def test_an_error_ends_with_one_and_says_what_to_do_and_who_asks(feed: Path) -> None:
    spoil(feed, b'type="application/json+chapters"', b'type="application/json"')
    code, out = check(feed.parent, "feed.xml")
    assert code == 1
    first, remedy, source, total = out.splitlines()
    assert first.startswith("error line ")
    assert first.endswith("[chapters-type-bad]")
    assert 'episode "One hundred riders, one fund": podcast:chapters' in first
    assert remedy.strip() == "write application/json+chapters"
    assert source.strip().endswith("/docs/tags/chapters.md")
    assert total == f"{feed}: 1 error, 0 warnings, 0 notes"


def test_a_warning_ends_with_one_only_if_asked(feed: Path) -> None:
    spoil(
        feed, b">yes</podcast:locked>", b">yes</podcast:locked><podcast:person>Somebody</podcast:person><ttl>1 h</ttl>"
    )
    assert check(feed.parent, "feed.xml")[0] == 0
    assert check(feed.parent, "feed.xml", "--strict")[0] == 1


def test_json(feed: Path) -> None:
    spoil(feed, b"<itunes:explicit>false", b"<itunes:explicit>maybe")
    code, out = check(feed.parent, "feed.xml", "--json")
    finding, total = (json.loads(line) for line in out.splitlines())
    assert code == 1
    assert finding.keys() == {
        "event", "feed", "code", "severity", "line", "where", "what", "remedy", "source", "episode",
    }  # fmt: skip
    assert (finding["code"], finding["severity"], finding["where"]) == ("explicit-bad", "error", "itunes:explicit")
    assert total == {"event": "checked", "feed": str(feed), "errors": 1, "warnings": 0, "notes": 0}


def test_many_findings_of_one_rule_are_counted(feed: Path) -> None:
    item = GOLDEN[GOLDEN.index(b"    <item>") : GOLDEN.index(b"</item>") + 7]
    spoil(feed, item, item * 30)
    _, out = check(feed.parent, "feed.xml")
    assert out.count("[guid-twice]") == 5
    assert "error and 25 more [guid-twice]" in out


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(CastkitError, match=r"no\.xml: "):
        check(tmp_path, "no.xml")
    with pytest.raises(CastkitError) as caught:
        check(tmp_path, ".")
    assert "bug" not in caught.value.message


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(301)
            self.send_header("Location", "/feed.xml")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = {"/feed.xml": GOLDEN, "/large": b"<rss>" + b" " * LARGEST, "/bomb": BOMB}.get(self.path, b"")
        self.send_response(200 if body else 404)
        if self.path == "/bomb":
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def web() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda request, address: None
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_address_is_fetched_and_knows_where_it_is(web: str, tmp_path: Path) -> None:
    code, out = check(tmp_path, f"{web}/feed.xml")
    assert code == 0
    assert f"and the feed is at {web}/feed.xml [self-elsewhere]" in out
    assert f"and the feed is at {web}/feed.xml [self-elsewhere]" in check(tmp_path, f"{web}/moved")[1]


@pytest.mark.parametrize("name", ["large", "bomb"])
def test_an_address_that_gives_too_much(web: str, tmp_path: Path, name: str) -> None:
    code, out = check(tmp_path, f"{web}/{name}")
    assert code == 1
    assert "[feed-large]" in out


def test_an_address_that_gives_nothing(web: str, tmp_path: Path) -> None:
    with pytest.raises(CastkitError, match="answers 404"):
        check(tmp_path, f"{web}/none.xml")


@pytest.mark.parametrize("url", ["ftp://example.org/feed.xml", "file:///etc/passwd", "feed://example.org/a"])
def test_only_the_web_is_asked(url: str, tmp_path: Path) -> None:
    with pytest.raises(CastkitError, match="is no web address"):
        check(tmp_path, url)


def test_nobody_answers(tmp_path: Path) -> None:
    with pytest.raises(CastkitError, match="no connection can be made"):
        check(tmp_path, "http://127.0.0.1:9/feed.xml")


def test_the_shows_own_feeds_as_they_would_be_sent(tmp_path: Path) -> None:
    workspace = built_show.make_show(tmp_path)
    built_show.build(workspace)
    context = built_show.context(workspace)
    lay_out_episode(context, FolderStore(tmp_path / "public", base_url=context.show.store.base_url))
    code, out = check(tmp_path)
    assert (code, out) == (0, "feeds/en.xml: nothing to say\nfeeds/zh-Hans.xml: nothing to say\n")
    assert not workspace.feeds.exists()
    (tmp_path / "cover.png").write_bytes(b"GIF89a")
    code, out = check(tmp_path)
    assert code == 1
    assert out.count("[image-bad]") == 2


def listed(*arguments: str) -> str:
    ended = CliRunner().invoke(cli, ["feed", "rules", *arguments], standalone_mode=False)
    if ended.exception:
        raise ended.exception
    return ended.stdout


def test_the_rules_are_listed_and_explained() -> None:
    heading, *rows = listed().splitlines()
    assert heading.split() == ["rule", "severity", "at", "what", "is", "wrong"]
    assert [row.split()[0] for row in rows] == [rule.code for rule in LISTED]
    told = listed("date-future")
    assert told.startswith("error at item/pubDate: lies in the future")
    assert "https://podcasters.apple.com/" in told
    assert json.loads(listed("date-future", "--json"))["remedy"] == "keep it out of the feed until then"
    assert listed("feed-doctype").startswith("error at file: declares a document type")
    with pytest.raises(CastkitError, match="there is no rule date-past"):
        listed("date-past")
