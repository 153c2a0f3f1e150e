"""`castkit turns`: who speaks when on a recording that several share, to be filled in by a person."""

from __future__ import annotations

from dataclasses import asdict

import click

from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.console import echo_json
from castkit.cli.publish import json_option
from castkit.timecode import clock


@click.command()
@click.argument("slug", shell_complete=road.complete_slug)
@click.option("--toml", "is_toml", is_flag=True, help="Print lines for episode.toml, the names to be filled in.")
@json_option
@click.pass_obj
def turns(app: App, /, slug: str, *, is_toml: bool, as_json: bool) -> None:
    """List what is said on recordings that several people share, and by whom as far as episode.toml says.

    castkit does not guess voices on one track. Print the list with --toml, put it above the first [table] of
    episode.toml, fill in the ids of people, and leave out the lines where nobody else begins to speak. Names stay
    when the episode is cut or recognised again. The episode has to be built.

    Example: castkit turns episode-02 --toml
    """
    from castkit.steps.turn_list import as_toml, lines  # noqa: PLC0415

    (context,) = road.load_contexts(app, [slug])
    found = lines(context)
    if as_json:
        for line in found:
            echo_json({"event": "turn", **asdict(line)})
    elif not found:
        click.echo(f"{slug}: every recording has a speaker of its own; there is nothing to name", err=True)
    elif is_toml:
        click.echo(as_toml(found))
    else:
        for line in found:
            click.echo(f"{clock(line.start_ms)}  {line.speaker or '-':<12}  {line.text}")
