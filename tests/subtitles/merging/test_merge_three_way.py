from __future__ import annotations

from dataclasses import replace

import pytest

from castkit.model.cue import Cue
from castkit.model.timeline import joined
from castkit.subtitles.merge.notes import notes
from castkit.subtitles.merge.result import Base, Merged, New, Stale, Way, recut
from castkit.subtitles.merge.three_way import merge
from castkit.subtitles.merge.verify import verify

SOURCE = (
    Cue(1000, 3000, "The harbour froze that winter,"),
    Cue(3000, 5200, "and nobody could leave the island."),
    Cue(5600, 7000, "So what did people do?"),
    Cue(7000, 9500, "They walked over the ice to the market."),
    Cue(9800, 11_000, "Yes."),
    Cue(11_500, 14_000, "My grandmother remembered all of it."),
)
DRAFT = (
    Cue(1000, 3000, "那年冬天港口结了冰"),
    Cue(3000, 5200, "谁也离不开那座岛"),
    Cue(5600, 7000, "那大家怎么办呢？"),
    Cue(7000, 9500, "他们走路去赶集。"),
    Cue(9800, 11_000, "对。"),
    Cue(11_500, 14_000, "这些我外婆全都记得。"),
)
BASE = Base(DRAFT, SOURCE)
SAME = New(DRAFT, SOURCE)
TEXT = "冰封港口的那个冬天"


def other(cues, index: int, **values) -> tuple[Cue, ...]:
    return (*cues[:index], replace(cues[index], **values), *cues[index + 1 :])


def merged(theirs, new: New = SAME, base: Base = BASE, **more) -> Merged:
    found = merge(base, theirs, new, **more)
    verify(base.cues, theirs, found, clock=new.clock)
    return found


def cues(found: Merged) -> list[Cue]:
    return [one.cue for one in found.cues]


def origins(found: Merged) -> str:
    return "".join(one.origin.value[0] for one in found.cues)


def test_nobody_changed_anything() -> None:
    found = merged(DRAFT)
    assert cues(found) == list(DRAFT)
    assert origins(found) == "mmmmmm"
    assert notes(found) == ()


def test_what_the_person_wrote_stands_and_the_rest_is_the_machines_of_today() -> None:
    today = New(other(DRAFT, 5, text="外婆什么都记得。"), SOURCE)
    found = merged(other(DRAFT, 0, text=TEXT), today)
    assert cues(found) == [replace(DRAFT[0], text=TEXT), *today.cues[1:]]
    assert origins(found) == "hmmmmm"
    assert not found.stale


def test_the_same_for_a_transcript_in_english() -> None:
    today = New(other(SOURCE, 3, text="They walked over thin ice to the market."), ())
    found = merged(other(SOURCE, 2, text="So what did they do?"), today, Base(SOURCE))
    assert [cue.text for cue in cues(found)][2:4] == [
        "So what did they do?",
        "They walked over thin ice to the market.",
    ]


def test_a_stale_cue_is_kept_and_shows_old_and_new_source() -> None:
    today = New(
        other(DRAFT, 3, text="他们开车去赶集。"), other(SOURCE, 3, text="They drove round the lake to the market.")
    )
    found = merged(other(DRAFT, 3, text="他们踩着冰去赶集。"), today)
    assert [(one.cue.text, one.stale) for one in found.stale] == [
        (
            "他们踩着冰去赶集。",
            Stale("They walked over the ice to the market.", "They drove round the lake to the market."),
        )
    ]
    assert "“They drove round the lake to the market.”" in notes(found)[0]


def test_the_same_words_on_another_grid_make_nothing_stale() -> None:
    source = (
        Cue(1020, 4000, "the harbour froze that winter and nobody"),
        Cue(4000, 7010, "could leave the island so what did people do"),
        Cue(7010, 11_020, "they walked over the ice to the market yes"),
        Cue(11_500, 14_000, "my grandmother remembered all of it"),
    )
    theirs = tuple(replace(cue, text=f"{cue.text}！") for cue in DRAFT)
    found = merged(theirs, New((), source))
    assert cues(found) == list(theirs)
    assert not found.stale


