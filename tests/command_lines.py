"""Command lines of castkit as texts have them: whether the command that is called takes what it is given."""

from __future__ import annotations

import shlex

import click

from castkit.cli.main import cli


def taken(line: str) -> str:
    """The path of the command that a line calls, once every option and argument in it was found to be one."""
    command: click.Command = cli
    context, arguments = click.Context(cli, info_name="castkit"), shlex.split(line)[1:]
    while True:
        given, rest, _ = command.make_parser(context).parse_args(arguments)
        for option in command.params:
            if isinstance(option.type, click.Choice) and option.name in given:
                option.process_value(context, given[option.name])
        if not isinstance(command, click.Group) or not rest:
            assert rest == []
            return context.command_path
        name, found, arguments = command.resolve_command(context, rest)
        assert found is not None
        command, context = found, click.Context(found, context, name)
