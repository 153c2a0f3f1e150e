"""Thousands of random cases of everything at once; the checker knows the truth by how the case was made."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import replace

import pytest
from merge_cases import Case, case

from castkit.model.timeline import Timeline, joined
from castkit.subtitles.merge.changes import Kind, changes
from castkit.subtitles.merge.result import Base, Merged, New, Whose, recut
from castkit.subtitles.merge.three_way import merge
from castkit.subtitles.merge.verify import verify

WHOLE = os.environ.get("CASTKIT_SOAK") == "1"


def merged_of(made: Case, *, is_accepted: bool) -> Merged:
    old = joined([(0, made.length_ms)], 0)
    new = New(tuple(made.new), tuple(made.new_source), recut(old, timeline(made)))
    base, theirs = Base(tuple(made.base), tuple(made.source)), [one.cue for one in made.theirs]
    result = merge(base, theirs, new, is_accepted=is_accepted)
    verify(made.base, theirs, result, clock=new.clock)
    return result


def timeline(made: Case) -> Timeline:
    edges = [0, *(edge for span in made.cut for edge in span), made.length_ms]
    return joined(list(zip(edges[::2], edges[1::2], strict=True)), made.later_ms)


def faults(made: Case, result: Merged) -> Counter[str]:
    """What is wrong with a merge, counted."""
    found: Counter[str] = Counter()
    shown = Counter(
        (one.cue.text, one.cue.start_ms, one.cue.end_ms) for one in result.cues if one.origin is Whose.HUMAN
    )
    texts = Counter(one.cue.text for one in result.cues if one.origin is Whose.HUMAN)
    removed = {one.theirs for one in result.removed_by_cut}
    shortened = {one.theirs for one in result.shortened}
    for index, one in enumerate(made.theirs):
        if not one.is_human or (one.cue in made.base):
            continue
        found["human cues"] += 1
        left = made.left_ms(one.cue)
        if left < min(200, one.cue.duration_ms):
            found["removed, not listed"] += index not in removed
            continue
        found["text lost"] += not texts[one.cue.text]
        key = one.cue.text, made.at(one.cue.start_ms), made.at(one.cue.end_ms)
        found["time lost"] += not shown[key]
        shown[key] -= 1
        found["removed, but is there"] += index in removed
        found["shortened, not listed"] += left != one.cue.duration_ms and index not in shortened
    listed = {one.base for one in result.deleted}
    found["deletion not listed"] += sum(index not in listed for index in made.deleted)
    found["machine on human"] += overlapping(result)
    return found


def overlapping(result: Merged) -> int:
    human = [one.cue for one in result.cues if one.origin is not Whose.MACHINE]
    machine = [one.cue for one in result.cues if one.origin is Whose.MACHINE]
    return sum(one.start_ms < each.end_ms and each.start_ms < one.end_ms for one in human for each in machine)


def machine_words(made: Case, result: Merged) -> Counter[str]:
    """What became of the machine's words, where no flag speaks of it: lost, or shown beside a person's of the same."""
    found: Counter[str] = Counter()
    touched = {number for index in made.touched for number in made.grid[index]}
    flagged = {one.new for one in result.flagged}
    shown = {one.new: one.cue.text for one in result.cues if one.origin is Whose.MACHINE}
    for index, row in enumerate(made.new_grid):
        for word in row:
            if index in flagged or word.number is None:
                continue
            is_shown = word.translated in shown.get(index, "")
            found["words"] += 1
            found["words lost"] += not is_shown and word.number not in touched
            found["words twice"] += is_shown and word.number in touched
    return found


def sweep(seeds: range, *, is_accepted: bool) -> Counter[str]:
    total: Counter[str] = Counter()
    for seed in seeds:
        made = case(seed)
        result = merged_of(made, is_accepted=is_accepted)
        wrong = faults(made, result)
        bad = {name: count for name, count in wrong.items() if count and name != "human cues"}
        assert not bad, (seed, bad)
        total += wrong
        total["cases"] += 1
        total["edits"] += made.edits
        total["flagged"] += len(result.flagged)
        total["stale"] += len(result.stale)
        total["removed"] += len(result.removed_by_cut)
        total.update(machine_words(made, result) if not is_accepted else {})
    return total


@pytest.mark.parametrize("is_accepted", [False, True], ids=["draft", "accepted"])
def test_nothing_of_a_persons_is_lost(is_accepted: bool) -> None:
    report(sweep(range(200), is_accepted=is_accepted))


@pytest.mark.soak
@pytest.mark.parametrize("first", range(1000, 6000 if WHOLE else 1200, 200))
def test_nothing_of_a_persons_is_lost_in_thousands_of_cases(first: int) -> None:
    report(sweep(range(first, first + 200), is_accepted=False))
    report(sweep(range(first, first + 200 if WHOLE else first + 20), is_accepted=True))


def test_the_checker_sees_what_is_lost() -> None:
    """Each cue of a person's that is taken out of a good merge is missed."""
    results = ((made, merged_of(made, is_accepted=False)) for made in map(case, range(100)))
    made, result = next(one for one in results if one[1].removed_by_cut and len(one[1].cues) > 30)
    places = [index for index, one in enumerate(result.cues) if one.origin is Whose.HUMAN]
    assert len(places) > 3
    for index in places:
        less = replace(result, cues=(*result.cues[:index], *result.cues[index + 1 :]))
        wrong = faults(made, less)
        assert wrong["text lost"] or wrong["time lost"], result.cues[index]
    assert faults(made, replace(result, removed_by_cut=()))["removed, not listed"]


def test_the_cases_are_what_they_say() -> None:
    """Of every kind there are many: edits, cuts, new words, new grids."""
    cases = [case(seed) for seed in range(200)]
    assert sum(made.edits for made in cases) > 200 * 8
    assert sum(bool(made.cut) for made in cases) > 60
    assert sum(bool(made.deleted) for made in cases) > 60
    assert sum(made.new_source != made.source for made in cases) == 200
    kinds = Counter(change.kind for made in cases for change in changes(made.base, [one.cue for one in made.theirs]))
    assert min(kinds[kind] for kind in Kind) > 50


def report(total: Counter[str]) -> None:
    flagged = total["flagged"] / total["cases"]
    lost, twice = (total[name] / max(1, total["words"]) for name in ("words lost", "words twice"))
    sys.stdout.write(
        f"{total['cases']} cases, {total['edits']} edits, {total['human cues']} cues of people: none lost or re-timed "
        f"but {total['removed']} listed as cut; {total['stale']} stale; machine's cues flagged per file {flagged:.2f}; "
        f"of {total['words']} of its words, unflagged: {lost:.3%} lost, {twice:.3%} twice\n"
    )
    assert flagged < 8
    assert lost < 0.002
    assert twice < 0.02
