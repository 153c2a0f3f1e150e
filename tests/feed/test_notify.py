"""Telling a hub: what it is sent, and that a hub which refuses, hangs, drips or is gone stops nothing."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from urllib.parse import parse_qs

import pytest

from castkit.feed.notify import tell_hub

FEED = "https://media.example.org/feeds/en.xml?a=1&b=节目"


@contextmanager
def hub(answer: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[bytes]]]:
    """A hub on this machine that takes a request whole and answers as it is told; its address, and what it was sent."""
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, suppress(OSError):  # who asked may have left
                data = b""
                while b"\r\n\r\n" not in data or len(data.partition(b"\r\n\r\n")[2]) < length(data):
                    if not (piece := connection.recv(65536)):
                        return
                    data += piece
                got.append(data)
                answer(connection)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hub", got
    thread.join(5)


def length(data: bytes) -> int:
    head = data.partition(b"\r\n\r\n")[0].lower()
    return int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])


def says(line: str) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(f"HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n".encode())


@pytest.mark.parametrize("line", ["204 No Content", "202 Accepted", "200 OK"])
def test_a_hub_is_told_the_address_of_the_feed(line: str) -> None:
    with hub(says(line)) as (url, got):
        assert tell_hub(url, FEED, within_s=60) == ""
    head, _, body = got[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hub HTTP/1.1\r\n")
    assert b"content-type: application/x-www-form-urlencoded" in head.lower()
    assert parse_qs(body.decode()) == {"hub.mode": ["publish"], "hub.url": [FEED], "hub.topic": [FEED]}


@pytest.mark.parametrize("line", ["500 Internal Server Error", "404 Not Found", "403 Forbidden"])
def test_a_refusal_is_told(line: str) -> None:
    with hub(says(line)) as (url, _):
        assert tell_hub(url, FEED, within_s=60) == f"it answered {line}"


def test_a_broken_answer_is_told() -> None:
    with hub(lambda connection: connection.sendall(b"nonsense\r\n\r\n")) as (url, _):
        assert tell_hub(url, FEED, within_s=60)


def test_a_hub_that_is_gone_is_told() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, not listening: a connection is refused
        assert tell_hub(f"http://127.0.0.1:{closed.getsockname()[1]}/", FEED, within_s=60)
    assert tell_hub("http://hub.invalid/", FEED, within_s=5)


def test_a_hub_that_says_nothing_or_drips_is_left_in_time() -> None:
    done = Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not done.wait(0.05):
            connection.sendall(b"X-More: yes\r\n")

    for answer in (lambda _: done.wait(60), drip):  # each goes on until it is let go: to wait for its end would hang
        done.clear()
        with hub(answer) as (url, _):
            try:
                assert tell_hub(url, FEED, within_s=0.4)
            finally:
                done.set()
