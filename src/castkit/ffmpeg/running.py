"""Running ffmpeg, with its progress and its log.

Rule: the only module that has it work; it is killed when its caller stops listening, and when it takes far too long.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

from castkit.ffmpeg.bounds import MOST_ALLOCATED
from castkit.ffmpeg.failures import failure, is_exhausted
from castkit.ffmpeg.graph import compiled, fenced
from castkit.ffmpeg.starting import started
from castkit.ffmpeg.tools import find_tools
from castkit.ffmpeg.watching import Watch, allowed_s

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
    the CastkitError. `each_line`, called from another thread, is given every line of the log, however long it is; if
    it raises, ffmpeg is killed and the exception comes out here. CastkitError where ffmpeg takes far longer than
    `duration_ms` of material can.
    Outputs are not removed after a failure: write to a name that nobody mistakes for the result.
    """
    with _working(["-nostats", "-progress", "pipe:1", *_arguments(job)], doing, duration_ms, each_line) as child:
        for share in _shares(child.lines(), duration_ms):
            if progress:
                progress(share)
    return "\n".join(child.log)


def blocks(
    job: Any, *, size: int, doing: str = "working", each_line: Callable[[str], None] | None = None
) -> Iterator[bytes]:
    """What ffmpeg writes to its standard output (`pipe:1` in the job), in blocks of `size` bytes, the last shorter.

    Errors as of `run`, raised at the end of the iteration; ffmpeg is killed when the iterator is closed before.
    `each_line` as of `run`; it has been given the whole log when the iteration ends.
    """
    with _working(["-nostats", *_arguments(job)], doing, None, each_line) as child:
        while block := child.read(size):
            yield block


def _arguments(job: Any) -> list[str]:
    return fenced([str(argument) for argument in job] if isinstance(job, list | tuple) else compiled(job))


class _Child:
    """A running ffmpeg: its standard output, and its log, whole once it has ended."""

    def __init__(self, stdout: IO[bytes], watch: Watch, each_line: Callable[[str], None] | None) -> None:
        self._stdout, self._watch, self._each_line = stdout, watch, each_line
        self.log: deque[str] = deque(maxlen=_STDERR_LINES)
        self.errors: list[str] = []
        self.raised: list[BaseException] = []  # by `each_line`

    def read(self, size: int) -> bytes:
        """The next bytes of its output."""
        with self._watch.waiting():
            return self._stdout.read(size)

    def lines(self) -> Iterator[bytes]:
        """Its output line by line."""
        while True:
            with self._watch.waiting():
                line = self._stdout.readline()
            if not line:
                return
            yield line

    def collect(self, stream: IO[bytes], stop: Callable[[], None]) -> None:
        """Reads its log to the end, whatever `each_line` does: ffmpeg waits for ever where nobody reads."""
        for text in _told(stream, self.errors):
            self.log.append(text)
            if self._each_line and not self.raised:
                try:
                    self._each_line(text)
                except BaseException as error:  # noqa: BLE001 - it is raised again where the caller can catch it
                    self.raised.append(error)
                    stop()


@contextmanager
def _working(
    arguments: Sequence[str], doing: str, duration_ms: int | None, each_line: Callable[[str], None] | None
) -> Iterator[_Child]:
    """An ffmpeg that is waited for on the way out, or killed where the body raised; CastkitError where it failed."""
    command = [str(find_tools().ffmpeg), "-nostdin", "-hide_banner", "-y", "-loglevel", "level+info"]
    command += ["-max_alloc", str(MOST_ALLOCATED), *arguments]
    with started(command) as process:
        assert process.stdout is not None  # noqa: S101 - pipes were asked for
        assert process.stderr is not None  # noqa: S101
        watch = Watch(allowed_s(duration_ms), process.kill)
        child = _Child(process.stdout, watch, each_line)
        reader = threading.Thread(target=child.collect, args=(process.stderr, process.kill), daemon=True)
        try:
            with watch.watching():
                reader.start()
                yield child
                with watch.waiting():
                    status = process.wait()
        except BaseException:
            process.kill()
            raise
        finally:
            if reader.ident:
                reader.join()
    if child.raised:
        raise child.raised[0]
    watch.complain(doing)
    # ffmpeg 5 ends with 0 when the last of a file did not fit on the disk, or memory was refused it, and says so on
    # stderr only.
    if status != 0 or is_exhausted(child.errors):
        raise failure("\n".join(child.log), child.errors, doing)


_CONTEXT = re.compile(r"^\[[^\]]+ @ 0x[0-9a-f]+\] ")
_LEVEL = re.compile(r"\[(?:panic|fatal|(?P<error>error)|warning|info|verbose|debug)\] ")


def _told(stream: IO[bytes], errors: list[str]) -> Iterator[str]:
    """Every line of a log without its level; `errors` gets the first error, which is the cause, and the last.

    An error that says that disk or memory is full counts for the first, whatever came before it.
    """
    for line in stream:
        text = line.decode("utf-8", "replace").rstrip()
        if level := _LEVEL.search(text):
            text = text[: level.start()] + text[level.end() :]
            if level["error"] or level[0] == "[fatal] ":
                errors[1:] = [_CONTEXT.sub("", text)]
                if is_exhausted(errors[-1:]):
                    errors[:] = errors[-1:]
        yield text


def _shares(lines: Iterator[bytes], duration_ms: int | None) -> Iterator[float]:
    """The progress reports of `-progress`; out_time_us is N/A until something is written."""
    for line in lines:
        key, _, value = line.decode("ascii", "replace").strip().partition("=")
        if key == "out_time_us" and duration_ms and value.lstrip("-").isdigit():
            yield min(1.0, max(0.0, int(value) / 1000 / duration_ms))
        elif key == "progress" and (value == "end" or not duration_ms):
            yield 1.0 if value == "end" else 0.0
