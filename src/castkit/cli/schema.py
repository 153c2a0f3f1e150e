"""`castkit schema`: JSON Schema of castkit.toml and episode.toml, for editors."""

from __future__ import annotations

from pathlib import Path

import click

from castkit.errors import CastkitError


@click.command()
@click.argument("which", type=click.Choice(["show", "episode"]), required=False)
@click.option(
    "--out", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="Write both files into this folder."
)
def schema(*, which: str | None, out: Path | None) -> None:
    """JSON Schema (draft 2020-12) of castkit.toml (show) or episode.toml (episode).

    Editors with TOML support complete and check these files by it: write both with --out, and begin each TOML file
    with the line that is printed.
    """
    from castkit import atomic  # noqa: PLC0415
    from castkit.config.schema import json_schema  # noqa: PLC0415

    if out is None:
        if which is None:
            raise click.UsageError("name show or episode, or a folder for both with --out DIR")
        click.echo(json_schema(which), nl=False)
        return
    for name in [which] if which else ["show", "episode"]:
        path = out / f"castkit.{name}.schema.json"
        try:
            atomic.write_bytes(path, json_schema(name).encode())
        except OSError as error:
            raise CastkitError(f"{path} cannot be written: {error.strerror or error}", "name another folder") from None
        click.echo(f"#:schema {path.absolute().as_uri()}")
