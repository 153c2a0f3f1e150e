"""`castkit unpublish`: takes an episode out of the feeds, after showing what that changes and asking."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.asking import is_agreed, say, yes_option
from castkit.cli.console import echo_json, open_console
from castkit.cli.forecast import echo_feeds, echo_objects, feeds_as_json, objects_as_json
from castkit.cli.publish import json_option
from castkit.cli.subs_round_trip import slug_argument
from castkit.engine.place import Place, lock
from castkit.steps.forecast_feeds import refuse_stopped
from castkit.steps.withdraw import (
    Withdrawal,
    keep_back,
    planned_withdrawal,
    refuse_renewed,
    remove_files,
    take_out,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from castkit.cli.console import Console
    from castkit.model.show import Show
    from castkit.storage.store import Store
    from castkit.workspace import Workspace


@click.command()
@slug_argument
@click.option(
    "--remove-files/--keep-files",
    "removes",
    default=False,
    help="Delete its files from the store too; else they stay until castkit prune, and links work.",
)
@yes_option
@json_option
@click.pass_obj
def unpublish(app: App, /, slug: str, *, removes: bool, is_sure: bool, as_json: bool) -> None:
    """Take an episode out of the feeds, and keep it out.

    Shows first what changes, and asks. The episode's guid stays its own: should it
    be published again, apps know it. draft = true is set in its episode.toml, so that
    castkit publish --all or --due does not bring it back; commit that line.

    A run that was cut off is finished by the same command.

    Example: castkit unpublish episode-02 --remove-files
    """
    from castkit.storage.open import open_store  # noqa: PLC0415

    workspace, show = app.load()
    store = open_store(show.store, workspace.root)
    found = planned_withdrawal(workspace, show, store, slug)
    _show(found, store, removes=removes, as_json=as_json)
    refuse_stopped(found.feeds, f"{slug} stays as it is, because the feeds without it could not be renewed")
    if not is_agreed(f"Unpublish {slug}?", is_sure=is_sure, as_json=as_json):
        return
    with open_console(as_json=as_json) as console:
        store.check()
        with episode_lock(workspace, slug):
            carry_out(workspace, show, store, found, console)
            if removes:
                remove_files(store, found)
    done = [f"{slug} is out of the feeds", _kept(found, removes=removes)]
    say(*done, *kept_back(workspace, slug), *console.tally.notes, as_json=as_json)


def carry_out(
    workspace: Workspace, show: Show, store: Store, found: Withdrawal, console: Console, *, kind: str = "withdrawn"
) -> None:
    """Keeps the episode back, takes it out of the store, renews the feeds; nothing of it is left in their pages."""
    paths = workspace.episode(found.slug)
    refuse_renewed(store, found.slug, found.digest)
    keep_back(paths)
    take_out(store, found.slug, found.digest, kind=kind)
    paths.published.unlink(missing_ok=True)
    road.run_show_without(workspace, show, console.report)


def kept_back(workspace: Workspace, slug: str) -> Iterator[str]:
    """What a person must know of the line that keeps the episode out, where this machine has it."""
    if (toml := workspace.episode(slug).toml).is_file():
        yield f"draft = true is set in {toml.relative_to(workspace.root).as_posix()}: commit it"


def episode_lock(workspace: Workspace, slug: str) -> AbstractContextManager[object]:
    """Alone with the episode, where this machine has it."""
    paths = workspace.episode(slug)
    place = Place(slug, workspace.root, paths.build, paths.receipts, paths.lock)
    return lock(place) if paths.toml.is_file() else nullcontext()


def _show(found: Withdrawal, store: Store, *, removes: bool, as_json: bool) -> None:
    if as_json:
        rows = [*(objects_as_json(found.slug, found.files) if removes else ()), *feeds_as_json(found.feeds)]
        for row in rows:
            echo_json(row)
        return
    if found.published is None:
        click.echo(f"{found.slug} is not published any more; what was left undone is done now")
    if found.files:
        what = "removed" if removes else "kept"
        size = sum(one.size for one in found.files)
        click.echo(f"its {len(found.files)} other objects in the {store.name} ({size:,} bytes) are {what}")
        if removes:
            echo_objects(found.files)
    echo_feeds(found.feeds)


def _kept(found: Withdrawal, *, removes: bool) -> str:
    if removes:
        return f"its {len(found.files)} files are removed; castkit rollback cannot bring them back"
    if found.published is None:
        return "its files are kept, until castkit prune removes them"
    return (
        f"its files are kept: until castkit prune removes them, castkit rollback {found.slug} brings it back as it was"
    )
