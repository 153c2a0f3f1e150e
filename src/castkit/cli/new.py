"""`castkit new`: starts an episode from its recordings."""

from __future__ import annotations

import click

from castkit.cli.app import App


@click.command()
@click.argument("slug")
@click.option(
    "--recording",
    "recordings",
    metavar="PATH[=SPEAKER]",
    multiple=True,
    required=True,
    help="A raw file, and whose voice alone is in it, if so. Once for each file.",
)
@click.option("--language", metavar="L", required=True, help='The language spoken, such as en or zh, or "auto".')
@click.option("--title", metavar="T", required=True)
@click.option("--season", type=click.IntRange(min=1))
@click.option("--number", type=click.IntRange(min=1))
@click.pass_obj
def new(
    app: App,
    /,
    slug: str,
    *,
    recordings: tuple[str, ...],
    language: str,
    title: str,
    season: int | None,
    number: int | None,
) -> None:
    """Start an episode from its recordings.

    Checks the recordings and copies them to episodes/SLUG/raw, gives the episode its guid and date, and adds speakers
    who are new to the people in castkit.toml. Paths are relative to the current folder.

    Example: castkit new ep-01 --recording a.wav=ann --language en --title Hello
    """
    from castkit.config import check_episode_text  # noqa: PLC0415
    from castkit.scaffold.raw import given  # noqa: PLC0415
    from castkit.scaffold.start import NewEpisode, start_episode  # noqa: PLC0415

    workspace, _ = app.load()
    asked = NewEpisode(slug, title.strip(), language, [given(one) for one in recordings], season, number)

    def check(show_text: str, text: str) -> None:
        check_episode_text(workspace, show_text, slug=slug, text=text)

    made = start_episode(
        workspace, asked, load=lambda: app.load()[1], check=check, report=lambda line: click.echo(line, err=True)
    )
    for person in made.added:
        click.echo(f"{person} is new: correct the name and role under [[people]] in castkit.toml", err=True)
    click.echo(f"next: complete {made.paths.toml}, then run: castkit publish {slug}", err=True)
    click.echo(str(made.paths.root))
