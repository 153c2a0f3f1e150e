"""How much memory ffmpeg may fill, and what holds it to that.

Rule: Linux itself refuses a program more (RLIMIT_DATA). macOS has that limit in name only and Windows has none: there
castkit looks once a second, and ends what has more.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from castkit.errors import CastkitError

if TYPE_CHECKING:
    from subprocess import Popen

LEAST_MEMORY, MOST_MEMORY = 2 << 30, 8 << 30
"""Bytes that one ffmpeg may fill: what the machine has, but within these. A 4K picture on 16 cores takes 2 GB."""

_EVERY_S = 1.0
_HINT = "if the recording is whole, export it with a smaller picture and at 48 kHz"


def bounded(process: Popen[bytes], leash: ExitStack) -> Callable[[], None]:
    """Holds it to the limit until the leash is let go; gives what raises CastkitError where it was ended for it."""
    if _is_refused_more(process.pid):
        return lambda: None
    return watched(process, leash)


def _is_refused_more(pid: int) -> bool:
    """Whether the system will refuse this process more than the limit (Linux)."""
    with suppress(ImportError, AttributeError, OSError, ValueError):
        import resource  # noqa: PLC0415 - Windows has none

        limit = _limit(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
        resource.prlimit(pid, resource.RLIMIT_DATA, (limit, limit))  # macOS has no prlimit
        return True
    return False


def watched(process: Popen[bytes], leash: ExitStack) -> Callable[[], None]:
    """Looks once a second how much it has, and kills it where that is too much; without psutil nobody looks."""
    try:
        import psutil  # type: ignore[import-untyped] # noqa: PLC0415
    except ImportError:
        return lambda: None
    limit, ended, found = _limit(psutil.virtual_memory().total), threading.Event(), list[int]()

    def look() -> None:
        with suppress(psutil.Error):  # it is over
            seen = psutil.Process(process.pid)
            while not ended.wait(_EVERY_S):
                held = seen.memory_info()
                found[:] = [max(held.rss, getattr(held, "private", 0))]  # Windows tells what it has asked for, too
                if found[0] > limit:
                    process.kill()
                    return

    def complain() -> None:
        if found and found[0] > limit:
            told = f"ffmpeg was stopped: it filled {found[0] / 1e9:.1f} GB, more than castkit allows it"
            raise CastkitError(told, _HINT)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    leash.callback(thread.join)
    leash.callback(ended.set)
    return complain


def _limit(installed: int) -> int:
    return max(LEAST_MEMORY, min(MOST_MEMORY, installed))
