"""Starting ffmpeg and ffprobe: without a shell, with bounds on memory, and never to outlive castkit.

Rule: the only module that starts them; whatever ends castkit or the body that uses a program, ends the program.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from subprocess import PIPE, Popen
from types import FrameType

from castkit.errors import ToolMissing
from castkit.ffmpeg.memory import bounded

INSTALL_HINT = (
    'install it with "apt-get install ffmpeg" (macOS: brew, Windows: winget); or without root, in the folder of '
    'castkit\'s repository: python -m pip install -c constraints.txt ".[ffmpeg]"'
)


@contextmanager
def started(command: Sequence[str]) -> Iterator[Popen[bytes]]:
    """A running program, its output and log as pipes; waited for on the way out, killed where the body raised.

    Where castkit itself is killed, Linux ends the program too; elsewhere it finishes what it was given.
    ToolMissing where it does not run, CastkitError where it had to be ended for the memory that it filled.
    """
    running: list[Popen[bytes]] = []
    with ExitStack() as leash:
        try:
            with _held(signal.SIGINT), _held(signal.SIGTERM):
                running.append(_leashed(command, leash))
            complain = bounded(running[0], leash)
            yield running[0]
            running[0].wait()
            complain()
        except BaseException:
            for process in running:
                process.kill()
            raise
        finally:
            for process in running:
                with process:  # closes the pipes, and waits
                    pass


def _leashed(command: Sequence[str], leash: ExitStack) -> Popen[bytes]:
    """The program, with the reading end of a pipe for its standard input; the writing end is closed with `leash`.

    Nothing is ever written. When castkit is gone, in whatever way, the system closes the writing end, and tells the
    reader by SIGIO, which ends it (BSD and macOS ignore that signal). PR_SET_PDEATHSIG would need code between fork and
    exec, unsafe beside threads.
    """
    reading, writing = os.pipe()
    leash.callback(os.close, writing)
    try:
        process = Popen(list(command), stdin=reading, stdout=PIPE, stderr=PIPE, env=environment())
        _bind(reading, process.pid)
    except OSError as error:
        raise ToolMissing(f"{command[0]} does not run: {error.strerror or error}", INSTALL_HINT) from None
    finally:
        os.close(reading)
    return process


def _bind(reading: int, pid: int) -> None:
    """Has the system signal this process when the pipe's other end is closed, where it can."""
    if os.name != "nt":
        import fcntl  # noqa: PLC0415 - Windows has none

        with suppress(OSError):
            fcntl.fcntl(reading, fcntl.F_SETOWN, pid)
            fcntl.fcntl(reading, fcntl.F_SETFL, fcntl.fcntl(reading, fcntl.F_GETFL) | os.O_ASYNC)


@contextmanager
def _held(number: int) -> Iterator[None]:
    """A signal that Python code answers, such as Ctrl-C, waits until the body is through; of it in a child, nothing.

    Only the main thread is interrupted by signals, and only there can they be held.
    """
    answer = signal.getsignal(number)
    if threading.current_thread() is not threading.main_thread() or not callable(answer):
        yield
        return
    came: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        came.append(number)

    try:
        signal.signal(number, note)
        yield
    finally:
        signal.signal(number, answer)
        if came:
            signal.raise_signal(number)


def environment() -> dict[str, str]:
    """What the programs are started with: no colours in their logs."""
    return {**os.environ, "AV_LOG_FORCE_NOCOLOR": "1"}
