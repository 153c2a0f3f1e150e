"""Asking before something is done that cannot simply be done again: one question, `--yes` in its place for programs."""

from __future__ import annotations

import click

from castkit.cli.console import echo_json

yes_option = click.option("--yes", "is_sure", is_flag=True, help="Do it without asking.")


def is_agreed(question: str, *, is_sure: bool, as_json: bool, done: str = "changed") -> bool:
    """Whether a person says yes, or said so before; a program is never asked. `done`: what was not, without a yes."""
    if is_sure or (not as_json and click.confirm(question)):
        return True
    say(f"nothing was {done}; give --yes to do it without being asked", as_json=as_json)
    return False


def say(*texts: str, as_json: bool) -> None:
    """What was done, a line each."""
    for text in texts:
        if as_json:
            echo_json({"event": "said", "text": text})
        else:
            click.echo(text)
