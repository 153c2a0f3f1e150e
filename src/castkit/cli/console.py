"""Draws the engine's events: live bars on a terminal, plain lines without one, JSON lines for programs.

Rule: what a person or program asked for goes to stdout, how it is going goes to stderr.
"""

from __future__ import annotations

import json
import sys
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

import click

from castkit.cli.main import quiet
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
    seconds: dict[str, float] = field(default_factory=dict)  # that an episode took, where there were several
    ran: Counter[str] = field(default_factory=Counter)  # how many steps of each episode
    ended: int = 0
    failed: int = 0
    _noted: set[str] = field(default_factory=set)

    def add(self, event: events.Event) -> None:
        match event:
            case events.Finished(subject, step, seconds, reason):
                self.rows.append(Row(subject, step, "ran", seconds, reason))
                self.ran[subject] += 1
            case events.Skipped(subject, step, reason):
                self.rows.append(Row(subject, step, "skipped", 0.0, reason))
            case events.Failed(subject, step, message, _):
                self.rows.append(Row(subject, step, "failed", 0.0, message))
            case events.Note(subject, step, text):
                line = f"{subject}, {step}: {text}"
                if line not in self._noted:
                    self._noted.add(line)
                    self.notes.append(line)
            case events.Ended(subject, _, seconds, message):
                self.seconds[subject] = seconds
                self.ended += 1
                self.failed += bool(message)
            case _:
                pass

    def closing_line(self, event: events.Ended) -> str:
        """One line about an episode of several that is done, or failed."""
        if event.message:
            where = f" at {event.step}" if event.step else ""
            return f"{event.subject}  failed{where}: {quiet(event.message.splitlines()[0])}"
        ran = self.ran[event.subject]
        steps = f"{ran} {'step' if ran == 1 else 'steps'} in {length_of_time(event.seconds)}"
        return f"{event.subject}  done: {steps}" if ran else f"{event.subject}  up to date"


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
        self._last: dict[tuple[str, str], float] = {}

    def draw(self, event: events.Event) -> None:
        if isinstance(event, events.Progress):
            key, now = (event.subject, event.step), time.monotonic()
            if now - self._last.get(key, 0.0) < self.EVERY_S:
                return
            self._last[key] = now
        echo_json({"event": type(event).__name__.lower(), **asdict(event)})


class PlainConsole(_Base):
    """A line when a step starts and ends, and at every quarter of a long one."""

    QUARTERS = 4

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[tuple[str, str], int] = {}

    def draw(self, event: events.Event) -> None:
        match event:
            case events.Started(subject, step, reason):
                self._shown[subject, step] = 0
                click.echo(f"{subject}  {step:<12} ...  {reason}", err=True)
            case events.Progress(subject, step, fraction, left_s):
                quarter = int(fraction * self.QUARTERS)
                if self._shown.get((subject, step), 0) < quarter < self.QUARTERS:
                    self._shown[subject, step] = quarter
                    left = f", about {length_of_time(left_s)} left" if left_s is not None else ""
                    click.echo(f"{subject}  {step:<12} {quarter * 100 // self.QUARTERS:>3} %{left}", err=True)
            case events.Finished(subject, step, seconds, _):
                click.echo(f"{subject}  {step:<12} done in {seconds:.1f} s", err=True)
            case events.Ended():
                click.echo(self.tally.closing_line(event), err=True)
            case _:
                pass


def length_of_time(seconds: float) -> str:
    """A length of time as people say it: seconds below a minute and a half, else minutes."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


class LiveConsole(_Base):
    """A bar per running step, with the time left as the step itself tells it, by how much of the recording is done.

    Of several episodes the bars go when their steps are done, else they would fill the screen: one bar counts the
    episodes, and each leaves a line when it ends.
    """

    def __init__(self, episodes: int = 1) -> None:
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
        self._episodes = episodes
        counted = f"0 of {episodes} episodes"
        self._all = self._bars.add_task("", total=episodes, subject="all", left=counted) if episodes > 1 else None

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
                left = f"about {length_of_time(left_s)} left" if left_s is not None and fraction < 1 else ""
                if key in self._tasks:  # not one that was cut short and is not yet out of its work
                    self._bars.update(self._tasks[key], completed=fraction, left=left)
            case events.Finished() if self._all is None:
                self._bars.update(self._tasks[key], completed=1.0, left="")
            case events.Finished() | events.Failed() if self._all is not None:
                self._drop(key)
            case events.Failed() if key in self._tasks:
                self._bars.update(self._tasks[key], left="")
                self._bars.stop_task(self._tasks[key])
            case events.Ended() if self._all is not None:
                self._draw_end(event, self._all)
            case _:
                pass

    def _drop(self, key: tuple[str, str]) -> None:
        if key in self._tasks:
            self._bars.remove_task(self._tasks.pop(key))

    def _draw_end(self, event: events.Ended, counting: TaskID) -> None:
        for key in [key for key in self._tasks if key[0] == event.subject]:
            self._drop(key)  # steps that were cut short beside the one that failed
        self._bars.console.print(self.tally.closing_line(event), markup=False, highlight=False, soft_wrap=True)
        failed = f", {self.tally.failed} failed" if self.tally.failed else ""
        left = f"{self.tally.ended} of {self._episodes} episodes{failed}"
        self._bars.update(counting, completed=self.tally.ended, left=left)


def open_console(*, as_json: bool, episodes: int = 1) -> Console:
    """The console that suits where the output goes, and how many episodes are worked on."""
    if as_json:
        return JsonConsole()
    return LiveConsole(episodes) if sys.stderr.isatty() else PlainConsole()


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
