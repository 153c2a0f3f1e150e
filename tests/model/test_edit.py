"""The edit list: cut, keep, trimmed ends, shortened pauses."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.errors import CastkitError
from castkit.model.edit import Removed, Wishes, edit, intersected, merged, subtracted

WHOLE = (0, 60_000)
SOUNDS = ((5000, 10_000), (10_900, 20_000), (24_000, 50_000))


@pytest.mark.parametrize(
    ("wishes", "kept"),
    [
        (Wishes(), (WHOLE,)),
        (Wishes(cut=((0, 12_500),)), ((12_500, 60_000),)),
        (Wishes(cut=((10_000, 20_000), (15_000, 30_000))), ((0, 10_000), (30_000, 60_000))),
        (Wishes(keep=((10_000, 20_000), (40_000, 90_000))), ((10_000, 20_000), (40_000, 60_000))),
        (Wishes(keep=((10_000, 40_000),), cut=((20_000, 30_000),)), ((10_000, 20_000), (30_000, 40_000))),
        (Wishes(trim=True), ((4700, 50_500),)),
        (Wishes(trim=True, cut=((0, 10_950),)), ((10_950, 50_500),)),
        # 900 ms between two sounds stay, whatever is asked for; 4000 ms become one second from both sides.
        (Wishes(longest_pause_ms=1000), ((0, 20_500), (23_500, 60_000))),
        (Wishes(longest_pause_ms=1), ((0, 20_500), (23_500, 60_000))),
        (Wishes(longest_pause_ms=5000), (WHOLE,)),
        (Wishes(cut=((59_990, 70_000),)), ((0, 59_990),)),
    ],
)
def test_what_is_kept(wishes: Wishes, kept: tuple[tuple[int, int], ...]) -> None:
    assert edit(WHOLE, wishes, SOUNDS).kept == kept


def test_what_is_removed_has_its_reason() -> None:
    found = edit(WHOLE, Wishes(cut=((30_000, 31_000),), trim=True, longest_pause_ms=1500), SOUNDS)
    assert found.removed == (
        Removed(0, 4700, "silence"),
        Removed(20_750, 23_250, "pause"),
        Removed(30_000, 31_000, "cut"),
        Removed(50_500, 60_000, "silence"),
    )


def test_nothing_left_is_refused_and_silence_is_not_trimmed_to_nothing() -> None:
    with pytest.raises(CastkitError, match="leaves nothing") as caught:
        edit(WHOLE, Wishes(cut=((0, 60_000),)), SOUNDS)
    assert "episode.toml" in caught.value.hint
    with pytest.raises(CastkitError, match=r"which end at 00:01:00"):
        edit(WHOLE, Wishes(keep=((70_000, 80_000),)), SOUNDS)
    assert edit(WHOLE, Wishes(trim=True, longest_pause_ms=1000), ()).kept == (WHOLE,)


SPANS = st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 800)).map(lambda one: (one[0], one[0] + one[1])))


@given(SPANS, SPANS)
def test_spans_are_sets_of_milliseconds(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    a, b = ({ms for start, end in spans for ms in range(start, end)} for spans in (one, other))
    for found, wanted in ((merged(one), a), (subtracted(one, other), a - b), (intersected(one, other), a & b)):
        assert {ms for start, end in found for ms in range(start, end)} == wanted
        assert list(found) == sorted(found)
        assert all(first[1] < second[0] for first, second in pairwise(found))


@given(SPANS, SPANS, st.booleans(), st.integers(0, 2000))
def test_kept_and_removed_are_the_whole(
    cut: list[tuple[int, int]], sounds: list[tuple[int, int]], trim: bool, longest: int
) -> None:
    try:
        found = edit((0, 4000), Wishes(tuple(cut), (), trim, longest), tuple(sounds))
    except CastkitError:
        return
    removed = [(one.start_ms, one.end_ms) for one in found.removed]
    dropped = 4000 - sum(end - start for start, end in (*found.kept, *removed))
    assert 0 <= dropped < 20 * (len(removed) + 1)  # rests too short to be joined
    assert not intersected(found.kept, removed)
    machine = [(one.start_ms, one.end_ms) for one in found.removed if one.reason != "cut"]
    assert not intersected(machine, sounds)  # by itself it never removes anything that is heard
