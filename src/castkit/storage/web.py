"""What the public web gives for an address: its headers, a few of its bytes, or a whole small file.

Rule: bounded in time and size whatever the other side does; only http and https, and every redirect is kept.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

from castkit import __version__
from castkit.proxies import connections, proxy_for

if TYPE_CHECKING:
    import urllib3

T = TypeVar("T")
REDIRECTS = 5
_CONNECTIONS = 8  # kept open to a host
_PIECE = 64 * 1024
_MOVED = frozenset([301, 302, 303, 307, 308])
_SCHEMES = ("http", "https")
_HEADERS = {"User-Agent": f"castkit/{__version__}", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Got:
    """What came back: `url` is where it came from at last, `hops` the addresses on the way; headers in small letters.

    `body` has at most as many bytes as were asked for; `is_cut` says that there were more.
    """

    status: int
    headers: Mapping[str, str]
    url: str
    hops: tuple[str, ...] = ()
    body: bytes = b""
    is_cut: bool = False


class Unreachable(Exception):
    """No answer came, for this reason in words; `is_certificate` where the server cannot prove who it is."""

    def __init__(self, why: str, *, is_certificate: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.is_certificate = is_certificate


@dataclass(slots=True)
class Web:
    """Requests, each of at most `within_s` seconds, and none after `until` on the monotonic clock."""

    within_s: float = 20.0
    until: float = float("inf")
    _pools: dict[str, urllib3.PoolManager] = field(default_factory=dict)

    def head(self, url: str) -> Got:
        """The headers. Raises Unreachable, as all of these do."""
        return self._bounded(lambda left: self._follow("HEAD", url, {}, 0, left))

    def part(self, url: str, first: int, last: int) -> Got:
        """The bytes from `first` to `last`, or however the server answers; no more of a body is read than these."""
        headers = {"Range": f"bytes={first}-{last}"}
        return self._bounded(lambda left: self._follow("GET", url, headers, last - first + 1, left))

    def get(self, url: str, most: int) -> Got:
        """The whole, where it has at most `most` bytes."""
        return self._bounded(lambda left: self._follow("GET", url, {}, most, left))

    def certificate_days(self, url: str) -> int | None:
        """For how many days more the server's certificate holds; None without one, or where a proxy stands between."""
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname or proxy_for(url):
            return None
        host, port = parts.hostname, parts.port or 443
        return self._bounded(lambda left: _days_left(host, port, left))

    def _bounded(self, action: Callable[[float], T]) -> T:
        """Does it in a thread that is left behind when its time is over: a server may drip for ever."""
        left = min(self.within_s, self.until - time.monotonic())
        if left <= 0:
            raise Unreachable("the time for all was over before it was asked")
        outcome: SimpleQueue[tuple[T | None, Unreachable | None]] = SimpleQueue()

        def run() -> None:
            try:
                outcome.put((action(left), None))
            except Unreachable as error:
                outcome.put((None, error))
            except Exception as error:  # noqa: BLE001 - libraries below raise what they like; it must reach the caller
                outcome.put((None, _translated(error)))

        Thread(target=run, daemon=True).start()
        try:
            value, error = outcome.get(timeout=left)
        except Empty:
            raise Unreachable(f"no whole answer came within {left:.3g} s") from None
        if error is not None:
            raise error
        return value  # type: ignore[return-value] # an answer comes without an error

    def _follow(self, method: str, url: str, headers: Mapping[str, str], most: int, left: float) -> Got:
        hops: list[str] = []
        while True:
            answer = self._once(method, url, headers, most, left)
            target = answer.headers.get("location", "")
            if answer.status not in _MOVED or not target:
                return Got(answer.status, answer.headers, url, tuple(hops), answer.body, answer.is_cut)
            hops.append(url)
            url = urljoin(url, target)
            if len(hops) > REDIRECTS:
                raise Unreachable(f"it is redirected more than {REDIRECTS} times")

    def _once(self, method: str, url: str, headers: Mapping[str, str], most: int, left: float) -> Got:
        if urlsplit(url).scheme.lower() not in _SCHEMES:
            raise Unreachable(f"it leads to what is no web address: {url[:80]}")
        response = self._asked(method, url, {**_HEADERS, **headers}, left)
        found = {name.lower(): value for name, value in response.headers.items()}
        body, is_whole = bytearray(), False
        try:
            while len(body) <= most and not is_whole:
                piece = response.read(min(_PIECE, most + 1))
                body += piece
                is_whole = not piece
        finally:
            # What was not read must not pass for the next answer: that connection is given up.
            response.release_conn() if is_whole else response.close()
        return Got(response.status, found, url, (), bytes(body[:most]), len(body) > most)

    def _asked(self, method: str, url: str, headers: Mapping[str, str], left: float) -> Any:  # urllib3's response
        """Once more where the connection broke: a server may close a kept one as it is used (RFC 9110, 9.2.2)."""
        from urllib3.exceptions import ProtocolError  # noqa: PLC0415

        def ask() -> Any:
            return self._pool(url).request(
                method, url, headers=headers, timeout=left, retries=False, redirect=False, preload_content=False
            )

        try:
            return ask()
        except ProtocolError:
            return ask()

    def _pool(self, url: str) -> urllib3.PoolManager:
        """Connections that take no answer whose headers broke off."""
        proxy = proxy_for(url)
        if proxy not in self._pools:
            made = connections(proxy, maxsize=_CONNECTIONS)
            made.pool_classes_by_scheme = {scheme: _whole(kind) for scheme, kind in made.pool_classes_by_scheme.items()}
            self._pools[proxy] = made
        return self._pools[proxy]


