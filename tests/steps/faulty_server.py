"""A public server that has a folder's files and the faults one asks for: what stores and caches do wrong."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote

from castkit.model.media_types import media_type


class Faulty(ThreadingHTTPServer):
    """`faults` by the end of a path: `fault` or `fault:value`; see `_Handler`. `asked` counts what was asked for."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.faults: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []
        self.busy = 0
        self.busiest = 0
        self.lock = threading.Lock()
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address) -> None:
        """A client who went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: Faulty
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    statuses: ClassVar[dict[str, int]] = {"gone": 404, "forbidden": 403, "broken": 500}

    def do_HEAD(self) -> None:
        self._watched()

    def do_GET(self) -> None:
        self._watched()

    def _watched(self) -> None:
        server = self.server
        with server.lock:
            server.asked.append((self.command, self.path))
            server.busy += 1
            server.busiest = max(server.busiest, server.busy)
        try:
            self._answer()
        finally:
            with server.lock:
                server.busy -= 1

    def _answer(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith("/count/"):  # as a service that counts downloads does
            self._send(302, {"Location": path.removeprefix("/count/")})
            return
        fault = next((one for end, one in self.server.faults.items() if path.endswith(end)), "")
        name, _, value = fault.partition(":")
        file = self.server.folder / unquote(path).lstrip("/")
        if name == "moved" and "again" not in self.path:
            self._send(302, {"Location": value or f"{self.path}?again"})
        elif name == "loop":
            self._send(302, {"Location": self.path})
        elif name in self.statuses or not file.is_file():
            self._send(self.statuses.get(name, 404), {}, b"no such object")
        elif name == "no-head" and self.command == "HEAD":
            self._send(405, {})
        elif name == "reset":
            self.close_connection = True
            self.connection.close()
        elif name == "drip":
            self._drip()
        else:
            self._file(file.read_bytes(), path, name, value)

    def _file(self, data: bytes, path: str, fault: str, value: str) -> None:
        data = {"shorter": data[:-7], "other": b"?" * len(data)}.get(fault, data)
        headers = {"Content-Type": media_type(path), "Access-Control-Allow-Origin": "*", "Accept-Ranges": "bytes"}
        changed = {
            "type": {"Content-Type": value}, "cors": {"Access-Control-Allow-Origin": value},
            "coded": {"Content-Encoding": "identity, x-castkit"},
            "attachment": {"Content-Disposition": f'attachment; filename="{path.rpartition("/")[2]}"'},
        }  # fmt: skip
        headers = {key: text for key, text in (headers | changed.get(fault, {})).items() if text}
        asked = self.headers.get("Range", "")
        if asked and fault != "no-range":
            first, last = (int(one) for one in asked.removeprefix("bytes=").split("-"))
            if first >= len(data):
                self._send(416, {"Content-Range": f"bytes */{len(data)}"})
                return
            part = data[first : last + 1]
            shift = 1 if fault == "range" else 0
            headers["Content-Range"] = f"bytes {first}-{first + len(part) - 1}/{len(data) + shift}"
            self._send(206, headers, part)
        else:
            self._send(200, headers, data, is_counted=fault != "no-length")

    def _drip(self) -> None:
        """A byte of a header now and then, for ever: no time-out between two bytes ever ends this."""
        with contextlib.suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self.server.ended.is_set():
                self.wfile.write(b".")
                time.sleep(0.05)
        self.close_connection = True

    def _send(self, status: int, headers: dict[str, str], body: bytes = b"", *, is_counted: bool = True) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if is_counted:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Faulty]:
    with Faulty(folder) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()
