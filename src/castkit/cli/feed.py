"""`castkit feed`: renews the feeds from what the store holds."""

from __future__ import annotations

import click

from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.console import echo_json, echo_table, open_console
from castkit.cli.publish import json_option
from castkit.steps.show_context import ShowContext


@click.command()
@click.option("--redo", is_flag=True, help="Make the feeds anew even if nothing changed.")
@json_option
@click.pass_obj
def feed(app: App, /, *, redo: bool, as_json: bool) -> None:
    """Renew the feeds from every episode that is published in the store."""
    workspace, show = app.load()
    with open_console(as_json=as_json) as console:
        road.run_show(workspace, show, console.report, ("feed",) if redo else ())
    urls = ShowContext.open(workspace, show).feed_urls
    if as_json:
        echo_json({"event": "summary", "notes": console.tally.notes, "feeds": dict(urls)})
        return
    rows = [(row.step, row.time, row.why) for row in console.tally.rows]
    echo_table(rows, ("step", "seconds", "why it ran or was skipped"))
    for text in console.tally.notes:
        click.echo(f"note: {text}")
    for language, url in urls.items():
        click.echo(f"feed ({language}): {url}")
