"""Every command's help has an example that can be copied from a terminal, and that the command takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from castkit.cli.main import cli
from command_lines import taken

WIDTH = 80
EXAMPLE = re.compile(r"^ *Example(?:, for cron)?: (castkit .*)$", re.MULTILINE)


def tree(command: click.Command, context: click.Context) -> Iterator[click.Context]:
    yield context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from tree(inner, click.Context(inner, context, name, terminal_width=WIDTH))


CONTEXTS = tuple(tree(cli, click.Context(cli, info_name="castkit", terminal_width=WIDTH)))


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda one: one.command_path)
def test_help_has_an_example_that_the_command_takes(context: click.Context) -> None:
    examples = EXAMPLE.findall(context.get_help().partition("\nOptions:")[0])
    called = [taken(line) for line in examples]
    assert any(path.startswith(context.command_path) for path in called), examples


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda one: one.command_path)
def test_help_fits_a_terminal(context: click.Context) -> None:
    assert [line for line in context.get_help().splitlines() if len(line) > WIDTH] == []


def test_a_wrong_example_is_refused() -> None:
    with pytest.raises(click.UsageError):
        taken("castkit clip episode-02 00:05 00:25 --shape 5:4")
    with pytest.raises(click.UsageError):
        taken("castkit build episode-02 --no-such-option")
    with pytest.raises(click.UsageError):
        taken("castkit bild episode-02")
