"""Who is answered: the person whom this castkit gave an address with a token, in a page that came from here.

Rule: whatever is not right is refused before anything looks at it, and told nothing.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

LARGEST_BODY = 4_000_000  # bytes; a change of every cue of a day-long episode has fewer
BODY_S = 30.0  # for a whole body, on the way from a browser on the same machine
_METHODS = ("GET", "HEAD", "POST")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Door:
    """What opens the page: `token` in the first address, then the cookie; `nonce` is for the styles of its library."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    @property
    def address(self) -> str:
        """Without the token: nobody gets in with it alone."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def cookie(self) -> str:
        """Its name: a browser sends cookies to every port of a machine."""
        return f"castkit-review-{self.port}"

    def headers(self) -> list[Header]:
        """What goes with every answer: nothing from elsewhere is loaded, and no other page may look in."""
        own = "'self'"
        policy = (
            f"default-src 'none'; script-src {own}; style-src {own} 'nonce-{self.nonce}'; img-src {own}; "
            f"media-src {own}; connect-src {own}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        found = {
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
        }
        return [(name.encode(), value.encode()) for name, value in found.items()]


class Guard:
    """Lets through to `app` what comes from the page, its body read; answers everything else itself."""

    def __init__(self, app: App, door: Door) -> None:
        self._app, self._door = app, door
        self._hosts = {f"{host}:{door.port}".encode() for host in ("127.0.0.1", "localhost")}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers: list[Header] = scope["headers"]
        send = self._with_headers(send)
        status = self._refused(scope, headers)
        if status is None and self._is_entrance(scope):
            await _answer(send, HTTPStatus.SEE_OTHER, self._entered())
            return
        if status is None and scope["method"] == "POST":
            status, receive = await _with_body(headers, receive)
        if status is None:
            await self._app(scope, receive, send)
        else:
            await _answer(send, status, [(b"connection", b"close")])

    def _refused(self, scope: Message, headers: list[Header]) -> HTTPStatus | None:
        """Why a request is not answered, or None."""
        host = _values(headers, b"host")
        if len(host) != 1 or host[0] not in self._hosts:
            return HTTPStatus.FORBIDDEN
        if not (self._is_known(headers) or self._is_entrance(scope)):
            return HTTPStatus.FORBIDDEN
        if scope["method"] not in _METHODS:
            return HTTPStatus.METHOD_NOT_ALLOWED
        if scope["method"] != "POST":
            return None
        is_ours = _values(headers, b"origin") == [b"http://" + host[0]] and _values(headers, b"x-castkit") == [b"1"]
        if not is_ours:
            return HTTPStatus.FORBIDDEN
        kinds = _values(headers, b"content-type")
        is_json = len(kinds) == 1 and kinds[0].partition(b";")[0].strip().lower() == b"application/json"
        return None if is_json else HTTPStatus.UNSUPPORTED_MEDIA_TYPE

    def _is_known(self, headers: list[Header]) -> bool:
        """Whether the cookie is there; those of other programs on this machine may be of any form."""
        cookies = (one.strip() for value in _values(headers, b"cookie") for one in value.split(b";"))
        own = f"{self._door.cookie}=".encode()
        return any(
            _is_same(one[len(own) :].decode("latin-1"), self._door.token) for one in cookies if one.startswith(own)
        )

    def _is_entrance(self, scope: Message) -> bool:
        """Whether this is the address that the terminal shows."""
        if scope["method"] != "GET" or scope["path"] != "/" or b"token=" not in scope["query_string"]:
            return False
        given = parse_qs(scope["query_string"].decode("ascii", "replace"), max_num_fields=10).get("token", [])
        return len(given) == 1 and _is_same(given[0], self._door.token)

    def _entered(self) -> list[Header]:
        cookie = f"{self._door.cookie}={self._door.token}; Path=/; HttpOnly; SameSite=Strict"
        return [(b"location", b"/"), (b"set-cookie", cookie.encode()), (b"cache-control", b"no-store")]

    def _with_headers(self, send: Send) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._door.headers()]
            await send(message)

        return sent


async def _with_body(headers: list[Header], receive: Receive) -> tuple[HTTPStatus | None, Receive]:
    """The body whole, in a `receive` that gives it at once; or the status with which it is refused."""
    lengths = _values(headers, b"content-length")
    if lengths and (not lengths[0].isdigit() or int(lengths[0][:20]) > LARGEST_BODY):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, receive
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return HTTPStatus.BAD_REQUEST, receive
                body += message.get("body", b"")
                if len(body) > LARGEST_BODY:
                    return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, receive
                if not message.get("more_body"):
                    break
    except TimeoutError:
        return HTTPStatus.REQUEST_TIMEOUT, receive
    return None, _giving(bytes(body), receive)


def _giving(body: bytes, receive: Receive) -> Receive:
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def given() -> Message:
        return parts.pop() if parts else await receive()

    return given


async def _answer(send: Send, status: HTTPStatus, headers: list[Header]) -> None:
    """A status and nothing else."""
    start = {"type": "http.response.start", "status": int(status), "headers": [(b"content-length", b"0"), *headers]}
    await send(start)
    await send({"type": "http.response.body", "body": b""})


def _values(headers: list[Header], name: bytes) -> list[bytes]:
    return [value for key, value in headers if key == name]


def _is_same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())
