"""What a person sees while castkit works: on a terminal, and where there is none."""

from __future__ import annotations

import re

import pytest

from castkit.cli.console import LiveConsole, PlainConsole
from castkit.engine import events

STARTED = events.Started("talk", "transcribe", "new")


def on_a_terminal(capsys: pytest.CaptureFixture[str], *told: events.Event) -> str:
    """The last picture of the bars, its colours and cursor movements left out."""
    with LiveConsole() as console:
        for event in told:
            console.report(event)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err).rsplit("talk", 1)[-1]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.usefixtures("terminal")
def test_the_bar_shows_the_time_left_that_the_step_tells(capsys: pytest.CaptureFixture[str]) -> None:
    line = on_a_terminal(capsys, STARTED, events.Progress("talk", "transcribe", 0.25, 5400.0))
    assert "transcribe" in line
    assert "25 %" in line
    assert "about 90 min left" in line


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    "last",
    [
        events.Progress("talk", "transcribe", 0.3),
        events.Progress("talk", "transcribe", 1.0, 0.0),
        events.Finished("talk", "transcribe", 4.0, "new"),
        events.Failed("talk", "transcribe", "no", "none"),
    ],
)
def test_no_time_left_is_shown_where_none_is_known_or_nothing_is_left(
    capsys: pytest.CaptureFixture[str], last: events.Event
) -> None:
    assert "left" not in on_a_terminal(capsys, STARTED, events.Progress("talk", "transcribe", 0.2, 40.0), last)


def test_without_a_terminal_it_is_told_at_every_quarter(capsys: pytest.CaptureFixture[str]) -> None:
    with PlainConsole() as console:
        for event in (STARTED, *(events.Progress("talk", "transcribe", n / 8, 80.0 - n) for n in range(1, 9))):
            console.report(event)
    lines = [line.split() for line in capsys.readouterr().err.splitlines()]
    assert [line[2:] for line in lines] == [
        ["...", "new"],
        ["25", "%,", "about", "78", "s", "left"],
        ["50", "%,", "about", "76", "s", "left"],
        ["75", "%,", "about", "74", "s", "left"],
    ]
