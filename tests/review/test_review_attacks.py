"""Attacks on the page, against the real server over a real socket: refused, and nothing changed."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import reviewed_show
from review_client import Page, Server, as_seen, running

CLIMBS = (
    *("../../../../castkit.toml", "..%2f..%2fcastkit.toml", "%2e%2e/%2e%2e/castkit.toml", "..%5c..%5ccastkit.toml"),
    *("....//castkit.toml", "%00", "/etc/passwd", "%252e%252e%252fcastkit.toml", "index.html/../../app.py", ".."),
)
KNOWN = {"/", "/media", "/api/document", "/api/changes", "/api/check", "/api/memory", "/api/edit", "/api/accept"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return reviewed_show.make(tmp_path_factory.mktemp("attacked") / "show").root


@pytest.fixture(scope="module")
def server(root: Path) -> Iterator[Server]:
    with running(root) as found:
        yield found


@pytest.fixture
def page(server: Server, root: Path) -> Iterator[Page]:
    """A page of its owner's; whatever a test does, the cues and every file of the show are the same afterwards."""
    found = server.page()
    before, lying = found.document(), files(root)
    yield found
    assert found.document() == before
    assert files(root) == lying


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def an_edit(page: Page) -> bytes:
    cue = as_seen(page.document()["cues"][0])
    op = {"op": "attack", "remove": [cue], "put": [{**cue, "text": "changed"}]}
    return json.dumps({"client": "attacker", "ops": [op]}).encode()


@pytest.mark.parametrize("path", sorted(KNOWN | {"/static/app.js", "/nowhere"}))
@pytest.mark.parametrize("cookie", ["", "castkit-review-{port}=wrong", "castkit-review-{port}=", "other={token}"])
def test_without_the_token_nothing_is_said(server: Server, page: Page, path: str, cookie: str) -> None:
    headers = {"Cookie": cookie.format(port=server.port, token=server.token)} if cookie else {}
    answer = page.request("GET", path, headers=headers)
    assert (answer.status, answer.body) == (403, b"")
    assert "set-cookie" not in answer.headers
    answer = page.request("POST", path, an_edit(page), {**page.own, "Cookie": headers.get("Cookie", "")})
    assert (answer.status, answer.body) == (403, b"")


@pytest.mark.parametrize(
    "query", ["token=wrong", "token=", "token={token}x", "token=wrong&token={token}", "TOKEN={token}"]
)
def test_a_wrong_token_opens_nothing(server: Server, page: Page, query: str) -> None:
    answer = page.request("GET", f"/?{query.format(token=server.token)}")
    assert (answer.status, answer.body) == (403, b"")


def test_the_right_token_sets_a_cookie_that_no_script_and_no_other_site_has(server: Server, page: Page) -> None:
    answer = page.request("GET", f"/?token={server.token}")
    assert (answer.status, answer.headers["location"]) == (303, "/")
    flags = {one.strip() for one in answer.headers["set-cookie"].split(";")}
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= flags
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost", "127.0.0.1.evil.example", ""],
)
def test_another_host_is_refused(server: Server, page: Page, host: str) -> None:
    for method, path, body in (("GET", "/api/document", None), ("POST", "/api/edit", an_edit(page))):
        answer = page.request(method, path, body, {**page.own, "Host": host.format(port=server.port)})
        assert answer.status in (400, 403), answer
        assert b"cues" not in answer.body


@pytest.mark.parametrize(
    "change",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "http://localhost:{port}"},
        {"Origin": ""},
        {"X-Castkit": "0"},
        {"X-Castkit": ""},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
    ids=str,
)
def test_a_post_that_the_page_did_not_send_is_refused(server: Server, page: Page, change: dict[str, str]) -> None:
    given = {key: value.format(port=server.port) for key, value in change.items()}
    headers = {key: value for key, value in {**page.own, **given}.items() if value}
    for path in ("/api/edit", "/api/accept", "/api/who"):
        assert page.request("POST", path, an_edit(page), headers).status in (403, 415)


@pytest.mark.parametrize("climb", CLIMBS)
def test_no_path_and_no_parameter_reaches_the_file_system(server: Server, page: Page, climb: str) -> None:
    for path in (f"/static/{climb}", f"/{climb}", f"/media/{climb}", f"/static//{climb}", f"/api/{climb}"):
        answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {page.cookie}\r\n\r\n")
        assert answer[:12] in (b"HTTP/1.1 404", b"HTTP/1.1 400"), (path, answer[:200])
        assert b"[show]" not in answer
    assert page.get(f"/api/memory?id={climb}").status == 400
    assert page.get(f"/api/changes?since={climb}").status == 400
    assert page.get(f"/media?file={climb}").body == page.get("/media").body


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_other_methods_are_refused(page: Page, method: str) -> None:
    for path in ("/", "/api/document", "/api/edit", "/media"):
        assert page.request(method, path, None, page.own).status == 405


@pytest.mark.parametrize("path", ["/api/document", "/media", "/", "/static/x", "/nowhere"])
def test_a_post_to_what_is_read_is_refused(page: Page, path: str) -> None:
    assert page.request("POST", path, b"{}", page.own).status in (404, 405)


