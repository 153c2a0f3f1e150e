"""A stage of work: what it reads, what it writes, which settings it depends on, and how to run it.

Rule: `reads`, `writes` and `settings` are asked for only when every stage named in `after` is up to date, so they may
look into what those stages made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from castkit.engine.claims import Claim

C = TypeVar("C")


class Job(Protocol):
    """What a running stage is handed."""

    def output(self, target: Path) -> Path:
        """Where to write what shall become `target`: a path beside it with the same suffix, renamed when all is done.

        Only a path that `writes` named is taken.
        """

    def progress(self, fraction: float) -> None:
        """Says that this share (0 to 1) of the stage's work is done."""

    def note(self, text: str) -> None:
        """Says something a person should know about the result; kept in the receipt and shown again when skipped."""

    def tool(self, name: str, version: str) -> None:
        """Records which version of an outside tool made the result (recorded, never a reason to run again)."""


@dataclass(frozen=True)  # no slots: a generic dataclass with them cannot be made as Stage[X](...) in Python 3.11
class Stage(Generic[C]):
    """One row of a pipeline's table, for a context of type C.

    `reads` may name files that do not exist: their absence is recorded, and their appearance makes the stage stale.
    `settings` is a JSON value. `check` gives a reason to run again that no local file shows (a store that lost an
    object), or None. `sends` marks a stage whose effect leaves this machine: `castkit build` stops before it.
    `is_editable` says which outputs a person may edit; another one that changed is damaged, and is made again.
    `claim` is what a run takes of a machine; it is asked for when the stage must run. Where many subjects are worked on
    at once, `waits_for` names the stages of one that was asked for earlier (the second context) that must be over
    before this one's is begun, as they would be if one subject came after the other; what `sends` waits so for all that
    sends.
    """

    name: str
    version: int
    after: tuple[str, ...]
    reads: Callable[[C], Iterable[Path]]
    writes: Callable[[C], Iterable[Path]]
    settings: Callable[[C], Any]
    run: Callable[[C, Job], None]
    check: Callable[[C], str | None] | None = None
    sends: bool = False
    is_editable: Callable[[Path], bool] = lambda _: True
    claim: Callable[[C], Claim] = lambda _: Claim()
    waits_for: Callable[[C, C], Collection[str]] = lambda _, __: ()
