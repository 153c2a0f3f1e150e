"""Answers that break off within their headers: none of what they lack may pass for what the store does not have."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import RemoteDisconnected

import pytest

from castkit.model.show import StoreSettings
from castkit.storage.patience import Patience
from castkit.storage.s3 import S3Store
from castkit.storage.web import Web
from castkit.storage.whole_headers import WholeResponse

SHA256 = "b73a5d2ed9d3ddadd9b0a1c3f5ff0c1e9d5a6a1f1b1f0f7f4a9f3bd1d1f3a1d0"
HEADERS = (
    b"HTTP/1.1 200 OK\r\nAccept-Ranges: bytes\r\nContent-Length: 5\r\nContent-Type: audio/mpeg\r\n"
    b'ETag: "5d41402abc4b2a76b9719d911017c592"\r\nx-amz-meta-sha256: ' + SHA256.encode() + b"\r\n"
    b"Date: Sun, 22 Nov 2026 20:00:00 GMT\r\n\r\n"
)
# Within the status line, a name and a value, and between two lines; the last byte of all is the end of the headers.
CUTS = (5, 16, *(HEADERS.index(name) + more for name in (b"Content-L", b"ETag", b"x-amz", b"Date") for more in (0, 4)))
CUTS += (HEADERS.index(b"5d41") + 9, HEADERS.index(SHA256.encode()) + 9, len(HEADERS) - 2, len(HEADERS) - 1)


class Impatient(Patience):
    """Tries again at once."""

    def waits(self) -> tuple[float, ...]:
        return (0.0, 0.0)


@dataclass
class Cutting:
    """A server whose answers are HEADERS; the first one ends after `cut` bytes, the next are whole."""

    port: int
    cut: int = 0
    asked: list[bytes] = field(default_factory=list)


@contextmanager
def cutting() -> Iterator[Cutting]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Cutting(listening.getsockname()[1])

        def work() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection:
                        asked = connection.recv(1 << 16)
                        server.asked.append(asked.split(b" ", 1)[0])
                        cut, server.cut = server.cut, 0  # before the answer, after which the next test may set it
                        connection.sendall(HEADERS[:cut] if cut else HEADERS)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield server
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
    thread.join(10)


@pytest.fixture(scope="module")
def server() -> Iterator[Cutting]:
    with cutting() as made:
        yield made


@pytest.mark.parametrize("cut", CUTS)
def test_a_look_at_an_object_is_whole_or_made_again(server: Cutting, monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    store = S3Store(
        StoreSettings(preset="minio", bucket="casts", endpoint=f"http://127.0.0.1:{server.port}", region="us-east-1"),
        patience=Impatient(connect=60, read=60, whole=600),
    )
    server.cut = cut
    server.asked.clear()
    found = store.head("a.mp3")
    assert found is not None
    assert (found.size, found.sha256, found.tag) == (5, SHA256, '"5d41402abc4b2a76b9719d911017c592"')
    assert server.asked == [b"HEAD", b"HEAD"]


@pytest.mark.parametrize("cut", CUTS)
def test_so_is_a_look_at_the_public_address(server: Cutting, cut: int) -> None:
    server.cut = cut
    found = Web(300).head(f"http://127.0.0.1:{server.port}/a.mp3")
    assert (found.status, found.headers["content-length"], found.headers["x-amz-meta-sha256"]) == (200, "5", SHA256)
    assert "date" in found.headers


def test_half_a_tag_is_no_answer() -> None:
    """It would look like somebody else's version."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(HEADERS[: HEADERS.index(b"5d41") + 9])
        theirs.shutdown(socket.SHUT_WR)
        answer = WholeResponse(ours, method="PUT")
        with pytest.raises(RemoteDisconnected, match="within the headers"):
            answer.begin()
        answer.close()
