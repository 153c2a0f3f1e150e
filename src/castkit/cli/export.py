"""`castkit export`: the recordings, cleaned, levelled and in their places, for an audio workstation."""

from __future__ import annotations

from pathlib import Path

import click

from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.console import open_console
from castkit.cli.publish import json_option
from castkit.engine import events


@click.command()
@click.argument("slug", shell_complete=road.complete_slug)
@click.option("--flac", "is_flac", is_flag=True, required=True, help="24-bit FLAC, one file for each recording.")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Folder; else build/stems.")
@json_option
@click.pass_obj
def export(app: App, /, slug: str, *, is_flac: bool, folder: Path | None, as_json: bool) -> None:  # noqa: ARG001
    """Write every recording of an episode as it goes into the mix: cleaned, levelled, aligned, not cut.

    All files begin at the same moment and are equally long. What an engineer makes of them can come back as
    `master = "FILE"` in episode.toml.

    Example: castkit export episode-02 --flac
    """
    from castkit.cli.console import echo_json  # noqa: PLC0415
    from castkit.pipeline import EPISODE  # noqa: PLC0415
    from castkit.steps.stems import write_stems  # noqa: PLC0415

    (context,) = road.load_contexts(app, [slug])
    needed = [stage for stage in EPISODE if stage.name in ("ingest", "survey")]
    with open_console(as_json=as_json) as console:
        road.run_episode(context, needed, console.report, ())
        console.report(events.Started(slug, "export", "asked for"))
        stems = write_stems(
            context, folder, lambda share: console.report(events.Progress(slug, "export", min(share, 1.0)))
        )
    if as_json:
        echo_json({"event": "exported", "files": [str(path) for path in stems.paths], "lowered_db": stems.lowered_db})
        return
    for path in stems.paths:
        click.echo(path)
    if stems.lowered_db:
        click.echo(f"note: all lowered by {stems.lowered_db:.1f} dB, so that no peak is cut off", err=True)