@pytest.mark.parametrize(
    ("source", "new"),
    [
        (other(SOURCE, 4, text="No."), "No."),
        (other(SOURCE, 4, text="Yes, I think."), "Yes, I think."),
        ((*SOURCE[:4], SOURCE[5]), ""),
    ],
)
def test_a_word_replaced_added_or_gone_makes_a_cue_stale(source, new: str) -> None:
    found = merged(other(DRAFT, 4, text="是的。"), New(DRAFT, source))
    assert [one.stale for one in found.stale] == [Stale("Yes.", new)]


def test_chinese_source() -> None:
    base = Base(SOURCE, DRAFT)
    theirs = other(other(SOURCE, 1, text="and no one could get off the island."), 3, text="They went on foot.")
    found = merged(theirs, New(SOURCE, other(DRAFT, 1, text="谁也离不开那座城")), base)
    assert [(one.base, one.stale) for one in found.stale] == [((1,), Stale("谁也离不开那座岛", "谁也离不开那座城"))]


def test_a_deletion_stays_deleted_and_is_listed_even_inside_a_longer_new_cue() -> None:
    theirs = (*DRAFT[:4], DRAFT[5])
    found = merged(theirs)
    assert cues(found) == list(theirs)
    assert [one.base for one in found.deleted] == [4]
    longer = New((*DRAFT[:3], Cue(7000, 14_000, "他们走路去赶集。对。这些我外婆全都记得。")), SOURCE)
    assert cues(merged(theirs, longer))[-1].text == "他们走路去赶集。这些我外婆全都记得。"
    assert "“对。”" in notes(found)[0]


def test_a_split_wins_over_the_span() -> None:
    parts = (Cue(7000, 8100, "他们走路"), Cue(8200, 9500, "去赶集。"))
    found = merged((*DRAFT[:3], *parts, *DRAFT[4:]), New(other(DRAFT, 3, text="他们步行去市场。"), SOURCE))
    assert cues(found) == [*DRAFT[:3], *parts, *DRAFT[4:]]
    assert origins(found) == "mmmhhmm"


def test_a_merge_wins_over_the_span() -> None:
    one = Cue(1000, 5200, "那年冬天港口结了冰\n谁也离不开那座岛")
    found = merged(
        (one, *DRAFT[2:]),
        New((Cue(900, 2000, "那年冬天"), Cue(2000, 5300, "港口结了冰，谁也离不开岛"), *DRAFT[2:]), SOURCE),
    )
    assert cues(found) == [one, *DRAFT[2:]]
    assert found.cues[0].base == (0, 1)


def test_an_insertion_stands_and_the_machine_makes_room() -> None:
    new = Cue(4800, 5700, "（笑）")
    found = merged((*DRAFT[:2], new, *DRAFT[2:]))
    assert cues(found) == [DRAFT[0], replace(DRAFT[1], end_ms=4800), new, replace(DRAFT[2], start_ms=5700), *DRAFT[3:]]
    assert {one.way for one in found.yielded} == {Way.MOVED}
    assert not found.flagged


def test_a_new_time_stands_and_the_machine_makes_room() -> None:
    found = merged(other(DRAFT, 1, start_ms=2700, end_ms=5900))
    assert cues(found) == [
        replace(DRAFT[0], end_ms=2700),
        replace(DRAFT[1], start_ms=2700, end_ms=5900),
        replace(DRAFT[2], start_ms=5900),
        *DRAFT[3:],
    ]


def test_people_may_overlap_themselves() -> None:
    theirs = other(other(DRAFT, 0, end_ms=3500, text="甲：结冰了"), 1, text="乙：走不了")
    assert cues(merged(theirs)) == list(theirs)


def test_a_machine_cue_without_room_is_left_out_and_flagged() -> None:
    found = merged((*DRAFT, Cue(9600, 11_200, "字幕：安娜")))
    assert [(one.cue, one.way, one.shown) for one in found.flagged] == [(DRAFT[4], Way.NO_ROOM, None)]
    assert "“对。”: it was left out" in notes(found)[-1]


def test_words_the_person_has_are_taken_out_of_a_machine_cue_that_begins_with_them() -> None:
    today = New((*DRAFT[:3], Cue(7000, 8000, "他们走路"), Cue(8000, 11_000, "去赶集。对。"), DRAFT[5]), SOURCE)
    found = merged(other(DRAFT, 3, text="他们踩着冰去赶集。"), today)
    assert cues(found) == [*DRAFT[:3], Cue(7000, 9500, "他们踩着冰去赶集。"), Cue(9500, 11_000, "对。"), DRAFT[5]]
    assert not found.flagged


