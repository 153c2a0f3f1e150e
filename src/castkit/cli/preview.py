"""`castkit preview`: an episode as one zip, for those who must agree before it is published."""

from __future__ import annotations

import time
from pathlib import Path

import click

from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.console import echo_json, open_console
from castkit.cli.publish import json_option
from castkit.cli.subs_round_trip import slug_argument
from castkit.engine import events
from castkit.errors import CastkitError


@click.command()
@slug_argument
@click.option("--zip", "is_zip", is_flag=True, help="Write the zip.")
@click.option("--to", "target", metavar="FILE", type=click.Path(path_type=Path), help="The zip; else in build/.")
@click.option(
    "--light/--full",
    "is_light",
    default=None,
    help="Small copies of sound and video, or the real ones; else small ones where the real have over 500 MB.",
)
@json_option
@click.pass_obj
def preview(app: App, /, slug: str, *, is_zip: bool, target: Path | None, is_light: bool | None, as_json: bool) -> None:
    """Put the built episode SLUG into one zip, to send round before it is published.

    It holds the episode's pages in every language with sound, video and transcripts, and needs no network: unpack it
    and open index.html. That page says that nothing is published yet, who has approved the episode, and what would be
    published. To look at drafts on this machine: castkit serve --drafts

    Example: castkit preview episode-02 --zip --light
    """
    from castkit.engine.place import lock  # noqa: PLC0415
    from castkit.steps.preview import make_preview  # noqa: PLC0415

    if not is_zip:
        raise CastkitError(
            "say how you want to look at it",
            f"one zip to send round: castkit preview {slug} --zip; on this machine: castkit serve --drafts",
        )
    (context,) = road.load_contexts(app, [slug])
    with open_console(as_json=as_json) as console, lock(road.episode_place(context)):
        road.refuse_stale(context, "look at it, then make the preview")
        console.report(events.Started(slug, "preview", "asked for"))
        began = time.monotonic()
        made = make_preview(
            context,
            target.absolute() if target else None,
            lambda share: console.report(events.Progress(slug, "preview", share)),
            is_light=is_light,
        )
        console.report(events.Finished(slug, "preview", time.monotonic() - began, "asked for"))
    if as_json:
        about = {"bytes": made.size, "is_light": made.is_light, "left_out": made.left_out}
        echo_json({"event": "preview", "file": str(made.path), **about})
        return
    click.echo(made.path)
    kind = "light copies" if made.is_light else "the real files"
    click.echo(f"{made.size / 1e6:.1f} MB; sound and video are {kind}", err=True)
    if made.left_out:
        click.echo(f"left out: {', '.join(made.left_out)}", err=True)
