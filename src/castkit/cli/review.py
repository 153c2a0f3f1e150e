"""`castkit review`: a language's subtitles beside their sound, to be corrected in a browser on this machine."""

from __future__ import annotations

import webbrowser
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import click

from castkit.cli import road
from castkit.cli.app import App, user
from castkit.errors import CastkitError

if TYPE_CHECKING:
    from castkit.steps.context import EpisodeContext


@click.command()
@click.argument("slug", shell_complete=road.complete_slug)
@click.argument("language", required=False, default="")
@click.option("--port", metavar="N", type=click.IntRange(0, 65535), help="Default: 8424, else the next that is free.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--who", metavar="NAME", default="", help="Who works on it; else who did last, else this user.")
@click.pass_obj
def review(app: App, /, slug: str, language: str, *, port: int | None, no_browser: bool, who: str) -> None:
    """Review the subtitles of SLUG in LANGUAGE in a browser, until Ctrl-C.

    LANGUAGE is the show's other language where none is named. The page has the sound or video beside the cues of both
    languages. It saves as you type; files that come in meanwhile with castkit subs import are merged. Nothing leaves
    this machine.

    Example: castkit review s01e04 en
    """
    from castkit.review.serving import alone  # noqa: PLC0415

    (context,) = road.load_contexts(app, [slug])
    language = _chosen(context, language)
    try:
        with alone(context, language):
            _serve(context, language, port, who=who, is_opened=not no_browser)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise CastkitError(
            f"{slug}: {error.strerror or error}{where}", "free some space or check the permissions; nothing is lost"
        ) from error


def _serve(context: EpisodeContext, language: str, port: int | None, *, who: str, is_opened: bool) -> None:
    from castkit.engine.place import lock  # noqa: PLC0415
    from castkit.review.app import make_app  # noqa: PLC0415
    from castkit.review.guard import Door  # noqa: PLC0415
    from castkit.review.peaks import Media  # noqa: PLC0415
    from castkit.review.serving import PORT, listen, note_place, serve  # noqa: PLC0415
    from castkit.review.session import Session  # noqa: PLC0415

    place = road.episode_place(context)

    def held(patience_s: float) -> AbstractContextManager[object]:
        return lock(place, patience_s=patience_s)

    media = Media(context)
    if media.problem:
        click.echo(f"note: the page has no waveform: {media.problem}", err=True)
    session = Session(context, language, held, who=who, user=user())
    with listen(port) as bound:
        door = Door(bound.getsockname()[1])
        note_place(context, language, door)
        if port is None and door.port != PORT:
            click.echo(f"note: port {PORT} is taken; the page is at {door.port} this time", err=True)
        try:
            _tell(f"{door.address}?token={door.token}", is_opened=is_opened)
            serve(make_app(session, door, media), session, bound)
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
        finally:
            if note := session.close():
                click.echo(f"note: {note}; what was typed is kept, and comes with the next start", err=True)


def _tell(address: str, *, is_opened: bool) -> None:
    click.echo(f"review: {address}")
    click.echo("It saves as you type. Ctrl-C ends this.", err=True)
    if is_opened:
        webbrowser.open(address)


def _chosen(context: EpisodeContext, language: str) -> str:
    """The language named, else the show's first that is not spoken in the episode, else the one that is."""
    from castkit.steps.files import load_tracks  # noqa: PLC0415

    spoken = load_tracks(context).spoken
    known = tuple(dict.fromkeys((*context.show.languages, spoken)))
    if language and language not in known:
        raise CastkitError(f"{context.slug} has no subtitles in {language!r}", f"its languages: {', '.join(known)}")
    return language or next((one for one in known if one != spoken), spoken)
