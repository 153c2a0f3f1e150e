from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.model.cue import Cue
from castkit.subtitles.merge.changes import Kind, changes

EN = (
    Cue(1000, 3000, "The harbour froze that winter,"),
    Cue(3000, 5200, "and nobody could leave the island."),
    Cue(5600, 7000, "So what did people do?"),
    Cue(7000, 9500, "They walked. Every Sunday they walked\nover the ice to the market."),
    Cue(9800, 11_000, "Yes."),
    Cue(11_500, 14_000, "My grandmother remembered all of it."),
)
ZH = (
    Cue(1000, 3000, "那年冬天港口结了冰"),
    Cue(3000, 5200, "谁也离不开那座岛"),
    Cue(5600, 7000, "那大家怎么办呢？"),
    Cue(7000, 9500, "他们走路。每个星期天\n都踩着冰去赶集。"),
    Cue(9800, 11_000, "对。"),
    Cue(11_500, 14_000, "这些我外婆全都记得。"),
)
BOTH = pytest.mark.parametrize("base", [EN, ZH], ids=["en", "zh"])


def told(base, theirs, **more) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    """All changes but the cues that stayed as they were."""
    return [(c.kind.value, c.base, c.theirs) for c in changes(base, theirs, **more) if c.is_human]


def other(base, index: int, **values) -> list[Cue]:
    cues = list(base)
    cues[index] = replace(cues[index], **values)
    return cues


@BOTH
def test_what_came_back_as_it_was_is_no_change(base) -> None:
    assert told(base, base) == []
    assert told(base, [replace(cue, text=f" {cue.text.replace(chr(10), ' ' + chr(10))} ") for cue in base]) == []


@BOTH
def test_a_new_line_break_is_a_change(base) -> None:
    assert told(base, other(base, 3, text=base[3].text.replace("\n", ""))) == [("text", (3,), (3,))]


@pytest.mark.parametrize(
    ("base", "text"),
    [
        (EN, "So what did the people do then?"),
        (EN, "Completely different words"),
        (EN, "X"),
        (ZH, "那么大家后来怎么办？"),
        (ZH, "完全不一样"),
    ],
)
def test_other_words_at_the_same_time(base, text: str) -> None:
    assert told(base, other(base, 2, text=text)) == [("text", (2,), (2,))]
    assert told(base, other(base, 2, text=text, end_ms=7100)) == [("text and times", (2,), (2,))]


@BOTH
@pytest.mark.parametrize(("start_ms", "end_ms"), [(3001, 5200), (3000, 5000), (2400, 4000), (5210, 5590)])
def test_other_times_of_the_same_words(base, start_ms: int, end_ms: int) -> None:
    assert told(base, other(base, 1, start_ms=start_ms, end_ms=end_ms)) == [("times", (1,), (1,))]


@BOTH
def test_a_whole_file_that_was_shifted_is_all_new_times(base) -> None:
    """Tools that know a cue by its time lose every one of them here."""
    for by in (200, -900, 2000, 100_000):
        theirs = [replace(cue, start_ms=cue.start_ms + by, end_ms=cue.end_ms + by) for cue in base]
        assert told(base, theirs) == [("times", (index,), (index,)) for index in range(len(base))]


@BOTH
def test_a_deletion_makes_nothing_else_a_change(base) -> None:
    for index in range(len(base)):
        assert told(base, [*base[:index], *base[index + 1 :]]) == [("deleted", (index,), ())]
    assert [kind for kind, *_ in told(base, [])] == ["deleted"] * len(base)


@BOTH
def test_a_deletion_whose_time_the_next_text_took(base) -> None:
    theirs = [*base[:1], replace(base[2], start_ms=base[1].start_ms), *base[3:]]
    assert told(base, theirs) == [("deleted", (1,), ()), ("times", (2,), (1,))]


@BOTH
def test_an_insertion(base) -> None:
    theirs = [*base[:2], Cue(5220, 5580, "[laughs]"), *base[2:]]
    assert told(base, theirs) == [("inserted", (), (2,))]
    assert [kind for kind, *_ in told((), base)] == ["inserted"] * len(base)


@pytest.mark.parametrize(
    ("base", "texts"),
    [
        (EN, ("They walked.", "Every Sunday they walked over the ice to the market.")),
        (EN, ("They walked.", "Each Sunday they walked", "across the ice to market.")),
        (ZH, ("他们走路。", "每个星期天都踩着冰去赶集。")),
        (ZH, ("他们就走路。", "每个星期天", "都踩着冰去赶集。")),
    ],
)
def test_a_split(base, texts) -> None:
    length = 2500 // len(texts)
    parts = [Cue(7000 + i * length, 7000 + (i + 1) * length, text) for i, text in enumerate(texts)]
    places = tuple(range(3, 3 + len(texts)))
    assert told(base, [*base[:3], *parts, *base[4:]]) == [("split", (3,), places)]


