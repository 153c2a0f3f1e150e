"""The root of the command line: exit codes, errors in words, completion, and help that tells the truth."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from castkit.cli.main import COMMANDS


def castkit(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "castkit", *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_exists_and_has_help(name: str, tmp_path: Path) -> None:
    command = getattr(importlib.import_module(f"castkit.cli.{COMMANDS[name][0]}"), COMMANDS[name][0])
    assert isinstance(command, click.Command)
    ended = castkit(name, "--help", cwd=tmp_path)
    assert ended.returncode == 0
    assert ended.stdout.startswith(f"Usage: castkit {name}")
    assert COMMANDS[name][1] in castkit("--help", cwd=tmp_path).stdout


def test_what_a_group_lists_is_said_whole_on_80_columns() -> None:
    commands = (getattr(importlib.import_module(f"castkit.cli.{name}"), name) for name, _ in COMMANDS.values())
    groups = [command for command in commands if isinstance(command, click.Group)]
    assert len(groups) > 2
    for group in groups:
        listed = group.get_help(click.Context(group, terminal_width=80)).partition("Commands:")[2]
        assert all(f"  {name} " in listed for name in group.commands), listed
        assert "..." not in listed


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("publsh",), 2, "Did you mean 'publish'?"),
        (("--nonsense",), 2, "No such option"),
        (("publish",), 1, "no castkit.toml"),
        (("-C", "nowhere", "status"), 1, "no such folder"),
        (("status",), 1, "castkit init"),
        (("publish", "x", "--redo", "nothing"), 2, "'nothing' is not one of"),
    ],
)
def test_exit_codes_and_words(arguments: tuple[str, ...], code: int, said: str, tmp_path: Path) -> None:
    ended = castkit(*arguments, cwd=tmp_path)
    assert ended.returncode == code, ended.stderr
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_a_bug_is_called_one_and_its_traceback_kept(tmp_path: Path) -> None:
    program = (
        "import sys, castkit.cli.main as main\n"
        "main.COMMANDS['status'] = ('broken', '')\n"
        "import types; broken = types.ModuleType('castkit.cli.broken'); sys.modules[broken.__name__] = broken\n"
        "main.main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, "status"],
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "LOCALAPPDATA": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 70
    assert "this is a bug in castkit" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert any("Traceback" in path.read_text("utf-8") for path in tmp_path.rglob("last-error.log"))


def test_completion_offers_commands_and_slugs(tmp_path: Path) -> None:
    (tmp_path / "castkit.toml").touch()
    for slug in ("one", "other", "third"):
        (tmp_path / "episodes" / slug).mkdir(parents=True)
        (tmp_path / "episodes" / slug / "episode.toml").touch()

    def complete(words: str, number: int) -> list[str]:
        ended = castkit(cwd=tmp_path, _CASTKIT_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(number))
        return [line.split(",", 1)[1] for line in ended.stdout.splitlines()]

    assert "publish" in complete("castkit pu", 1)
    assert complete("castkit publish o", 2) == ["one", "other"]


def test_status_of_a_show_just_begun_lists_its_placeholders(tmp_path: Path) -> None:
    show = tmp_path / "show"
    assert castkit("init", str(show), "--title", "T", "--language", "en", cwd=tmp_path).returncode == 0
    ended = castkit("status", cwd=show)
    assert ended.returncode == 0, ended.stderr
    assert "placeholder: show.owner_email" in ended.stdout
