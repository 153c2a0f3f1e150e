"""`castkit rollback`: back to the feed before, after showing what that changes and asking."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.asking import is_agreed, say, yes_option
from castkit.cli.console import echo_json, echo_table, open_console
from castkit.cli.forecast import echo_feeds, feeds_as_json, shown
from castkit.cli.publish import json_option
from castkit.cli.unpublish import carry_out, episode_lock, kept_back

if TYPE_CHECKING:
    from castkit.model.show import Show
    from castkit.steps.cut_off import Unfinished
    from castkit.steps.going_back import WayBack
    from castkit.steps.show_context import ShowContext
    from castkit.storage.store import Store
    from castkit.workspace import Workspace


@click.command()
@click.argument("slug", required=False, default="", shell_complete=road.complete_slug)
@click.option("--list", "only_list", is_flag=True, help="List what was published and unpublished, the latest first.")
@yes_option
@json_option
@click.pass_obj
def rollback(app: App, /, slug: str, *, only_list: bool, is_sure: bool, as_json: bool) -> None:
    """Take the latest publication back: the feeds are as they were before it.

    With SLUG that episode's latest, else the show's. Shows first what changes, and
    asks. An episode that was replaced is as before, one that was unpublished comes
    back, and one that was not published before is unpublished. Given again it goes
    one further back.

    What is built on this machine stays: correct it, and publish it again.

    Example: castkit rollback episode-02
    """
    from castkit.steps.show_context import ShowContext  # noqa: PLC0415
    from castkit.storage.open import open_store  # noqa: PLC0415

    workspace, show = app.load()
    store = open_store(show.store, workspace.root)
    if only_list:
        _list(store, slug, as_json=as_json)
        return
    from castkit.steps.cut_off import unfinished  # noqa: PLC0415
    from castkit.steps.forecast_feeds import refuse_stopped  # noqa: PLC0415
    from castkit.steps.going_back import latest, way_back  # noqa: PLC0415

    if cut_off := unfinished(workspace, show, store, slug):
        _finish(ShowContext(workspace, show, store), cut_off, is_sure=is_sure, as_json=as_json)
        return
    way = way_back(workspace, show, store, slug or latest(store))
    _show(way, as_json=as_json)
    refuse_stopped(way.feeds, f"{way.slug} stays as it is, because the feeds after that could not be renewed")
    if is_agreed(f"Roll {way.slug} back?", is_sure=is_sure, as_json=as_json):
        _go(workspace, show, store, way, as_json=as_json)


def _show(way: WayBack, *, as_json: bool) -> None:
    if as_json:
        target = {"when": way.target.when.isoformat(), "digest": way.target.digest} if way.target else None
        undone = {"when": way.undone.when.isoformat(), "kind": way.undone.kind}
        echo_json({"event": "rollback", "subject": way.slug, "undone": undone, "to": target, "pages": list(way.pages)})
        for row in feeds_as_json(way.feeds):
            echo_json(row)
        return
    what = "unpublished" if way.now is None else "published"
    click.echo(f"{way.slug} was {what} on {way.undone.when:%Y-%m-%d %H:%M} UTC; that is taken back")
    if way.target is None:
        click.echo("it was not published before, so it leaves the feeds; its files are kept")
    for page in way.pages:
        click.echo(f"put back as it was: {page}")
    echo_feeds(way.feeds)


def _go(workspace: Workspace, show: Show, store: Store, way: WayBack, *, as_json: bool) -> None:
    """As the store is told first and the feeds are made of it, a run that is cut off is finished by the next."""
    from castkit.steps.going_back import BACK, put_back  # noqa: PLC0415
    from castkit.steps.withdraw import keep_back, planned_withdrawal  # noqa: PLC0415

    is_changed = False
    with open_console(as_json=as_json) as console:
        store.check()
        with episode_lock(workspace, way.slug):
            if way.target is None:
                gone = replace(planned_withdrawal(workspace, show, store, way.slug), digest=way.now)  # what was shown
                carry_out(workspace, show, store, gone, console, kind=BACK)
            else:
                put_back(store, way)
                is_changed = way.now is None and keep_back(workspace.episode(way.slug), is_draft=False)
                road.run_show_without(workspace, show, console.report)
    if way.target is None:
        done = [f"{way.slug} is out of the feeds", *kept_back(workspace, way.slug)]
    else:
        done = [f"{way.slug} is as it was published before {way.undone.when:%Y-%m-%d %H:%M} UTC"]
        if is_changed:
            done.append("draft = false is set in its episode.toml again")
    say(*done, *console.tally.notes, as_json=as_json)


def _finish(context: ShowContext, left: Unfinished, *, is_sure: bool, as_json: bool) -> None:
    """An earlier rollback was cut off: the store is as it was before, and the feeds are not yet."""
    if as_json:
        echo_json({"event": "unfinished", "subject": left.slug, "pages": list(left.pages)})
        for row in feeds_as_json(left.feeds):
            echo_json(row)
    else:
        click.echo(f"{left.slug} is rolled back, and the feeds are not renewed yet:")
        for page in left.pages:
            click.echo(f"put back as it was: {page}")
        echo_feeds(left.feeds)
    from castkit.steps.forecast_feeds import refuse_stopped  # noqa: PLC0415

    refuse_stopped(left.feeds, f"{left.slug} is rolled back, and the feeds could not be renewed")
    if not is_agreed("Renew the feeds?", is_sure=is_sure, as_json=as_json):
        return
    from castkit.steps.going_back import put_pages  # noqa: PLC0415
    from castkit.steps.withdraw import keep_back  # noqa: PLC0415

    with open_console(as_json=as_json) as console, episode_lock(context.workspace, left.slug):
        context.store.check()
        if left.digest and left.pages:
            put_pages(context.store, left.slug, left.digest, left.pages)
        if left.is_return:
            keep_back(context.workspace.episode(left.slug), is_draft=False)
        road.run_show_without(context.workspace, context.show, console.report)
    say(f"{left.slug} is rolled back; give the command again to go one further", *console.tally.notes, as_json=as_json)


def _list(store: Store, slug: str, *, as_json: bool) -> None:
    from castkit.steps.going_back import acts  # noqa: PLC0415

    found = acts(store, slug)
    if as_json:
        for one in found:
            echo_json({"slug": one.slug, "when": one.when.isoformat(), "what": one.words, "state": one.state})
        return
    if not found:
        click.echo(f"the {store.name} remembers no publication yet")
        return
    rows = [(f"{one.when:%Y-%m-%d %H:%M:%S}", one.slug, shown(one.words, 100), one.state) for one in found]
    echo_table(rows, ("when (UTC)", "episode", "what", ""))
