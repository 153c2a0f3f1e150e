"""The public web as castkit asks it: a server that gives up a kept connection without a word is asked once more."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from castkit.storage.web import Unreachable, Web


class _Closing(ThreadingHTTPServer):
    """Answers `each` requests of a connection and closes it when the next one comes; `connections` counts them."""

    daemon_threads = True
    each = 1
    connections = 0

    def handle_error(self, request, client_address) -> None:
        """A client who went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Closing
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.answered = 0
        self.server.connections += 1

    def do_HEAD(self) -> None:
        if self.answered == self.server.each:
            self.close_connection = True
            return
        self.answered += 1
        self.send_response(200)
        self.send_header("Content-Length", "7")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        pass


@pytest.fixture
def server() -> Iterator[_Closing]:
    with _Closing(("127.0.0.1", 0), _Handler) as made:
        thread = Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def test_a_kept_connection_that_is_given_up_costs_no_answer(server: _Closing) -> None:
    web = Web(300)
    for _ in range(3):
        assert web.head(f"http://127.0.0.1:{server.server_port}/a").status == 200
    assert server.connections == 3


def test_a_server_that_never_answers_is_asked_twice_and_no_more(server: _Closing) -> None:
    server.each = 0
    with pytest.raises(Unreachable, match="broke off"):
        Web(300).head(f"http://127.0.0.1:{server.server_port}/a")
    assert server.connections == 2
