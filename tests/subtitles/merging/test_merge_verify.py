"""The check must find every way to lose something: each is done to a good merge, and refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from castkit.model.cue import Cue
from castkit.model.timeline import joined
from castkit.subtitles.merge.result import Base, New, Returned, Whose, recut
from castkit.subtitles.merge.three_way import merge
from castkit.subtitles.merge.verify import MergeLoss, verify

DRAFT = (
    Cue(1000, 3000, "那年冬天港口结了冰"),
    Cue(3000, 5200, "Nobody could leave."),
    Cue(5600, 7000, "那大家怎么办呢？"),
    Cue(7000, 9500, "They walked to the market."),
    Cue(9800, 11_000, "对。"),
)
THEIRS = (
    replace(DRAFT[0], text="港口冻住了"),
    DRAFT[1],
    replace(DRAFT[2], text="怎么办？"),
    replace(DRAFT[3], end_ms=9300),
)
CLOCK = recut(joined([(0, 20_000)], 0), joined([(0, 5400), (8500, 20_000)], 0))
NEW = New(
    tuple(replace(cue, start_ms=at[0], end_ms=at[1]) for cue in DRAFT if (at := CLOCK(cue.start_ms, cue.end_ms))),
    (),
    CLOCK,
)
GOOD = merge(Base(DRAFT), THEIRS, NEW)


def check(found) -> None:
    verify(DRAFT, THEIRS, found, clock=CLOCK)


def with_cue(index: int, **values):
    changed = replace(GOOD.cues[index], cue=replace(GOOD.cues[index].cue, **values))
    return replace(GOOD, cues=(*GOOD.cues[:index], changed, *GOOD.cues[index + 1 :]))


def test_a_good_merge_passes() -> None:
    check(GOOD)
    assert [(one.cue.text, one.origin.value) for one in GOOD.cues] == [
        ("港口冻住了", "human"), ("Nobody could leave.", "machine"), ("They walked to the market.", "human"),
    ]  # fmt: skip
    assert len(GOOD.removed_by_cut) == len(GOOD.shortened) == len(GOOD.deleted) == 1


@pytest.mark.parametrize(
    "values", [{"text": "港口冻住"}, {"start_ms": 1001}, {"end_ms": 2999}, {"text": DRAFT[0].text}], ids=str
)
def test_a_text_or_time_that_is_another(values) -> None:
    with pytest.raises(MergeLoss, match="港口冻住了"):
        check(with_cue(0, **values))


@pytest.mark.parametrize("index", [0, 2])
def test_a_cue_that_is_missing(index: int) -> None:
    with pytest.raises(MergeLoss, match="is not at"):
        check(replace(GOOD, cues=(*GOOD.cues[:index], *GOOD.cues[index + 1 :])))


def test_one_of_two_equal_cues_that_is_missing() -> None:
    twice = (*THEIRS, THEIRS[0])
    found = merge(Base(DRAFT), twice, NEW)
    verify(DRAFT, twice, found, clock=CLOCK)
    with pytest.raises(MergeLoss):
        verify(DRAFT, twice, replace(found, cues=found.cues[1:]), clock=CLOCK)


def test_a_cue_that_was_cut_and_is_not_listed() -> None:
    with pytest.raises(MergeLoss, match="怎么办"):
        check(replace(GOOD, removed_by_cut=()))


def test_a_cue_that_was_shortened_and_is_not_listed() -> None:
    with pytest.raises(MergeLoss, match="walked"):
        check(replace(GOOD, shortened=()))


def test_a_cue_that_is_listed_as_cut_and_was_not() -> None:
    less = replace(GOOD, cues=GOOD.cues[1:], removed_by_cut=(*GOOD.removed_by_cut, Returned(THEIRS[0], 0)))
    with pytest.raises(MergeLoss):
        check(less)
    with pytest.raises(MergeLoss, match="was not"):
        check(replace(GOOD, removed_by_cut=less.removed_by_cut))


def test_a_persons_cue_that_passes_for_the_machines() -> None:
    passed = replace(GOOD.cues[0], origin=Whose.MACHINE)
    with pytest.raises(MergeLoss):
        check(replace(GOOD, cues=(passed, *GOOD.cues[1:])))


def test_a_machines_cue_on_a_persons() -> None:
    with pytest.raises(MergeLoss, match="same time"):
        check(with_cue(1, start_ms=2999))


def test_a_deleted_cue_that_is_back() -> None:
    back = replace(GOOD.cues[1], cue=Cue(6700, 7900, "对。"))
    with pytest.raises(MergeLoss, match="is back"):
        check(replace(GOOD, cues=(*GOOD.cues, back)))


def test_the_error_says_where_and_what_to_do() -> None:
    with pytest.raises(MergeLoss) as caught:
        check(replace(GOOD, cues=()))
    assert "00:00:01 “港口冻住了”" in caught.value.message
    assert caught.value.hint.startswith("Nothing was written.")
