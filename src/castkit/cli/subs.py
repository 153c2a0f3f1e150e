"""`castkit subs`: what people who work on subtitles need; more of it is in the modules subs_*."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from castkit import atomic
from castkit.cli import road, subs_history, subs_round_trip
from castkit.cli.app import App
from castkit.cli.console import echo_json, echo_table
from castkit.cli.publish import json_option
from castkit.timecode import clock

EXIT_FOUND = 1
_WIDEST = 40  # of a cell in the table; --json has all of it


@click.group()
def subs() -> None:
    """Hand subtitles to a translator and take them back; check them; look up what was translated before.

    Example: castkit subs check episode-02
    """


for command in (*subs_round_trip.COMMANDS, *subs_history.COMMANDS):
    subs.add_command(command)


@subs.command(short_help="List what is wrong with the subtitles.")
@click.argument("slug", required=False, shell_complete=road.complete_slug)
@click.argument("language", required=False, default="")
@click.option("--strict", "is_strict", is_flag=True, help="End with exit code 1 where anything was found.")
@json_option
@click.pass_obj
def check(app: App, /, slug: str | None, language: str, *, is_strict: bool, as_json: bool) -> None:
    """List what is wrong with the subtitles of an episode, or of all of them; of one LANGUAGE, or of all.

    Looked for: cues that break a limit of the show's profile; and against the spoken language, terms of glossary.toml
    that are missing, numbers that differ, sentences without a translation, source text left over, and cues accepted
    when something else was said. Accepted files are checked where there are some, else what the last build made.
    Changes nothing.

    Example: castkit subs check episode-02 en --strict
    """
    from castkit.steps.subtitle_check import check as look  # noqa: PLC0415

    found = []
    for context in road.load_contexts(app, [slug] if slug else [], every=not slug):
        if not slug and not context.paths.tracks.is_file():
            click.echo(f"{context.slug}: not built yet, not checked", err=True)
            continue
        found += [(context.slug, one) for one in look(context, language)]
    if as_json:
        for episode, one in found:
            echo_json({"event": "finding", "episode": episode, **asdict(one)})
    elif found:
        rows = [
            (episode, one.language, str(one.index), clock(one.start_ms), one.code, _short(one.found), _short(one.limit))
            for episode, one in found
        ]
        echo_table(rows, ("episode", "language", "cue", "at", "what", "found", "limit or expected"))
    else:
        click.echo("nothing found", err=True)
    if is_strict and found:
        raise click.exceptions.Exit(EXIT_FOUND)


@subs.command(short_help="Show what was accepted before for sentences like these.")
@click.argument("slug", shell_complete=road.complete_slug)
@click.argument("language")
@click.option(
    "--to", "target", metavar="FILE", type=click.Path(path_type=Path), help="Write the memory itself, as TMX."
)
@json_option
@click.pass_obj
def memory(app: App, /, slug: str, language: str, *, target: Path | None, as_json: bool) -> None:
    """Show what people accepted in other episodes for sentences like those of this one, in LANGUAGE.

    The show's translation memory is what was accepted in its episodes, and the TMX files in memory/. Sentences that
    are the same come back by themselves when a draft is made; the others are for a person to look at.

    Example: castkit subs memory episode-02 en --to memory.tmx
    """
    from castkit.steps.remembering import as_tmx, for_episode  # noqa: PLC0415

    (context,) = road.load_contexts(app, [slug])
    if target is not None:
        atomic.write_bytes(target, as_tmx(context, language))
        click.echo(target)
        return
    found = for_episode(context, language)
    if as_json:
        for one in found:
            echo_json({"event": "remembered", "episode": slug, "language": language, **asdict(one)})
        return
    for one in found:
        click.echo(f"{clock(one.start_ms)}  {one.text}")
        if one.like:
            click.echo(f"{one.score:>7.0f}%  {one.like}")
        click.echo(f"          {one.translation}  ({one.origin})")
    if not found:
        click.echo("nothing like it was accepted before", err=True)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDEST else line[: _WIDEST - 1] + "…"
