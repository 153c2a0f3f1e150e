"""`castkit feed`: renews the feeds from what the store holds; `castkit feed check` holds any feed against the rules."""

from __future__ import annotations

import click

from castkit.artwork import check_cover
from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.console import echo_json, echo_table, open_console
from castkit.cli.feed_check import check, rules
from castkit.cli.publish import json_option
from castkit.steps.show_context import ShowContext


@click.group(invoke_without_command=True)
@click.option("--redo", is_flag=True, help="Make all of them anew even if nothing changed.")
@json_option
@click.pass_context
def feed(ctx: click.Context, /, *, redo: bool, as_json: bool) -> None:
    """Renew the feeds and the show's pages from every episode that is published in the store.

    To hold them, or any feed in the world, against the rules: castkit feed check

    Example: castkit feed --redo
    """
    if ctx.invoked_subcommand is not None:
        return
    app: App = ctx.obj
    workspace, show = app.load()
    check_cover(workspace.root / show.show.image)
    with open_console(as_json=as_json) as console:
        road.run_show(workspace, show, console.report, ("feed", "site") if redo else ())
    context = ShowContext.open(workspace, show)
    urls, pages = context.feed_urls, context.page_urls
    if as_json:
        echo_json({"event": "summary", "notes": console.tally.notes, "feeds": dict(urls), "pages": dict(pages)})
        return
    rows = [(row.step, row.time, row.why) for row in console.tally.rows]
    echo_table(rows, ("step", "seconds", "why it ran or was skipped"))
    for text in console.tally.notes:
        click.echo(f"note: {text}")
    for name, url in urls.items():
        click.echo(f"feed ({name}): {url}")
    for language, url in pages.items():
        click.echo(f"page ({language}): {url}")


feed.add_command(check)
feed.add_command(rules)
