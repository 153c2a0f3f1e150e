"""The private bucket as the machine sees it that hands out the work: a call of it ends when the run is given up.

Rule: what was asked of the bucket is left to itself, in a thread that nobody waits for. An object is put there whole or
not at all; a file in parts stays unfinished there, and the next run goes on with it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any, TypeVar

from castkit.engine.runner import Cancelled
from castkit.model.show import StoreSettings
from castkit.storage.s3 import S3Store

T = TypeVar("T")


class PrivateBucket(S3Store):
    """A bucket as every other, until `give_up`: then every call, also one under way, raises Cancelled."""

    def __init__(self, settings: StoreSettings) -> None:
        super().__init__(settings)
        self._given_up: Future[None] = Future()

    def give_up(self) -> None:
        if not self._given_up.done():
            self._given_up.set_result(None)

    def call(self, action: Callable[[Any], T], *, what: str, size: int = 0, deadline: float | None = None) -> T:
        answer: Future[T] = Future()

        def ask() -> None:
            try:
                answer.set_result(S3Store.call(self, action, what=what, size=size, deadline=deadline))
            except BaseException as error:  # noqa: BLE001 - handed over to whoever waits
                answer.set_exception(error)

        if not self._given_up.done():
            threading.Thread(target=ask, name="castkit-ask", daemon=True).start()
            either: list[Future[Any]] = [answer, self._given_up]
            wait(either, return_when=FIRST_COMPLETED)
        if self._given_up.done():
            raise Cancelled
        return answer.result()