@BOTH
def test_a_merge(base) -> None:
    joined = f"{base[0].text}\n{base[1].text}"
    assert told(base, [Cue(1000, 5200, joined), *base[2:]]) == [("merged", (0, 1), (0,))]
    assert told(base, [Cue(1000, 3000, joined), *base[2:]]) == [("merged", (0, 1), (0,))]  # the time of the first
    three = f"{joined}\n{base[2].text}"
    assert told(base, [Cue(1000, 7000, three), *base[3:]]) == [("merged", (0, 1, 2), (0,))]


@BOTH
def test_a_cue_that_only_grew_over_a_deleted_one_is_no_merge(base) -> None:
    theirs = [replace(base[0], end_ms=5200), *base[2:]]
    assert told(base, theirs) == [("times", (0,), (0,)), ("deleted", (1,), ())]


@BOTH
def test_a_merge_beside_deletions_is_of_two(base) -> None:
    theirs = [Cue(1000, 5200, f"{base[0].text}\n{base[1].text}"), *base[4:]]
    assert told(base, theirs) == [("merged", (0, 1), (0,)), ("deleted", (2,), ()), ("deleted", (3,), ())]


@BOTH
def test_a_cue_that_was_carried_past_others_is_one_cue(base) -> None:
    """However the file is sorted."""
    carried = replace(base[0], start_ms=14_500, end_ms=16_500)
    assert told(base, [*base[1:], carried]) == [("times", (0,), (5,))]
    assert told(base, [carried, *base[1:]]) == [("times", (0,), (0,))]


@BOTH
def test_a_file_out_of_order_is_no_change(base) -> None:
    assert told(base, base[::-1]) == []


@BOTH
def test_two_equal_cues_are_two(base) -> None:
    assert told(base, [*base, base[2]]) == [("inserted", (), (6,))] or told(base, [*base, base[2]]) == [
        ("inserted", (), (2,))
    ]
    assert [kind for kind, *_ in told([*base, base[2]], base)] == ["deleted"]


def test_times_that_only_a_format_rounded_are_no_change() -> None:
    theirs = [replace(cue, start_ms=cue.start_ms + 4, end_ms=cue.end_ms - 5) for cue in EN]
    assert len(told(EN, theirs)) == len(EN)
    assert told(EN, theirs, rounding_ms=10) == []
    assert told(EN, other(EN, 1, start_ms=3011), rounding_ms=10) == [("times", (1,), (1,))]


def test_decomposed_letters_are_no_change() -> None:
    base = (Cue(0, 1000, "Caf\u00e9 \u00fcber"),)
    assert told(base, [Cue(0, 1000, "Cafe\u0301 u\u0308ber")]) == []


def test_a_speaker_that_a_format_cannot_carry_is_no_change() -> None:
    base = [replace(cue, speaker="ann") for cue in EN]
    assert told(base, EN) == []
    assert told(base, other(base, 0, speaker="bob")) == [("text", (0,), (0,))]


CUES = st.lists(
    st.builds(
        lambda start, length, text: Cue(start, start + length, text),
        st.integers(0, 20_000),
        st.integers(-5, 3000),
        st.text("ab 我们。\n", max_size=8),
    ),
    max_size=12,
)


@given(CUES, CUES)
def test_every_cue_is_in_exactly_one_change(base: list[Cue], theirs: list[Cue]) -> None:
    found = changes(base, theirs)
    assert sorted(index for one in found for index in one.base) == list(range(len(base)))
    assert sorted(index for one in found for index in one.theirs) == list(range(len(theirs)))
    for one in found:
        if one.kind is Kind.SAME:
            ours, back = base[one.base[0]], theirs[one.theirs[0]]
            assert (ours.start_ms, ours.end_ms) == (back.start_ms, back.end_ms)
            assert "".join(ours.text.split()) == "".join(back.text.split())


@given(CUES)
def test_cues_that_came_back_are_all_the_same(cues: list[Cue]) -> None:
    assert all(one.kind is Kind.SAME for one in changes(cues, cues))


def test_three_thousand_cues_of_which_every_one_was_shifted_and_reworded() -> None:
    base = [
        Cue(index * 2500, index * 2500 + 2300, f"line {index} says {index * 7919 % 10_007} things")
        for index in range(3000)
    ]
    theirs = [
        Cue(
            cue.start_ms + 8000,
            cue.end_ms + 8000,
            cue.text if index % 25 == 0 else cue.text.replace("says", "tells of"),
        )
        for index, cue in enumerate(base)
    ]
    del theirs[1500:1600]
    kinds = [kind for kind, *_ in told(base, theirs)]
    assert kinds.count("deleted") == 100
    assert kinds.count("text and times") + kinds.count("times") == 2900
