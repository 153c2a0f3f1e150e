"""`castkit notes`: proposals for an episode's notes, and their acceptance by a person."""

from __future__ import annotations

import time

import click

from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.console import echo_json, open_console
from castkit.cli.publish import json_option
from castkit.engine import events


@click.group()
def notes() -> None:
    """Have notes proposed, and accept them.

    What is proposed is published only after `castkit notes accept`.

    Example: castkit notes draft episode-02
    """


@notes.command(short_help="Propose title, summary, keywords and chapters.")
@click.argument("slug", shell_complete=road.complete_slug)
@click.option("--offline", "is_offline", is_flag=True, help="Ask no service: chapters from pauses and turns only.")
@click.option("--redo", "is_anew", is_flag=True, help="Replace the draft that is there.")
@json_option
@click.pass_obj
def draft(app: App, /, slug: str, *, is_offline: bool, is_anew: bool, as_json: bool) -> None:
    """Propose title, summary, keywords and chapters from the transcript of SLUG.

    They go to notes-draft.toml beside episode.toml, each with the time it comes from, to be read and corrected. The
    service of [translation] in castkit.toml is asked; without one, chapters are proposed from pauses and turns. The
    episode has to be built.

    Example: castkit notes draft episode-02 --offline
    """
    from castkit.engine.place import lock  # noqa: PLC0415
    from castkit.steps.draft_notes import draft_notes  # noqa: PLC0415

    (context,) = road.load_contexts(app, [slug])

    def tell(share: float) -> None:
        console.report(events.Progress(slug, "notes", share))

    with open_console(as_json=as_json) as console, lock(road.episode_place(context)):
        console.report(events.Started(slug, "notes", "asked for"))
        began = time.monotonic()
        made = draft_notes(context, tell, is_offline=is_offline, is_anew=is_anew)
        console.report(events.Finished(slug, "notes", time.monotonic() - began, "asked for"))
    if as_json:
        about = {"file": str(made.path), "made_by": made.made_by, "chapters": made.chapters, "notes": made.notes}
        echo_json({"event": "drafted", **about})
        return
    click.echo(made.path)
    for note in made.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"next: correct it, then run: castkit notes accept {slug}", err=True)


@notes.command(short_help="Fill what is empty in episode.toml with what is proposed.")
@click.argument("slug", shell_complete=road.complete_slug)
@json_option
@click.pass_obj
def accept(app: App, /, slug: str, *, as_json: bool) -> None:
    """Fill what is empty in the episode.toml of SLUG with what its notes-draft.toml proposes.

    What a person wrote there stays, and is named.

    Example: castkit notes accept episode-02
    """
    from castkit.engine.place import lock  # noqa: PLC0415
    from castkit.steps.accept_notes import accept_notes  # noqa: PLC0415

    (context,) = road.load_contexts(app, [slug])
    with lock(road.episode_place(context)):
        filled = accept_notes(context)
    if as_json:
        path = str(context.paths.toml)
        echo_json({"event": "accepted", "file": path, "written": filled.written, "left": filled.left})
        return
    click.echo(f"{context.paths.toml}: {', '.join(filled.written)}")
    for one in filled.left:
        click.echo(f"left alone: {one}", err=True)
