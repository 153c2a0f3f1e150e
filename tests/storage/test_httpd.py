"""The server over real HTTP: what podcast apps ask for, and what nobody may get."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from castkit.storage.folder import FolderStore
from castkit.storage.httpd import Site, SiteServer, open_server

SOUND = bytes(range(256)) * 4
TAG = f'"{hashlib.sha256(SOUND).hexdigest()[:32]}"'


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture
def public(tmp_path: Path) -> Path:
    store = FolderStore(tmp_path / "public", base_url="http://x")
    store.write("episodes/a/a-0123456789ab.mp3", SOUND)
    store.write("episodes/a/a-0123456789ab.zh-Hans.srt", "字幕".encode())
    store.write("feeds/en.xml", b"<rss/>")
    store.write("episodes/第二集/声 音.mp3", b"x")
    store.write("empty.mp3", b"")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    return store.folder


@pytest.fixture
def server(public: Path) -> Iterator[SiteServer]:
    with open_server("127.0.0.1", 0) as made:
        made.site = Site((public,), lambda: b"<h1>front</h1>")
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def ask(server: SiteServer, target: str, method: str = "GET", **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    with contextlib.closing(connection):
        connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


MEDIA = "/episodes/a/a-0123456789ab.mp3"


def test_the_whole_file(server: SiteServer) -> None:
    answer = ask(server, MEDIA)
    assert (answer.status, answer.body) == (200, SOUND)
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.headers["content-length"] == "1024"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == TAG
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["last-modified"].endswith("GMT")
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("target", "kind", "cache"),
    [
        ("/feeds/en.xml", "application/rss+xml; charset=utf-8", "public, max-age=300"),
        (
            "/episodes/a/a-0123456789ab.zh-Hans.srt",
            "application/x-subrip; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
        ("/episodes/%E7%AC%AC%E4%BA%8C%E9%9B%86/%E5%A3%B0%20%E9%9F%B3.mp3?x=1", "audio/mpeg", "public, max-age=300"),
    ],
)
def test_types(server: SiteServer, target: str, kind: str, cache: str) -> None:
    answer = ask(server, target)
    assert answer.status == 200
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (kind, cache)


def test_head_says_what_get_would(server: SiteServer) -> None:
    one, other = ask(server, MEDIA), ask(server, MEDIA, "HEAD")
    assert (other.status, other.body) == (200, b"")
    differing = {name for name in one.headers if one.headers[name] != other.headers.get(name)}
    assert differing <= {"date"}


RANGES = [
    ({"Range": "bytes=0-99"}, 206, (0, 100)),
    ({"Range": "bytes=1000-"}, 206, (1000, 1024)),
    ({"Range": "bytes=-24"}, 206, (1000, 1024)),
    ({"Range": "bytes=0-99999"}, 206, (0, 1024)),
    ({"Range": "bytes=0-1,5-6"}, 200, (0, 1024)),
    ({"Range": "lines=0-1"}, 200, (0, 1024)),
    ({"Range": "bytes=0-99", "If-Range": TAG}, 206, (0, 100)),
    ({"Range": "bytes=0-99", "If-Range": '"older"'}, 200, (0, 1024)),
    ({"Range": "bytes=0-99", "If-Range": f"W/{TAG}"}, 200, (0, 1024)),
    ({"Range": "bytes=1024-"}, 416, None),
    ({"Range": "bytes=-0"}, 416, None),
    ({"Range": "bytes=0-99", "If-None-Match": TAG}, 304, None),
    ({"If-None-Match": TAG}, 304, None),
    ({"If-None-Match": f'"x", W/{TAG}'}, 304, None),
    ({"If-None-Match": '"x"'}, 200, (0, 1024)),
]


@pytest.mark.parametrize(("headers", "status", "part"), RANGES)
def test_ranges_and_conditions(
    server: SiteServer, headers: dict[str, str], status: int, part: tuple[int, int] | None
) -> None:
    answer = ask(server, MEDIA, **headers)
    assert answer.status == status
    if part:
        assert answer.body == SOUND[slice(*part)]
        assert answer.headers["content-length"] == str(len(answer.body))
    if status == 206:
        assert answer.headers["content-range"] == f"bytes {part[0]}-{part[1] - 1}/1024"
    if status == 416:
        assert answer.headers["content-range"] == "bytes */1024"
    if status == 304:
        assert answer.body == b""
        assert answer.headers["etag"] == TAG
        assert "content-length" not in answer.headers


def test_head_takes_no_range(server: SiteServer) -> None:
    answer = ask(server, MEDIA, "HEAD", Range="bytes=0-9")
    assert (answer.status, answer.headers["content-length"]) == (200, "1024")


def test_last_modified(server: SiteServer, public: Path) -> None:
    date = ask(server, MEDIA).headers["last-modified"]
    assert ask(server, MEDIA, If_Modified_Since=date).status == 304
    assert ask(server, MEDIA, If_Modified_Since="Mon, 01 Jan 2001 00:00:00 GMT").status == 200
    assert ask(server, MEDIA, Range="bytes=0-0", If_Range=date).status == 206


def test_a_new_version_has_a_new_etag_and_the_same_bytes_the_same(server: SiteServer, public: Path) -> None:
    first = ask(server, "/feeds/en.xml").headers["etag"]
    FolderStore(public, base_url="http://x").write("feeds/en.xml", b"<RSS/>")
    second = ask(server, "/feeds/en.xml")
    assert (second.status, second.body) == (200, b"<RSS/>")
    assert second.headers["etag"] != first
    FolderStore(public, base_url="http://x").write("feeds/en.xml", b"<rss/>")
    assert ask(server, "/feeds/en.xml", If_None_Match=first).status == 304


def test_an_empty_file(server: SiteServer) -> None:
    assert ask(server, "/empty.mp3").body == b""
    assert ask(server, "/empty.mp3", Range="bytes=0-").status == 416


OUTSIDE = [
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/episodes/..%2f..%2fsecret.txt",
    "/..%5csecret.txt",
    "//secret.txt",
    "/./feeds/en.xml",
    "/feeds//en.xml",
    "/feeds/en.xml/",
    "/feeds/en.xml%00",
    "/feeds",
    "/feeds/",
    "/episodes/a/.a.castkit-part",
    "/%ff",
    "/C:/windows",
    "/feeds/en.xml%20",
    "http://127.0.0.1/feeds/en.xml",
    "*",
    "/" + "a" * 5000,
]


@pytest.mark.parametrize("target", OUTSIDE)
def test_what_nobody_gets(server: SiteServer, public: Path, target: str) -> None:
    (public / "episodes/a/.a.castkit-part").write_bytes(b"half")
    for method in ("GET", "HEAD"):
        answer = ask(server, target, method)
        assert answer.status == 404
        assert b"secret" not in answer.body


@pytest.mark.skipif(os.name == "nt", reason="making links needs a right there")
def test_links_lead_nowhere_outside(server: SiteServer, public: Path) -> None:
    (public / "link.txt").symlink_to(public.parent / "secret.txt")
    (public / "folder").symlink_to(public.parent)
    (public / "loop").symlink_to(public / "loop")
    (public / "inside.xml").symlink_to(public / "feeds/en.xml")
    for target in ("/link.txt", "/folder/secret.txt", "/loop", "/loop/x"):
        assert ask(server, target).status == 404
    assert ask(server, "/inside.xml").body == b"<rss/>"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed(server: SiteServer, public: Path, method: str) -> None:
    answer = ask(server, "/feeds/en.xml", method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert (public / "feeds/en.xml").read_bytes() == b"<rss/>"


def test_other_origins_may_ask(server: SiteServer) -> None:
    answer = ask(server, MEDIA, "OPTIONS", Origin="https://player.example", Access_Control_Request_Headers="range")
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Range" in answer.headers["access-control-allow-headers"]
    for status in (ask(server, "/none.xml"), ask(server, MEDIA, Range="bytes=0-1")):
        assert status.headers["access-control-allow-origin"] == "*"


def test_the_store_s_own_page_comes_before_one_made_here(server: SiteServer, public: Path) -> None:
    FolderStore(public, base_url="http://x").write("index.html", "<h1>谈话</h1>".encode())
    answer = ask(server, "/?from=chat")
    assert (answer.status, answer.body.decode()) == (200, "<h1>谈话</h1>")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert ask(server, "/", If_None_Match=answer.headers["etag"]).status == 304
    assert ask(server, "/index.html").body == answer.body
    assert ask(server, "/feeds/").status == 404, "no folder is listed"


def test_what_is_not_there_is_answered_with_the_store_s_own_page(server: SiteServer, public: Path) -> None:
    FolderStore(public, base_url="http://x").write("404.html", b"<h1>not here</h1>")
    for target in ("/nothing", "/feeds/", "/%ff"):
        answer = ask(server, target, If_None_Match="*")
        assert (answer.status, answer.body) == (404, b"<h1>not here</h1>")
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
    head = ask(server, "/nothing", "HEAD")
    assert (head.status, head.headers["content-length"], head.body) == (404, "17", b"")


def test_the_front_page(server: SiteServer) -> None:
    answer = ask(server, "/?x=1")
    assert (answer.status, answer.body) == (200, b"<h1>front</h1>")
    assert ask(server, "/", If_None_Match=answer.headers["etag"]).status == 304
    assert ask(server, "/", "HEAD").body == b""


def test_one_connection_serves_many_requests(server: SiteServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    with contextlib.closing(connection):
        for method, target in (("GET", MEDIA), ("HEAD", MEDIA), ("GET", "/none"), ("GET", "/"), ("GET", MEDIA)):
            connection.request(method, target)
            answer = connection.getresponse()
            answer.read()
            assert not answer.will_close
        held = connection.sock
        assert held is not None


def test_a_body_does_not_pass_for_the_next_request(server: SiteServer) -> None:
    smuggled = b"GET /feeds/en.xml HTTP/1.1\r\nHost: x\r\n\r\n"
    head = f"GET {MEDIA} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(smuggled)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=60) as client:
        client.sendall(head + smuggled)
        received = b""
        with contextlib.suppress(ConnectionError):
            while chunk := client.recv(65536):
                received += chunk
    assert received.count(b"HTTP/1.1 ") == 1


def test_many_listeners_at_once_and_one_who_says_nothing(server: SiteServer) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port)):
        begin = time.monotonic()
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: ask(server, MEDIA), range(60)))
        assert time.monotonic() - begin < 120  # nobody waits for the one who says nothing
    assert all(answer.body == SOUND for answer in answers)


def test_a_listener_who_leaves_does_no_harm(
    server: SiteServer, public: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (public / "big.mp4").write_bytes(b"x" * 20_000_000)
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", server.server_port)) as client:
            client.sendall(b"GET /big.mp4 HTTP/1.1\r\nHost: x\r\n\r\n")
            client.recv(1000)
    assert ask(server, MEDIA).status == 200
    assert "Traceback" not in capfd.readouterr().err


def test_the_first_folder_wins(server: SiteServer, public: Path, tmp_path: Path) -> None:
    over = FolderStore(tmp_path / "over", base_url="http://x")
    over.write("feeds/en.xml", b"<draft/>")
    server.site = Site((over.folder, public), lambda: b"")
    assert ask(server, "/feeds/en.xml").body == b"<draft/>"
    assert ask(server, MEDIA).body == SOUND


def test_a_port_that_is_taken(server: SiteServer) -> None:
    with pytest.raises(OSError, match=r"in use|permitted"):
        open_server("127.0.0.1", server.server_port)


@pytest.mark.parametrize(("host", "url"), [("127.0.0.1", "http://127.0.0.1:"), ("0.0.0.0", "http://127.0.0.1:")])  # noqa: S104
def test_the_address_for_people(host: str, url: str) -> None:
    with open_server(host, 0) as made:
        assert made.url == f"{url}{made.server_port}"
