"""`castkit init`: starts a show in a folder."""

from __future__ import annotations

from pathlib import Path

import click

from castkit.engine.machine import memory_bytes
from castkit.errors import ConfigError

BASE_LIMITS = (
    "base, which needs the least, hears clear speech well, but errs often where it is distant or noisy, and its "
    "translation of Chinese into English is a rough draft with nonsense in it"
)


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--title", metavar="T", required=True, help="The show's title.")
@click.option("--language", metavar="L", required=True, help="The main language, such as en or zh-Hans.")
@click.option("--also", metavar="L", multiple=True, help="A further language; once for each.")
@click.option("--model", metavar="NAME", help="The speech model; the one recommended for this machine if left out.")
def init(*, directory: Path, title: str, language: str, also: tuple[str, ...], model: str | None) -> None:
    """Start a show in the folder DIR.

    Makes castkit.toml, an empty glossary.toml, a cover, and the folders for episodes and feeds. The show can be
    published as it stands, into the folder public; `castkit status` lists what to replace before the world sees it.

    Example: castkit init my-show --title "Our Dialogues" --language en
    """
    from castkit.config import check_show_languages, check_show_text  # noqa: PLC0415
    from castkit.scaffold.show import ShowDraft, render_show, write_show  # noqa: PLC0415
    from castkit.speech.models import by_name, recommend  # noqa: PLC0415
    from castkit.workspace import Workspace  # noqa: PLC0415

    root = directory.absolute()
    check_show_languages((language, *also), root)
    advice = recommend(memory_bytes())
    if model and not (root / model).is_dir():
        by_name(model)  # refuses a name that nothing is known of
    model = model or advice.name
    draft = ShowDraft(title.strip(), (language, *also), model)
    text = render_show(draft)
    try:
        check_show_text(Workspace(root), text)
    except ConfigError as error:
        raise ConfigError(error.message, "nothing was made; run castkit init again with other values") from None
    undrawn = write_show(root, draft, text)
    if undrawn:
        click.echo(
            f"note: no font on this machine can draw {undrawn} on the cover; install Noto Sans CJK "
            "(fonts-noto-cjk) and run init again in a new folder, or give the show a cover of your own",
            err=True,
        )
    click.echo(f"speech model recommended for this machine: {advice.name} ({advice.reason})\n{BASE_LIMITS}", err=True)
    for line in next_steps(directory, model):
        click.echo(line, err=True)
    click.echo(str(root))


def next_steps(directory: Path, model: str) -> tuple[str, ...]:
    """What to do after `init`, in order."""
    return (
        "next:",
        f"  cd {directory}",
        "  castkit doctor",
        f"  castkit models fetch {model}",
        "  castkit new episode-01 --recording FILE=SPEAKER --language L --title T",
        "  castkit publish episode-01",
        "and replace what `castkit status` lists as placeholders before the show goes to a public place",
    )