def test_a_hundred_megabytes_are_refused_before_they_are_read(server: Server, page: Page) -> None:
    size = 100_000_000
    before = memory_kb(server)
    head = "".join(f"{key}: {value}\r\n" for key, value in page.own.items())
    start = f"POST /api/edit HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{head}Content-Length: {size}\r\n\r\n"
    assert raw(server, start).startswith(b"HTTP/1.1 413")
    start = start.replace(f"Content-Length: {size}", "Transfer-Encoding: chunked")
    chunk = b"%x\r\n" % 1_000_000 + b" " * 1_000_000 + b"\r\n"
    assert raw(server, start, chunk * 100).startswith(b"HTTP/1.1 413")
    assert memory_kb(server) - before < 30_000


def memory_kb(server: Server) -> int:
    """What the server takes of memory; 0 where the system does not tell."""
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.is_file():
        return 0
    return int(next(line for line in status.read_text().splitlines() if line.startswith("VmRSS")).split()[1])


def raw(server: Server, head: str, body: bytes = b"") -> bytes:
    """What the server says to these bytes, sent as far as it takes them."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=120) as connection:
        connection.sendall(head.encode("latin-1"))
        try:
            connection.sendall(body)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it hung up: what it said is there to be read, or lost with the connection
        try:
            found = b""
            while block := connection.recv(65_536):
                found += block
        except ConnectionError:
            pass
        return found


BROKEN: tuple[Any, ...] = (
    b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"ops": 1}', b'{"client": "x", "ops": [1]}',
    b'{"client": "x", "ops": [{"op": "a", "remove": "all"}]}', b'{"client": 1, "ops": [{"op": "a"}]}',
    b'{"client": "x", "ops": [{"op": "", "remove": [], "put": []}]}',
    b'{"client": "x", "ops": [{"op": "a", "put": [{"startMs": 1.5, "endMs": 2, "text": "x"}]}]}',
    b'{"client": "x", "ops": [{"op": "a", "put": [{"startMs": true, "endMs": 2, "text": "x"}]}]}',
    b'{"client": "x", "ops": [{"op": "a", "put": [{"startMs": 1, "endMs": 2, "text": 7}]}]}',
    b'{"client": "x", "ops": [{"op": "a", "put": [{"id": "../c1", "startMs": 1, "endMs": 2, "text": "x"}]}]}',
    b'{"client": "x", "ops": [{"op": "a", "put": [{"startMs": NaN, "endMs": 1e999, "text": "x"}]}]}',
    b'{"client": "x", "ops": [{"op": "a", "put": [{"startMs": ' + b"9" * 5000 + b', "endMs": 2, "text": "x"}]}]}',
)  # fmt: skip


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
def test_broken_requests_are_refused_with_a_reason(page: Page, body: bytes) -> None:
    answer = page.request("POST", "/api/edit", body, page.own)
    assert answer.status == 400
    assert set(answer.json) == {"error", "hint"}
    assert page.request("POST", "/api/who", body, page.own).status == 400


def test_one_bad_edit_of_a_request_leaves_the_request_undone(page: Page) -> None:
    value = json.loads(an_edit(page))
    value["ops"].append({"op": "bad", "put": [{"id": 7}]})
    assert page.post("/api/edit", value).status == 400


def test_half_requests_hold_up_nobody(server: Server, page: Page) -> None:
    head = f"POST /api/edit HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
    head += "".join(f"{key}: {value}\r\n" for key, value in page.own.items())
    waiting = [socket.create_connection(("127.0.0.1", server.port), timeout=120) for _ in range(40)]
    for number, connection in enumerate(waiting):
        connection.sendall((head if number % 2 else f"{head}Content-Length: 50\r\n\r\n" + '{"cli').encode())
    assert page.get("/api/document").status == 200
    for connection in waiting:
        connection.close()
    for nonsense in (
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "\x16\x03\x01\x02",
        "GET / HTTP/9.9\r\n\r\n",
        f"GET /{'x' * 200_000}",
    ):
        assert b"200 OK" not in raw(server, nonsense)
    assert page.get("/api/document").status == 200


def test_nothing_from_elsewhere_is_loaded_and_nobody_looks_in(page: Page) -> None:
    for path in ("/", "/api/document", "/media", "/nowhere"):
        headers = page.get(path).headers
        policy = dict(one.strip().split(" ", 1) for one in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers
    assert "server" not in page.get("/").headers


def test_markup_in_a_cue_is_text(server: Server, root: Path) -> None:
    page = server.page()
    text = "<script>alert(1)</script> ]]> <img src=x onerror=alert(1)> & &amp;"
    new = {"startMs": 20_000, "endMs": 24_000, "text": text}
    (own,) = page.edit([], [new])["ids"]
    answer = page.get("/api/document")
    assert next(cue for cue in answer.json["cues"] if cue["id"] == own)["text"] == text
    assert b"<" not in answer.body
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(json.dumps(text)) in (root / "episodes/talk/subtitles/history/en.review.jsonl").read_text("utf-8")
    assert page.edit([{"id": own, **new}], [])["status"] == "done"
