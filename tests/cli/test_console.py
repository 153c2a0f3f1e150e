"""What a person sees while castkit works: on a terminal, and where there is none."""

from __future__ import annotations

import json
import re

import pytest

from castkit.cli.console import JsonConsole, LiveConsole, PlainConsole
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


def several(*more: events.Event) -> list[events.Event]:
    return [
        events.Started("talk", "ingest", "new"),
        events.Started("walk", "ingest", "new"),
        events.Progress("talk", "ingest", 0.5),
        events.Finished("talk", "ingest", 3.0, "new"),
        *more,
    ]


def shown(capsys: pytest.CaptureFixture[str], *told: events.Event) -> str:
    """All that was drawn for three episodes, colours and cursor movements left out."""
    with LiveConsole(episodes=3) as console:
        for event in told:
            console.report(event)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err)


@pytest.mark.usefixtures("terminal")
def test_of_several_episodes_only_what_runs_has_a_bar_and_each_leaves_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    drawn = shown(capsys, *several(events.Ended("talk", "", 75.0), events.Ended("both", "", 0.1)))
    last = drawn[drawn.rindex("all ") :]
    assert "2 of 3 episodes" in last
    assert "walk  ingest" in last
    assert "talk" not in last
    assert "talk  done: 1 step in 75 s\n" in drawn.replace("\r", "")
    assert "both  up to date\n" in drawn.replace("\r", "")


@pytest.mark.usefixtures("terminal")
def test_an_episode_that_fails_takes_its_bars_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    failed = (
        events.Failed("walk", "ingest", "no [sound]\nin it", "none"),
        events.Started("talk", "survey", "new"),
        events.Progress("walk", "ingest", 0.9),
        events.Ended("walk", "ingest", 2.0, "no [sound]\nin it"),
        events.Ended("third", "", 0.0, "another castkit is working on third"),
    )
    drawn = shown(capsys, *several(*failed)).replace("\r", "")
    last = drawn[drawn.rindex("all ") :]
    assert "2 of 3 episodes, 2 failed" in last
    assert "talk  survey" in last
    assert "walk" not in last
    assert "walk  failed at ingest: no [sound]\n" in drawn
    assert "third  failed: another castkit is working on third\n" in drawn


def test_several_episodes_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with PlainConsole() as console:
        failed = events.Ended("third", "carry", 0.0, "no title \x1b[2Jhere\nor there")
        for event in several(events.Progress("walk", "ingest", 0.3), failed, events.Ended("talk", "", 3.0)):
            console.report(event)
    lines = capsys.readouterr().err.splitlines()
    assert lines[-2] == "third  failed at carry: no title \ufffd[2Jhere", "and what a terminal would obey is left out"
    assert [line.split()[0] for line in lines if "%" in line] == ["talk", "walk"], "each has quarters of its own"
    assert lines[-1] == "talk  done: 1 step in 3 s"


def test_several_episodes_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    console = JsonConsole()
    for subject in ("talk", "walk"):
        console.report(events.Progress(subject, "ingest", 0.5))
    console.report(events.Ended("talk", "", 3.0))
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["subject"] for one in told] == ["talk", "walk", "talk"], "one does not silence the other"
    assert told[-1] == {"event": "ended", "subject": "talk", "step": "", "seconds": 3.0, "message": ""}
