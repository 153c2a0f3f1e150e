"""How many episodes are worked on at once, and where: on this machine, or on those of a cluster.

Rule: the result is the same bytes, whoever did the work.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from castkit.cli import road

if TYPE_CHECKING:
    from castkit.engine import events
    from castkit.engine.fleet import Failure, Work
    from castkit.steps.context import EpisodeContext


@dataclass(frozen=True, slots=True)
class Workforce:
    """What was asked for: episodes at once, None for as many as there is room for; a cluster's address, or nothing."""

    at_once: int | None = None
    cluster: str = ""

    def run(self, works: Sequence[Work[EpisodeContext]], report: events.Report) -> tuple[Failure, ...]:
        """Takes the episodes down their roads; gives those that failed, in the order asked for."""
        if not self.cluster or not works:
            return road.run_fleet(works, report, at_once=self.at_once)
        from castkit.cluster.executor import hands  # noqa: PLC0415
        from castkit.engine.fleet import MOST_BEGUN, Fleet  # noqa: PLC0415
        from castkit.pipeline import EPISODE  # noqa: PLC0415

        first = works[0].context
        with hands(self.cluster, first.workspace, first.show, road=EPISODE) as found:
            for text in found.words:
                click.echo(f"cluster: {text}", err=True)
            return Fleet(found.executor, report, at_once=self.at_once or MOST_BEGUN).run(works)


ALONE = Workforce()
_OPTIONS = (
    click.option(
        "--at-once", metavar="N", type=click.IntRange(1), help="Episodes to work on at once; 1: one after the other."
    ),
    click.option(
        "--cluster", metavar="ADDRESS", default="", help="Work on a Dask cluster: tcp://host:8786, or local:3."
    ),
)


def takes_workforce(command: Callable[..., int]) -> Callable[..., int]:
    """Gives a command the options of a workforce; it is called with `workforce`."""

    @functools.wraps(command)
    def taking(*arguments: Any, at_once: int | None, cluster: str, **more: Any) -> int:
        return command(*arguments, workforce=Workforce(at_once, cluster), **more)

    for option in reversed(_OPTIONS):
        taking = option(taking)
    return taking
