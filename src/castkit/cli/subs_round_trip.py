"""`castkit subs export, import, diff`: subtitles go to a translator as a file, and come back as one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from castkit import atomic
from castkit.cli import road
from castkit.cli.app import App, user
from castkit.cli.console import echo_json
from castkit.cli.publish import json_option
from castkit.errors import CastkitError
from castkit.timecode import clock

if TYPE_CHECKING:
    from castkit.model.cue import Cue
    from castkit.steps.subtitle_desk import Desk
    from castkit.steps.take_back import Taken
    from castkit.subtitles.history import Revision

EXIT_CONFLICT = 1
_PATIENCE_S = 5.0  # a review page that is open holds the episode for moments
_KINDS = ("srt", "xlsx", "vtt", "ass", "ttml", "xliff")

slug_argument = click.argument("slug", shell_complete=road.complete_slug)
language_argument = click.argument("language")
by_option = click.option("--by", metavar="NAME", default="", help="Who did it; else this system's user name.")
translator_option = click.option(
    "--translator",
    "translators",
    metavar="NAME",
    multiple=True,
    help='To be named in the feed and the notes; "" names nobody.',
)


@contextmanager
def desk_of(app: App, slug: str, language: str, by: str = "") -> Iterator[Desk]:
    """The language's subtitles, alone with them: nothing else works on the episode meanwhile."""
    from castkit.engine.place import lock  # noqa: PLC0415
    from castkit.steps.subtitle_desk import open_desk  # noqa: PLC0415

    (context,) = road.load_contexts(app, [slug])
    with lock(road.episode_place(context), patience_s=_PATIENCE_S):
        try:
            desk = open_desk(context, language, who=by or user())
            for problem in desk.history.problems:
                click.echo(f"note: {problem}", err=True)
            yield desk
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            raise CastkitError(
                f"{slug}: {error.strerror or error}{where}", "free some space or check the permissions; nothing is lost"
            ) from error


def about(revision: Revision) -> dict[str, object]:
    """A revision as programs read it."""
    value = asdict(revision)
    keys = ("rev", "when", "who", "what", "state", "base", "handed", "name", "kind", "encoding", "notes", "files")
    return {key: value[key] for key in (*keys, "translators")}


def tell_translators(names: Sequence[str]) -> None:
    """Who is named for a file: what will stand in public is said aloud."""
    if names:
        click.echo(f"named in the feed and the notes as translator: {', '.join(names)}", err=True)


@click.command("export", short_help="Hand the subtitles to a translator.")
@slug_argument
@language_argument
@click.option(
    "--to", "target", metavar="FILE", type=click.Path(path_type=Path), help="Where to; else in build/hand-out/."
)
@click.option("--bilingual", "is_bilingual", is_flag=True, help="The source's lines in every cue, above or below.")
@click.option("--format", "kind", type=click.Choice(_KINDS), default="srt", show_default=True)
@click.option("--package", "is_package", is_flag=True, help="One zip with light sound or video and a player page.")
@click.option("--sound-only", "is_sound_only", is_flag=True, help="With --package: no picture, a smaller zip.")
@by_option
@json_option
@click.pass_obj
def export(
    app: App,
    /,
    slug: str,
    language: str,
    *,
    target: Path | None,
    is_bilingual: bool,
    kind: str,
    is_package: bool,
    is_sound_only: bool,
    by: str,
    as_json: bool,
) -> None:
    """Hand the subtitles of SLUG in LANGUAGE to a translator.

    An unfinished draft of a person is handed out, else the accepted file, else what the last build made, else the
    source's words. Beside the file lies a note in Markdown: limits, terms, and what was accepted before. What is
    handed out is written down, so that whatever comes back is compared with it.

    --package makes one zip for a translator who has no castkit: the file, the source, the glossary, the note, light
    sound or video, and index.html. That page opens by a double click, without a network. It shows the cues beside the
    sound, and the translator's own file too.

    Example: castkit subs export episode-01 en --package
    """
    from castkit.steps.hand_out import hand_out  # noqa: PLC0415
    from castkit.steps.hand_out_package import hand_out_package  # noqa: PLC0415

    if is_sound_only and not is_package:
        raise click.UsageError("--sound-only goes with --package")
    if is_package and kind != "srt":
        raise click.UsageError(f"a package holds SubRip (.srt); leave --format {kind} out")
    target = target.absolute() if target else None
    with desk_of(app, slug, language, by) as desk:
        if is_package:
            with _progress(slug, as_json=as_json) as progress:
                made = hand_out_package(desk, target, progress, is_bilingual=is_bilingual, is_sound_only=is_sound_only)
        else:
            made = hand_out(desk, target, kind=kind, is_bilingual=is_bilingual)
    if as_json:
        paths = {"file": str(made.path), "notes_file": str(made.notes_path) if made.notes_path else None}
        more = {"stand": made.stand, "cues": made.cues, "revision": made.revision, "notes": made.notes}
        echo_json({"event": "handed-out", **paths, **more})
        return
    for path in filter(None, (made.path, made.notes_path)):
        click.echo(path)
    for note in made.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"handed out: {made.cues} cues, {made.stand} (revision {made.revision})", err=True)


