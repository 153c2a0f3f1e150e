"""`castkit build`: everything before the upload."""

from __future__ import annotations

import click

from castkit.cli.app import App
from castkit.cli.closing import Closing, finish
from castkit.cli.console import echo_json, open_console
from castkit.cli.publish import json_option, make, redo_option
from castkit.cli.selection import Selection, chosen, stale_ones, takes_selection
from castkit.cli.workforce import Workforce, takes_workforce


@click.command()
@takes_selection
@redo_option
@takes_workforce
@json_option
@click.pass_obj
def build(app: App, /, selection: Selection, *, redo: tuple[str, ...], workforce: Workforce, as_json: bool) -> int:
    """Make everything that would be published, and send nothing.

    Example: castkit build episode-02 --redo translate
    """
    contexts = chosen(app, selection)
    if selection.is_stale:
        contexts = stale_ones(contexts, redo, is_sending=False)
    if not contexts:
        if as_json:
            echo_json({"event": "summary", "notes": [], "errors": [], "results": {}, "feeds": {}})
        else:
            click.echo(selection.none_found)
        return 0
    with open_console(as_json=as_json, episodes=len(contexts)) as console:
        failed = make(contexts, console, redo, is_sending=False, workforce=workforce)
    return finish(Closing(contexts, failed, console.tally, is_sending=False), as_json=as_json)
