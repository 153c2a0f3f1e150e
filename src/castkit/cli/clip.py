"""`castkit clip`: a stretch of a finished episode as a video with captions, for social media."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.console import echo_json, open_console
from castkit.cli.publish import json_option
from castkit.engine import events
from castkit.timecode import parse_clock
from castkit.video.shape import SHAPES, SOURCE


def _milliseconds(ctx: click.Context, param: click.Parameter, value: str) -> int:
    """A time as people write it, in ms."""
    try:
        return parse_clock(value)
    except ValueError as error:
        raise click.BadParameter(str(error), ctx, param) from None


@click.command()
@click.argument("slug", shell_complete=road.complete_slug)
@click.argument("start_ms", metavar="START", callback=_milliseconds)
@click.argument("end_ms", metavar="END", callback=_milliseconds)
@click.option("--burn", default="", metavar="L", help='Captions in the picture: "bilingual", a language, or "none".')
@click.option("--shape", type=click.Choice((SOURCE, *SHAPES)), help="Shape of the picture; else as [video] has it.")
@click.option("--title", default="", metavar="T", help="Title of the clip; else the episode's.")
@click.option("--snap/--no-snap", "is_snapped", default=True, help="Move an end that cuts a word to the word's edge.")
@click.option("--list/--no-list", "is_listed", default=True, help="List it in episode.toml, as a soundbite.")
@click.option("--to", "target", metavar="FILE", type=click.Path(path_type=Path), help="MP4 file; else in build/clips.")
@json_option
@click.pass_obj
def clip(app: App, /, slug: str, *, as_json: bool, **asked: Any) -> None:
    """Cut a short clip with captions, for social media.

    START and END are MM:SS or HH:MM:SS, with a fraction if need be, in the episode as listeners hear it; it has to be
    built. The clip has the video's picture, or cover and waveform where there is none, and is as loud as the episode
    should be.

    Captions in the picture are those of --burn, else of [video] burn; cover and waveform without either get them in
    two languages. SRT and VTT files for the clip lie beside it in any case.

    The clip is listed as a soundbite in episode.toml, and in the feed with the next publish.

    Example: castkit clip episode-02 00:05 00:25 --burn bilingual --shape 9:16
    """
    from castkit.engine.place import lock  # noqa: PLC0415
    from castkit.model.text import one_line  # noqa: PLC0415
    from castkit.steps.clip import make_clip  # noqa: PLC0415
    from castkit.steps.clip_plan import Asked  # noqa: PLC0415

    (context,) = road.load_contexts(app, [slug])
    asked |= {"shape": asked["shape"] or "", "title": one_line(asked["title"])}
    with open_console(as_json=as_json) as console, lock(road.episode_place(context)):
        console.report(events.Started(slug, "clip", "asked for"))
        began = time.monotonic()
        made = make_clip(context, Asked(**asked), lambda share: console.report(events.Progress(slug, "clip", share)))
        console.report(events.Finished(slug, "clip", time.monotonic() - began, "asked for"))
    if as_json:
        found = {"file": str(made.video), "captions": [str(path) for path in made.captions], **asdict(made.clip)}
        listed = dict(made.listed) or None
        echo_json(
            {"event": "clipped", **found, "measured": asdict(made.measured), "soundbite": listed, "notes": made.notes}
        )
        return
    for path in (made.video, *made.captions):
        click.echo(path)
    for note in made.notes:
        click.echo(f"note: {note}", err=True)
