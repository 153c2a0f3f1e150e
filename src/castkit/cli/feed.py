"""`castkit feed`: renews the feeds from what the store holds."""

from __future__ import annotations

import click

from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.console import echo_json, echo_table, open_console
from castkit.cli.publish import json_option
from castkit.storage.open import open_store


@click.command()
@click.option("--redo", is_flag=True, help="Make the feeds anew even if nothing changed.")
@json_option
@click.pass_obj
def feed(app: App, /, *, redo: bool, as_json: bool) -> None:
    """Renew the feeds from every episode that is published in the store."""
    workspace, show = app.load()
    with open_console(as_json=as_json) as console:
        road.run_show(workspace, show, console.report, ("feed",) if redo else ())
    store = open_store(show.store, workspace.root)
    urls = {language: store.url(f"feeds/{language}.xml") for language in show.languages}
    if as_json:
        echo_json({"event": "summary", "notes": console.tally.notes, "feeds": urls})
        return
    rows = [(row.step, f"{row.seconds:.1f}" if row.outcome == "ran" else "-", row.why) for row in console.tally.rows]
    echo_table(rows, ("step", "seconds", "why it ran or was skipped"))
    for text in console.tally.notes:
        click.echo(f"note: {text}")
    for language, url in urls.items():
        click.echo(f"feed ({language}): {url}")