def _whole(pool: type[urllib3.HTTPConnectionPool]) -> type[urllib3.HTTPConnectionPool]:
    """Such a pool, of connections that take no answer whose headers broke off."""
    from castkit.storage.whole_headers import WholeResponse  # noqa: PLC0415

    connection = type("WholeConnection", (pool.ConnectionCls,), {"response_class": WholeResponse})
    return type("WholePool", (pool,), {"ConnectionCls": connection})


def _days_left(host: str, port: int, within_s: float) -> int | None:
    import ssl  # noqa: PLC0415

    with (
        socket.create_connection((host, port), within_s) as plain,
        ssl.create_default_context().wrap_socket(plain, server_hostname=host) as safe,
    ):
        ends = (safe.getpeercert() or {}).get("notAfter")
    return int((ssl.cert_time_to_seconds(str(ends)) - time.time()) // 86_400) if ends else None


def _translated(error: Exception) -> Unreachable:
    """In words for people, without addresses of objects."""
    import ssl  # noqa: PLC0415

    from urllib3 import exceptions  # noqa: PLC0415

    if isinstance(error, exceptions.SSLError | ssl.SSLError):
        return Unreachable(f"its certificate is not accepted: {_plain(error)}", is_certificate=True)
    for kinds, words in (
        ((exceptions.NameResolutionError, socket.gaierror), "no such host is known"),
        ((exceptions.LocationParseError, exceptions.LocationValueError), "it is no web address"),
        ((exceptions.NewConnectionError, ConnectionRefusedError), "no connection can be made"),
        ((exceptions.TimeoutError, TimeoutError), "it does not answer in time"),
        ((exceptions.HTTPError, OSError), "the connection broke off"),
    ):
        if isinstance(error, kinds):
            return Unreachable(words)
    return Unreachable(f"{type(error).__name__}: {error}")


def _plain(error: Exception) -> str:
    """What OpenSSL says, without its file and line: `certificate verify failed: self-signed certificate`."""
    import ssl  # noqa: PLC0415

    text = str(error.args[0] if error.args and isinstance(error.args[0], ssl.SSLError) else error)
    return text.partition("] ")[2].partition(" (_ssl.c")[0] or text
