"""`castkit turns`: what a person gets to name speakers with, and that what they give back is read."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import built_show
from castkit.cli.app import App
from castkit.cli.turns import turns
from castkit.errors import CastkitError
from castkit.model.transcript import Transcript, Utterance, Word
from castkit.steps.files import write_json
from castkit.workspace import Workspace

HEARD = (
    Utterance((Word(120, 900, " Welcome.", 1),)),
    Utterance((Word(2500, 3000, ' Who "pays"?', 1),)),
    Utterance((Word(3200, 3600, " We.", 1, "host"),), "host"),
)


@pytest.fixture
def show(tmp_path: Path) -> Workspace:
    return built_show.make_show(tmp_path)


def hear(workspace: Workspace, *utterances: Utterance) -> None:
    path = workspace.episode("talk").transcript
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, Transcript("en", "-", "-", 4000, utterances).to_json())


def run(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(
        turns, ["talk", *arguments], obj=App(workspace.root), catch_exceptions=False, standalone_mode=False
    )


def test_the_lines_go_into_episode_toml_and_are_read_from_there(show: Workspace) -> None:
    hear(show, *HEARD)
    block = run(show, "--toml").stdout
    assert tomllib.loads(block) == {"turns": [["00:00.120", ""], ["00:02.500", ""]]}
    path = show.episode("talk").toml
    named = block.replace('.120", ""', '.120", "host"')
    path.write_text(named + path.read_text("utf-8"), "utf-8")
    lines = run(show).stdout.splitlines()
    assert lines == ["00:00:00  host          Welcome.", '00:00:02  -             Who "pays"?']


def test_a_program_gets_every_line(show: Workspace) -> None:
    hear(show, *HEARD)
    told = [json.loads(line) for line in run(show, "--json").stdout.splitlines()]
    assert [(one["start_ms"], one["speaker"], one["text"]) for one in told] == [
        (120, "", "Welcome."),
        (2500, "", 'Who "pays"?'),
    ]


def test_where_everybody_has_a_microphone_there_is_nothing_to_name(show: Workspace) -> None:
    hear(show, HEARD[-1])
    ended = run(show)
    assert ended.stdout == ""
    assert "nothing to name" in ended.stderr


def test_what_was_not_heard_yet_is_an_error(show: Workspace) -> None:
    with pytest.raises(CastkitError, match="not built yet"):
        run(show)
