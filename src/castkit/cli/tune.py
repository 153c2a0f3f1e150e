"""`castkit doctor --tune`: measures how recognition runs fastest here, and writes it into castkit.toml."""

from __future__ import annotations

from pathlib import Path

import click

from castkit import atomic
from castkit.cli.app import App
from castkit.cli.console import echo_json, echo_table
from castkit.errors import CastkitError
from castkit.scaffold.toml import set_values
from castkit.speech.devices import WAYS, Way
from castkit.workspace import Workspace


def tune(app: App, *, as_json: bool) -> None:
    """Tries every way on some minutes of the show's own speech, and keeps the best in `[speech]`."""
    from castkit.speech import engines, models, tuning  # noqa: PLC0415

    workspace, show = app.load()
    speech = show.speech
    device = engines.device_of(speech.engine, speech.device)
    voice, duration_ms = tuning.excerpt(_track(workspace))
    hearing = tuning.Hearing(speech.engine, models.locate(speech.model, workspace.root), voice, duration_ms)
    types = engines.compute_types(speech.engine, device)
    found = []
    click.echo(f"{speech.model} on {device}, {duration_ms // 1000} s of sound in each way:", err=True)
    for trial in tuning.trials(hearing, device, types):
        way = trial.way
        if as_json:
            fields = {"compute_type": way.compute_type, "batch_size": way.batch_size, "beam_size": way.beam_size}
            measured = {"seconds_a_minute": trial.seconds_a_minute, "same_words": trial.same_words}
            echo_json({"event": "trial", **fields, **measured})
        else:
            click.echo(
                f"  {way.compute_type}, batch {way.batch_size}: {trial.seconds_a_minute:.2f} s a minute", err=True
            )
        found.append(trial)
    _keep(workspace.toml, tuning.best(found), device, as_json=as_json)
    if not as_json:
        rows = [
            (one.way.compute_type, f"{one.way.batch_size}", f"{one.seconds_a_minute:.2f}", f"{one.same_words:.1%}")
            for one in found
        ]
        echo_table(rows, ("computes with", "batch", "s for a minute", "same words"))


def _track(workspace: Workspace) -> Path:
    """The longest recording that a build has left; CastkitError where there is none."""
    found = [path for slug in workspace.slugs() for path in workspace.episode(slug).build.glob("tracks/*.wav")]
    if not found:
        raise CastkitError("there is no speech to measure with", "build an episode first: castkit build SLUG")
    return max(sorted(found), key=lambda path: path.stat().st_size)


def _keep(toml: Path, way: Way, device: str, *, as_json: bool) -> None:
    values: dict[str, str | int] = {"compute_type": way.compute_type, "batch_size": way.batch_size}
    before = toml.read_bytes()
    is_usual = way == WAYS[device]
    if not is_usual:
        after = set_values(before.decode("utf-8-sig"), "speech", values).encode()
        if toml.read_bytes() != before:
            raise CastkitError(f"{toml.name} was changed meanwhile", "run castkit doctor --tune again")
        atomic.write_bytes(toml, after)
    if as_json:
        echo_json({"event": "tuned", **values, "is_written": not is_usual})
    elif is_usual:
        click.echo(f"the usual way is as good as any: {toml.name} stays as it is", err=True)
    else:
        listed = ", ".join(f"{key} = {value}" for key, value in values.items())
        click.echo(
            f"written to [speech] in {toml.name}: {listed}; every episode is heard anew with its next build", err=True
        )
