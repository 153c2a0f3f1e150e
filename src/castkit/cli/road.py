"""Takes episodes down their road, and the show down its own: what `build`, `publish`, `feed` and `status` share.

Rule: every file a person wrote is checked, for every episode asked for, before the first step runs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from castkit.cli.app import App
from castkit.engine import events, receipts
from castkit.engine.claims import Room
from castkit.engine.fleet import Failure, Fleet, Local, Work, usual_at_once
from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place, lock
from castkit.engine.plan import Decision, plan
from castkit.engine.stage import Stage
from castkit.errors import CastkitError
from castkit.model.episode import Episode
from castkit.model.show import Show
from castkit.steps.context import EpisodeContext
from castkit.steps.feed_race import ATTEMPTS
from castkit.steps.show_context import ShowContext
from castkit.workspace import Workspace

SHOW_PATIENCE_S = 600.0  # two publishers of two episodes meet at the feed: the second waits


def complete_slug(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """The workspace's slugs, for the shell's completion."""
    directory = ctx.parent.params.get("directory") if ctx.parent else None
    try:
        slugs = Workspace.find(directory or Path.cwd()).slugs()
    except CastkitError:
        return []
    return [slug for slug in slugs if slug.startswith(incomplete)]


def load_contexts(
    app: App, slugs: Sequence[str], *, every: bool = False, carried_too: bool = False
) -> list[EpisodeContext]:
    """The episodes asked for, checked; ConfigError with all problems of all files, CastkitError where none is named.

    Imported episodes, which have no recordings, are refused by name and left out of all, unless `carried_too`.
    """
    from castkit.config import load_all, load_episodes  # noqa: PLC0415

    workspace = app.workspace()
    if not slugs and not every:
        known = ", ".join(workspace.slugs()) or "none yet; start one with: castkit new"
        raise click.UsageError(f"name an episode (here: {known}), or give --all")
    if every and not workspace.slugs():
        raise CastkitError(
            f"{workspace.root} has no episode yet", "start one with: castkit new SLUG --recording FILE ..."
        )
    show, episodes = load_all(workspace) if every else load_episodes(workspace, slugs)
    found = [EpisodeContext(workspace, show, slug, episode) for slug, episode in episodes.items()]
    if carried_too:
        return found
    carried = next((one for one in found if one.episode.is_carried), None)
    if carried and not every:
        raise CastkitError(
            f"{carried.slug} was imported and has no recordings here, so there is nothing for this to work on",
            f"to make the episode anew, add its recordings as [[recordings]] to {carried.paths.toml}",
        )
    return [one for one in found if not one.episode.is_carried]


def stages_of(episode: Episode, *, is_sending: bool) -> tuple[Stage[EpisodeContext], ...]:
    """The road of this episode, as far as to what leaves the machine; nothing is built of an imported one."""
    from castkit.pipeline import BUILD, CARRIED, EPISODE  # noqa: PLC0415

    if episode.is_carried:
        return CARRIED if is_sending else ()
    return EPISODE if is_sending else BUILD


def held_back(episode: Episode) -> str | None:
    """Why the episode may not be published yet, judged by the real clock, or None."""
    if episode.draft:
        return "draft = true in episode.toml"
    if episode.date > datetime.now(UTC):
        return f"its date is {episode.date.isoformat()}"
    return None


def episode_place(context: EpisodeContext) -> Place:
    paths = context.paths
    return Place(context.slug, context.workspace.root, paths.build, paths.receipts, paths.lock)


def show_place(workspace: Workspace) -> Place:
    receipts, held = workspace.show_receipts, workspace.show_lock
    return Place("show", workspace.root, workspace.feeds, receipts, held, beside=workspace.site(""))


def work_of(
    context: EpisodeContext, stages: Sequence[Stage[EpisodeContext]], redo: Collection[str] = ()
) -> Work[EpisodeContext]:
    """One episode as the engine takes it: alone in its folder, and under the identity it was published with."""
    place = episode_place(context)
    stages = tuple(stages)

    @contextmanager
    def held() -> Iterator[None]:
        from castkit.steps.subtitle_desk import remember  # noqa: PLC0415
        from castkit.steps.upload import refuse_changed_identity  # noqa: PLC0415

        if any(stage.sends for stage in stages):
            refuse_changed_identity(context)  # before the first long step
        with lock(place):
            if any(stage.sends for stage in stages):
                _refuse_draft(context)
            remember(context)
            yield
            remember(context)

    return Work(context, place, stages, frozenset(redo), held)


def _refuse_draft(context: EpisodeContext) -> None:
    """CastkitError where the episode was set back to draft, as `unpublish` does, since this run read its file."""
    try:
        found = tomllib.loads(context.paths.toml.read_text("utf-8"))
    except (OSError, ValueError):  # it was read well before: what counts is what it said then
        return
    if found.get("draft") is True and not context.episode.draft:
        raise CastkitError(
            f"{context.slug} was set to draft = true while this run went on, so nothing of it is sent",
            f"where it shall go out, take the line away, then: castkit publish {context.slug}",
        )


def run_episode(
    context: EpisodeContext, stages: Sequence[Stage[EpisodeContext]], report: events.Report, redo: Collection[str]
) -> None:
    """Takes one episode through the stages; raises what stops it."""
    executor: Local[EpisodeContext] = Local()
    for failure in Fleet(executor, report, at_once=1).run([work_of(context, stages, redo)] if stages else []):
        raise failure.error


def run_fleet(
    works: Sequence[Work[EpisodeContext]], report: events.Report, *, at_once: int | None = None
) -> tuple[Failure, ...]:
    """Takes many episodes down their roads; gives those that failed, in the order asked for."""
    room = Room.measured()
    executor: Local[EpisodeContext] = Local(room)
    return Fleet(executor, report, at_once=at_once or usual_at_once(room)).run(works)


def run_show(workspace: Workspace, show: Show, report: events.Report, redo: Collection[str] = ()) -> None:
    """Renews the feeds; waits for another castkit that is doing so."""
    from castkit.pipeline import SHOW  # noqa: PLC0415

    place = show_place(workspace)
    with lock(place, patience_s=SHOW_PATIENCE_S):
        run(SHOW, ShowContext.open(workspace, show), place, report, redo=redo)


def run_show_without(workspace: Workspace, show: Show, report: events.Report) -> None:
    """As `run_show`, after an episode left the feeds: the pages that they have no more are deleted too.

    Under the same lock, so that nobody here makes such a page at the same moment; and where an episode came meanwhile
    from another machine, everything is looked at again.
    """
    from castkit.pipeline import SHOW  # noqa: PLC0415
    from castkit.steps.withdraw import drop_pages  # noqa: PLC0415

    place = show_place(workspace)
    with lock(place, patience_s=SHOW_PATIENCE_S):
        for _ in range(ATTEMPTS):
            run(SHOW, context := ShowContext.open(workspace, show), place, report)
            if not drop_pages(context):
                return


def plan_episode(
    context: EpisodeContext, stages: Sequence[Stage[EpisodeContext]], redo: Collection[str] = ()
) -> list[Decision[EpisodeContext]]:
    """What a run would do, without doing it."""
    place = episode_place(context)
    return plan(stages, context, receipts.load(place.receipts), place.digests(), redo=redo)


def refuse_stale(context: EpisodeContext, then: str) -> None:
    """CastkitError where a build would do anything: what would be published must be what people look at."""
    from castkit.pipeline import BUILD  # noqa: PLC0415

    due = [one.stage.name for one in plan_episode(context, BUILD) if one.reason]
    if due:
        raise CastkitError(
            f"{context.slug} changed since it was built ({', '.join(due)} would run again)",
            f"castkit build {context.slug}, {then}",
        )


def plan_show(workspace: Workspace, show: Show) -> list[Decision[ShowContext]]:
    """What renewing the feeds would do, without doing it."""
    from castkit.pipeline import SHOW  # noqa: PLC0415

    place = show_place(workspace)
    return plan(SHOW, ShowContext.open(workspace, show), receipts.load(place.receipts), place.digests())
