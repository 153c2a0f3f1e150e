"""`castkit newsletter`: an e-mail about one episode, or about all since a day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.console import echo_json
from castkit.cli.publish import json_option
from castkit.errors import CastkitError


@click.command()
@click.argument("slug", required=False, shell_complete=road.complete_slug)
@click.option(
    "--since",
    metavar="DATE",
    type=click.DateTime(("%Y-%m-%d",)),
    help="All episodes published with this date, such as 2026-09-01, or a later one.",
)
@click.option("--language", "languages", metavar="TAG", multiple=True, help="Only this language; may be repeated.")
@click.option("--to", "folder", metavar="FOLDER", type=click.Path(path_type=Path), help="Where to; else newsletter/.")
@click.option("--subject", metavar="TEXT", default="", help="The mail's subject; else the show and the title.")
@json_option
@click.pass_obj
def newsletter(
    app: App,
    /,
    slug: str | None,
    *,
    since: datetime | None,
    languages: tuple[str, ...],
    folder: Path | None,
    subject: str,
    as_json: bool,
) -> None:
    """Write an e-mail about the episode SLUG, or about all since a day.

    It is made of what is published, in all languages of the show, the main one first. There are three files: .html to
    paste into a newsletter service, .txt for readers without HTML, and .eml with both, which a mail program opens as a
    draft to be addressed and sent. An episode that is only built is written about, too; its links will work once it is
    published.

    Nothing is sent. A file that somebody edited is not written over.

    Example: castkit newsletter --since 2026-09-01 --language zh-Hans
    """
    from castkit.steps.newsletter import Asked, make_newsletter  # noqa: PLC0415
    from castkit.steps.show_context import ShowContext  # noqa: PLC0415

    if bool(slug) == bool(since):
        raise click.UsageError("name an episode, or give --since DATE")
    workspace, show = app.load()
    asked = Asked(
        slug or "", since.date() if since else None, languages, subject, folder.absolute() if folder else None
    )
    try:
        made = make_newsletter(ShowContext.open(workspace, show), asked)
    except OSError as error:
        raise CastkitError(
            f"the newsletter cannot be written: {error.strerror or error} ({error.filename})",
            "free some space or check the permissions, or name another folder with --to",
        ) from error
    if as_json:
        files = [str(path) for path in made.paths]
        about = {"subject": made.subject, "episodes": made.slugs, "notes": made.notes}
        echo_json({"event": "newsletter", "files": files, **about})
        return
    for path in made.paths:
        click.echo(path)
    for note in made.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"subject: {made.subject}", err=True)
