"""`castkit approve`: those who must clear an episode say that they have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from castkit.cli import road
from castkit.cli.app import App, user
from castkit.cli.console import echo_json, echo_table
from castkit.cli.publish import json_option
from castkit.cli.subs_round_trip import slug_argument
from castkit.engine.place import lock
from castkit.errors import CastkitError
from castkit.steps.context import EpisodeContext

if TYPE_CHECKING:
    from castkit.steps.clearance import Standing


@click.command()
@slug_argument
@click.option("--by", "role", metavar="ROLE", default="", help="One of [clearance] required; without it: say who has.")
@click.option("--name", metavar="NAME", default="", help="Who says so; else this system's user name.")
@click.option("--withdraw", "is_withdrawn", is_flag=True, help="Take the approval back.")
@json_option
@click.pass_obj
def approve(app: App, /, slug: str, *, role: str, name: str, is_withdrawn: bool, as_json: bool) -> None:
    """Approve an episode as it is built, in a role that [clearance] in castkit.toml requires.

    Until every role has, castkit publish sends nothing. One changed byte of sound, subtitles or notes asks again.

    Example: castkit approve episode-02 --by lead
    """
    from castkit.steps import clearance  # noqa: PLC0415

    context = road.load_contexts(app, [slug])[0]
    _refuse_unknown(context, role, is_withdrawn=is_withdrawn)
    if role:
        with lock(road.episode_place(context)):
            when = datetime.now(UTC).isoformat(timespec="seconds")
            if not is_withdrawn:
                road.refuse_stale(context, "look at it, then approve it")
            say = clearance.withdraw if is_withdrawn else clearance.approve
            say(context, role, name or user(), when)
    _tell(clearance.standings(context), as_json=as_json)


def _refuse_unknown(context: EpisodeContext, role: str, *, is_withdrawn: bool) -> None:
    required = context.show.clearance.required
    if not required:
        raise CastkitError(
            "castkit.toml asks nobody to approve episodes",
            'to have the lead asked before anything is published, add:\n  [clearance]\n  required = ["lead"]',
        )
    if is_withdrawn and not role:
        raise CastkitError("--withdraw needs to know whose approval", f"give --by, one of: {', '.join(required)}")
    if role and role not in required:
        raise CastkitError(f"castkit.toml does not ask for {role!r}", f"the roles it asks for: {', '.join(required)}")


def _tell(found: Sequence[Standing], *, as_json: bool) -> None:
    if not as_json:
        echo_table([(one.role, str(one)) for one in found], ("role", "approval"))
        return
    for one in found:
        said = one.approval
        echo_json(
            {
                "role": one.role,
                "cleared": one.is_cleared,
                "who": said.who if said else None,
                "when": said.when if said else None,
                "changed": list(one.changed),
            }
        )
