"""What listeners get of a file just published: held against a server that serves rightly, and ones that do not."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from castkit.model.published import StoredFile
from castkit.storage import listeners
from castkit.storage.httpd import Site, open_server
from castkit.storage.listeners import NoAnswer, look

SOUND = b"ID3 sound " * 100


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "_WAITS_S", (0.01,))
    monkeypatch.setattr(listeners, "_WITHIN_S", 300.0)  # or a slow machine of our own would be a silent one


def file(url: str, *, length: int = len(SOUND), kind: str = "audio/mpeg") -> StoredFile:
    return StoredFile(key="episodes/a/a.mp3", url=f"{url}/a.mp3", type=kind, length=length, sha256="0" * 64)


def test_castkits_own_server_is_fine(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(SOUND)
    with open_server("127.0.0.1", 0) as server:
        server.site = Site((tmp_path,), lambda: b"")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        seen = look(file(server.url))
        short = look(file(server.url, length=7))
        gone = look(file(f"{server.url}/none"))
        server.shutdown()
        thread.join()
    assert (seen.problem, seen.remarks) == ("", ())
    assert short.problem == f"it gives {len(SOUND)} bytes instead of 7"
    assert gone.problem == "it answers 404"


@contextlib.contextmanager
def answering(status: int, head: int | None = None, ranges: bool = True, **headers: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            is_part = ranges and "Range" in self.headers
            body = SOUND[:1] if is_part else SOUND
            self.send_response(head if head and self.command == "HEAD" else 206 if is_part else status)
            fields = {"Content-Type": "audio/mpeg", "Content-Length": str(len(body))}
            extra = {name.replace("_", "-"): value for name, value in headers.items()}
            part = {"Content-Range": f"bytes 0-0/{len(SOUND)}"} if is_part else {}
            for name, value in {**fields, **part, **extra}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                with contextlib.suppress(OSError):
                    self.wfile.write(body)

        do_GET = do_HEAD = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"Content_Disposition": "attachment"}, "Content-Disposition: attachment"),
        ({"Content_Type": "binary/octet-stream"}, "the type binary/octet-stream instead of audio/mpeg"),
        ({"Content_Encoding": "gzip"}, "compresses media"),
        ({"ranges": False}, "no byte ranges"),
    ],
)
def test_what_some_apps_will_not_like_is_a_remark(how: Any, said: str) -> None:
    with answering(200, **how) as url:
        seen = look(file(url))
    assert seen.problem == ""
    assert [text for text in seen.remarks if said in text], seen.remarks


def test_a_server_that_takes_no_head_is_asked_by_get() -> None:
    with answering(200, head=405) as url:
        assert look(file(url)).problem == ""


@pytest.mark.parametrize("status", [403, 404, 500])
def test_what_listeners_do_not_get_is_a_problem(status: int) -> None:
    with answering(status, head=status, ranges=False) as url:
        assert look(file(url)).problem == f"it answers {status}"


def test_nobody_answers() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(NoAnswer):
            look(file(f"http://127.0.0.1:{closed.getsockname()[1]}"))
