"""How long ffmpeg may take: a bound in proportion to the material, and one on silence.

Rule: only time in which castkit waits for ffmpeg counts, by ticks, so that no sleeping laptop or slow reader ends it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from castkit.errors import CastkitError
from castkit.ffmpeg.bounds import LONGEST_S

SILENT_S = 1800
"""Seconds without a sign. Reports of progress come twice a second; skipping a day of sound takes minutes."""

_TICK_S = 1.0
_AT_LEAST_S = 600
_TIMES_REAL = 100  # a picture of 4K in HDR on a small machine comes at half a frame a second


def allowed_s(duration_ms: int | None) -> int:
    """Seconds for a job that reads or writes this much; the longest recording in real time where that is not known."""
    return _AT_LEAST_S + (LONGEST_S if duration_ms is None else _TIMES_REAL * duration_ms // 1000)


class Watch:
    """Counts the seconds of waiting, and calls `stop` once where there are too many."""

    def __init__(self, allowed_s: int, stop: Callable[[], None]) -> None:
        self._allowed_s, self._stop = allowed_s, stop
        self._silent_s = self._waited_s = 0.0
        self._is_waiting = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._count, daemon=True)
        self.verdict = ""

    @contextmanager
    def watching(self) -> Iterator[Watch]:
        """Counts while the body runs."""
        try:
            self._thread.start()
            yield self
        finally:
            self._ended.set()
            if self._thread.ident:
                self._thread.join()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Around a wait for ffmpeg; its end is a sign of life."""
        self._silent_s, self._is_waiting = 0.0, True
        try:
            yield
        finally:
            self._is_waiting = False

    def complain(self, doing: str) -> None:
        """CastkitError where ffmpeg was stopped."""
        if self.verdict:
            hint = "run the same command again; if it happens again, export the recording named there anew"
            raise CastkitError(f"ffmpeg was stopped, {doing}: {self.verdict}", hint)

    def _count(self) -> None:
        while not self._ended.wait(_TICK_S):
            if not self._is_waiting:
                continue
            self._silent_s += _TICK_S
            self._waited_s += _TICK_S
            if self._silent_s >= SILENT_S:
                self.verdict = f"it gave no sign for {SILENT_S / 60:.0f} minutes"
            elif self._waited_s >= self._allowed_s:
                self.verdict = f"it took more than {self._allowed_s / 60:.0f} minutes, far more than this needs"
            if self.verdict:
                self._stop()
                return
