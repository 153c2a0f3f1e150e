"""`castkit publish`: makes what is stale, uploads it, renews the feed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.console import Console, Tally, echo_json, echo_table, open_console
from castkit.cli.due import Due, due, not_unpublished
from castkit.cli.main import EXIT_ERROR, EXIT_SOME_FAILED, show_error
from castkit.errors import CastkitError
from castkit.pipeline import SHOW, STEP_NAMES
from castkit.steps.show_context import ShowContext
from castkit.steps.upload import refuse_changed_identity, refuse_unfit_show

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
@slugs_argument
@click.option("--all", "every", is_flag=True, help="Every episode of the show.")
@click.option("--due", "only_due", is_flag=True, help="What is due by its date and not published yet; for cron.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and what listeners notice.")
@redo_option
@json_option
@click.pass_obj
def publish(
    app: App,
    /,
    slugs: tuple[str, ...],
    *,
    every: bool,
    only_due: bool,
    dry_run: bool,
    redo: tuple[str, ...],
    as_json: bool,
) -> int:
    """Make what is stale, upload it, and renew the feed.

    Run `castkit publish --due` from cron as often as you like: an episode goes out
    once, when its date has come and draft is not set.
    """
    if only_due and (slugs or every):
        raise click.UsageError("--due finds the episodes itself: name none, and leave out --all")
    contexts = road.load_contexts(app, slugs, every=every or only_due, carried_too=True)
    waiting: tuple[str, ...] = ()
    if only_due or every:
        found = due(contexts) if only_due else not_unpublished(contexts)
        if not found.now:
            return _nothing_due(contexts, found, dry_run=dry_run, as_json=as_json)
        contexts, waiting = list(found.now), () if only_due else found.waiting
    if dry_run:
        show_plan(contexts, redo, as_json=as_json)
        return 0
    with open_console(as_json=as_json) as console:
        console.tally.notes += waiting
        failed = make(contexts, console, redo, is_sending=True)
        if len(failed) < len(contexts):
            first = contexts[0]
            failed += _guarded("show", partial(road.run_show, first.workspace, first.show, console.report, redo))
    finish(contexts, failed, console.tally, as_json=as_json, is_sending=True)
    return exit_code(len(contexts), failed)


def _nothing_due(contexts: Sequence[EpisodeContext], found: Due, *, dry_run: bool, as_json: bool) -> int:
    """Says so, and finishes a feed that an earlier run may have been kept from renewing."""
    failed: list[tuple[str, CastkitError]] = []
    with open_console(as_json=as_json) as console:
        if contexts and not dry_run:
            first = contexts[0]
            failed = _guarded("show", partial(road.run_show, first.workspace, first.show, console.report, ()))
    if as_json:
        errors = [{"subject": name, "message": error.message, "hint": error.hint} for name, error in failed]
        echo_json({"event": "summary", "due": [], "waiting": list(found.waiting), "errors": errors})
        return exit_code(1, failed)
    for text in ("nothing is due", *found.waiting, *(f"note: {text}" for text in console.tally.notes)):
        click.echo(text)
    for name, error in failed:
        click.echo(f"{name}: failed", err=True)
        show_error(error)
    return exit_code(1, failed)


def make(
    contexts: Sequence[EpisodeContext], console: Console, redo: Sequence[str], *, is_sending: bool
) -> list[tuple[str, CastkitError]]:
    """Takes each episode down its road; one that fails does not stop the next. Gives the failures."""
    if is_sending and contexts:
        refuse_unfit_show(contexts[0])  # before the first long step
    failed: list[tuple[str, CastkitError]] = []
    for context in contexts:
        back = road.held_back(context.episode)
        is_going_out = is_sending and back is None
        stages = road.stages_of(context.episode, is_sending=is_going_out)
        if is_going_out and (changed := _guarded(context.slug, partial(refuse_changed_identity, context))):
            failed += changed
            continue
        failed += _guarded(context.slug, partial(road.run_episode, context, stages, console.report, redo))
        if is_sending and back:
            before = "; what was published before stays" if context.paths.published.is_file() else ""
            console.tally.notes.append(f"{context.slug}: built and kept back, nothing was sent{before}: {back}")
    return failed


def _guarded(subject: str, action: Callable[[], object]) -> list[tuple[str, CastkitError]]:
    try:
        action()
    except CastkitError as error:
        return [(subject, error)]
    return []


def exit_code(asked: int, failed: Sequence[tuple[str, CastkitError]]) -> int:
    """0 when all went well, 1 for one episode that failed, 3 when some of several did."""
    if not failed:
        return 0
    return EXIT_SOME_FAILED if asked > 1 else EXIT_ERROR


def finish(
    contexts: Sequence[EpisodeContext],
    failed: Sequence[tuple[str, CastkitError]],
    tally: Tally,
    *,
    as_json: bool,
    is_sending: bool,
) -> None:
    """The closing table, the notes, the errors, and where the result is."""
    names = dict(failed)
    results = {one.slug: _result(one, is_sending=is_sending) for one in contexts if one.slug not in names}
    is_feed_renewed = is_sending and "show" not in names and bool(results)
    feeds = ShowContext.open(contexts[0].workspace, contexts[0].show).feed_urls if is_feed_renewed else {}
    if as_json:
        errors = [{"subject": name, "message": error.message, "hint": error.hint} for name, error in failed]
        echo_json(
            {"event": "summary", "notes": tally.notes, "errors": errors, "results": results, "feeds": dict(feeds)}
        )
        return
    rows = [(row.subject, row.step, row.time, row.why) for row in tally.rows]
    echo_table(rows, ("episode", "step", "seconds", "why it ran or was skipped"))
    for text in tally.notes:
        click.echo(f"note: {text}")
    for name, error in failed:
        click.echo(f"{name}: failed", err=True)
        show_error(error)
    for lines in results.values():
        for label, value in lines.items():
            click.echo(f"{label}: {value}")
    for language, url in feeds.items():
        click.echo(f"feed ({language}): {url}")


def _result(context: EpisodeContext, *, is_sending: bool) -> dict[str, str]:
    """What there is now of one episode: public addresses once it is published, files before."""
    paths = context.paths
    if is_sending and road.held_back(context.episode) is None and paths.published.is_file():
        from castkit.model.published import published_from  # noqa: PLC0415

        remedy = f"castkit publish {context.slug} --redo upload"
        published = published_from(paths.published.read_bytes(), str(paths.published), remedy)
        found = {"audio": published.audio.url}
        if published.video:
            found["video"] = published.video.url
        return found | {f"notes ({language})": file.url for language, file in published.notes.items()}
    if context.episode.is_carried:
        return {}
    return {"built": str(paths.build)}


def show_plan(contexts: Sequence[EpisodeContext], redo: Sequence[str], *, as_json: bool) -> None:
    """What publishing would do, on stdout: the steps, every object, the feeds, what listeners notice."""
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
