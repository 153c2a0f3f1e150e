from __future__ import annotations

import random
from dataclasses import replace

import pytest
from merge_cases import case

from castkit.model.cue import Cue
from castkit.subtitles.merge.notes import notes
from castkit.subtitles.merge.people import decided, merge_people
from castkit.subtitles.merge.result import Conflict, Merged, Whose
from castkit.subtitles.merge.verify import MergeLoss, verify_people

BASE = (
    Cue(1000, 3000, "那年冬天港口结了冰"),
    Cue(3000, 5200, "谁也离不开那座岛"),
    Cue(5600, 7000, "So what did people do?"),
    Cue(7000, 9500, "They walked to the market."),
)


def other(index: int, **values) -> tuple[Cue, ...]:
    return (*BASE[:index], replace(BASE[index], **values), *BASE[index + 1 :])


def both(one, two) -> Merged:
    found = merge_people(BASE, one, two)
    verify_people(BASE, one, two, found)
    return found


def cues(found: Merged) -> list[Cue]:
    return [one.cue for one in found.cues]


def test_edits_of_different_cues_both_stand() -> None:
    found = both(other(0, text="港口冻住了"), other(3, text="They went on foot."))
    assert [cue.text for cue in cues(found)] == ["港口冻住了", BASE[1].text, BASE[2].text, "They went on foot."]
    assert [(one.origin.value, one.person) for one in found.cues] == [
        ("human", 1), ("machine", 0), ("machine", 0), ("human", 2),
    ]  # fmt: skip
    assert not found.conflicts


def test_the_same_edit_twice_is_one() -> None:
    found = both(other(0, text="港口冻住了"), other(0, text="港口冻住了 "))
    assert len(found.cues) == 4
    assert not found.conflicts
    assert len(both((*BASE, Cue(9500, 9900, "（笑）")), (*BASE, Cue(9500, 9900, "（笑）"))).cues) == 5


def test_text_of_one_and_time_of_the_other_go_together() -> None:
    found = both(other(2, text="那怎么办？"), other(2, start_ms=5400))
    assert cues(found)[2] == Cue(5400, 7000, "那怎么办？")
    assert not found.conflicts


def test_two_texts_for_one_cue_are_both_shown() -> None:
    found = both(other(1, text="没人能走"), other(1, text="谁都走不了"))
    assert [(one.cue.text, one.person, one.conflict) for one in found.cues][1:3] == [
        ("没人能走", 1, 0), ("谁都走不了", 2, 0),
    ]  # fmt: skip
    assert found.conflicts == (
        Conflict((1,), (replace(BASE[1], text="没人能走"),), (replace(BASE[1], text="谁都走不了"),)),
    )
    assert "“没人能走” | “谁都走不了”" in notes(found)[0]


def test_two_times_for_one_cue_are_both_shown() -> None:
    found = both(other(1, end_ms=5000), other(1, end_ms=5100))
    assert {(cue.end_ms, cue.text) for cue in cues(found)[1:3]} == {(5000, BASE[1].text), (5100, BASE[1].text)}
    assert len(found.conflicts) == 1


def test_an_edit_outlives_a_deletion_and_both_are_told() -> None:
    found = both((*BASE[:1], *BASE[2:]), other(1, text="谁都走不了"))
    assert replace(BASE[1], text="谁都走不了") in cues(found)
    assert found.conflicts[0].one == ()
    assert "taken out" in notes(found)[0]


def test_a_deletion_by_one_or_both_stays() -> None:
    without = (*BASE[:1], *BASE[2:])
    for one, two, person in ((without, BASE, 1), (BASE, without, 2), (without, without, 0)):
        found = both(one, two)
        assert cues(found) == list(without)
        assert [(gone.base, gone.person) for gone in found.deleted] == [(1, person)]


def test_a_merge_against_an_edit_inside_it() -> None:
    joined = Cue(1000, 5200, f"{BASE[0].text}\n{BASE[1].text}")
    found = both((joined, *BASE[2:]), other(1, text="谁都走不了"))
    assert joined in cues(found)
    assert replace(BASE[1], text="谁都走不了") in cues(found)
    assert found.conflicts[0].base == (0, 1)


def test_a_conflict_is_decided_for_a_whole_version() -> None:
    """The second left the first cue as it was, and took out the other: so it is when theirs is preferred."""
    one, two = (Cue(1000, 5200, f"{BASE[0].text}\n{BASE[1].text}"), *BASE[2:]), (BASE[0], *BASE[2:])
    found = both(one, two)
    assert decided(found, 1) == one
    assert decided(found, 2) == two


def test_insertions_at_the_same_place_are_a_conflict_and_elsewhere_are_not() -> None:
    first, second, third = Cue(5200, 5500, "（笑）"), Cue(5250, 5600, "（大笑）"), Cue(9600, 9900, "[music]")
    found = both((*BASE, first), (*BASE, second, third))
    assert {first, second, third} <= set(cues(found))
    assert [(one.one, one.other) for one in found.conflicts] == [((first,), (second,))]
    assert {one.cue.text: one.conflict for one in found.cues if one.conflict is not None} == {
        "（笑）": 0,
        "（大笑）": 0,
    }


@pytest.mark.parametrize("seed", range(60))
def test_of_any_two_files_nothing_is_lost(seed: int) -> None:
    """The second person's file is made from the first's base by the same rules; told by plain look-ups."""
    made = case(seed)
    one = [each.cue for each in made.theirs]
    chance = random.Random(seed)
    two = []
    for cue in made.base:
        luck = chance.random()
        if luck < 0.1:
            two.append(replace(cue, text=f"{cue.text}#{seed}"))
        elif luck < 0.2:
            two.append(replace(cue, start_ms=max(0, cue.start_ms - 55), end_ms=cue.end_ms + 33))
        elif luck > 0.05:
            two.append(cue)
        if luck > 0.97:
            two.append(Cue(cue.end_ms, cue.end_ms + 400, f"[{cue.start_ms}]"))
    found = merge_people(made.base, one, two)
    verify_people(made.base, one, two, found)
    texts, times = {each.cue.text for each in found.cues}, {(each.cue.start_ms, each.cue.end_ms) for each in found.cues}
    given = set(made.base)
    old_texts, old_times = {each.text for each in given}, {(each.start_ms, each.end_ms) for each in given}
    for cue in (*one, *two):
        assert cue.text in texts | old_texts
        assert (cue.start_ms, cue.end_ms) in times | old_times
    untouched = set(one) & set(two) & given
    assert untouched <= {each.cue for each in found.cues}
    assert all(each.origin is Whose.HUMAN for each in found.cues if each.cue not in given)


def test_the_check_finds_a_version_that_was_dropped() -> None:
    one, two = other(1, text="没人能走"), other(1, text="谁都走不了")
    found = merge_people(BASE, one, two)
    for index in (1, 2):
        less = replace(found, cues=(*found.cues[:index], *found.cues[index + 1 :]))
        with pytest.raises(MergeLoss, match="is not in the result"):
            verify_people(BASE, one, two, less)
