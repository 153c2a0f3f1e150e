"""`castkit backup`: what a lost laptop would take with it, kept in a private place."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from castkit.cli.app import App
from castkit.cli.console import echo_json, echo_table
from castkit.cli.main import EXIT_ERROR
from castkit.errors import CastkitError

if TYPE_CHECKING:
    from pathlib import Path

    from castkit.model.backup import AbsentFile, Why
    from castkit.model.show import Show, StoreSettings
    from castkit.steps.backup import Outcome

_MISSING: dict[Why, str] = {
    "recording": "not in it: {} of recordings, which are large (--recordings keeps them too)",
    "published": "not in it, for the show's store has it: {}; restore fetches it from there",
    "made": "not in it: {} that castkit makes again of the recordings where it needs to",
}


@click.command()
@click.option("--to", metavar="PLACE", help="A folder, or s3://bucket/prefix; else [backup] to in castkit.toml.")
@click.option("--recordings/--no-recordings", default=None, help="Keep recordings too; else as [backup] says.")
@click.option("--keep", type=click.IntRange(1), metavar="N", help="Then remove all revisions but the newest N.")
@click.option("--list", "is_list", is_flag=True, help="List the revisions there; do nothing else.")
@click.option("--verify", "is_check", is_flag=True, help="Read a whole revision and check it; do nothing else.")
@click.option("--revision", metavar="ID", default="", help="With --verify: not the newest, but this one.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout, for programs.")
@click.pass_obj
def backup(
    app: App,
    /,
    *,
    to: str | None,
    recordings: bool | None,
    keep: int | None,
    is_list: bool,
    is_check: bool,
    revision: str,
    as_json: bool,
) -> int:
    """Keep what a lost laptop would take with it in a private place.

    Settings, texts, subtitles with their history, guids, and what castkit needs to
    know of each build. Only what changed is sent. Recordings stay out unless you ask
    for them. A place that anybody can read is refused. castkit restore takes it back.

    Example: castkit backup --to ../backup
    """
    if is_list and is_check:
        raise click.UsageError("give --list or --verify")
    if revision and not is_check:
        raise click.UsageError("--revision goes with --verify")
    workspace, show = app.load()
    place = place_of(show, from_here(app, to) if to else "", workspace.root)
    if is_list:
        return _list(place, workspace.root, as_json=as_json)
    if is_check:
        return _verify(place, workspace.root, revision, as_json=as_json)
    from castkit.steps.backup import backup as run  # noqa: PLC0415

    wanted = show.backup.recordings if recordings is None else recordings
    outcome = run(workspace, show, place, recordings=wanted, progress=counter(is_seen=not as_json))
    _tell(outcome, as_json=as_json)
    if number := keep or show.backup.keep:
        _tidy(place, workspace.root, number, as_json=as_json)
    return 0


def from_here(app: App, to: str) -> str:
    """A place as somebody names it on the command line: a folder counts from where they are."""
    return to if "://" in to else str(app.directory / to)


def place_of(show: Show, to: str, root: Path) -> StoreSettings:
    """The private place that is meant; CastkitError where none is, or where it is within the show's own folder."""
    from castkit.config import check_backup_place  # noqa: PLC0415
    from castkit.steps.backup_place import settings_of  # noqa: PLC0415

    settings = show.backup
    if to:
        check_backup_place(to, root)
        settings = settings.model_copy(update={"to": to})
    if not settings.to:
        raise CastkitError(
            "no place for a backup is named",
            'give --to FOLDER or --to s3://bucket/prefix, or write into castkit.toml:\n  [backup]\n  to = "../backup"',
        )
    return settings_of(settings, show.store)


def counter(*, is_seen: bool) -> Callable[[int, int], None]:
    """Tells on a terminal how far it is, in per cent."""
    if not (is_seen and sys.stderr.isatty()):
        return lambda _done, _whole: None
    last = -1

    def tell(done: int, whole: int) -> None:
        nonlocal last
        share = done * 100 // whole if whole else 100
        if share != last:
            click.echo(f"\r{share:>3} %" + ("\n" if share == 100 else ""), err=True, nl=False)
            last = share

    return tell


