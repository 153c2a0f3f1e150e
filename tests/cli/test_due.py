"""`castkit publish --due`: which episodes it finds, by date, by draft and by what the store holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import built_show
from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.due import due
from castkit.cli.publish import publish
from castkit.steps.context import EpisodeContext
from castkit.storage.keys import published_key
from castkit.workspace import Workspace

DATES = {"zebra": "2026-01-02T00:00:00Z", "adder": "2026-01-03T00:00:00Z", "later": "2150-01-01T00:00:00Z"}


@pytest.fixture
def show(tmp_path: Path) -> Workspace:
    """A show of four episodes: two that are due, one for later, one draft; `talk` is published."""
    workspace = built_show.make_show(tmp_path)
    toml = workspace.episode("talk").toml.read_text("utf-8")
    for number, (slug, date) in enumerate([*DATES.items(), ("draft", "2026-01-01T00:00:00Z")], start=1):
        text = toml.replace("a40a42ad", f"a40a42a{number}").replace("2026-09-16T09:00:00+02:00", date)
        folder = workspace.episode(slug)
        folder.raw.mkdir(parents=True)
        (folder.raw / "talk.wav").write_bytes(b"RIFF")
        folder.toml.write_text(text.replace("number =", "draft = true\nnumber =") if slug == "draft" else text, "utf-8")
    put(workspace, "talk")
    return workspace


def put(workspace: Workspace, slug: str) -> None:
    """As far as --due looks: the store has the episode's published.json."""
    built_show.write(workspace.root / "public" / published_key(slug), b"{}")


def contexts(workspace: Workspace) -> list[EpisodeContext]:
    return road.load_contexts(App(workspace.root), (), every=True)


def test_what_is_due_in_order_of_date(show: Workspace) -> None:
    found = due(contexts(show))
    assert [one.slug for one in found.now] == ["zebra", "adder"]
    assert sorted(found.waiting) == [
        "draft waits: draft = true in episode.toml",
        "later waits: its date is 2150-01-01T00:00:00+00:00",
    ]


def test_what_the_store_holds_is_not_due_again(show: Workspace) -> None:
    put(show, "zebra")
    assert [one.slug for one in due(contexts(show)).now] == ["adder"]
    put(show, "adder")
    assert due(contexts(show)).now == ()


def test_a_day_that_has_come_is_due(show: Workspace) -> None:
    toml = show.episode("later").toml
    moment = (datetime.now(UTC) - timedelta(seconds=5)).isoformat(timespec="seconds")
    toml.write_text(toml.read_text("utf-8").replace(DATES["later"], moment), "utf-8")
    assert [one.slug for one in due(contexts(show)).now] == ["zebra", "adder", "later"]


def run(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(publish, arguments, obj=App(workspace.root), standalone_mode=True)


def test_a_dry_run_names_what_is_due_and_nothing_else(show: Workspace) -> None:
    put(show, "adder")
    ended = run(show, "--due", "--dry-run")
    assert ended.exit_code == 0, ended.output
    assert "zebra" in ended.output
    assert not any(slug in ended.output for slug in ("adder", "talk", "later", "draft "))


def test_nothing_due_is_said_with_what_waits(show: Workspace) -> None:
    for slug in ("zebra", "adder"):
        put(show, slug)
    ended = run(show, "--due", "--dry-run")
    assert ended.exit_code == 0
    assert ended.output.splitlines()[0] == "nothing is due"
    assert "later waits: its date is 2150-01-01" in ended.output
    assert '"due": []' in run(show, "--due", "--dry-run", "--json").output


@pytest.mark.parametrize("more", ["talk", "--all"])
def test_it_finds_the_episodes_itself(show: Workspace, more: str) -> None:
    ended = run(show, "--due", more)
    assert ended.exit_code == 2
    assert "--due finds the episodes itself" in ended.output
