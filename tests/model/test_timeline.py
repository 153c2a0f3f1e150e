"""Where a moment of the recordings lies in the master, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.model.timeline import Piece, Timeline, joined, rebased

CUT = joined([(1000, 5000), (8000, 10_000)], 2000)


@pytest.mark.parametrize(
    ("ms", "at"), [(999, None), (1000, 2000), (4999, 5999), (5000, None), (7999, None), (8000, 6000), (10_000, 8000)]
)
def test_a_moment_is_where_its_piece_is(ms: int, at: int | None) -> None:
    assert CUT.to_master(ms) == at


@pytest.mark.parametrize(("ms", "at"), [(0, 2000), (3000, 4000), (6000, 6000), (9000, 7000), (12_000, 10_000)])
def test_a_removed_moment_lies_at_the_join_and_one_past_the_end_past_the_end(ms: int, at: int) -> None:
    assert CUT.nearest(ms) == at


@pytest.mark.parametrize(
    ("span", "left"),
    [
        ((0, 900), None),
        ((0, 1500), (2000, 2500)),
        ((4000, 9000), (5000, 7000)),
        ((5000, 8000), None),
        ((4900, 8100), (5900, 6100)),
        ((9000, 20_000), (7000, 8000)),
    ],
)
def test_what_is_left_of_a_span(span: tuple[int, int], left: tuple[int, int] | None) -> None:
    assert CUT.span(*span) == left
    assert CUT.keeps(*span) == (left is not None)


def spans() -> st.SearchStrategy[list[tuple[int, int]]]:
    points = st.lists(st.integers(0, 60_000), min_size=2, max_size=12, unique=True).map(sorted)
    return points.map(lambda found: [(a, b) for a, b in zip(found[::2], found[1::2], strict=False) if b - a >= 20])


timelines = st.builds(joined, spans().filter(bool), st.integers(0, 5000))


@given(timelines)
def test_every_moment_of_every_piece_goes_there_and_back(timeline: Timeline) -> None:
    for piece in timeline.pieces:
        for ms in (piece.start_ms, (piece.start_ms + piece.end_ms) // 2, piece.end_ms - 1):
            at = timeline.to_master(ms)
            assert at is not None
            assert timeline.to_recordings(at) == ms
            assert timeline.nearest(ms) == at


@given(timelines, timelines, st.integers(0, 70_000), st.integers(1, 9000))
def test_a_rebased_span_lies_in_the_new_master_and_never_grows(
    old: Timeline, new: Timeline, start: int, length: int
) -> None:
    found = rebased(start, start + length, old, new)
    if found is not None:
        assert 0 <= found[0] < found[1]
        assert found[1] - found[0] <= length + 50


@given(timelines, st.integers(0, 70_000), st.integers(1, 9000))
def test_without_a_new_edit_everything_inside_stays(timeline: Timeline, start: int, length: int) -> None:
    first, last = timeline.pieces[0], timeline.pieces[-1]
    if first.at_ms <= start and start + length <= last.until_ms:
        assert rebased(start, start + length, timeline, timeline) == (start, start + length)


def test_a_cue_moves_with_the_words_under_it() -> None:
    old, new = joined([(0, 60_000)], 2000), joined([(0, 10_000), (20_000, 60_000)], 3500)
    assert rebased(4000, 6000, old, new) == (5500, 7500)
    assert rebased(32_000, 34_000, old, new) == (23_500, 25_500)
    assert rebased(14_000, 20_000, old, new) is None  # all of it was cut
    assert rebased(11_000, 14_000, old, new) == (12_500, 13_500)  # its end was
    assert rebased(500, 1500, old, new) == (2000, 3000)  # a cue under the intro goes with the intro's end
    assert rebased(62_500, 63_000, old, new) == (54_000, 54_500)


def test_a_cue_over_a_join_that_is_no_more_goes_with_its_longer_half() -> None:
    old, new = joined([(0, 10_000), (20_000, 60_000)], 0), joined([(0, 60_000)], 0)
    assert rebased(9_000, 12_000, old, new) == (20_000, 22_000)


def test_pieces_with_room_between_them() -> None:
    """An engineer's own master may have music between two parts."""
    timeline = Timeline((Piece(0, 1000, 5000), Piece(1000, 2000, 9000)))
    assert timeline.span(500, 1500) == (5500, 9500)
    assert timeline.to_recordings(7000) == 1000
