"""What a command and all that it started took: wall, CPU, and the memory of the whole tree of processes.

Rule: everything is as the system counts it. CPU seconds are of every process that was waited for. Memory is the sum of
the tree's shares (PSS: a page that three processes have counts a third in each), looked at five times a second; Linux
only, elsewhere the largest single process stands for it.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from time import perf_counter

_SOON_S, _EVERY_S = 0.05, 0.2
_SHARE = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True)
class Used:
    """What a command took; `memory_mb` is that of the largest single process, `tree_mb` the peak of all together."""

    cpu_s: float
    wall_s: float
    memory_mb: float
    tree_mb: float
    said: str


def measured(*command: str, environment: Mapping[str, str] | None = None, cwd: Path | None = None) -> Used:
    """Runs a command, in a session of its own; SystemExit with its last words where it fails. POSIX only."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as log:
        began = perf_counter()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=log,
            env=environment,
            cwd=cwd,
            start_new_session=True,
        )
        with _watched(process.pid) as peak, _ended_with_us(process.pid):
            _, status, usage = os.wait4(process.pid, 0)
        wall = perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        log.seek(0)
        text, words = said.read().decode(errors="replace"), log.read().decode(errors="replace")
        if process.returncode:
            raise SystemExit(f"{' '.join(command)[:200]} ended with {process.returncode}: {(words or text)[-2000:]}")
    largest = usage.ru_maxrss / 1024  # of a small program this is ours: it was a copy of this process for a moment
    return Used(usage.ru_utime + usage.ru_stime, wall, largest, max(peak, default=largest), text)


@contextlib.contextmanager
def _ended_with_us(session: int) -> Iterator[None]:
    """A session of its own does not hear this terminal's Ctrl-C."""
    try:
        yield
    except BaseException:
        os.killpg(session, 9)
        raise


@contextlib.contextmanager
def _watched(session: int) -> Iterator[Sequence[float]]:
    """MB of the whole session at its peak, once the body is through; empty where the system does not tell."""
    peak: list[float] = []
    ended = threading.Event()

    def look() -> None:
        for wait in chain((0, _SOON_S), repeat(_EVERY_S)):  # a program that is over in no time is looked at once
            if ended.wait(wait):
                return
            if (now := _held_mb(session)) > max(peak, default=0.0):
                peak[:] = [now]

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()


def _held_mb(session: int) -> float:
    return sum(_share_kb(path) for path in Path("/proc").glob("[0-9]*") if _session(path) == session) / 1024


def _session(path: Path) -> int:
    with contextlib.suppress(OSError, IndexError):
        return int((path / "stat").read_text().rpartition(")")[2].split()[3])
    return 0


def _share_kb(path: Path) -> int:
    with contextlib.suppress(OSError):
        if found := _SHARE.search((path / "smaps_rollup").read_text()):
            return int(found[1])
    return 0
