"""`castkit subs accept, reopen, merge, log, restore`: who decided what about subtitles, and when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from castkit import atomic
from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.console import echo_json, echo_table
from castkit.cli.publish import json_option
from castkit.cli.subs_round_trip import (
    about,
    by_option,
    desk_of,
    language_argument,
    slug_argument,
    tell_translators,
    translator_option,
)
from castkit.errors import CastkitError

if TYPE_CHECKING:
    from castkit.steps.subtitle_history import Done
    from castkit.subtitles.history import History, Revision


@click.command(short_help="Accept the subtitles as they stand.")
@slug_argument
@language_argument
@translator_option
@by_option
@json_option
@click.pass_obj
def accept(app: App, /, slug: str, language: str, *, translators: tuple[str, ...], by: str, as_json: bool) -> None:
    """Accept the subtitles of SLUG in LANGUAGE as they stand: a person's draft, else what the last build made.

    Of subtitles that are accepted already it says that their stale cues were read again, and are right; with
    --translator it only names, instead of those named before, who translated them.

    Example: castkit subs accept episode-01 en --translator "Ann Lee"
    """
    from castkit.steps.credits import checked, named  # noqa: PLC0415
    from castkit.steps.subtitle_history import accept as accept_them  # noqa: PLC0415

    with desk_of(app, slug, language, by) as desk:
        done = accept_them(desk, translators=checked(translators, is_spoken=desk.is_spoken))
        _tell(done, "accepted", as_json=as_json)
        if not as_json:
            tell_translators(named(desk.history))


@click.command(short_help="Take an acceptance back: the file becomes a draft.")
@slug_argument
@language_argument
@by_option
@json_option
@click.pass_obj
def reopen(app: App, /, slug: str, language: str, *, by: str, as_json: bool) -> None:
    """Take back the acceptance of SLUG in LANGUAGE: the file becomes a draft in the history.

    Until a person accepts again, what is published is the machine's draft, and labelled so; the next export hands
    out the person's. Nothing is lost: castkit subs accept puts it back.

    Example: castkit subs reopen episode-02 en
    """
    from castkit.steps.subtitle_history import reopen as reopen_them  # noqa: PLC0415

    with desk_of(app, slug, language, by) as desk:
        done = reopen_them(desk)
        _tell(done, "reopened", as_json=as_json)
    click.echo(
        f"the machine's draft is published from the next build on; undo: castkit subs accept {slug} {language}",
        err=True,
    )


@click.command(short_help="Merge what a person made with the source of the last build.")
@slug_argument
@language_argument
@by_option
@json_option
@click.pass_obj
def merge(app: App, /, slug: str, language: str, *, by: str, as_json: bool) -> None:
    """Merge what a person made of SLUG in LANGUAGE with the source as the last build left it.

    Every word and time of a person stays, moved with the cut; cues whose source says something else are named.

    Example: castkit subs merge episode-02 en
    """
    from castkit.steps.subtitle_history import merge_source  # noqa: PLC0415

    with desk_of(app, slug, language, by) as desk:
        _tell(merge_source(desk), "merged", as_json=as_json)


@click.command(short_help="List what happened to the subtitles: who, when, what.")
@slug_argument
@language_argument
@json_option
@click.pass_obj
def log(app: App, /, slug: str, language: str, *, as_json: bool) -> None:
    """List what happened to the subtitles of SLUG in LANGUAGE, the latest last: who, when, what.

    Example: castkit subs log episode-02 en
    """
    revisions = _history(app, slug, language).revisions
    if as_json:
        for one in revisions:
            echo_json({"event": "revision", **about(one)})
    elif revisions:
        echo_table([_row(one) for one in revisions], ("rev", "when", "who", "what", "state", "from", "file"))
    else:
        click.echo("nothing was handed out or accepted yet", err=True)


@click.command(short_help="Let an earlier revision stand again.")
@slug_argument
@language_argument
@click.argument("rev", type=click.IntRange(min=1))
@click.option("--to", "target", metavar="FILE", type=click.Path(path_type=Path), help="Only write its bytes there.")
@by_option
@json_option
@click.pass_obj
def restore(app: App, /, slug: str, language: str, rev: int, *, target: Path | None, by: str, as_json: bool) -> None:
    """Let revision REV of SLUG in LANGUAGE stand again; what stood before stays in the history.

    With --to nothing changes: the bytes of the revision are written to a file, as they came in or were handed out.

    Example: castkit subs restore episode-02 en 3
    """
    from castkit.steps.subtitle_history import bytes_of_revision  # noqa: PLC0415
    from castkit.steps.subtitle_history import restore as let_stand  # noqa: PLC0415

    if target is None:
        with desk_of(app, slug, language, by) as desk:
            _tell(let_stand(desk, rev), "restored", as_json=as_json)
        return
    data = bytes_of_revision(_history(app, slug, language), rev)
    if target.exists() and target.read_bytes() != data:
        raise CastkitError(f"{target} is there already", "name another file with --to")
    atomic.write_bytes(target, data)
    click.echo(target)


def _history(app: App, slug: str, language: str) -> History:
    """The history, to be read only: that needs no build and no lock."""
    from castkit.subtitles.history import History  # noqa: PLC0415

    (context,) = road.load_contexts(app, [slug])
    history = History(context.paths.subtitle_log(language))
    for problem in history.problems:
        click.echo(f"note: {problem}", err=True)
    return history


def _row(one: Revision) -> tuple[str, ...]:
    state, base = one.state.value if one.state else one.handed or "-", str(one.base or "-")
    return str(one.rev), one.when.replace("+00:00", "Z"), one.who, one.what.value, state, base, one.name or "-"


def _tell(done: Done, what: str, *, as_json: bool) -> None:
    if as_json:
        event = {"event": what, "is_new": done.is_new, "cues": done.cues, "notes": done.notes}
        echo_json(event | about(done.revision) | {"notes": done.notes})
        return
    for note in done.notes:
        click.echo(f"note: {note}", err=True)
    told = what if done.is_new else "nothing changed"
    click.echo(f"{told}: {done.cues} cues (revision {done.revision.rev})", err=True)


COMMANDS = (accept, reopen, merge, log, restore)
