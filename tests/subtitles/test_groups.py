"""Groups of cues that say the same in two languages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from castkit.model.cue import Cue
from castkit.subtitles.groups import groups

SOURCE = (
    Cue(0, 2000, "When we compared nine countries,"),
    Cue(2080, 4000, "seven had a law."),
    Cue(4100, 5000, "Why?"),
)


def found(source: tuple[Cue, ...], target: tuple[Cue, ...]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(one.source, one.target) for one in groups(source, target)]


def test_a_sentence_over_two_cues_is_one_group_and_the_next_another() -> None:
    target = (Cue(0, 2000, "比较九个国家，"), Cue(2080, 4000, "七个立了法。"), Cue(4100, 5000, "为什么？"))
    assert found(SOURCE, target) == [((0, 1), (0, 1)), ((2,), (2,))]


def test_a_cue_that_runs_over_two_sentences_joins_them() -> None:
    assert found(SOURCE, (Cue(0, 4900, "比较九个国家，七个立了法。为什么？"),)) == [((0, 1, 2), (0,))]


def test_a_little_overlap_joins_nothing() -> None:
    target = (Cue(0, 4300, "比较九个国家，七个立了法。"), Cue(4300, 5000, "为什么？"))
    assert found(SOURCE, target) == [((0, 1), (0,)), ((2,), (1,))]


def test_what_has_no_translation_stands_alone_and_so_does_what_has_no_source() -> None:
    target = (Cue(0, 4000, "七个立了法。"), Cue(9000, 9900, "字幕：某某"))
    assert found(SOURCE, target) == [((0, 1), (0,)), ((2,), ()), ((), (1,))]


def test_without_full_stops_every_pause_divides() -> None:
    source = tuple(Cue(at, at + 900, "no stop") for at in (0, 1000, 2000))
    assert found(source, ()) == [((0,), ()), ((1,), ()), ((2,), ())]


CUES = st.lists(st.tuples(st.integers(0, 90_000), st.integers(1, 8000), st.sampled_from("ab. ")), max_size=25).map(
    lambda rows: tuple(Cue(at, at + length, f"x{text}") for at, length, text in sorted(rows))
)


@given(source=CUES, target=CUES)
def test_every_cue_is_in_one_group(source: tuple[Cue, ...], target: tuple[Cue, ...]) -> None:
    made = groups(source, target)
    assert [number for one in made for number in one.source] == list(range(len(source)))
    assert [number for one in made for number in one.target] == list(range(len(target)))
    assert all(one.source or one.target for one in made)
