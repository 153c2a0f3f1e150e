"""castkit on a disk or a network that fails: `faulty_castkit.py PLAN ARGUMENT...` is the command line with faults.

A point is one thing done to a disk or a network: a write that reaches the file, an fsync, a rename, a file removed, a
folder made, bytes sent. Files are opened with Python's own classes, so that each write of every library counts; what
ffmpeg and other programs write does not.
"""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from castkit_cli import Ended

EVERY = ("write", "fsync", "rename", "unlink", "mkdir", "send")
CHANGES = ("open", *EVERY[:-1])  # whatever a disk refuses to do that may only be read


@dataclass(frozen=True)
class Plan:
    """What goes wrong at point `at` (from 1; 0: nothing) of these kinds, below the folder `below` where one is named.

    `do` is "kill", halfway through what is written or sent, or the name of an errno, from then on where `for_good`.
    Every point is noted in the file `log`. `clock_s` puts the time of day forwards (backwards: negative).
    """

    do: str = "kill"
    at: int = 0
    kinds: tuple[str, ...] = EVERY
    below: str = ""
    for_good: bool = False
    log: str = ""
    clock_s: float = 0.0


class Points:
    """Counts the points, and lets the one go wrong that is planned."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.count = 0
        self._lock = threading.Lock()
        self._log = os.open(plan.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if plan.log else -1
        self._write = os.write

    def meet(self, kind: str, where: object, halfway: Callable[[], object] = lambda: None) -> None:
        name = os.fsdecode(where) if isinstance(where, bytes) else str(where)
        if kind not in self.plan.kinds or not name.startswith(self.plan.below):
            return
        with self._lock:
            self.count += 1
            if self._log >= 0:
                self._write(self._log, f"{kind} {name}\n".encode(errors="replace"))
            is_due = 0 < self.plan.at == self.count or (self.plan.for_good and 0 < self.plan.at < self.count)
            if is_due and self.plan.do == "kill":
                halfway()
                os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
                time.sleep(60)  # the system takes a moment, in which nothing more may happen
        if is_due:
            code = getattr(errno, self.plan.do)
            raise OSError(code, os.strerror(code), name)


class Raw(io.FileIO):
    """A file whose every write is a point."""

    points: Points

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        self.points.meet("write", self.name, lambda: io.FileIO.write(self, view[: len(view) // 2]))
        return super().write(view)


def _opened(points: Points, real: Callable[..., Any]) -> Callable[..., Any]:
    def opened(
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        closefd: bool = True,
        opener: Any = None,
    ) -> Any:
        if isinstance(file, int) or not set(mode) & set("wax+"):
            return real(file, mode, buffering, encoding, errors, newline, closefd, opener)
        points.meet("open", os.fspath(file))
        raw = Raw(file, mode.replace("b", "").replace("t", ""), closefd, opener)
        if buffering == 0:
            return raw
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        if "b" in mode:
            return buffered
        return io.TextIOWrapper(buffered, encoding or "locale", errors, newline, line_buffering=buffering == 1)

    return opened


def _counted(points: Points, kind: str, real: Callable[..., Any]) -> Callable[..., Any]:
    """A function of `os` as a point, named by its last path: that of a rename's target."""

    def call(*arguments: Any, **options: Any) -> Any:
        named = [one for one in arguments if isinstance(one, (str, bytes, os.PathLike))]
        where = os.fspath(named[-1]) if named else arguments[0]
        if kind == "fsync" and sys.platform == "linux":
            where = Path(f"/proc/self/fd/{arguments[0]}").readlink()
        points.meet(kind, where)
        return real(*arguments, **options)

    return call


def _sending(points: Points, real: Callable[..., Any]) -> Callable[..., Any]:
    def send(self: socket.socket, data: Any, *flags: Any) -> Any:
        view = memoryview(data).cast("B")
        points.meet("send", "socket", lambda: real(self, view[: len(view) // 2], *flags))
        return real(self, data, *flags)

    return send


def install(plan: Plan) -> None:
    """Puts the faults into this process."""
    points = Points(plan)
    Raw.points = points
    import builtins  # noqa: PLC0415 - replaced here, and nowhere else

    builtins.open = io.open = _opened(points, io.open)
    for kind, names in {
        "write": ("write", "sendfile", "truncate", "ftruncate"),
        "fsync": ("fsync",),
        "rename": ("replace", "rename", "link"),
        "unlink": ("unlink", "remove", "rmdir"),
        "mkdir": ("mkdir",),
    }.items():
        for name in names:
            if hasattr(os, name):
                setattr(os, name, _counted(points, kind, getattr(os, name)))
    for name in ("send", "sendall"):
        setattr(socket.socket, name, _sending(points, getattr(socket.socket, name)))
    if plan.clock_s:
        _shift_clock(plan.clock_s)


def _shift_clock(by_s: float) -> None:
    now, now_ns = time.time, time.time_ns
    time.time = lambda: now() + by_s
    time.time_ns = lambda: now_ns() + int(by_s * 10**9)


def run(plan: Plan, *arguments: str, cwd: Path, **environment: str) -> Ended:
    """castkit in a process of its own under this plan; the exit code is negative where it was killed."""
    ended = subprocess.run(
        [sys.executable, __file__, json.dumps(asdict(plan)), *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=600,
    )
    from castkit_cli import Ended  # noqa: PLC0415 - the program itself has not the tests' paths

    return Ended(ended.returncode, ended.stdout, ended.stderr)


def points_in(log: Path) -> list[str]:
    """The points noted, one a line: its kind and where."""
    return log.read_text("utf-8").splitlines() if log.exists() else []


if __name__ == "__main__":
    install(Plan(**json.loads(sys.argv[1])))
    sys.argv = ["castkit", *sys.argv[2:]]
    from castkit.cli.main import main

    main()
