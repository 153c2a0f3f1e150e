"""`castkit publish`: makes what is stale, uploads it, renews the feed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.closing import Closing, errors_of, exit_code, finish, show_failures
from castkit.cli.console import Console, echo_json, echo_table, open_console
from castkit.cli.due import Due, due, not_unpublished
from castkit.cli.selection import Selection, chosen, stale_ones, takes_selection
from castkit.cli.workforce import ALONE, Workforce, takes_workforce
from castkit.engine.fleet import Failure
from castkit.errors import CastkitError
from castkit.pipeline import SHOW, STEP_NAMES
from castkit.steps.upload import refuse_unfit_show

if TYPE_CHECKING:
    from castkit.steps.context import EpisodeContext
    from castkit.steps.forecast import Asked, Forecast

redo_option = click.option(
    "--redo",
    multiple=True,
    metavar="STEP",
    type=click.Choice(STEP_NAMES),
    help="Run this step even if nothing changed.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout, for programs.")
slugs_argument = click.argument("slugs", metavar="SLUG...", nargs=-1, shell_complete=road.complete_slug)


@click.command()
@takes_selection
@click.option("--due", "only_due", is_flag=True, help="What is due by its date and not published yet; for cron.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and what listeners notice.")
@redo_option
@takes_workforce
@json_option
@click.pass_obj
def publish(
    app: App,
    /,
    selection: Selection,
    *,
    only_due: bool,
    dry_run: bool,
    redo: tuple[str, ...],
    workforce: Workforce,
    as_json: bool,
) -> int:
    """Make what is stale, upload it, and renew the feed.

    Run `castkit publish --due` from cron as often as you like: an episode goes out
    once, when its date has come and draft is not set.

    Example: castkit publish episode-02 --dry-run
    """
    if only_due and (selection.slugs or selection.is_of_all):
        raise click.UsageError("--due finds the episodes itself: name none, and leave out --all, --since and --stale")
    contexts = chosen(app, Selection(every=True) if only_due else selection)
    found = (
        due(contexts) if only_due else not_unpublished(contexts) if selection.is_of_all else Due(tuple(contexts), ())
    )
    now = stale_ones(found.now, redo, is_sending=True) if selection.is_stale else list(found.now)
    if not now:
        words = "nothing is due" if only_due else selection.none_found
        return _nothing_to_do(contexts, words, found.waiting, dry_run=dry_run, as_json=as_json)
    if dry_run:
        return show_plan(now, redo, as_json=as_json)
    with open_console(as_json=as_json, episodes=len(now)) as console:
        console.tally.notes += () if only_due else found.waiting
        failed = make(now, console, redo, is_sending=True, workforce=workforce)
        if len(failed) < len(now):
            failed += renew(now[0], console, redo)
    return finish(Closing(now, failed, console.tally, is_sending=True), as_json=as_json)


def _nothing_to_do(
    contexts: Sequence[EpisodeContext], words: str, waiting: Sequence[str], *, dry_run: bool, as_json: bool
) -> int:
    """Says so, and finishes a feed that an earlier run may have been kept from renewing."""
    failed: list[Failure] = []
    with open_console(as_json=as_json) as console:
        if contexts and not dry_run:
            failed = renew(contexts[0], console, ())
    if as_json:
        summary = {"event": "summary", "notes": console.tally.notes, "errors": errors_of(failed)}
        echo_json(summary | {"results": {}, "feeds": {}, "due": [], "waiting": list(waiting)})
    else:
        for text in (words, *waiting, *(f"note: {text}" for text in console.tally.notes)):
            click.echo(text)
        show_failures(failed, console.tally)
    return exit_code(1, failed)


def make(
    contexts: Sequence[EpisodeContext],
    console: Console,
    redo: Sequence[str],
    *,
    is_sending: bool,
    workforce: Workforce = ALONE,
) -> list[Failure]:
    """Takes the episodes down their roads, as many at once as there is room for, and gives those that failed."""
    if is_sending and contexts:
        refuse_unfit_show(contexts[0])  # before the first long step
    back = {one.slug: road.held_back(one.episode) for one in contexts} if is_sending else {}
    roads = {one.slug: road.stages_of(one.episode, is_sending=is_sending and not back[one.slug]) for one in contexts}
    works = [road.work_of(one, roads[one.slug], redo) for one in contexts if roads[one.slug]]
    failed = list(workforce.run(works, console.report))
    for context in contexts:
        if why := back.get(context.slug):
            before = "; what was published before stays" if context.paths.published.is_file() else ""
            console.tally.notes.append(f"{context.slug}: built and kept back, nothing was sent{before}: {why}")
    return failed


def renew(context: EpisodeContext, console: Console, redo: Sequence[str]) -> list[Failure]:
    """Renews the feeds and the pages of the show that this episode is of; the failure, where it did."""
    try:
        road.run_show(context.workspace, context.show, console.report, redo)
    except CastkitError as error:
        return [Failure("show", error)]
    return []


def show_plan(contexts: Sequence[EpisodeContext], redo: Sequence[str], *, as_json: bool) -> int:
    """What publishing would do, on stdout: the steps, every object, the feeds, what listeners notice.

    Gives the exit code that publishing would end with.
    """
    from castkit.cli.forecast import echo_forecast  # noqa: PLC0415
    from castkit.steps.forecast import forecast  # noqa: PLC0415
    from castkit.storage.open import open_store  # noqa: PLC0415

    first = contexts[0]
    planned = [_planned(context, redo) for context in contexts]
    found = forecast([asked for asked, _ in planned], open_store(first.show.store, first.workspace.root))
    rows = [row for _, steps in planned for row in steps]
    rows += _why_show(found)
    if as_json:
        for slug, step, reason in rows:
            echo_json({"event": "plan", "subject": slug, "step": step, "reason": reason})
    else:
        echo_table(rows, ("episode", "step", "why it would run"))
    echo_forecast(found, as_json=as_json)
    failures = [Failure(one.subject, CastkitError(one.message, one.hint)) for one in found.every_stop]
    return exit_code(1 if found.stops else len(contexts), failures)  # what stops the show stops before any episode


def _planned(context: EpisodeContext, redo: Sequence[str]) -> tuple[Asked, list[tuple[str, str, str]]]:
    from castkit.steps.forecast import Asked  # noqa: PLC0415

    held = road.held_back(context.episode)
    decisions = road.plan_episode(context, road.stages_of(context.episode, is_sending=held is None), redo)
    reasons = tuple((one.stage.name, one.reason) for one in decisions if one.reason)
    return Asked(context, reasons, held), [
        (context.slug, one.stage.name, one.reason or "up to date") for one in decisions
    ]


def _why_show(found: Forecast) -> list[tuple[str, str, str]]:
    """Why the show's own steps would run, by what they would send."""
    if found.feeds is None:
        return [("show", step.name, "after what is published") for step in SHOW]
    changes = {"feed": found.feeds.feeds, "site": found.feeds.site}
    is_up = {name: not any(one.is_sent for one in objects) for name, objects in changes.items()}
    return [("show", name, "up to date" if is_up[name] else "the store has it otherwise") for name in changes]
