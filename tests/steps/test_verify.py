"""`verify` against a real server: what is right is not named, and each fault of a server is, by its own name."""

from __future__ import annotations

import json
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from faulty_server import Faulty, serving

import built_show
from castkit.cli.main import cli
from castkit.errors import CastkitError
from castkit.steps.drafts import lay_out_episode, lay_out_feeds
from castkit.steps.show_context import ShowContext
from castkit.steps.site_made import send_share_pictures, send_small_cover, show_site, site_documents
from castkit.steps.verify import AT_ONCE, Checked, verify
from castkit.storage.folder import FolderStore
from castkit.storage.web import Unreachable, Web


@dataclass
class Published:
    """A show with one episode with a video, published to a folder that a server has."""

    context: ShowContext
    server: Faulty

    @property
    def folder(self) -> Path:
        return self.server.folder

    def key(self, ending: str) -> str:
        """The path of the episode's one file with this ending."""
        (found,) = [path for path in self.folder.rglob(f"*{ending}") if "hls" not in path.as_posix()]
        return found.relative_to(self.folder).as_posix()

    def verify(self, *slugs: str, within_s: float = 30.0) -> tuple[Checked, ...]:
        return verify(self.context, slugs, Web(within_s=within_s), lambda _done, _whole: None)

    def found(self) -> dict[str, set[str]]:
        """Codes of faults by the path they are at."""
        return {
            one.expected.url.removeprefix(f"{self.server.url}/"): {fault.code for fault in one.faults}
            for one in self.verify()
            if one.faults
        }


def publish(root: Path, server: Faulty, prefix: str = "") -> Published:
    workspace = built_show.make_show(root, store=f'base_url = "{server.url}"')
    built_show.build(workspace, video=True)
    context = built_show.context(workspace)
    store = FolderStore(root / "public", base_url=server.url)
    episode = lay_out_episode(context, store)
    show = context.show.model_copy(
        update={"feeds": context.show.feeds.model_copy(update={"statistics_prefix": prefix})}
    )
    lay_out_feeds(workspace, show, [episode], store)
    send_small_cover(workspace, show, store)
    send_share_pictures(workspace, show, store)
    for key, data in site_documents(show_site(workspace, show, [episode], store.url), workspace).items():
        store.write(key, data)
    return Published(ShowContext(workspace, show, store), server)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Faulty]:
    (tmp_path / "public").mkdir()
    with serving(tmp_path / "public") as made:
        yield made


@pytest.fixture
def fresh(tmp_path: Path, server: Faulty) -> Published:
    """A show whose files a test may change."""
    return publish(tmp_path, server)


