"""Sentences of two texts find each other by their times, and none is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from castkit.model.sentence import Sentence
from castkit.translate.aligning import Group, aligned

Spans = list[tuple[int, int]]


def timed(spans: Spans) -> list[Sentence]:
    return [Sentence(start * 1000, end * 1000, str(number)) for number, (start, end) in enumerate(spans)]


def shape(groups: tuple[Group, ...]) -> list[tuple[int, int]]:
    return [(len(group.ones), len(group.others)) for group in groups]


TABLE: dict[str, tuple[Spans, Spans, list[tuple[int, int]]]] = {
    "the same": ([(0, 2), (3, 5)], [(0, 2), (3, 5)], [(1, 1), (1, 1)]),
    "a little off": ([(0, 2), (3, 5)], [(0, 3), (3, 6)], [(1, 1), (1, 1)]),
    "two for one": ([(0, 6), (7, 9)], [(0, 3), (3, 6), (7, 9)], [(1, 2), (1, 1)]),
    "three for one": ([(0, 9)], [(0, 3), (3, 6), (6, 9)], [(1, 3)]),
    "two for three": ([(0, 5), (5, 12)], [(0, 3), (3, 8), (8, 12)], [(2, 3)]),
    "one more": ([(0, 2), (10, 12), (20, 22)], [(0, 2), (20, 22)], [(1, 1), (1, 0), (1, 1)]),
    "one less": ([(0, 2), (20, 22)], [(0, 2), (10, 12), (20, 22)], [(1, 1), (0, 1), (1, 1)]),
    "far apart": ([(0, 2), (900, 902)], [(0, 2), *((n, n + 2) for n in range(100, 800, 100)), (900, 902)],
                  [(1, 1), *[(0, 1)] * 7, (1, 1)]),
    "nothing": ([], [], []),
    "one side": ([(0, 2)], [], [(1, 0)]),
}  # fmt: skip


@pytest.mark.parametrize(("ones", "others", "expected"), TABLE.values(), ids=TABLE)
def test_groups(ones: Spans, others: Spans, expected: list[tuple[int, int]]) -> None:
    assert shape(aligned(timed(ones), timed(others))) == expected
    assert shape(aligned(timed(others), timed(ones))) == [(b, a) for a, b in expected]


spans = st.lists(st.tuples(st.integers(0, 600), st.integers(1, 20)), max_size=25).map(
    lambda found: sorted((start, start + length) for start, length in found)
)


@settings(deadline=None)
@given(spans, spans)
def test_every_sentence_is_in_one_group(ones: Spans, others: Spans) -> None:
    groups = aligned(timed(ones), timed(others))
    assert [one for group in groups for one in group.ones] == timed(ones)
    assert [one for group in groups for one in group.others] == timed(others)
    assert all(group.ones or group.others for group in groups)
    assert all(0 <= group.overlap <= 1 for group in groups)
