"""What a person changed in a language's subtitles, against what they were given.

Rule: it is told from the bytes in the history alone, and nothing is changed.
"""

from __future__ import annotations

from dataclasses import dataclass

from castkit.errors import CastkitError
from castkit.steps.subtitle_desk import Desk, cues_of, machines_of
from castkit.subtitles.differences import Row, rows
from castkit.subtitles.history import Revision, Role


@dataclass(frozen=True, slots=True)
class Difference:
    """The changes from `base` (None: the machine's cues that it goes back to) to `revision`; `untouched` cues."""

    base: Revision | None
    revision: Revision
    rows: tuple[Row, ...]
    untouched: int


def difference(desk: Desk, rev: int = 0) -> Difference:
    """What revision `rev` changed, else the last that came back; CastkitError where nothing did."""
    revision = desk.history.find(rev) if rev else _last(desk)
    after = cues_of(desk, revision, Role.READ) or cues_of(desk, revision, Role.CUES)
    base = desk.history.find(revision.base) if revision.base else None
    before = cues_of(desk, base, Role.CUES) if base else machines_of(desk, revision)[0]
    if not before or not after:
        raise CastkitError(
            f"revision {revision.rev} ({revision.what}) can be compared with nothing",
            "choose another with --rev; list them with: castkit subs log",
        )
    found = rows(before, after)
    return Difference(base, revision, found, len(before) - sum(len(one.before) for one in found))


def _last(desk: Desk) -> Revision:
    revisions = desk.history.revisions
    came = (one for one in reversed(revisions) if one.state and (Role.READ in one.files or one.base))
    found = next(came, desk.history.standing)
    if found is None:
        raise CastkitError(
            f"nothing came back yet for {desk.context.slug} in {desk.language}",
            f"hand it out with: castkit subs export {desk.context.slug} {desk.language}",
        )
    return found
