"""A folder of published files over HTTP, as podcast apps need it: types, ETags, byte ranges, any origin.

Rule: what RFC 9110 says of GET and HEAD holds; nothing outside the folders is ever read, and nothing is written.
"""

from __future__ import annotations

import hashlib
import logging
import os
import socket
import socketserver
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from castkit.errors import StoreError
from castkit.model.media_types import media_type
from castkit.storage.caching import SHORT, cache_control
from castkit.storage.conditions import ByteRange, Unsatisfiable, Validators, is_unchanged, wanted_range
from castkit.storage.keys import checked

logger = logging.getLogger(__name__)

_CHUNK = 1 << 18  # bytes
_IDLE_S = 60  # a connection that says nothing for so long is closed
_MOST_ETAGS = 4096
_INDEX, _LOST = "index.html", "404.html"
_EVERYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, If-Range, If-None-Match, If-Modified-Since",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag, Last-Modified",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Site:
    """What is served: files below `folders`, the first that has one wins.

    At `/` stands their index.html, else a page made when asked for; what is not there is answered with their 404.html.
    """

    folders: tuple[Path, ...]
    index: Callable[[], bytes]

    def find(self, target: str) -> tuple[str, Path] | None:
        """The key and the file of a request's target, or None; never a file outside the folders, links followed."""
        key = _key(target)
        for folder in self.folders if key else ():
            path = folder.joinpath(*key.split("/"))
            try:
                real = path.resolve(strict=True)
                if real.is_relative_to(folder.resolve()) and real.is_file():
                    return key, real
            except (OSError, RuntimeError):  # not there; RuntimeError for a loop of links
                continue
        return None


def _key(target: str) -> str:
    """The store's key that a request's target names, or an empty string where it can be none."""
    path = target.partition("?")[0].partition("#")[0]
    try:
        return checked(unquote_to_bytes(path.removeprefix("/")).decode()) if path != "/" else _INDEX
    except (StoreError, UnicodeDecodeError):
        return ""


@dataclass(frozen=True, slots=True)
class ETags:
    """Strong ETags from the content, so that the same bytes published again are still the same to an app."""

    known: dict[tuple[int, ...], str] = field(default_factory=dict)

    def of(self, file: IO[bytes], stat: os.stat_result) -> str:
        """The ETag of an open file; it is read only where nothing like it was read before."""
        version = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)
        if version not in self.known:
            if len(self.known) > _MOST_ETAGS:
                self.known.clear()
            self.known[version] = f'"{hashlib.file_digest(file, "sha256").hexdigest()[:32]}"'  # type: ignore[arg-type]
        return self.known[version]