def test_a_machine_cue_in_other_words_half_under_a_person_is_flagged() -> None:
    today = New((*DRAFT[:3], Cue(7000, 8500, "大伙徒步"), Cue(8500, 11_000, "前往集市，嗯。"), DRAFT[5]), SOURCE)
    found = merged(other(DRAFT, 3, text="他们踩着冰去赶集。"), today)
    assert [one.way for one in found.flagged] == [Way.PERHAPS_TWICE]
    assert Cue(9500, 11_000, "前往集市，嗯。") in cues(found)


OLD, NEW = joined([(0, 20_000)], 0), joined([(0, 5400), (8500, 20_000)], 2000)  # the third cue and half the fourth


def recut_new(text: str = "外婆都记得") -> New:
    clock = recut(OLD, NEW)
    draft = [replace(cue, start_ms=at[0], end_ms=at[1]) for cue in DRAFT if (at := clock(cue.start_ms, cue.end_ms))]
    source = [replace(cue, start_ms=at[0], end_ms=at[1]) for cue in SOURCE if (at := clock(cue.start_ms, cue.end_ms))]
    return New((*draft[:-1], replace(draft[-1], text=text)), tuple(source), clock)


def test_after_a_cut_peoples_cues_move_with_the_edit() -> None:
    theirs = tuple(replace(cue, text=f"{cue.text}！") for cue in DRAFT)
    found = merged(theirs, recut_new())
    assert [(cue.start_ms, cue.end_ms) for cue in cues(found)] == [
        (3000, 5000), (5000, 7200), (7400, 8400), (8700, 9900), (10_400, 12_900),
    ]  # fmt: skip
    assert [one.cue for one in found.removed_by_cut] == [theirs[2]]
    assert [(one.theirs, one.start_ms, one.end_ms) for one in found.shortened] == [(3, 7400, 8400)]
    assert any("那大家怎么办呢？！" in line for line in notes(found))


def test_a_cue_that_reaches_into_the_outro_keeps_its_length() -> None:
    old, new = joined([(0, 20_000)], 1000), joined([(5000, 20_000)], 1000)
    assert recut(old, new)(20_500, 22_500) == (15_500, 17_500)
    assert recut(old, new)(21_500, 22_500) == (16_500, 17_500)
    assert recut(old, new)(500, 7000) == (500, 2000)
    assert recut(old, new)(500, 900) == (500, 900)


def test_a_deletion_stays_deleted_after_a_cut() -> None:
    found = merged(DRAFT[:4], recut_new())
    assert [one.base for one in found.deleted] == [4, 5]
    assert [cue.end_ms for cue in cues(found)][-1] == 8400


def test_what_was_read_stays_while_its_source_says_the_same() -> None:
    reworded = tuple(replace(cue, text=f"机{cue.text}") for cue in DRAFT)
    today = New(reworded, other(SOURCE, 1, text="and everybody could leave the island."))
    found = merged(DRAFT, today, is_accepted=True)
    assert cues(found) == [DRAFT[0], reworded[1], *DRAFT[2:]]
    assert origins(found) == "rmrrrr"
    assert [one.theirs for one in found.replaced] == [1]


def test_without_a_machine_everything_that_came_back_stays_and_is_marked() -> None:
    found = merged(DRAFT, New((), other(SOURCE, 4, text="No.")))
    assert cues(found) == list(DRAFT)
    assert [one.base for one in found.stale] == [(4,)]


def test_cues_of_no_length_are_not_lost() -> None:
    theirs = (*DRAFT, Cue(14_100, 14_100, "甲"), Cue(14_300, 14_200, "乙"))
    assert cues(merged(theirs))[-2:] == list(theirs[-2:])
    assert merged(theirs, recut_new()).cues[-1].cue == Cue(13_200, 13_100, "乙")


def test_the_same_merge_twice_is_the_same() -> None:
    theirs = other(other(DRAFT, 2, text="？"), 4, start_ms=9000)
    assert merged(theirs, recut_new()) == merged(theirs, recut_new())


def test_merging_its_own_result_again_changes_nothing_of_a_persons() -> None:
    theirs = other(DRAFT, 2, text="那怎么办？")
    once = merged(theirs, New(other(DRAFT, 5, text="外婆记得。"), SOURCE))
    twice = merged(cues(once), New(other(DRAFT, 5, text="外婆记得。"), SOURCE))
    assert cues(twice) == cues(once)
