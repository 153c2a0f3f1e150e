from __future__ import annotations

import random

import pytest

from castkit.model.transcript import Coverage, Word
from castkit.speech.coverage import BREATH_MS, SHORTEST_GAP_MS, measured, note, together
from castkit.speech.spans import Span


def words(*edges: tuple[int, int]) -> list[Word]:
    return [Word(start, end, " word", 0.9) for start, end in edges]


@pytest.mark.parametrize(
    ("said", "wordless_ms", "gaps"),
    [
        ([(1000, 5000)], 0, ()),
        ([(0, 6000)], 0, ()),  # words may be longer than the speech
        ([(1000, 3000), (3000 + BREATH_MS, 5000)], 0, ()),
        ([(1000, 3000), (3600, 5000)], 600, ()),
        ([(1000, 3000), (4000, 5000)], 1000, ((3000, 4000),)),
        ([(2000, 4000)], 2000, ((1000, 2000), (4000, 5000))),
        ([(3000, 4000), (1000, 3200), (1100, 1200)], 1000, ((4000, 5000),)),  # in any order, one within another
        ([], 4000, ((1000, 5000),)),
        ([(0, 1000), (5000, 6000)], 4000, ((1000, 5000),)),
    ],
)
def test_speech_without_words(said, wordless_ms, gaps):
    found = measured([Span(1000, 5000)], words(*said))
    assert (found.speech_ms, found.wordless_ms, found.gaps) == (4000, wordless_ms, gaps)


def test_words_without_speech():
    speech = [Span(1000, 2000), Span(5000, 6000)]
    said = words((0, 900), (1000, 1500), (1999, 2500), (2500, 3000), (6000, 6400), (5500, 5500), (3000, 3000))
    assert measured(speech, said).speechless_words == 4
    assert measured([], words((0, 100))) == Coverage(0, 0, 1, 1)
    assert measured([], []) == Coverage(0, 0, 0, 0)


def test_together_is_the_sum_with_the_gaps_in_order_of_time():
    host = measured([Span(0, 1000), Span(9000, 11_000)], words((0, 1000)))
    guest = measured([Span(4000, 6000)], words((0, 100)))
    assert together((host, guest)) == Coverage(5000, 4000, 2, 1, ((4000, 6000), (9000, 11_000)))
    assert together(()) == Coverage(0, 0, 0, 0)


def test_against_a_count_of_every_millisecond():
    chance = random.Random(4)
    for _ in range(60):
        edges = sorted(chance.sample(range(8000), 8))
        speech = [Span(edges[at], edges[at + 1]) for at in range(0, 8, 2)]
        said = words(*((at, at + chance.randint(1, 900)) for at in chance.sample(range(8000), 5)))
        covered = {ms for word in said for ms in range(word.start_ms, word.end_ms)}
        bare = [[ms for ms in range(span.start_ms, span.end_ms) if ms not in covered] for span in speech]
        runs = [run for one in bare for run in _runs(one) if run[1] - run[0] > BREATH_MS]
        found = measured(speech, said)
        assert found.wordless_ms == sum(end - start for start, end in runs)
        assert found.gaps == tuple(run for run in runs if run[1] - run[0] >= SHORTEST_GAP_MS)


def _runs(moments: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for ms in moments:
        if runs and runs[-1][1] == ms:
            runs[-1] = (runs[-1][0], ms + 1)
        else:
            runs.append((ms, ms + 1))
    return runs


@pytest.mark.parametrize(
    ("coverage", "told"),
    [
        (Coverage(60_000, 2900, 100, 0, ((0, 2900),)), ()),
        (Coverage(60_000, 4200, 100, 0, ((0, 4200),)), ("4 s that sound like speech got no words",)),
        (
            Coverage(60_000, 9000, 100, 1, ((0, 4200), (9000, 13_800))),
            (
                "9 s that sound like speech got no words, in 2 places the report lists",
                "1 word lies where nobody seems to speak",
            ),
        ),
        (Coverage(60_000, 0, 100, 3), ("3 words lie where nobody seems to speak",)),
    ],
)
def test_a_person_is_told_of_more_than_a_breath(coverage, told):
    assert note(coverage) == told