@pytest.fixture(scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    root = tmp_path_factory.mktemp("published")
    (root / "public").mkdir()
    with serving(root / "public") as made:
        yield publish(root, made)


@pytest.fixture
def published(_shared: Published) -> Published:
    """The same for many tests: only the server's faults are theirs to change."""
    _shared.server.faults.clear()
    _shared.server.asked.clear()
    return _shared


def test_what_is_as_published_is_not_named(published: Published) -> None:
    checked = published.verify()
    assert [one for one in checked if one.faults] == []
    urls = {one.expected.url for one in checked}
    files = {path.relative_to(published.folder).as_posix() for path in published.folder.rglob("*") if path.is_file()}
    quiet = {"episodes/talk/published.json", "404.html"}  # castkit's own, and a page for other addresses
    assert urls == {f"{published.server.url}/{key}" for key in files - quiet}


def test_it_is_gentle_and_asks_by_head_and_by_range(published: Published) -> None:
    published.verify()
    audio = f"/{published.key('.mp3')}"
    assert [method for method, path in published.server.asked if path == audio] == ["HEAD", "GET"]
    assert published.server.busiest <= AT_ONCE


@pytest.mark.parametrize(
    ("ending", "fault", "code"),
    [
        (".mp3", "gone", "status"),
        (".mp3", "forbidden", "status"),
        (".mp3", "broken", "status"),
        (".mp3", "no-head", "head-refused"),
        (".mp3", "shorter", "length"),
        (".mp3", "no-length", "length-missing"),
        (".mp3", "type:application/octet-stream", "type"),
        (".mp3", "no-range", "range-missing"),
        (".mp3", "range", "range-wrong"),
        (".mp3", "coded", "coded"),
        (".mp3", "attachment", "attachment"),
        (".mp3", "moved", "redirect"),
        (".mp3", "loop", "unreachable"),
        (".mp3", "moved:file:///etc/passwd", "unreachable"),
        (".mp3", "reset", "unreachable"),
        (".en.html", "attachment", "attachment"),
        (".en.vtt", "cors:", "cors"),
        (".en.vtt", "cors:https://example.org", "cors"),
        (".en.vtt", "type:text/vtt; charset=gbk", "charset"),
        (".en.vtt", "type:text/plain", "type"),
        (".en.srt", "type:", "type"),
        (".en.vtt", "other", "content"),
        (".en.chapters.json", "other", "content"),
        (".en.chapters.json", "cors:", "cors"),
        (".mp4", "type:audio/mp4", "type"),
    ],
)
def test_each_fault_has_its_name(published: Published, ending: str, fault: str, code: str) -> None:
    key = published.key(ending)
    published.server.faults[f"/{key}"] = fault
    found = published.found()
    assert code in found.pop(key)
    assert found == {}


def test_the_cover_is_looked_at(published: Published) -> None:
    key = published.key("feeds/cover-*.png")
    published.server.faults[f"/{key}"] = "other"
    assert published.found() == {key: {"content"}}


def test_the_way_through_a_counting_service_is_gone_and_is_no_fault(tmp_path: Path, server: Faulty) -> None:
    published = publish(tmp_path, server, f"{server.url}/count/")
    assert published.found() == {}
    assert any(path.startswith("/count/") for _, path in server.asked)
    server.faults[".mp3"] = "gone"
    assert list(published.found().values()) == [{"status"}] * 2


def test_the_header_is_named(published: Published) -> None:
    published.server.faults[".mp4"] = "attachment"
    words = [fault.what for one in published.verify() for fault in one.faults]
    assert any("Content-Disposition" in text and 'attachment; filename="' in text for text in words)


def test_a_feed_that_is_old_or_broken_or_gone(fresh: Published) -> None:
    feed = fresh.folder / "feeds/en.xml"
    good = feed.read_bytes()
    fresh.server.faults["/feeds/en.xml"] = "gone"
    assert fresh.found() == {"feeds/en.xml": {"status"}}
    fresh.server.faults["/feeds/en.xml"] = "other"
    assert fresh.found() == {"feeds/en.xml": {"feed-other", "feed-not-xml"}}
    fresh.server.faults.clear()
    feed.write_bytes(good.replace(b"<itunes:explicit>false", b"<itunes:explicit>perhaps", 1))
    assert fresh.found() == {"feeds/en.xml": {"feed-old", "explicit-bad"}}
    feed.unlink()
    assert fresh.found() == {"feeds/en.xml": {"feed-missing"}}


def test_the_live_feed_is_held_against_what_was_published(fresh: Published) -> None:
    feed = fresh.folder / "feeds/en.xml"
    feed.write_bytes(feed.read_bytes().replace(b'length="10000"', b'length="9999"', 1))
    assert fresh.found() == {"feeds/en.xml": {"feed-old", "enclosure-length-served"}}


def test_the_show_s_pages_are_held_against_what_the_episodes_make(fresh: Published) -> None:
    (fresh.folder / "sitemap.xml").write_bytes(b"<urlset>")
    (fresh.folder / "index.zh-Hans.html").unlink()
    next(fresh.folder.glob("feeds/share-en-*")).unlink()
    fresh.server.faults["index.html"] = "type:text/plain"
    found = fresh.found()
    assert found.pop("sitemap.xml") == {"page-old"}
    assert found.pop("index.zh-Hans.html") == {"page-missing"}
    assert found.pop("index.html") == {"type"}
    ((picture, codes),) = found.items()
    assert (picture.startswith("feeds/share-en-"), codes) == (True, {"status"})


def test_an_episode_that_is_not_published_is_refused(published: Published) -> None:
    with pytest.raises(CastkitError, match="episode-99: not published"):
        published.verify("episode-99")
    assert published.server.asked == []


def test_a_server_that_drips_for_ever_does_not_hold_it(published: Published) -> None:
    key = published.key(".mp3")
    published.server.faults[f"/{key}"] = "drip"
    checked = published.verify(within_s=0.5)
    (fault,) = next(one.faults for one in checked if one.expected.url.endswith(key))
    assert (fault.code, fault.what) == ("unreachable", "no whole answer came within 0.5 s")


def test_when_the_time_for_all_is_over_nothing_more_is_asked(published: Published) -> None:
    checked = verify(published.context, (), Web(until=time.monotonic()), lambda _done, _whole: None)
    assert {fault.what for one in checked for fault in one.faults} == {"the time for all was over before it was asked"}
    assert published.server.asked == []


def test_nobody_there(fresh: Published) -> None:
    fresh.server.ended.set()
    fresh.server.shutdown()
    fresh.server.server_close()
    assert {code for codes in fresh.found().values() for code in codes} == {"unreachable"}


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate that nobody signed."""
    target = tmp_path_factory.mktemp("tls") / "own.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", target, "-out", f"{target}.crt",
               "-days", "3", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not on this machine")
    return target


@pytest.fixture
def safe_server(own_certificate: Path, tmp_path: Path) -> Iterator[Faulty]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{own_certificate}.crt", own_certificate)
    with Faulty(tmp_path) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_certificate_that_nobody_signed(safe_server: Faulty) -> None:
    with pytest.raises(Unreachable, match="certificate is not accepted") as caught:
        Web().head(f"https://localhost:{safe_server.server_port}/a.mp3")
    assert caught.value.is_certificate
    assert "_ssl.c" not in caught.value.why


def test_a_certificate_that_ends_soon(
    safe_server: Faulty, own_certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", f"{own_certificate}.crt")
    assert Web().certificate_days(f"https://localhost:{safe_server.server_port}/") in (2, 3)
    assert Web().certificate_days("http://localhost/") is None


def run(published: Published, *arguments: str) -> tuple[int, str]:
    root = published.context.workspace.root
    ended = CliRunner().invoke(cli, ["-C", str(root), "verify", *arguments], standalone_mode=False)
    assert ended.exception is None, ended.exception
    return ended.return_value or 0, ended.stdout


def test_the_command_ends_with_zero_and_a_table(published: Published) -> None:
    code, out = run(published)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["what", "talk", "show", "site", "feed"]
    assert out.count("as published") == 4
    assert run(published, "--all", "--quiet") == (0, "")


def test_the_command_names_faults_and_ends_with_one(published: Published) -> None:
    published.server.faults[".mp3"] = "gone"
    code, out = run(published, "talk", "--quiet")
    assert code == 1
    assert "it is not there for everybody: 404 [status]" in out
    code, out = run(published, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert rows[-1] == {"event": "summary", "objects": len(rows) - 1, "errors": 1, "warnings": 0}
    (bad,) = [row for row in rows[:-1] if row["problems"]]
    assert (bad["subject"], bad["kind"], bad["problems"][0]["code"]) == ("talk", "media", "status")


def test_a_warning_alone_ends_with_one_only_if_asked(published: Published) -> None:
    published.server.faults[".mp3"] = "attachment"
    assert run(published)[0] == 0
    assert run(published, "--strict")[0] == 1
