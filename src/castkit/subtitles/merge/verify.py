"""Whether a merge lost anything of a person's, told without any of the code that made it.

Rule: what differs from every cue handed out is a person's; it stands where the clock puts it, or its loss is listed.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.merge.result import SHORTEST_MS, Clock, Merged, Whose, unmoved
from castkit.timecode import clock as clock_text

_Seen = tuple[str, int, int]  # text, start and end (ms)
_HINT = "Nothing was written. This is a bug in castkit: please report it with the two files."


class MergeLoss(CastkitError):
    """A merge that would have lost what a person wrote; nothing may be written of it."""


def verify(
    base: Sequence[Cue], theirs: Sequence[Cue], merged: Merged, *, clock: Clock = unmoved, rounding_ms: int = 0
) -> None:
    """Raises MergeLoss unless every text and time of a person's is in the merged cues, or lies in what was cut.

    What a cut took away or shortened must be listed, nothing else may be; no machine's cue may stand on a person's,
    and none may bring back what a person took out.
    """
    shown = Counter(_seen(one.cue) for one in merged.cues if one.origin is not Whose.MACHINE)
    removed = Counter(_seen(one.cue) for one in merged.removed_by_cut)
    shortened = Counter(_seen(one.cue) for one in merged.shortened)
    replaced = {_seen(one.cue) for one in merged.replaced}
    for cue in _by_people(base, theirs, rounding_ms):
        key = _seen(cue)
        if key in replaced:
            raise _loss("the cue", cue, "was counted as the machine's")
        expected = _expected(cue, clock)
        if expected is None:
            if not removed[key]:
                raise _loss("the cue", cue, "was cut out, and is not listed")
            removed[key] -= 1
            continue
        if not shown[expected]:
            raise _loss("the cue", cue, f"is not at {expected[1]}-{expected[2]} ms of the result")
        shown[expected] -= 1
        if expected[2] - expected[1] != cue.duration_ms and not shortened[key]:
            raise _loss("the cue", cue, "was shortened by a cut, and is not listed")
    _check_removed(merged, clock)
    _check_machine(merged, clock)


def verify_people(base: Sequence[Cue], one: Sequence[Cue], other: Sequence[Cue], merged: Merged) -> None:
    """Raises MergeLoss unless every text and every time that either person set is in the merged cues.

    A text and a time may meet in one cue that differ in person; a version of a conflict that takes a cue out is in
    the conflict.
    """
    shown = {_seen(each.cue) for each in merged.cues}
    given = {_seen(cue) for cue in base}
    for mine, yours in ((one, other), (other, one)):
        met = _met(shown, yours)
        for cue in mine:
            key = _seen(cue)
            if key not in given and key not in shown and not _outlives(key, met, given):
                raise _loss("the cue", cue, "is not in the result")
    for number, conflict in enumerate(merged.conflicts):
        marked = {_seen(each.cue) for each in merged.cues if each.conflict == number}
        for cue in (*conflict.one, *conflict.other):
            if _seen(cue) not in marked | given:
                raise _loss("the version", cue, "of a conflict is not in the result")


def _met(shown: Iterable[_Seen], yours: Sequence[Cue]) -> tuple[set[str], set[tuple[int, int]]]:
    """Texts that stand at a time of the other person's, and times at which a text of theirs stands."""
    keys = [_seen(cue) for cue in yours]
    texts, times = {key[0] for key in keys}, {key[1:] for key in keys}
    return {key[0] for key in shown if key[1:] in times}, {key[1:] for key in shown if key[0] in texts}


def _outlives(key: _Seen, met: tuple[set[str], set[tuple[int, int]]], given: Iterable[_Seen]) -> bool:
    """Whether what a person changed of a cue, text or time, went together with what the other changed of it."""
    is_there = [key[0] in met[0], key[1:] in met[1]]
    is_own = [all(key[0] != one[0] for one in given), all(key[1:] != one[1:] for one in given)]
    needed = [there for there, own in zip(is_there, is_own, strict=True) if own]
    return all(needed) if needed else any(is_there)


def _by_people(base: Sequence[Cue], theirs: Sequence[Cue], rounding_ms: int) -> Iterable[Cue]:
    """The returned cues that are none of those handed out; of two equal ones, one counts."""
    given = Counter(_seen(cue) for cue in base)
    coarse: dict[str, list[Cue]] = {}
    if rounding_ms:
        for cue in base:
            coarse.setdefault(_seen(cue)[0], []).append(cue)
    for cue in theirs:
        key = _seen(cue)
        if given[key]:
            given[key] -= 1
        elif not any(
            max(abs(cue.start_ms - one.start_ms), abs(cue.end_ms - one.end_ms)) <= rounding_ms
            for one in coarse.get(key[0], ())
        ):
            yield cue


def _expected(cue: Cue, clock: Clock) -> _Seen | None:
    """What must stand in the result; None where too little is left of the cue's time."""
    text, start_ms, end_ms = _seen(cue)
    if end_ms <= start_ms:  # of no length, or of less: it lies where its start does
        point = clock(start_ms, start_ms + 1)
        return (text, point[0], point[0] + end_ms - start_ms) if point else None
    at = clock(start_ms, end_ms)
    if at is None or (at[1] - at[0] < SHORTEST_MS and at[1] - at[0] < end_ms - start_ms):
        return None
    return text, *at


def _check_removed(merged: Merged, clock: Clock) -> None:
    for one in merged.removed_by_cut:
        if _expected(one.cue, clock):
            raise _loss("the cue", one.cue, "is listed as cut out, and was not")


def _check_machine(merged: Merged, clock: Clock) -> None:
    ends: list[Cue] = []  # people's cues that may still be on the screen
    machine: list[Cue] = []
    out = [one.cue for one in merged.deleted if one.cue.end_ms > one.cue.start_ms]
    gone = {(_seen(cue)[0], at) for cue in out if (at := clock(cue.start_ms, cue.end_ms))}
    for one in sorted(merged.cues, key=lambda one: one.cue.start_ms):
        is_machine, cue = one.origin is Whose.MACHINE, one.cue
        if is_machine and (_seen(cue)[0], (cue.start_ms, cue.end_ms)) in gone:
            raise _loss("the cue", cue, "had been taken out, and is back")
        ends = [each for each in ends if each.end_ms > cue.start_ms]
        machine = [each for each in machine if each.end_ms > cue.start_ms]
        if cue.end_ms > cue.start_ms:
            under = ends if is_machine else machine
            if under:
                raise _loss("the cue", cue, "and a cue of the other's stand at the same time")
            (machine if is_machine else ends).append(cue)


def _seen(cue: Cue) -> _Seen:
    lines = unicodedata.normalize("NFC", cue.text).strip().splitlines()
    return "\n".join(line.strip() for line in lines), cue.start_ms, cue.end_ms


def _loss(what: str, cue: Cue, why: str) -> MergeLoss:
    text = " / ".join(cue.text.split("\n"))
    return MergeLoss(f"The merge failed its check: {what} at {clock_text(max(0, cue.start_ms))} “{text}” {why}", _HINT)
