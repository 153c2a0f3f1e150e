"""What was read from a file that came back, and what there is to say about it.

Rule: whatever is not taken over as it stands is either said in a note or is a fault, and a file with faults is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from castkit.errors import CastkitError
from castkit.model.cue import Cue

_SHOWN = 5  # places named in one note, faults named in one refusal


@dataclass(frozen=True, slots=True)
class Incoming:
    """The cues of a file in order of time, without markup and speaker, each with at least one letter or sign.

    `places` holds the line (or the row) that each cue begins on, `empty` the cues that hold no text: nobody can tell
    from the file alone whether they were deleted or are still to be translated. `notes` are sentences for a person.
    """

    cues: tuple[Cue, ...]
    encoding: str
    notes: tuple[str, ...]
    kind: str
    places: tuple[int, ...] = ()
    empty: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A cue and the line (or row) it begins on, counted from 1; its text may be empty."""

    cue: Cue
    place: int


@dataclass(slots=True)
class Findings:
    """The notes and faults met while one file is read; `unit` is what its places are counted in: line, row."""

    name: str
    unit: str = "line"
    _notes: dict[str, list[int]] = field(default_factory=dict)
    _faults: list[tuple[int, str, str]] = field(default_factory=list)

    def note(self, what: str, place: int = 0) -> None:
        """Something that a person is told; the same remark on several places becomes one note."""
        self._notes.setdefault(what, []).append(place)

    def fault(self, place: int, reason: str, remedy: str) -> None:
        """Something that only a person can decide; `place` is counted from 1."""
        self._faults.append((place, reason, remedy))

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(f"{self._at(places)}{what}" for what, places in self._notes.items())

    def raise_faults(self) -> None:
        """Raises CastkitError where there are faults: the first in full, then where the others are."""
        if not self._faults:
            return
        (place, reason, remedy), *more = sorted(self._faults, key=lambda fault: fault[0])
        others = "".join(f"; {self.unit} {place}: {reason}" for place, reason, _ in more[: _SHOWN - 1])
        left = f"; and {len(more) - _SHOWN + 1} more" if len(more) >= _SHOWN else ""
        raise CastkitError(f"{self.name}, {self.unit} {place}: {reason}{others}{left}", remedy)

    def _at(self, places: Iterable[int]) -> str:
        found = sorted({place for place in places if place})
        if not found:
            return ""
        shown = ", ".join(str(place) for place in found[:_SHOWN])
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        return f"{self.unit}{'s' if len(found) > 1 else ''} {shown}{more}: "


def settled(placed: Iterable[Placed], findings: Findings, encoding: str, kind: str) -> Incoming:
    """The cues of a file in order of time; empty ones, overlaps and a wrong order are noted, bad times are faults.

    Raises CastkitError for all faults found so far.
    """
    given = list(placed)
    for one in given:
        if one.cue.end_ms <= one.cue.start_ms and one.cue.text:
            reason = "ends before it begins" if one.cue.end_ms < one.cue.start_ms else "is shown for no time"
            findings.fault(one.place, f"the cue {reason}: {one.cue.text.split(chr(10))[0][:40]!r}", "correct the times")
    findings.raise_faults()
    ordered = sorted(given, key=lambda one: (one.cue.start_ms, one.cue.end_ms))
    for before, one in pairwise(given):
        if one.cue.start_ms < before.cue.start_ms:
            findings.note("the cue stands before others that come earlier; put in order of time", before.place)
    cues = [one for one in ordered if one.cue.text]
    for before, one in pairwise(cues):
        if one.cue.start_ms < before.cue.end_ms:
            findings.note("the cue begins before the one above it ends; both are kept", one.place)
    for one in ordered:
        if not one.cue.text:
            findings.note("the cue holds no text", one.place)
    empty = tuple(one.cue for one in ordered if not one.cue.text)
    if not cues:
        raise CastkitError(
            f"{findings.name}: holds no words in its {len(ordered)} cues", "ask for the file that was worked on"
        )
    places = tuple(one.place for one in cues)
    return Incoming(tuple(one.cue for one in cues), encoding, findings.notes, kind, places, empty)