@contextmanager
def _progress(slug: str, *, as_json: bool) -> Iterator[Callable[[float], None]]:
    """What tells a person, or a program, how much of the package's media is made."""
    from castkit.cli.console import open_console  # noqa: PLC0415
    from castkit.engine import events  # noqa: PLC0415

    with open_console(as_json=as_json) as console:
        console.report(events.Started(slug, "package", "asked for"))
        began = time.monotonic()
        yield lambda share: console.report(events.Progress(slug, "package", share))
        console.report(events.Finished(slug, "package", time.monotonic() - began, "asked for"))


@click.command("import", short_help="Take back the file of a translator.")
@slug_argument
@language_argument
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--encoding", default="", help="The encoding of a text file, where castkit cannot tell it.")
@click.option("--draft", "is_draft", is_flag=True, help="It is not finished: keep it, publish nothing of it.")
@click.option("--base", type=click.IntRange(min=1), metavar="REV", help="What it comes from, where castkit errs.")
@click.option(
    "--prefer",
    type=click.Choice(("incoming", "standing")),
    help="Whose version to take where two people changed the same cue; the other stays in the history.",
)
@translator_option
@by_option
@json_option
@click.pass_obj
def take(
    app: App,
    /,
    slug: str,
    language: str,
    file: Path,
    *,
    encoding: str,
    is_draft: bool,
    base: int | None,
    prefer: str | None,
    translators: tuple[str, ...],
    by: str,
    as_json: bool,
) -> int:
    """Take back the FILE of a translator: it is accepted for SLUG in LANGUAGE, unless --draft says it is not finished.

    Any subtitle file will do, in any encoding: it is read whole, or refused with the place and the reason. So will a
    package that came back as a zip or a folder, if one subtitle file in it was worked on. What came back is
    compared with what was handed out; if the episode was cut or recognised again meanwhile, or another file came in,
    they are merged: every word and every time of a person stays. The bytes received are kept for ever.

    Where two people changed the same cue in ways that exclude each other, both are shown, nothing is written, and the
    exit code is 1.

    A translator named with --translator, by name or by their id in castkit.toml, stands in the feed and the notes; who
    did it (--by) stands in the history alone.

    Example: castkit subs import episode-01 en from-li.srt --translator "Li An"
    """
    from castkit.steps.credits import checked  # noqa: PLC0415
    from castkit.steps.take_back import Wishes, take_back  # noqa: PLC0415

    with desk_of(app, slug, language, by) as desk:
        names = checked(translators, is_spoken=desk.is_spoken)
        wishes = Wishes(encoding, is_draft, prefer or "", base or 0, names)
        taken = take_back(desk, file.absolute(), wishes)
    if as_json:
        echo_json({"event": "conflict" if taken.conflicts else "taken", **_taken_json(taken)})
    else:
        _tell(taken, slug, language, file)
    return EXIT_CONFLICT if taken.conflicts else 0


