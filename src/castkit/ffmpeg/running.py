"""Running ffmpeg, with its progress and its log.

Rule: the only module that starts it for work; it is killed when its caller stops listening.
"""

from __future__ import annotations

import re
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from castkit.errors import ToolMissing
from castkit.ffmpeg.bounds import MOST_ALLOCATED
from castkit.ffmpeg.failures import failure, is_full
from castkit.ffmpeg.graph import compiled
from castkit.ffmpeg.tools import INSTALL_HINT, environment, find_tools

_STDERR_LINES = 2000  # a damaged recording can warn for every packet: keep the end, which has the summaries


def run(
    job: Any,
    *,
    doing: str = "working",
    duration_ms: int | None = None,
    progress: Callable[[float], None] | None = None,
    each_line: Callable[[str], None] | None = None,
) -> str:
    """Runs ffmpeg and gives back what it wrote to stderr (the end of it), for parsers of its summaries.

    `job` is a list of arguments or the outputs of an ffmpeg-python graph; existing outputs are overwritten. `progress`
    is called about twice a second with the share (0 to 1) of `duration_ms` that is written; if it raises, or the
    thread is interrupted, ffmpeg is killed before the exception goes on. `doing` completes "ffmpeg failed, …" in
    the CastkitError. `each_line`, called from another thread, is given every line of the log, however long it is.
    Outputs are not removed after a failure: write to a name that nobody mistakes for the result.
    """
    with _started(["-nostats", "-progress", "pipe:1", *_arguments(job)], doing, each_line) as child:
        for share in _shares(child.stdout, duration_ms):
            if progress:
                progress(share)
    return child.log


def blocks(
    job: Any, *, size: int, doing: str = "working", each_line: Callable[[str], None] | None = None
) -> Iterator[bytes]:
    """What ffmpeg writes to its standard output (`pipe:1` in the job), in blocks of `size` bytes, the last shorter.

    Errors as of `run`, raised at the end of the iteration; ffmpeg is killed when the iterator is closed before.
    `each_line` as of `run`; it has been given the whole log when the iteration ends.
    """
    with _started(["-nostats", *_arguments(job)], doing, each_line) as child:
        while block := child.stdout.read(size):
            yield block


def _arguments(job: Any) -> list[str]:
    return [str(argument) for argument in job] if isinstance(job, list | tuple) else compiled(job)


@dataclass(slots=True)
class _Child:
    """A running ffmpeg: its standard output, and its log once it has ended."""

    stdout: IO[bytes]
    log: str = ""


@contextmanager
def _started(arguments: Sequence[str], doing: str, each_line: Callable[[str], None] | None) -> Iterator[_Child]:
    """An ffmpeg that is waited for on the way out, or killed where the body raised; CastkitError where it failed."""
    command = [str(find_tools().ffmpeg), "-nostdin", "-hide_banner", "-y", "-loglevel", "level+info"]
    command += ["-max_alloc", str(MOST_ALLOCATED), *arguments]
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
        )
    except OSError as error:
        raise ToolMissing(f"{command[0]} does not run: {error.strerror or error}", INSTALL_HINT) from None
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    child = _Child(process.stdout)
    log: deque[str] = deque(maxlen=_STDERR_LINES)
    errors: list[str] = []
    reader = threading.Thread(target=_collect, args=(process.stderr, log, errors, each_line), daemon=True)
    with process:
        try:
            reader.start()
            yield child
            status = process.wait()
        except BaseException:
            process.kill()
            raise
        finally:
            reader.join()
    child.log = "\n".join(log)
    # ffmpeg 5 ends with 0 when the last of a file did not fit on the disk, and says so on stderr only.
    if status != 0 or is_full(errors):
        raise failure(child.log, errors, doing)


_CONTEXT = re.compile(r"^\[[^\]]+ @ 0x[0-9a-f]+\] ")
_LEVEL = re.compile(r"\[(?:panic|fatal|(?P<error>error)|warning|info|verbose|debug)\] ")


def _collect(
    stream: IO[bytes] | None, log: deque[str], errors: list[str], each_line: Callable[[str], None] | None
) -> None:
    """Puts every line into `log`, without its level; keeps the first error, which is the cause, and the last.

    An error that says that the disk is full counts for the first, whatever came before it.
    """
    for line in stream or ():
        text = line.decode("utf-8", "replace").rstrip()
        if level := _LEVEL.search(text):
            text = text[: level.start()] + text[level.end() :]
            if level["error"] or level[0] == "[fatal] ":
                errors[1:] = [_CONTEXT.sub("", text)]
                if is_full(errors[-1:]):
                    errors[:] = errors[-1:]
        log.append(text)
        if each_line:
            each_line(text)


def _shares(stream: IO[bytes] | None, duration_ms: int | None) -> Iterator[float]:
    """The progress reports of `-progress`; out_time_us is N/A until something is written."""
    for line in stream or ():
        key, _, value = line.decode("ascii", "replace").strip().partition("=")
        if key == "out_time_us" and duration_ms and value.lstrip("-").isdigit():
            yield min(1.0, max(0.0, int(value) / 1000 / duration_ms))
        elif key == "progress" and (value == "end" or not duration_ms):
            yield 1.0 if value == "end" else 0.0
