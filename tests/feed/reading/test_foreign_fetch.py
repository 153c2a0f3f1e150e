"""Files of other hosts come whole, within bounds and never from within this network; else a person is told why."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from castkit.errors import CastkitError
from castkit.feed.reading import fetch
from castkit.feed.reading.fetch import REDIRECTS, Web, without_login
from web_server import Web as Server
from web_server import leading_to, serving

LARGEST = 1000


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as web:
        yield web


@pytest.fixture(autouse=True)
def no_proxy_and_no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(fetch, "_WAIT_S", 0.01)


def why(server: Server, path: str, web: Web | None = None) -> str:
    with pytest.raises(CastkitError) as caught:
        (web or Web(server.base)).get(server.base + path, largest=LARGEST)
    return caught.value.message


def test_a_file_comes_whole_through_redirects(server: Server, tmp_path: Path) -> None:
    server.pages |= {
        "/a": leading_to("/b", 301),
        "/b": leading_to(f"{server.base}/c?x=%C3%A9", 307),
        "/c?x=%C3%A9": b"all of it",
    }
    data, arrived = Web(server.base).get(f"{server.base}/a", largest=LARGEST)
    assert (data, arrived.length, arrived.url) == (b"all of it", 9, f"{server.base}/c?x=%C3%A9")
    target = tmp_path / "x"
    assert Web(server.base).download(f"{server.base}/a", target, largest=LARGEST).length == 9
    assert target.read_bytes() == b"all of it"


def test_addresses_are_sent_as_a_browser_would(server: Server) -> None:
    server.pages["/caf%C3%A9%20%2F.mp3?a=b%20c"] = b"x"
    assert Web(server.base).get(f"{server.base}/café %2F.mp3?a=b c#t", largest=LARGEST)[0] == b"x"


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://a.example/", "javascript:x", "", "http://[::1"])
def test_nobody_is_led_off_the_web(server: Server, address: str) -> None:
    server.pages["/a"] = leading_to(address)
    assert "no web address" in why(server, "/a")


def test_redirects_have_an_end(server: Server) -> None:
    server.pages["/a"] = leading_to("/a")
    assert "leads on more than" in why(server, "/a")
    assert len(server.asked) == REDIRECTS + 1


def test_a_feed_from_the_web_leads_nowhere_within_this_network(server: Server) -> None:
    server.pages["/a"] = b"secret"
    for start in ("https://example.org/feed.xml", ""):
        for host in ("127.0.0.1", "localhost", "169.254.169.254", "10.0.0.1", "[::1]", "192.168.0.1"):
            port = server.base.rpartition(":")[2]
            with pytest.raises(CastkitError, match="leads into this network"):
                Web(start).get(f"http://{host}:{port}/a", largest=LARGEST)
    assert server.asked == []


def test_what_is_too_large_is_left_at_once_or_when_it_is_noticed(server: Server) -> None:
    server.pages |= {"/told": b"x" * (LARGEST + 1), "/untold": _endless, "/packed": _packed}
    for path in server.pages:
        assert "more than 0 MB" in why(server, path)
    assert len(server.asked) == 3  # asking again is of no use


def _endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x" * 10_000)
    except OSError:
        handler.close_connection = True


def _packed(handler: BaseHTTPRequestHandler) -> None:
    data = gzip.compress(b"x" * (LARGEST * 100))
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def test_a_file_that_broke_off_is_no_file_and_is_asked_for_again(server: Server) -> None:
    answers = iter((_cut_off, _cut_off))
    whole = b"0123456789"

    def answer(handler: BaseHTTPRequestHandler) -> None:
        next(answers, lambda one: _whole(one, whole))(handler)

    server.pages["/a"] = answer
    assert Web(server.base).get(f"{server.base}/a", largest=LARGEST)[0] == whole
    assert len(server.asked) == 3
    server.pages["/a"] = _cut_off
    assert "broke off" in why(server, "/a")


def _cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "10")
    handler.end_headers()
    handler.wfile.write(b"01234")
    handler.close_connection = True


def _whole(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def test_a_host_that_drips_is_left(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "_PATIENCE_S", 0.0)
    monkeypatch.setattr(fetch, "_SLOWEST", 10**12)
    server.pages["/a"] = b"slow"
    assert "too slowly" in why(server, "/a")


def test_a_password_goes_to_its_own_host_only(server: Server) -> None:
    with serving() as other:
        server.pages |= {"/feed": b"f", "/on": leading_to(f"{other.base}/x")}
        other.pages["/x"] = b"x"
        web = Web(server.base.replace("http://", "http://me:s%40cret@") + "/feed")
        for path in ("/feed", "/on"):
            web.get(server.base + path, largest=LARGEST)
        assert [one.get("authorization") for one in server.headers] == ["Basic bWU6c0BjcmV0"] * 2
        assert "authorization" not in other.headers[0]


def test_a_closed_host_and_a_missing_file_are_told_without_secrets(server: Server) -> None:
    def closed(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(401)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.pages["/a"] = closed
    assert "wants a password" in why(server, "/a")
    assert "HTTP 404" in why(server, "/b")
    assert without_login("https://me:secret@a.example/x") == "https://a.example/x"
    with pytest.raises(CastkitError) as caught:
        Web("http://me:secret@127.0.0.1:9/x", tries=1).get("http://me:secret@127.0.0.1:9/x", largest=LARGEST)
    assert "secret" not in caught.value.message
