"""Files from other hosts over HTTP: in time, in bounds, through a few redirects, and never from within this network.

Rule: an address out of a feed is a stranger's. It may lead to the public web only, unless the feed that was asked for
lies within this network itself; a name and password go to the host they were given for and to no other.
"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from socket import SOCK_STREAM, gaierror, getaddrinfo
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from castkit import __version__
from castkit.errors import CastkitError
from castkit.feed.reading.values import address
from castkit.model.web_address import is_this_machine
from castkit.proxies import connections, proxy_for, proxy_of

if TYPE_CHECKING:
    import urllib3

Take = Callable[[Iterator[bytes]], None]

REDIRECTS = 10  # counters of downloads stand in a row before the file, five of them have been seen
_PIECE = 256 * 1024
_ANSWER_S = 30.0  # for a connection, and between two pieces
_SLOWEST = 4096  # bytes a second, on the average of a download
_PATIENCE_S = 120.0  # that much is granted to any
_TRIES = 3
_TRY_AGAIN = frozenset([408, 425, 429, 500, 502, 503, 504])
_WAIT_S = 1.0
_HINT = "try again later; if the host wants a password, write it into the feed's address: https://NAME:PASSWORD@…"


class Unfetched(Exception):
    """The file did not come, in words; `is_passing` says that it may come later."""

    def __init__(self, why: str, *, is_passing: bool = False) -> None:
        super().__init__(why, is_passing)
        self.why = why
        self.is_passing = is_passing


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came of a request: where it came from in the end, its type, and the number of bytes."""

    url: str
    type: str
    length: int


