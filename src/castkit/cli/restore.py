"""`castkit restore`: a show's folder taken back from a backup."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from castkit.cli.app import App
from castkit.cli.backup import amount, counter, files_of, missing, place_of
from castkit.cli.console import echo_json
from castkit.model.backup import Service

if TYPE_CHECKING:
    from castkit.model.show import StoreSettings
    from castkit.steps.restore import Outcome

_SHOWN = 20
PRESETS = tuple(filter(None, get_args(Service)))


@click.command()
@click.argument("places", metavar="[SOURCE] DIR", nargs=-1, required=True)
@click.option("--revision", metavar="ID", default="", help="Not the newest revision, but this one.")
@click.option("--into-existing", is_flag=True, help="DIR has files: write what is missing, change nothing.")
@click.option("--media/--no-media", default=True, help="Fetch what the show's store has, too; the default.")
@click.option("--endpoint", default="", metavar="URL", help="Of SOURCE: an S3-compatible service's address.")
@click.option("--region", default="", help="Of SOURCE: the bucket's region.")
@click.option("--preset", type=click.Choice(PRESETS), help="Of SOURCE: the service, as under [store].")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout, for programs.")
@click.pass_obj
def restore(
    app: App,
    /,
    *,
    places: tuple[str, ...],
    revision: str,
    into_existing: bool,
    media: bool,
    endpoint: str,
    region: str,
    preset: str | None,
    as_json: bool,
) -> None:
    """Take a show's folder back from a backup, into the empty folder DIR.

    SOURCE is the place that castkit backup wrote to: a folder, or s3://bucket/prefix.
    Without it, that of the show you are in. The next castkit publish then changes
    nothing. Recordings come back where the backup has them.

    Example: castkit restore ../backup my-show
    """
    from castkit.steps.backup_place import open_place  # noqa: PLC0415
    from castkit.steps.restore import Wish  # noqa: PLC0415
    from castkit.steps.restore import restore as run  # noqa: PLC0415

    if len(places) > 2:
        raise click.UsageError("name the backup's place and one folder")
    target = app.directory / places[-1]
    if len(places) == 2:
        settings = _source(places[0], preset=preset or "", endpoint=endpoint, region=region)
        base = app.directory
    else:
        workspace, show = app.load()
        settings, base = place_of(show, "", workspace.root), workspace.root
    store = open_place(settings, base)
    wish = Wish(revision, into_existing, media)
    outcome = run(store, target, wish, progress=counter(is_seen=not as_json))
    _tell(outcome, target, as_json=as_json)


def _source(to: str, **said: str) -> StoreSettings:
    """The place that is named on the command line."""
    from castkit.model.backup import BackupSettings  # noqa: PLC0415
    from castkit.steps.backup_place import settings_of  # noqa: PLC0415

    return settings_of(BackupSettings.model_validate({"to": to, **said}), None)


def _tell(outcome: Outcome, target: Path, *, as_json: bool) -> None:
    left = missing(outcome.absent)
    if as_json:
        echo_json(
            {
                "event": "restored", "revision": outcome.named.id, "folder": str(target),
                "written": outcome.written, "same": outcome.same, "fetched": outcome.fetched,
                "differing": outcome.differing,
                "absent": {why: {"files": count, "bytes": size} for why, (count, size) in left.items()},
                "remarks": outcome.remarks,
            }
        )  # fmt: skip
        return
    size = sum(one.size for one in outcome.revision.files)
    click.echo(f"taken back: revision {outcome.named.id}, {files_of(len(outcome.revision.files), size)}")
    if outcome.same:
        click.echo(f"{outcome.same} of them were there already")
    if outcome.fetched:
        click.echo(f"fetched from the show's store: {outcome.fetched} file{'s' * (outcome.fetched != 1)}")
    for path in outcome.differing[:_SHOWN]:
        click.echo(f"left as it is here, and differs from the backup: {path}")
    if len(outcome.differing) > _SHOWN:
        click.echo(f"and {len(outcome.differing) - _SHOWN} more (--json has all)")
    if "recording" in left:
        names = [one.path for one in outcome.absent if one.why == "recording"]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        click.echo(f"not in the backup: recordings, {amount(left['recording'][1])}: {', '.join(names[:_SHOWN])}{more}")
    if "published" in left:
        click.echo(f"not fetched from the show's store: {files_of(*left['published'])}")
    if left:
        click.echo("what is published stays as it is; castkit says what it needs of these where it must make something")
    for text in outcome.remarks:
        click.echo(f"note: {text}")
