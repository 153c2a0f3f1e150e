"""The reference of the commands, in Markdown, from the command line's own tree.

Rule: what `--help` says and nothing else, so that the two cannot differ.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from castkit.cli.main import cli

_SPECIAL = re.compile(r"([\\*_<>\[\]|])")
_OPTION = re.compile(r"(?<![\w`-])(--?[a-z][a-z-]*)(?![\w`])")


def commands() -> str:
    """Every command with its usage, its text, its example and its options, in the order of a newcomer's day."""
    return "\n\n".join(_section(context) for context in tree())


def tree() -> Iterator[click.Context]:
    """The root and all commands below it, each after the group it belongs to."""
    yield from _below(click.Context(cli, info_name="castkit"))


def plain(text: str) -> str:
    """Text as it is, with nothing in it that Markdown would take for markup, and options in code."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else _escaped(part) for part in parts)


def _escaped(text: str) -> str:
    return _OPTION.sub(r"`\1`", _SPECIAL.sub(r"\\\1", text))


def _below(context: click.Context) -> Iterator[click.Context]:
    yield context
    group = context.command
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if command is not None:
                yield from _below(click.Context(command, context, name))


def _section(context: click.Context) -> str:
    level = "##" if context.command_path.count(" ") < 2 else "###"
    usage = f"{context.command_path} {' '.join(context.command.collect_usage_pieces(context))}"
    parts = [f"{level} {context.command_path}", f"```text\n{usage}\n```"]
    return "\n\n".join([*parts, *_texts(context.command), *_options(context)])


def _texts(command: click.Command) -> Iterator[str]:
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        text = paragraph.removeprefix("\b\n")
        said, is_example, example = text.partition("Example")
        if is_example and ": castkit " in example:
            lines = [line.strip() for line in example.partition(": ")[2].splitlines()]
            yield from filter(None, [plain(said.strip())])
            yield "```sh\n" + "\n".join(lines) + "\n```"
        else:
            yield plain(" ".join(text.split()))


def _options(context: click.Context) -> Iterator[str]:
    records = (one.get_help_record(context) for one in context.command.get_params(context))
    rows = [(names, text) for names, text in filter(None, records) if "--help" not in names]
    if rows:
        cells = (f"| `{names.replace('|', chr(92) + '|')}` | {plain(text)} |" for names, text in rows)
        yield "\n".join(["| option | what it does |", "|---|---|", *cells])
