"""`castkit build`: everything before the upload."""

from __future__ import annotations

import click

from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.console import open_console
from castkit.cli.publish import exit_code, finish, json_option, make, redo_option, slugs_argument


@click.command()
@slugs_argument
@click.option("--all", "every", is_flag=True, help="Every episode of the show.")
@redo_option
@json_option
@click.pass_obj
def build(app: App, /, slugs: tuple[str, ...], *, every: bool, redo: tuple[str, ...], as_json: bool) -> int:
    """Make everything that would be published, and send nothing."""
    contexts = road.load_contexts(app, slugs, every=every, carried_too=True)
    with open_console(as_json=as_json) as console:
        failed = make(contexts, console, redo, is_sending=False)
    finish(contexts, failed, console.tally, as_json=as_json, is_sending=False)
    return exit_code(len(contexts), failed)
