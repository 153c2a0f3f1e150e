"""A limit to the bytes a second that all uploads of a store send together.

Rule: only what goes over the network is slowed down, never what is read to be signed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_SLICE = 64 << 10  # bytes; read by http.client at a time at most


class Pace:
    """Lets through `rate` bytes a second; threads wait their turn."""

    def __init__(
        self, rate: float, *, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.rate = rate
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._free_at = 0.0  # when the bytes promised so far have gone

    def take(self, size: int) -> None:
        """Returns when this many bytes more may go."""
        with self._lock:
            now = self._clock()
            self._free_at = max(self._free_at, now) + size / self.rate
            wait = self._free_at - now
        self._sleep(wait)


class PacedBody:
    """Bytes as the file that botocore sends; `is_sending` is set when they go, and not while they are signed."""

    def __init__(self, data: bytes, pace: Pace) -> None:
        self._data, self._pace, self._at = memoryview(data), pace, 0
        self.is_sending = False

    def __len__(self) -> int:
        return len(self._data)

    def read(self, size: int | None = -1) -> bytes:
        wanted = len(self._data) if size is None or size < 0 else size
        if self.is_sending:
            wanted = min(wanted, _SLICE)
        found = bytes(self._data[self._at : self._at + wanted])
        self._at += len(found)
        if self.is_sending and found:
            self._pace.take(len(found))
        return found

    def seek(self, offset: int, whence: int = 0) -> int:
        start = (0, self._at, len(self._data))[whence]
        self._at = min(max(start + offset, 0), len(self._data))
        return self._at

    def tell(self) -> int:
        return self._at
