"""`castkit import`: brings a show here from another host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from castkit.cli.app import App
from castkit.cli.console import echo_json, echo_table
from castkit.cli.publish import json_option

if TYPE_CHECKING:
    from castkit.steps.foreign_show import Told
    from castkit.steps.import_media import Fetched
    from castkit.steps.import_show import Brought

_SHOWN = 3  # episodes named for one thing that is told; --json names them all
_KINDS = {"left": "not carried over", "changed": "carried over otherwise", "note": "to be known"}


@click.command(name="import")
@click.argument("feed", metavar="FEED")
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--media", is_flag=True, help="Download sound, transcripts and pictures too.")
@click.option("--new", "new_too", is_flag=True, help="Take in what the feed has had since an import.")
@click.option("--language", metavar="L", default="", help="The show's language, where the feed names none.")
@json_option
@click.pass_obj
def import_show(
    app: App, /, feed: str, directory: Path | None, *, media: bool, new_too: bool, language: str, as_json: bool
) -> None:
    """Bring a show here from its FEED, a file or an address.

    Makes a show of it in the folder DIR, which is empty or not there yet (this
    folder, if left out), so that apps see no change: the same guids, dates and
    enclosures. The sound stays where it is, and the feed goes on pointing there,
    unless --media brings it here. What cannot be carried over is listed.

    \b
    Example: castkit import https://example.org/feed.xml my-show
             castkit -C my-show publish --all

    A run that was stopped goes on when the same command is given again. An import
    that is done changes nothing when repeated: it says what the feed has otherwise,
    and --new takes in the episodes that came since.
    """  # noqa: D301 - click asks for this very character
    from castkit.engine.machine import memory_bytes  # noqa: PLC0415
    from castkit.speech.models import recommend  # noqa: PLC0415
    from castkit.steps import import_show as importing  # noqa: PLC0415
    from castkit.steps.import_media import fetch_media  # noqa: PLC0415

    root = (app.directory / directory) if directory else app.directory
    wanted = importing.Wanted(feed, language, new_too, recommend(memory_bytes()).name)
    brought = importing.import_show(root, wanted, _say)
    fetched = fetch_media(brought.workspace, feed, _say) if media else None
    told = (*brought.told, *(fetched.told if fetched else ()))
    if as_json:
        _as_json(brought, fetched, told)
        return
    _as_text(brought, fetched, told)
    _next_steps(root, brought)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _as_json(brought: Brought, fetched: Fetched | None, told: Iterable[Told]) -> None:
    for one in told:
        echo_json({"event": "told", "where": one.where, "kind": one.kind, "text": one.text})
    media = {"files": fetched.files, "bytes": fetched.length, "before": fetched.before} if fetched else None
    echo_json(
        {
            "event": "summary",
            "workspace": str(brought.workspace.root),
            "written": brought.written,
            "kept": brought.kept,
            "only_in_feed": brought.waiting,
            "changed_in_feed": brought.changed,
            "media": media,
        }
    )


def _as_text(brought: Brought, fetched: Fetched | None, told: Iterable[Told]) -> None:
    rows = list(_grouped(told))
    if rows:
        echo_table(rows, ("", "where", "what"))
    click.echo(f"episodes written: {len(brought.written)}; there before: {len(brought.kept)}")
    for words, slugs in (
        ("in the feed only, and taken in with --new", brought.waiting),
        ("otherwise in the feed than here, and left as it is here", brought.changed),
    ):
        if slugs:
            click.echo(f"{words}: {_some(slugs)}")
    if fetched:
        click.echo(f"files downloaded: {fetched.files} ({fetched.length / 1e6:.1f} MB); there before: {fetched.before}")


def _grouped(told: Iterable[Told]) -> Iterator[tuple[str, str, str]]:
    """The same thing told of many episodes is told once; what is lost comes first."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in told:
        groups.setdefault((one.kind, one.text), []).append(one.where)
    for kind, words in _KINDS.items():
        for (found, text), places in groups.items():
            if found == kind:
                yield words, _some(places), text


def _some(slugs: Iterable[str]) -> str:
    found = list(dict.fromkeys(slugs))
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(found[:_SHOWN]) + more


def _next_steps(root: Path, brought: Brought) -> None:
    if not brought.written:
        return
    for line in (
        "next:",
        f"  cd {root}",
        "  castkit status            # and read castkit.toml: what is still a placeholder, where it is published",
        "  castkit publish --all",
        "then have the old host redirect its feed to the new one; keep it there for four weeks at least, and the sound",
        "for as long as the feed points at it",
    ):
        _say(line)
