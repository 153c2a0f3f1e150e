"""`castkit schema`: JSON Schema of castkit.toml, episode.toml and glossary.toml, for editors."""

from __future__ import annotations

from pathlib import Path

import click

from castkit.errors import CastkitError

_NAMES = ("show", "episode", "glossary")


@click.command()
@click.argument("which", type=click.Choice(_NAMES), required=False)
@click.option(
    "--out", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="Write all files into this folder."
)
def schema(*, which: str | None, out: Path | None) -> None:
    """JSON Schema (draft 2020-12) of castkit.toml (show), episode.toml (episode) or glossary.toml.

    Editors with TOML support complete and check these files by it: write them with --out, and begin each TOML file
    with the line that is printed.

    Example: castkit schema --out schemas
    """
    from castkit import atomic  # noqa: PLC0415
    from castkit.config.schema import json_schema  # noqa: PLC0415

    if out is None:
        if which is None:
            raise click.UsageError("name show, episode or glossary, or a folder for all with --out DIR")
        click.echo(json_schema(which), nl=False)
        return
    for name in [which] if which else _NAMES:
        path = out / f"castkit.{name}.schema.json"
        try:
            atomic.write_bytes(path, json_schema(name).encode())
        except OSError as error:
            raise CastkitError(f"{path} cannot be written: {error.strerror or error}", "name another folder") from None
        click.echo(f"#:schema {path.absolute().as_uri()}")