def without_login(url: str) -> str:
    """The address without a name and password, as it may be shown and written down."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


class Web:
    """Requests on behalf of one feed, `start` being its address or empty for a file; one at a time."""

    def __init__(self, start: str = "", *, tries: int = _TRIES) -> None:
        self._pools: dict[str, urllib3.PoolManager] = {}
        self._tries = tries
        self._login, self._home = _login(start), _place(start)
        self._may_enter = bool(start) and _is_within(urlsplit(start).hostname or "")

    def get(self, url: str, *, largest: int) -> tuple[bytes, Arrived]:
        """The whole answer in memory, for small files; CastkitError where it does not come or has more bytes."""
        received = bytearray()

        def take(pieces: Iterator[bytes]) -> None:
            received.clear()
            for piece in pieces:
                received.extend(piece)

        arrived = self._fetched(url, largest, take)
        return bytes(received), arrived

    def download(self, url: str, target: Path, *, largest: int) -> Arrived:
        """Puts the answer into the file `target`, which may be left half-made where this raises CastkitError."""

        def take(pieces: Iterator[bytes]) -> None:
            with target.open("wb") as file:
                for piece in pieces:
                    file.write(piece)

        return self._fetched(url, largest, take)

    def _fetched(self, url: str, largest: int, take: Take) -> Arrived:
        for attempt in range(1, self._tries + 1):
            try:
                return self._once(url, largest, take)
            except Unfetched as error:
                if not error.is_passing or attempt == self._tries:
                    raise CastkitError(f"{without_login(url)[:300]} cannot be fetched: {error.why}", _HINT) from error
                time.sleep(_WAIT_S * attempt)
        raise AssertionError  # the loop returns or raises

    def _once(self, url: str, largest: int, take: Take) -> Arrived:
        for _ in range(REDIRECTS + 1):
            response = self._asked(url)
            with closing(response):
                if response.status in (301, 302, 303, 307, 308):
                    url = _next(url, response.headers.get("location"))
                    continue
                _refuse(response)
                counted = _Counted(response, largest)
                take(iter(counted))
                return Arrived(without_login(url), response.headers.get("content-type", ""), counted.length)
        raise Unfetched(f"it leads on more than {REDIRECTS} times")

    def _asked(self, url: str) -> urllib3.BaseHTTPResponse:
        host = urlsplit(url).hostname or ""
        if not self._may_enter and _is_within(host):
            raise Unfetched(f"it leads into this network ({host}), where a feed has no business")
        headers = {"User-Agent": f"castkit/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity"}
        if self._login and _place(url) == self._home:
            headers["Authorization"] = self._login
        try:
            return self._pool(url).request(
                "GET", _ascii(without_login(url)), headers=headers, timeout=_ANSWER_S, retries=False, redirect=False,
                preload_content=False,
            )  # fmt: skip
        except Exception as error:
            raise _translated(error) from error

    def _pool(self, url: str) -> urllib3.PoolManager:
        proxy = proxy_for(url)
        if proxy not in self._pools:
            self._pools[proxy] = connections(proxy)
        return self._pools[proxy]


class _Counted:
    """The pieces of an answer as they come; Unfetched when they are too many, too slow, or too few."""

    def __init__(self, response: urllib3.BaseHTTPResponse, largest: int) -> None:
        self._response = response
        self._largest = largest
        self.length = 0

    def __iter__(self) -> Iterator[bytes]:
        start = time.monotonic()
        promised = self._response.headers.get("content-length", "")
        if promised.isdecimal() and int(promised) > self._largest:
            raise Unfetched(f"it has more than {self._largest / 1e6:.0f} MB")
        while piece := self._piece():
            self.length += len(piece)
            if self.length > self._largest:
                raise Unfetched(f"it has more than {self._largest / 1e6:.0f} MB")
            if time.monotonic() - start > _PATIENCE_S + self.length / _SLOWEST:
                raise Unfetched("it comes too slowly", is_passing=True)
            yield piece
        is_plain = not self._response.headers.get("content-encoding")
        if is_plain and promised.isdecimal() and int(promised) != self.length:
            raise Unfetched("the connection broke off", is_passing=True)

    def _piece(self) -> bytes:
        try:
            return self._response.read1(_PIECE)
        except Exception as error:
            raise _translated(error) from error


def _refuse(response: urllib3.BaseHTTPResponse) -> None:
    if response.status in (401, 403):
        raise Unfetched(f"its host wants a password, or lets nobody in (HTTP {response.status})")
    if response.status != 200:
        raise Unfetched(f"its host answers HTTP {response.status}", is_passing=response.status in _TRY_AGAIN)


def _next(url: str, location: str | None) -> str:
    try:
        found = address(urljoin(url, location or ""))
    except ValueError:
        found = ""
    if not location or not found:
        raise Unfetched("it leads to something that is no web address")
    return found


def _ascii(url: str) -> str:
    """The address as it is sent: what a browser would encode is encoded, what is encoded stays."""
    parts = urlsplit(url)
    return urlunsplit(
        parts._replace(
            path=quote(parts.path, safe="/%:@!$&'()*+,;=~-._"), query=quote(parts.query, safe="/%:@!$&'()*+,;=~-._?"),
            fragment="",
        )
    )  # fmt: skip


def _login(url: str) -> str:
    parts = urlsplit(url)
    if not parts.username:
        return ""
    plain = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return "Basic " + b64encode(plain.encode()).decode()


def _place(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme.lower(), (parts.hostname or "").lower(), parts.port


def _is_within(host: str) -> bool:
    """Whether this name leads to this machine or network; what a proxy resolves is the proxy's to judge."""
    try:
        return not ip_address(host.strip("[]")).is_global
    except ValueError:
        pass
    if is_this_machine(host.lower()):
        return True
    if proxy_of("https", host) or proxy_of("http", host):
        return False
    try:
        found = {str(one[4][0]) for one in getaddrinfo(host, None, type=SOCK_STREAM)}
    except (gaierror, UnicodeError, OSError):
        return False  # the request itself will say that there is no such host
    return any(not ip_address(one.partition("%")[0]).is_global for one in found)


def _translated(error: Exception) -> Unfetched:
    """In words for people, without addresses of objects."""
    from urllib3 import exceptions  # noqa: PLC0415

    match error:
        case exceptions.SSLError():
            return Unfetched(f"its certificate is not accepted: {error}")
        case exceptions.NameResolutionError():
            return Unfetched("no such host is known")
        case exceptions.NewConnectionError():
            return Unfetched("no connection can be made", is_passing=True)
        case exceptions.TimeoutError():
            return Unfetched("it does not answer in time", is_passing=True)
        case exceptions.ProtocolError() | exceptions.DecodeError() | OSError():
            return Unfetched("the connection broke off", is_passing=True)
        case _:
            return Unfetched(f"{type(error).__name__}: {error}")
