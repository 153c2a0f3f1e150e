"""One request to a service on the web and its answer, with bounds on time and size.

Rule: whatever the other side does, the caller goes on in time: it waits for a thread that it may leave behind.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from castkit.proxies import connections, proxy_for

if TYPE_CHECKING:
    import urllib3

LARGEST = 4 * 1024 * 1024  # bytes of an answer; a hundred sentences have a hundredth of that
_PIECE = 64 * 1024
_TICK_S = 0.2  # how often the caller is heard while it waits


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whole; names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Unanswered(Exception):
    """No whole answer came; `is_lasting` says that asking again is of no use."""

    def __init__(self, why: str, *, is_lasting: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.is_lasting = is_lasting


@dataclass(slots=True)
class _Call:
    """What the caller and the thread share; `response` is shut down when the caller gives up."""

    outcome: SimpleQueue[Reply | Unanswered] = field(default_factory=SimpleQueue)
    response: urllib3.BaseHTTPResponse | None = None
    is_abandoned: bool = False

    def abandon(self) -> None:
        self.is_abandoned = True
        if response := self.response:
            with suppress(Exception):  # it may just have ended
                response.shutdown()


class Exchange:
    """Requests to one address; connections are kept open between them. No redirect is followed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: urllib3.PoolManager | None = None

    def post(self, body: bytes, headers: Mapping[str, str], *, within_s: float, alive: Callable[[], None]) -> Reply:
        """The answer to a POST; Unanswered where none comes whole within `within_s` seconds.

        `alive` is called while waiting, and may raise to give up.
        """
        self._pool = self._pool or connections(proxy_for(self._url))
        call, until = _Call(), time.monotonic() + within_s
        Thread(target=self._run, args=(call, body, headers, within_s), daemon=True).start()
        try:
            while (left := until - time.monotonic()) > 0:
                alive()
                try:
                    outcome = call.outcome.get(timeout=min(left, _TICK_S))
                except Empty:
                    continue
                if isinstance(outcome, Unanswered):
                    raise outcome
                return outcome
        finally:
            call.abandon()
        raise Unanswered(f"no whole answer within {within_s:.3g} s")

    def _run(self, call: _Call, body: bytes, headers: Mapping[str, str], within_s: float) -> None:
        try:
            call.outcome.put(self._answer(call, body, headers, within_s))
        except Unanswered as error:
            call.outcome.put(error)
        except Exception as error:  # noqa: BLE001 - libraries below raise what they like; it must reach the caller
            call.outcome.put(_translated(error))

    def _answer(self, call: _Call, body: bytes, headers: Mapping[str, str], within_s: float) -> Reply:
        assert self._pool is not None  # noqa: S101 - post has made it
        response = self._pool.request(
            "POST",
            self._url,
            body=body,
            headers=dict(headers),
            timeout=within_s,
            retries=False,
            redirect=False,
            preload_content=False,
        )
        try:
            received = bytearray()
            call.response = response
            while piece := response.read(_PIECE):
                received += piece
                if call.is_abandoned:
                    raise Unanswered("nobody waits for it")
                if len(received) > LARGEST:
                    raise Unanswered(f"its answer is larger than {LARGEST // 1024**2} MB", is_lasting=True)
        except BaseException:
            response.close()
            raise
        finally:
            call.response = None
        response.release_conn()
        names = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, names, bytes(received))


def _translated(error: Exception) -> Unanswered:
    """In words for people, without addresses of objects."""
    from urllib3 import exceptions  # noqa: PLC0415

    match error:
        case exceptions.SSLError():
            return Unanswered(f"its certificate is not accepted: {error}", is_lasting=True)
        case exceptions.NameResolutionError():
            return Unanswered("no such host is known")
        case exceptions.NewConnectionError():
            return Unanswered("no connection can be made")
        case exceptions.TimeoutError():
            return Unanswered("it does not answer in time")
        case exceptions.ProtocolError() | exceptions.DecodeError() | OSError():
            return Unanswered("the connection broke off")
        case _:
            return Unanswered(f"{type(error).__name__}: {error}", is_lasting=True)
