"""`castkit doctor --fix-bucket`: sets what a bucket needs to serve a podcast, after showing it and asking.

Rule: nothing is changed that was not shown, and nothing without a yes.
"""

from __future__ import annotations

import click

from castkit.cli.app import App
from castkit.cli.asking import is_agreed, say
from castkit.cli.console import echo_json
from castkit.errors import CastkitError


def fix_bucket(app: App, *, is_sure: bool, as_json: bool) -> None:
    """Shows what is missing, asks, sets it. CastkitError where the store is no bucket or refuses."""
    from castkit.storage.open import open_store  # noqa: PLC0415
    from castkit.storage.s3 import S3Store  # noqa: PLC0415
    from castkit.storage.s3_bucket import changes  # noqa: PLC0415

    workspace, show = app.load()
    store = open_store(show.store, workspace.root)
    if not isinstance(store, S3Store):
        raise CastkitError(
            f"the show's store is the {store.name}, and no bucket", "name a bucket under [store] in castkit.toml"
        )
    missing = changes(store)
    for change in missing:
        if as_json:
            echo_json({"event": "change", "name": change.name, "about": change.about, "value": change.value})
        else:
            click.echo(f"{change.name}: {change.about}\n{_indented(change.value)}")
    if not missing:
        say(f"nothing to set in {store.name}", as_json=as_json)
    elif is_agreed(f"Set this in {store.name}?", is_sure=is_sure, as_json=as_json):
        for change in missing:
            change.apply()
            say(f"set: {change.name}", as_json=as_json)
    if store.preset.by_hand:
        say(f"by hand: {store.preset.by_hand}", as_json=as_json)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
