"""Two people in the same cues: fields merge, contradictions are shown, nothing is overwritten unseen."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reviewed_show import row

from castkit.review.rows import Op, Placed
from castkit.review.working import CONFLICT, DONE, MERGED, REFUSED, Outcome, Working

SEEN = {
    "c1": Placed("c1", 1000, 4000, "One."),
    "c2": Placed("c2", 5000, 8000, "Two."),
    "c3": Placed("c3", 9000, 12_000, "Three."),
}
NAMES = itertools.count()


def working() -> Working:
    rows = [row(str(one.id), one.start_ms, one.end_ms, one.text) for one in SEEN.values()]
    return Working(rows, version=7, counter=3)


def do(there: Working, remove: list[str], put: list[Placed]) -> Outcome:
    """An edit by somebody who saw the cues as they were at first."""
    outcome = there.decide(Op("tab", f"op{next(NAMES)}", tuple(SEEN[one] for one in remove), tuple(put)))
    there.apply(outcome)
    return outcome


def texts(there: Working) -> list[str]:
    return [each.cue.text for each in there.in_order()]


def test_text_of_one_and_times_of_another_meet_in_one_cue() -> None:
    there = working()
    assert do(there, ["c1"], [Placed("c1", 1000, 4000, "First.")]).status == DONE
    assert do(there, ["c1"], [Placed("c1", 1200, 4000, "One.")]).status == MERGED
    first = there.rows["c1"].cue
    assert (first.start_ms, first.end_ms, first.text) == (1200, 4000, "First.")


def test_the_same_change_by_both_is_no_conflict() -> None:
    there = working()
    do(there, ["c1"], [Placed("c1", 1000, 4000, "First.")])
    assert do(there, ["c1"], [Placed("c1", 1000, 4000, "First.")]).status == MERGED


@pytest.mark.parametrize(
    ("put", "remove"),
    [
        ([Placed("c1", 1000, 4000, "Mine.")], ["c1"]),
        ([], ["c1"]),
        ([Placed("c1", 1000, 2000, "On"), Placed(None, 2000, 4000, "e.")], ["c1"]),
        ([Placed("c1", 1000, 8000, "One. Two.")], ["c1", "c2"]),
    ],
    ids=["text", "deletion", "split", "merge"],
)
def test_what_contradicts_changes_nothing_and_both_versions_are_given(put: list[Placed], remove: list[str]) -> None:
    there = working()
    do(there, ["c1"], [Placed("c1", 1000, 4000, "Theirs.")])
    before = dict(there.rows)
    outcome = do(there, remove, put)
    assert outcome.status == CONFLICT
    assert outcome.theirs[0].cue.text == "Theirs."
    assert outcome.mine == tuple(put)
    assert there.rows == before


def test_a_cue_that_somebody_took_out_is_not_written_back_unseen() -> None:
    there = working()
    do(there, ["c2"], [])
    outcome = do(there, ["c2"], [Placed("c2", 5000, 8000, "Second.")])
    assert (outcome.status, outcome.theirs) == (CONFLICT, ())
    assert do(there, ["c2"], []).status == MERGED
    assert texts(there) == ["One.", "Three."]


def test_undoing_a_deletion_brings_the_cue_back_under_its_id() -> None:
    there = working()
    do(there, ["c2"], [])
    assert there.since(7)["removed"] == ["c2"]
    assert do(there, [], [SEEN["c2"]]).ids == ("c2",)
    assert there.since(7)["removed"] == []
    assert texts(there) == ["One.", "Two.", "Three."]
    assert not there.is_changed


def test_ids_are_never_given_twice() -> None:
    there = working()
    new = do(there, [], [Placed(None, 0, 500, "New.")]).ids
    assert new == ("c4",)
    there.apply(Outcome(DONE, drop=new))
    assert do(there, [], [Placed(None, 0, 500, "Newer.")]).ids == ("c5",)


@pytest.mark.parametrize(
    ("put", "why"),
    [
        (Placed("c1", -1, 4000, "x"), "before the sound does"),
        (Placed("c1", 4000, 4000, "x"), "end before it begins"),
        (Placed("c1", 0, 10**12, "x"), "100 hours"),
        (Placed("c1", 0, 10, "x" * 2001), "2001 characters"),
        (Placed("c9", 0, 10, "x"), "no cue c9"),
        (Placed("c2", 0, 10, "x"), "c2 stands already"),
        (Placed("c1", 0, 10, "see <i>this</i>"), "markup"),
        (Placed("c1", 0, 10, "{\\an8}up"), "markup"),
        (Placed("c1", 0, 10, "00:00:01,000 --> 00:00:02,000"), "reads like the times"),
        (Placed("c1", 0, 10, "bell\x07"), "control character"),
        (Placed("c1", 0, 10, "half \ud800"), "half of a character"),
    ],
)
def test_what_cannot_stand_is_refused_in_words(put: Placed, why: str) -> None:
    there = working()
    outcome = do(there, ["c1"], [put])
    assert outcome.status == REFUSED
    assert why in outcome.why
    assert there.version == 7


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "]]>", "a < b", "", "  ", "two\n\nlines", "12", "1\n2"])
def test_whatever_is_text_is_kept_as_it_was_typed(text: str) -> None:
    there = working()
    assert do(there, ["c1"], [Placed("c1", 1000, 4000, text)]).status == DONE
    assert there.rows["c1"].cue.text == text


def test_changes_are_only_what_is_new() -> None:
    there = working()
    do(there, ["c2"], [Placed("c2", 5000, 8000, "Second.")])
    found = there.since(7)
    assert ([cue["id"] for cue in found["cues"]], found["removed"], found["order"]) == (["c2"], [], None)
    do(there, ["c3"], [Placed("c3", 0, 900, "Three.")])
    assert there.since(8)["order"] == ["c3", "c1", "c2"]
    assert there.since(9)["cues"] == []
    assert there.since(6)["reload"]
    assert there.since(10)["reload"]


@settings(deadline=None)
@given(st.data())
def test_no_text_of_two_people_vanishes_unseen(data: st.DataObject) -> None:
    """Edits of two who both saw the beginning: each text stands, or its author was told of a conflict."""
    there = working()
    written: dict[str, str] = {}
    for turn in range(data.draw(st.integers(1, 8))):
        own = data.draw(st.sampled_from(sorted(SEEN)))
        seen = SEEN[own]
        text = data.draw(st.sampled_from([seen.text, f"Text {turn}."]))
        shift = data.draw(st.sampled_from([0, 0, 10 * turn + 10]))
        is_gone = data.draw(st.integers(0, 9)) == 0
        put = [] if is_gone else [Placed(own, seen.start_ms + shift, seen.end_ms + shift, text)]
        before = there.rows.get(own)
        outcome = do(there, [own], put)
        after = there.rows.get(own)
        if outcome.status == CONFLICT:
            assert after == before
        elif put and text != seen.text:
            assert after is not None
            assert after.cue.text == text
            written[own] = text
        elif is_gone and before:
            assert own not in written
        if after and own in written:
            assert after.cue.text == written[own]