def amount(size: int) -> str:
    """Bytes as people say them."""
    for unit, limit in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if size >= limit:
            return f"{size / limit:.1f} {unit}"
    return f"{size} bytes"


def files_of(count: int, size: int) -> str:
    """A number of files and their size in words."""
    return f"{count} file{'s' * (count != 1)}, {amount(size)}"


def missing(absent: Iterable[AbsentFile]) -> dict[Why, tuple[int, int]]:
    """How many files, and how many bytes, are left out for each reason."""
    found: dict[Why, tuple[int, int]] = {}
    for one in absent:
        count, size = found.get(one.why, (0, 0))
        found[one.why] = (count + 1, size + one.size)
    return found


def _tell(outcome: Outcome, *, as_json: bool) -> None:
    revision, left = outcome.revision, missing(outcome.revision.absent)
    size = sum(one.size for one in revision.files)
    if as_json:
        echo_json(
            {
                "event": "backup", "revision": outcome.named.id, "new": outcome.is_new,
                "files": len(revision.files), "bytes": size, "sent": outcome.sent, "sent_bytes": outcome.sent_bytes,
                "left_out": {why: {"files": count, "bytes": all_} for why, (count, all_) in left.items()},
                "remarks": list(outcome.remarks),
            }
        )  # fmt: skip
        return
    state = "backed up" if outcome.is_new else "nothing changed since"
    click.echo(f"{state}: revision {outcome.named.id}")
    click.echo(f"in it: {files_of(len(revision.files), size)}; sent now: {files_of(outcome.sent, outcome.sent_bytes)}")
    for why, words in _MISSING.items():
        if why in left:
            click.echo(words.format(files_of(*left[why])))
    for text in outcome.remarks:
        click.echo(f"note: {text}")


def _tidy(place: StoreSettings, root: Path, keep: int, *, as_json: bool) -> None:
    from castkit.steps.backup_place import open_place, tidy  # noqa: PLC0415

    told: list[str] = []
    old, objects = tidy(open_place(place, root), keep, told.append)
    if as_json:
        echo_json({"event": "tidied", "revisions": old, "objects": objects, "remarks": told})
        return
    if old or objects:
        click.echo(f"removed: {old} older revision{'s' * (old != 1)}, {objects} objects that no revision needs")
    for text in told:
        click.echo(f"note: {text}")


def _list(place: StoreSettings, root: Path, *, as_json: bool) -> int:
    from castkit.steps.backup_place import load, open_place, revisions  # noqa: PLC0415

    store = open_place(place, root)
    rows: list[tuple[str, ...]] = []
    for named in revisions(store):
        found = load(store, named)
        size, recordings = sum(one.size for one in found.files), missing(found.absent).get("recording", (0, 0))[0]
        if as_json:
            echo_json(
                {
                    "event": "revision", "revision": named.id, "made": found.made.isoformat(),
                    "files": len(found.files), "bytes": size, "recordings_left_out": recordings,
                }
            )  # fmt: skip
        rows.append((named.id, str(len(found.files)), amount(size), f"without {recordings}" if recordings else "all"))
    if not as_json and rows:
        echo_table(rows, ("revision", "files", "size", "recordings"))
    elif not as_json:
        click.echo(f"there is no backup in the {store.name} yet")
    return 0


def _verify(place: StoreSettings, root: Path, revision: str, *, as_json: bool) -> int:
    from castkit.steps.backup import verify  # noqa: PLC0415
    from castkit.steps.backup_place import open_place  # noqa: PLC0415

    named, damaged = verify(open_place(place, root), revision, progress=counter(is_seen=not as_json))
    if as_json:
        problems = [{"path": one.path, "why": one.why} for one in damaged]
        echo_json({"event": "verified", "revision": named.id, "problems": problems})
    elif damaged:
        for one in damaged:
            click.echo(f"{click.style('damaged', fg='red', bold=True)} {one.path}: {one.why}")
        click.echo("delete what is damaged there: castkit backup then sends it again, where it is here still")
    else:
        click.echo(f"revision {named.id} is whole")
    return EXIT_ERROR if damaged else 0
