"""Soundbites between the recordings' clock, where they are kept, and the master's, where they are heard."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.model.episode import Soundbite
from castkit.model.soundbites import on_masters_clock, on_recordings_clock
from castkit.model.timeline import Timeline, joined

# 10..20 s and 30..60 s of the recordings are kept, after an intro of 2 s.
CUT = joined(((10_000, 20_000), (30_000, 60_000)), 2000)
LENGTH_MS = 45_000  # an outro of 3 s


def bite(start: str, end: str, **more: Any) -> Soundbite:
    return Soundbite.model_validate({"start": start, "end": end, **more})


@pytest.mark.parametrize(
    ("on_master", "on_recordings"),
    [
        ((2000, 5000), (10_000, 13_000)),
        ((7000, 12_000), (15_000, 20_000)),  # ends where the cut is: not beyond it
        ((12_000, 15_000), (30_000, 33_000)),  # begins there
        ((11_000, 14_000), (19_000, 32_000)),  # goes over it
        ((500, 6000), (10_000, 14_000)),  # begins in the intro
        ((40_000, 44_500), (58_000, 60_000)),  # ends in the outro
        ((0, 2500), None),  # all but half a second in the intro
        ((42_000, 45_000), None),
    ],
)
def test_a_stretch_of_the_master_on_the_recordings_clock(
    on_master: tuple[int, int], on_recordings: tuple[int, int] | None
) -> None:
    assert on_recordings_clock(*on_master, CUT) == on_recordings


spans = st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 20_000)), min_size=1, max_size=8)


def timeline(gaps_and_lengths: list[tuple[int, int]], lead_ms: int) -> Timeline:
    kept, at = [], 0
    for gap, length in gaps_and_lengths:
        kept.append((at + gap, at + gap + length))
        at += gap + length
    return joined(kept, lead_ms)


@given(spans, st.integers(0, 5000), st.data())
def test_what_was_written_comes_back(rows: list[tuple[int, int]], lead_ms: int, data: st.DataObject) -> None:
    edit = timeline([*rows, (1, 1000)], lead_ms)  # at least a second, the shortest soundbite
    end = edit.pieces[-1].until_ms
    start = data.draw(st.integers(lead_ms, end - 1000))
    length = data.draw(st.integers(1000, end - start))
    found = on_recordings_clock(start, start + length, edit)
    assert found is not None
    kept = Soundbite.model_construct(start=found[0], end=found[1])
    (placed,), gone = on_masters_clock([kept], edit, end)
    assert (placed.start_ms, placed.end_ms, gone) == (start, start + length, ())


def test_a_later_edit_moves_it_shortens_it_or_takes_it_away() -> None:
    early, over, gone, stray = (
        bite("00:12", "00:18"),
        bite("00:18", "00:33"),
        bite("00:21", "00:29"),
        bite("02:00", "02:30"),
    )
    placed, dropped = on_masters_clock([over, stray, early, gone], CUT, LENGTH_MS)
    assert [(one.start_ms, one.end_ms, one.soundbite) for one in placed] == [
        (4000, 10_000, early),
        (10_000, 15_000, over),
    ]
    assert dropped == (stray, gone)


def test_none_goes_beyond_the_rendered_end() -> None:
    (placed,), _ = on_masters_clock([bite("00:50", "01:00")], CUT, 41_980)
    assert placed.end_ms == 41_980
