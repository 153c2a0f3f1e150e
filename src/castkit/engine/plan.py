"""Which stages must run, and why.

Rule: a stage runs for one of seven reasons (new, step changed, settings changed, inputs changed, output missing, output
changed, or what its own check found), or because a person asked; never because of a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from castkit.engine.receipts import Digests, Receipt, Receipts
from castkit.engine.stage import Stage
from castkit.errors import CastkitError

C = TypeVar("C")


@dataclass(frozen=True)
class Decision(Generic[C]):
    """`reason` is why the stage must run, or None where its result stands.

    `edited` are files it made that a person has changed since.
    """

    stage: Stage[C]
    reason: str | None
    edited: tuple[Path, ...] = ()


def decide(stage: Stage[C], context: C, receipts: Receipts, digests: Digests) -> Decision[C]:
    """Whether the stage must run now; every stage it comes after must be up to date."""
    receipt = receipts.stages.get(stage.name)
    if receipt is None:
        return Decision(stage, "new")
    changed = edited_outputs(receipt.writes, receipts, digests)
    edited = tuple(path for path in changed if stage.is_editable(path))
    damaged = [path.name for path in changed if path not in edited]
    reason = _stale(stage, context, receipt, digests) or (f"output changed: {_some(damaged)}" if damaged else None)
    if reason is None and stage.check:
        reason = stage.check(context)
    return Decision(stage, reason, edited)


def _stale(stage: Stage[C], context: C, receipt: Receipt, digests: Digests) -> str | None:
    if receipt.version != stage.version:
        return "step changed"
    if changed := changed_keys(receipt.settings, stage.settings(context)):
        return f"settings changed: {_some(changed)}"
    reads = {digests.name(path): digests.known(path) for path in stage.reads(context)}
    if changed := [name for name in {**receipt.reads, **reads} if receipt.reads.get(name) != reads.get(name)]:
        return f"inputs changed: {_some(sorted(changed))}"
    writes = {digests.name(path): path for path in stage.writes(context)}
    missing = [name for name, path in writes.items() if not _is_made(receipt, name, path, digests)]
    if missing:
        return f"output missing: {_some(missing)}"
    return None


def _is_made(receipt: Receipt, name: str, path: Path, digests: Digests) -> bool:
    """Whether the stage made this file and it is here, or away as it was made."""
    if name not in receipt.writes:
        return False
    return path.is_file() or (digests.is_away(path) and digests.known(path) == receipt.writes[name])


def edited_outputs(names: Iterable[str], receipts: Receipts, digests: Digests) -> tuple[Path, ...]:
    """Those of the named outputs that are neither as a receipt says nor as a run that was cut short left them.

    A file may pass from one stage to another (a language that becomes the spoken one), so every receipt counts; a file
    no receipt knows is nobody's edit.
    """
    edited = []
    for name in names:
        is_ours = any(name in receipt.writes for receipt in receipts.stages.values())
        found = digests.of(digests.root / name)
        if is_ours and found is not None and found not in known_digests(name, receipts):
            edited.append(digests.root / name)
    return tuple(edited)


def known_digests(name: str, receipts: Receipts) -> set[str | None]:
    """Every digest under which a file is our own work: as any receipt says, or as a run was about to leave it."""
    made = {receipt.writes[name] for receipt in receipts.stages.values() if name in receipt.writes}
    return made | {receipts.pending.get(name)}


def plan(
    stages: Sequence[Stage[C]], context: C, receipts: Receipts, digests: Digests, *, redo: Iterable[str] = ()
) -> list[Decision[C]]:
    """A decision for every stage as things stand; what comes after a stale stage waits for it."""
    decisions: list[Decision[C]] = []
    stale: set[str] = set()
    for stage in stages:
        blocking = [name for name in stage.after if name in stale]
        if stage.name in redo:
            decision = Decision(stage, "asked for")
        elif blocking:
            decision = Decision(stage, f"after {_some(blocking)}")
        else:
            decision = _decide_or_say(stage, context, receipts, digests)
        if decision.reason:
            stale.add(stage.name)
        decisions.append(decision)
    return decisions


def _decide_or_say(stage: Stage[C], context: C, receipts: Receipts, digests: Digests) -> Decision[C]:
    """The decision, or in place of a reason what keeps us from telling, such as a store out of reach."""
    try:
        return decide(stage, context, receipts, digests)
    except CastkitError as error:
        return Decision(stage, f"cannot tell: {error.message}")
    except OSError as error:
        return Decision(stage, f"cannot tell: {error}")


def changed_keys(old: Any, new: Any, prefix: str = "") -> list[str]:
    """The dotted keys under which two JSON values differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = sorted({*old, *new})
        return [found for key in keys for found in changed_keys(old.get(key), new.get(key), f"{prefix}.{key}")]
    return [] if old == new else [prefix.lstrip(".") or "settings"]


def _some(names: Sequence[str], most: int = 3) -> str:
    shown = ", ".join(name.rsplit("/", 1)[-1] for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