def _taken_json(taken: Taken) -> dict[str, object]:
    return {
        "file": str(taken.path) if taken.path else None,
        "kind": taken.read.kind,
        "encoding": taken.read.encoding,
        "read": len(taken.read.cues),
        "base": taken.base,
        "revision": taken.revision,
        "is_new": taken.is_new,
        "cues": taken.cues,
        "changed": taken.changed,
        "translators": taken.translators,
        "notes": taken.notes,
        "stale": [{"cue": asdict(one.cue), **asdict(one.stale)} for one in taken.stale],
        "conflicts": [asdict(one) for one in taken.conflicts],
    }


def _tell(taken: Taken, slug: str, language: str, file: Path) -> None:
    for note in taken.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"read: {len(taken.read.cues)} cues ({taken.read.kind}, {taken.read.encoding})", err=True)
    if taken.changed:
        counts = ", ".join(f"{count} {kind}" for kind, count in taken.changed.items())
        click.echo(f"against what was handed out: {counts}", err=True)
    for one in taken.stale:
        click.echo(f"stale at {clock(one.cue.start_ms)}: {_line(one.cue)}", err=True)
        click.echo(f"  was: {one.stale.old}", err=True)
        click.echo(f"  now: {one.stale.new}", err=True)
    for conflict in taken.conflicts:
        first = (*conflict.one, *conflict.other)[0]
        click.echo(f"two people changed the cue at {clock(max(0, first.start_ms))}", err=True)
        click.echo(f"  stands:   {' + '.join(map(_line, conflict.one)) or 'taken out'}", err=True)
        click.echo(f"  comes in: {' + '.join(map(_line, conflict.other)) or 'taken out'}", err=True)
    if taken.conflicts:
        again = f"castkit subs import {slug} {language} {file} --prefer"
        click.echo("nothing is written; both versions are in the history", err=True)
        click.echo(f"  hint: {again} incoming, or {again} standing; or settle it in one of the files", err=True)
    elif not taken.is_new:
        click.echo(f"nothing changed: revision {taken.revision} stands", err=True)
    elif taken.path:
        click.echo(taken.path)
        click.echo(f"accepted: {taken.cues} cues (revision {taken.revision})", err=True)
        tell_translators(taken.translators)
    else:
        click.echo(
            f"kept as a draft: {taken.cues} cues (revision {taken.revision}); the next export hands it out", err=True
        )


def _line(cue: Cue) -> str:
    return f"[{clock(max(0, cue.start_ms))}] {' / '.join(cue.lines)}"


@click.command(short_help="Show what a person changed.")
@slug_argument
@language_argument
@click.option("--rev", type=click.IntRange(min=1), metavar="REV", help="What this revision changed; else the last.")
@click.option("--html", metavar="FILE", type=click.Path(path_type=Path), help="Write a page instead.")
@json_option
@click.pass_obj
def diff(app: App, /, slug: str, language: str, *, rev: int | None, html: Path | None, as_json: bool) -> None:
    """Show what a person changed in the subtitles of SLUG in LANGUAGE against what they were given.

    Texts, times, cues split, merged, added and taken out, side by side.

    Example: castkit subs diff episode-02 en --html changes.html
    """
    from castkit.steps.subtitle_diff import difference  # noqa: PLC0415
    from castkit.subtitles.differences_page import page  # noqa: PLC0415

    with desk_of(app, slug, language) as desk:
        found = difference(desk, rev or 0)
    told = f"revision {found.revision.rev} by {found.revision.who}, {found.revision.when}: "
    told += f"{len(found.rows)} changes, {found.untouched} cues untouched"
    if as_json:
        for row in found.rows:
            before, after = ([asdict(cue) for cue in cues] for cues in (row.before, row.after))
            echo_json({"event": "change", "kind": row.kind.value, "before": before, "after": after})
    elif html is not None:
        atomic.write_bytes(html, page(f"{slug}, {language}", (language, language), found.rows, (told,)).encode())
        click.echo(html)
    else:
        from castkit.cli.subs_diff import echo_rows  # noqa: PLC0415

        echo_rows(found.rows)
    click.echo(told, err=True)


COMMANDS = (export, take, diff)
