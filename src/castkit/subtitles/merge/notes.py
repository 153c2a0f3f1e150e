"""What to tell people about a merge.

Rule: one line for each thing a person has to know, with its time; what went as everybody expects is not mentioned.
"""

from __future__ import annotations

from collections.abc import Iterator

from castkit.model.cue import Cue
from castkit.subtitles.merge.result import Merged
from castkit.timecode import clock


def notes(merged: Merged) -> tuple[str, ...]:
    """In order of their weight: lost to a cut, contradictory, stale, changed, doubtful."""
    return tuple(_notes(merged))


def _notes(merged: Merged) -> Iterator[str]:
    for gone in merged.removed_by_cut:
        yield f"{_at(gone.cue)} was cut out of the episode and is left out: {_text(gone.cue)}"
    for conflict in merged.conflicts:
        versions = " | ".join(" + ".join(map(_text, cues)) or "taken out" for cues in (conflict.one, conflict.other))
        yield f"{_at((*conflict.one, *conflict.other)[0])} was changed by both people; both versions stand: {versions}"
    for cue, stale in ((one.cue, one.stale) for one in merged.cues if one.stale):
        yield f"{_at(cue)} {_text(cue)} is kept; what is said there was “{stale.old}” and is “{stale.new}”"
    for short in merged.shortened:
        left = (short.end_ms - short.start_ms) / 1000
        yield f"{_at(short.cue)} {_text(short.cue)} now takes {left:.3f} s: a cut took a part of it"
    for deleted in merged.deleted:
        yield f"{_at(deleted.cue)} stays taken out: {_text(deleted.cue)}"
    for one in merged.replaced:
        yield f"{_at(one.cue)} is the machine's again, for what is said there changed; it was {_text(one.cue)}"
    for machine in merged.flagged:
        yield f"{_at(machine.cue)} the machine's cue {_text(machine.cue)}: {machine.way.value}"


def _at(cue: Cue) -> str:
    return clock(max(0, cue.start_ms))


def _text(cue: Cue) -> str:
    return f"“{' / '.join(cue.lines)}”"
