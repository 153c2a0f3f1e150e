"""Memory that one pass of a batch leaves behind, given back to the system before the next one needs its own.

Rule: nothing depends on it but how much is held. glibc keeps what a library freed, and CTranslate2's passes each want
pieces of other sizes: without this their peaks add up.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Any


def give_back() -> None:
    """Returns what is free in the heap to the system, where its C library can (glibc's `malloc_trim`)."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], Any] | None:
    if sys.platform != "linux":
        return None
    import ctypes  # noqa: PLC0415

    return getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