class SiteServer(ThreadingHTTPServer):
    """A thread per connection; `url` is the address to give to people."""

    daemon_threads = True
    # On Windows SO_REUSEADDR would let two servers have one port, and each get some of the requests.
    allow_reuse_address = os.name != "nt"

    def __init__(self, address: tuple[str, int]) -> None:
        self.site = Site((), lambda: b"")
        self.etags = ETags()
        found = socket.getaddrinfo(*address, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        self.address_family = found[0][0]
        self._host = address[0]
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """Binds without asking the name service for this machine's name, which can take half a minute."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self._host, self.server_address[1]

    @property
    def url(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self._host, self._host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A listener who went away is no error; anything else goes to the log."""
        del request
        error = sys.exception()
        if not isinstance(error, (ConnectionError, TimeoutError)):
            logger.error("a request from %s failed", client_address, exc_info=error)


class Handler(BaseHTTPRequestHandler):
    """Answers one connection's requests."""

    server: SiteServer
    protocol_version = "HTTP/1.1"
    server_version = "castkit"
    sys_version = ""
    timeout = _IDLE_S

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_OPTIONS(self) -> None:
        self._head(HTTPStatus.NO_CONTENT, {"Allow": _EVERYWHERE["Access-Control-Allow-Methods"]})

    def _refuse_method(self) -> None:
        self.close_connection = True  # whatever body comes is not read
        self._text(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": _EVERYWHERE["Access-Control-Allow-Methods"]})

    do_POST = do_PUT = do_DELETE = do_PATCH = _refuse_method  # noqa: N815

    def _answer(self) -> None:
        if self.headers.get("Content-Length") or self.headers.get("Transfer-Encoding"):
            self.close_connection = True  # a body that nobody reads must not pass for the next request
        found = self.server.site.find(self.path)
        try:
            file = found[1].open("rb") if found else None
        except OSError:
            file = None
        if file is not None and found is not None:
            with file:
                self._file(found[0], file)
        elif self.path.partition("?")[0] == "/":
            self._page(self.server.site.index())
        else:
            self._lost()

    def _file(self, key: str, file: IO[bytes]) -> None:
        stat = os.fstat(file.fileno())
        etag = self.server.etags.of(file, stat)
        validators = Validators(etag, formatdate(stat.st_mtime, usegmt=True))
        headers = {
            "ETag": validators.etag,
            "Last-Modified": validators.last_modified,
            "Cache-Control": cache_control(key),
            "Accept-Ranges": "bytes",
        }
        if is_unchanged(self.headers, validators):
            self._head(HTTPStatus.NOT_MODIFIED, headers)
            return
        headers["Content-Type"] = media_type(key)
        try:
            part = wanted_range(self.headers, validators, stat.st_size) if self.command == "GET" else None
        except Unsatisfiable:
            whole = {"Content-Range": f"bytes */{stat.st_size}", "ETag": etag}
            self._text(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, whole)
            return
        if part is None:
            self._send(HTTPStatus.OK, headers, file, ByteRange(0, stat.st_size))
        else:
            headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{stat.st_size}"
            self._send(HTTPStatus.PARTIAL_CONTENT, headers, file, part)

    def _send(self, status: HTTPStatus, headers: dict[str, str], file: IO[bytes], part: ByteRange) -> None:
        self._head(status, {**headers, "Content-Length": str(part.stop - part.start)})
        if self.command == "HEAD":
            return
        file.seek(part.start)
        left = part.stop - part.start
        while left and (chunk := file.read(min(_CHUNK, left))):
            self.wfile.write(chunk)
            left -= len(chunk)
        if left:  # somebody cut the file short meanwhile: the listener must not take what came for the whole
            self.close_connection = True

    def _page(self, body: bytes) -> None:
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache", "ETag": etag}
        if is_unchanged(self.headers, Validators(etag, "")):
            self._head(HTTPStatus.NOT_MODIFIED, headers)
            return
        self._head(HTTPStatus.OK, {**headers, "Content-Length": str(len(body))})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _lost(self) -> None:
        """The store's own page for this where it has one."""
        found = self.server.site.find(f"/{_LOST}")
        try:
            body = found[1].read_bytes() if found else b""
        except OSError:
            body = b""
        if not body:
            self._text(HTTPStatus.NOT_FOUND)
            return
        headers = {"Content-Type": media_type(_LOST), "Cache-Control": SHORT, "Content-Length": str(len(body))}
        self._head(HTTPStatus.NOT_FOUND, headers)
        if self.command != "HEAD":
            self.wfile.write(body)

    def _text(self, status: HTTPStatus, headers: dict[str, str] | None = None) -> None:
        body = f"{status.value} {status.phrase}\n".encode()
        plain = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body)), "Cache-Control": SHORT}
        self._head(status, {**plain, **(headers or {})})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**_EVERYWHERE, **headers}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        logger.info("%s %s", self.address_string(), format % args)


def open_server(host: str, port: int) -> SiteServer:
    """A server that listens and does not answer yet: give it a `site`, then `serve_forever`.

    OSError where the port is taken or not allowed.
    """
    return SiteServer((host, port))
