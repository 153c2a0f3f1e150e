"""`castkit prune`: removes what the store holds and nothing needs any more, after showing it and asking."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from castkit.cli.app import App
from castkit.cli.asking import is_agreed, yes_option
from castkit.cli.backup import amount
from castkit.cli.console import echo_json, echo_table

if TYPE_CHECKING:
    from castkit.steps.prune import Found, Superseded

_SHOWN = 10  # of what is not castkit's; --json has all


@click.command()
@click.option(
    "--older-than", type=click.IntRange(1, 3650), metavar="DAYS", help="Grace period; else grace_days under [store]."
)
@yes_option
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout; nothing is removed without --yes.")
@click.pass_obj
def prune(app: App, /, *, older_than: int | None, is_sure: bool, as_json: bool) -> None:
    """Remove files from the store that were replaced long ago.

    A corrected episode gets new media, and the old ones stay, because apps and caches
    still ask for them. After the grace period (30 days) they go: shown first, then
    asked. What castkit did not write stays, and so do the feeds. One cannot go back
    (castkit rollback) to what is removed. With enabled = false under [site] the show's
    own pages that castkit made go too, and at once.

    Example: castkit prune --older-than 60
    """
    from castkit.steps.left_pages import left_show_pages  # noqa: PLC0415
    from castkit.steps.prune import DAY_S, find, remove  # noqa: PLC0415
    from castkit.storage.open import open_store  # noqa: PLC0415

    workspace, show = app.load()
    store = open_store(show.store, workspace.root)
    grace_s = (older_than or show.store.grace_days) * DAY_S
    left = () if show.site.enabled else left_show_pages(workspace, show, store, 0)
    found = find(store, grace_s, unwanted=frozenset(one.key for one in left))
    _show(found, store.name, as_json=as_json)
    if not found.due and not found.uploads:
        return
    if not is_agreed(f"Remove this from the {store.name}?", is_sure=is_sure, as_json=as_json, done="removed"):
        return
    count, size, remarks = remove(store, found, grace_s, lambda _key: None)
    if as_json:
        echo_json({"event": "removed", "objects": count, "bytes": size, "remarks": remarks})
        return
    click.echo(f"removed: {count} object{'s' * (count != 1)}, {amount(size)}")
    for text in remarks:
        click.echo(f"note: {text}")


def _show(found: Found, name: str, *, as_json: bool) -> None:
    if as_json:
        _show_json(found)
        return
    if found.due:
        rows = [(one.key, amount(one.listed.size), _moment(one.since)[:10], one.why) for one in found.due]
        echo_table(rows, ("object", "size", "superseded since", "why"))
        click.echo(f"{len(found.due)} objects, {_whole(found.due)}")
    else:
        click.echo(f"nothing in the {name} has been superseded for longer than the grace period")
    if found.waiting:
        click.echo(f"in their grace period still: {len(found.waiting)} objects, {_whole(found.waiting)}")
    if found.uploads:
        click.echo(f"unfinished uploads that nobody went on with: {len(found.uploads)}")
    if found.unknown:
        more = f" and {len(found.unknown) - _SHOWN} more" if len(found.unknown) > _SHOWN else ""
        click.echo(f"not castkit's, left alone: {', '.join(found.unknown[:_SHOWN])}{more}")
    for text in found.remarks:
        click.echo(f"note: {text}")


def _show_json(found: Found) -> None:
    for state, group in (("due", found.due), ("waiting", found.waiting)):
        for one in group:
            said = {"key": one.key, "bytes": one.listed.size, "since": _moment(one.since), "why": one.why}
            echo_json({"event": state, **said})
    for upload in found.uploads:
        echo_json({"event": "upload", "key": upload.place, "since": _moment(upload.since)})
    for key in found.unknown:
        echo_json({"event": "unknown", "key": key})


def _whole(group: tuple[Superseded, ...]) -> str:
    return amount(sum(one.listed.size for one in group))


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
