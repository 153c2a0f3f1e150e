"""`castkit status`: what is stale and why, and what is still a placeholder."""

from __future__ import annotations

import click

from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.console import echo_json, echo_table
from castkit.cli.publish import json_option, slugs_argument
from castkit.errors import CastkitError
from castkit.model.show import Show
from castkit.steps.context import EpisodeContext
from castkit.workspace import Workspace


@click.command()
@slugs_argument
@json_option
@click.pass_obj
def status(app: App, /, slugs: tuple[str, ...], *, as_json: bool) -> None:
    """Say of every step whether it is up to date, and if not, why. Changes nothing.

    Example: castkit status episode-02
    """
    from castkit.config import placeholders  # noqa: PLC0415
    from castkit.pipeline import SHOW  # noqa: PLC0415

    workspace, show = app.load()
    named = slugs or workspace.slugs()  # a show just begun has none yet, and its placeholders are told all the same
    contexts = road.load_contexts(app, named, carried_too=True) if named else []
    rows = [row for context in contexts for row in _episode_rows(context)]
    is_upload_due = any(step in ("upload", "carry") and state != "up to date" for _, step, state, _ in rows)
    if is_upload_due:
        rows += [("show", step.name, f"after {', '.join(step.after) or 'upload'}", "") for step in SHOW]
    else:
        rows += _show_rows(workspace, show)
    left = placeholders(workspace, show)
    if as_json:
        for subject, step, reason, edited in rows:
            echo_json({"event": "status", "subject": subject, "step": step, "reason": reason, "edited": edited})
        echo_json({"event": "placeholders", "placeholders": left})
        return
    echo_table(rows, ("episode", "step", "state", "edited by hand"))
    for context in contexts:
        if back := road.held_back(context.episode):
            click.echo(f"{context.slug}: kept back from publishing: {back}")
        for line in _waiting(context):
            click.echo(line)
    for text in left:
        click.echo(f"placeholder: {text}")


def _waiting(context: EpisodeContext) -> list[str]:
    """Whose approval of the built episode is still to come."""
    from castkit.steps.clearance import standings  # noqa: PLC0415

    try:
        found = () if context.episode.is_carried else standings(context)
    except CastkitError as error:
        return [f"{context.slug}: clearance: {error.message}"]
    return [f"{context.slug}: clearance, {one.role}: {one}" for one in found if not one.is_cleared]


def _episode_rows(context: EpisodeContext) -> list[tuple[str, str, str, str]]:
    try:
        decisions = road.plan_episode(context, road.stages_of(context.episode, is_sending=True))
    except CastkitError as error:
        return [(context.slug, "-", f"cannot tell: {error.message}", "")]
    return [
        (context.slug, one.stage.name, one.reason or "up to date", ", ".join(path.name for path in one.edited))
        for one in decisions
    ]


def _show_rows(workspace: Workspace, show: Show) -> list[tuple[str, str, str, str]]:
    try:
        decisions = road.plan_show(workspace, show)
    except CastkitError as error:
        return [("show", "feed", f"cannot tell: {error.message}", "")]
    return [
        ("show", one.stage.name, one.reason or "up to date", ", ".join(path.name for path in one.edited))
        for one in decisions
    ]
