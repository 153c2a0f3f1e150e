"""Draws the engine's events: live bars on a terminal, plain lines without one, JSON lines for programs.

Rule: what a person or program asked for goes to stdout, how it is going goes to stderr.
"""

from __future__ import annotations

import json
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

import click

from castkit.engine import events

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress as Bars
    from rich.progress import TaskID


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the closing table."""

    subject: str
    step: str
    outcome: str
    seconds: float
    why: str

    @property
    def time(self) -> str:
        """The seconds it took, for the table; a dash where nothing ran."""
        return f"{self.seconds:.1f}" if self.outcome == "ran" else "-"


@dataclass(slots=True)
class Tally:
    """What happened, kept for the closing table; the notes once each, in order."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, event: events.Event) -> None:
        match event:
            case events.Finished(subject, step, seconds, reason):
                self.rows.append(Row(subject, step, "ran", seconds, reason))
            case events.Skipped(subject, step, reason):
                self.rows.append(Row(subject, step, "skipped", 0.0, reason))
            case events.Failed(subject, step, message, _):
                self.rows.append(Row(subject, step, "failed", 0.0, message))
            case events.Note(subject, step, text):
                line = f"{subject}, {step}: {text}"
                if line not in self.notes:
                    self.notes.append(line)
            case _:
                pass


class Console(Protocol):
    """Takes events from any thread until it is closed; `tally` is what came of them."""

    tally: Tally

    def __enter__(self) -> Console: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def report(self, event: events.Event) -> None: ...


class _Base(ABC):
    def __init__(self) -> None:
        self.tally = Tally()
        self._mutex = Lock()

    def __enter__(self) -> Console:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def report(self, event: events.Event) -> None:
        with self._mutex:
            self.tally.add(event)
            self.draw(event)

    @abstractmethod
    def draw(self, event: events.Event) -> None: ...


class JsonConsole(_Base):
    """One JSON object a line on stdout, nothing else there; a step's progress at most ten times a second."""

    EVERY_S = 0.1

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, float] = {}

    def draw(self, event: events.Event) -> None:
        if isinstance(event, events.Progress):
            now = time.monotonic()
            if now - self._last.get(event.step, 0.0) < self.EVERY_S:
                return
            self._last[event.step] = now
        echo_json({"event": type(event).__name__.lower(), **asdict(event)})


class PlainConsole(_Base):
    """A line when a step starts and ends, and at every quarter of a long one."""

    QUARTERS = 4

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[str, int] = {}

    def draw(self, event: events.Event) -> None:
        match event:
            case events.Started(subject, step, reason):
                self._shown[step] = 0
                click.echo(f"{subject}  {step:<12} ...  {reason}", err=True)
            case events.Progress(subject, step, fraction, left_s):
                quarter = int(fraction * self.QUARTERS)
                if self._shown.get(step, 0) < quarter < self.QUARTERS:
                    self._shown[step] = quarter
                    left = f", about {_time(left_s)} left" if left_s is not None else ""
                    click.echo(f"{subject}  {step:<12} {quarter * 100 // self.QUARTERS:>3} %{left}", err=True)
            case events.Finished(subject, step, seconds, _):
                click.echo(f"{subject}  {step:<12} done in {seconds:.1f} s", err=True)
            case _:
                pass


def _time(seconds: float) -> str:
    """A length of time as people say it: seconds below a minute and a half, else minutes."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


class LiveConsole(_Base):
    """A bar per running step, with the time left as the step itself tells it, by how much of the recording is done."""

    def __init__(self) -> None:
        from rich.console import Console as Terminal  # noqa: PLC0415
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

        super().__init__()
        self._bars: Bars = Progress(
            TextColumn("{task.fields[subject]}  {task.description:<12}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}", style="dim", markup=False),
            console=Terminal(stderr=True),
        )
        self._tasks: dict[tuple[str, str], TaskID] = {}

    def __enter__(self) -> Console:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def draw(self, event: events.Event) -> None:
        key = (event.subject, event.step)
        match event:
            case events.Started():
                self._tasks[key] = self._bars.add_task(event.step, total=1.0, subject=event.subject, left="")
            case events.Progress(_, _, fraction, left_s):
                left = f"about {_time(left_s)} left" if left_s is not None and fraction < 1 else ""
                self._bars.update(self._tasks[key], completed=fraction, left=left)
            case events.Finished():
                self._bars.update(self._tasks[key], completed=1.0, left="")
            case events.Failed() if key in self._tasks:
                self._bars.update(self._tasks[key], left="")
                self._bars.stop_task(self._tasks[key])
            case _:
                pass


def open_console(*, as_json: bool) -> Console:
    """The console that suits where the output goes."""
    if as_json:
        return JsonConsole()
    return LiveConsole() if sys.stderr.isatty() else PlainConsole()


def echo_json(value: dict[str, Any]) -> None:
    """One JSON object on a line of stdout, in ASCII, which every terminal and pipe can carry."""
    click.echo(json.dumps(value, sort_keys=False))


def echo_table(rows: Sequence[tuple[str, ...]], headings: tuple[str, ...]) -> None:
    """A table on stdout, columns aligned by how wide the text looks (a Chinese character is two columns wide)."""
    from rich.cells import cell_len  # noqa: PLC0415

    widths = [max(cell_len(row[column]) for row in (headings, *rows)) for column in range(len(headings))]
    for number, row in enumerate((headings, *rows)):
        cells = (text + " " * (width - cell_len(text)) for text, width in zip(row, widths, strict=True))
        line = "  ".join(cells).rstrip()
        click.echo(click.style(line, bold=True) if number == 0 else line)
