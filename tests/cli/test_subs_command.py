"""`castkit subs check` as a person, a program and a script see it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import built_show
from castkit.cli.app import App
from castkit.cli.subs import subs
from castkit.workspace import Workspace

SOURCE = "1\n00:00:01,000 --> 00:00:04,000\n参保率上升到64%。\n\n2\n00:00:05,000 --> 00:00:08,000\n谢谢大家。\n"
DRAFT = "1\n00:00:01,000 --> 00:00:04,000\nCoverage rose to 46%.\n"


@pytest.fixture
def show(tmp_path: Path) -> Workspace:
    workspace = built_show.make_show(tmp_path)
    built_show.build(workspace)
    paths = workspace.episode("talk")
    for language, text in (("zh-Hans", SOURCE), ("en", DRAFT)):
        paths.srt(language).write_text(text, "utf-8")
    return workspace


def run(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(
        subs, ["check", *arguments], obj=App(workspace.root), catch_exceptions=False, standalone_mode=False
    )


def test_a_table_names_cue_time_figure_and_what_was_expected(show: Workspace) -> None:
    ended = run(show, "talk")
    number, missing = (line for line in ended.stdout.splitlines() if line.startswith("talk"))
    assert number.split()[:5] == ["talk", "en", "1", "00:00:01", "number"]
    assert "64% became 46%" in number
    assert missing.split()[3:5] == ["00:00:05", "missing"]
    assert "谢谢大家" in missing


def test_a_program_gets_every_finding_whole(show: Workspace) -> None:
    found = [json.loads(line) for line in run(show, "--json").stdout.splitlines()]
    assert [(one["episode"], one["language"], one["code"]) for one in found] == [
        ("talk", "en", "number"),
        ("talk", "en", "missing"),
    ]
    assert found[0]["limit"] == "as in: 参保率上升到64%。"


def test_strict_ends_with_one_and_only_where_there_is_something(show: Workspace) -> None:
    assert run(show, "talk", "en", "--strict").return_value == 1
    assert run(show, "talk", "zh-Hans", "--strict").stderr == "nothing found\n"


def test_of_all_episodes_those_not_built_are_told_and_the_others_checked(show: Workspace) -> None:
    other = show.episode("walk")
    other.root.mkdir()
    other.toml.write_text(built_show.EPISODE.replace("a40a42ad", "b40a42ad"), "utf-8")
    ended = run(show)
    assert "walk: not built yet" in ended.stderr
    assert "64% became 46%" in ended.stdout
