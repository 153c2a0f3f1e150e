"""Which episodes a command works on: those named, or of all of them those of a time, or those that need it.

Rule: a selection that finds nothing is no error, since a cron job gives the same one every day.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from castkit.cli import road
from castkit.engine.fleet import LOOKING

if TYPE_CHECKING:
    from castkit.cli.app import App
    from castkit.steps.context import EpisodeContext


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for: episodes by name, or of `every` one those dated `since` a day, those that are stale."""

    slugs: tuple[str, ...] = ()
    every: bool = False
    since: date | None = None
    is_stale: bool = False

    @property
    def is_of_all(self) -> bool:
        return self.every or self.is_stale or self.since is not None

    @property
    def none_found(self) -> str:
        """Words for a selection that found no episode."""
        since = f"dated {self.since.isoformat()} or later" if self.since else ""
        stale = "stale" if self.is_stale else ""
        return f"no episode is {' and '.join(filter(None, (since, stale)))}"


def _day(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no day: write it like 2026-01-31") from None


_OPTIONS = (
    click.argument("slugs", metavar="[SLUG...]", nargs=-1, shell_complete=road.complete_slug),
    click.option("--all", "every", is_flag=True, help="Every episode of the show."),
    click.option("--since", metavar="DATE", callback=_day, help="Of all episodes, those of this date and later."),
    click.option("--stale", "is_stale", is_flag=True, help="Of all episodes, those of which a step would run."),
)


def takes_selection(command: Callable[..., int]) -> Callable[..., int]:
    """Gives a command the argument and options of a selection; it is called with `selection`."""

    @functools.wraps(command)
    def taking(
        *arguments: Any, slugs: tuple[str, ...], every: bool, since: date | None, is_stale: bool, **more: Any
    ) -> int:
        selection = Selection(slugs, every=every, since=since, is_stale=is_stale)
        if slugs and selection.is_of_all:
            raise click.UsageError("name episodes, or choose of all with --all, --since or --stale; not both")
        return command(*arguments, selection=selection, **more)

    for option in reversed(_OPTIONS):
        taking = option(taking)
    return taking


def chosen(app: App, selection: Selection) -> list[EpisodeContext]:
    """The episodes asked for, checked, imported ones too; whether they are stale is for `stale_ones` to say.

    Errors as of `road.load_contexts`.
    """
    contexts = road.load_contexts(app, selection.slugs, every=selection.is_of_all, carried_too=True)
    since = selection.since
    # The day as episode.toml has it, in its own zone: what a person sees there is what counts.
    return [one for one in contexts if since is None or one.episode.date.date() >= since]


def stale_ones(contexts: Sequence[EpisodeContext], redo: Sequence[str], *, is_sending: bool) -> list[EpisodeContext]:
    """Of these the ones of which a step would run, or of which that cannot be told; in their order."""

    def is_stale(context: EpisodeContext) -> bool:
        is_going_out = is_sending and road.held_back(context.episode) is None
        stages = road.stages_of(context.episode, is_sending=is_going_out)
        return any(one.reason for one in road.plan_episode(context, stages, redo))

    with ThreadPoolExecutor(LOOKING) as pool:
        return [one for one, needs in zip(contexts, pool.map(is_stale, contexts), strict=True) if needs]
