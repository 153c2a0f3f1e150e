"""Who speaks when on a recording that several share, as a person said it in episode.toml.

Rule: a turn begins at a word, the one that a pause near the given time leads to; a person's ear is a second off.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from castkit.model.transcript import Utterance, Word

REACH_MS = 1000  # how far from the given time a turn may begin
LONG_PAUSE_MS = 500  # a longer one says no more
PAUSE_MS = 150  # before a word, from which on it may be an answer to somebody else's


def named(utterances: Sequence[Utterance], turns: Iterable[tuple[int, str]]) -> tuple[Utterance, ...]:
    """The utterances with speakers where nobody was known: from each turn's time (ms) on, its person ("" for nobody).

    Turns are in order of time. An utterance ends where its speaker changes; before the first turn nobody is named.
    """
    openings = _openings(utterances)
    starts: list[int] = []
    people: list[str | None] = []
    for at_ms, person in turns:
        start = _beginning(openings, at_ms)
        if starts and start <= starts[-1]:  # two turns before one word: the later one has it
            starts.pop()
            people.pop()
        starts.append(start)
        people.append(person or None)
    if not starts:
        return tuple(utterances)
    return tuple(part for one in utterances for part in _parts(one, starts, people))


def _parts(utterance: Utterance, starts: Sequence[int], people: Sequence[str | None]) -> Iterator[Utterance]:
    if utterance.speaker or any(word.speaker for word in utterance.words):
        yield utterance
        return

    def speaker(word: Word) -> str | None:
        turn = bisect_right(starts, word.start_ms)
        return people[turn - 1] if turn else None

    for who, words in groupby(utterance.words, key=speaker):
        yield Utterance(tuple(replace(word, speaker=who) for word in words), who)


def _openings(utterances: Sequence[Utterance]) -> list[tuple[int, int]]:
    """Where each word of nobody's begins, in order, and the pause before it, both in ms."""
    words = sorted(
        (word for one in utterances if not one.speaker for word in one.words), key=lambda word: word.start_ms
    )
    ends = [-REACH_MS, *(word.end_ms for word in words)]
    return [(word.start_ms, word.start_ms - end) for word, end in zip(words, ends, strict=False)]


def _beginning(openings: Sequence[tuple[int, int]], at_ms: int) -> int:
    """The start of the word meant by a time: after the longest pause in reach, else the nearest, else as given."""
    near = [one for one in openings if abs(one[0] - at_ms) <= REACH_MS]
    after_pause = [one for one in near if one[1] >= PAUSE_MS]
    if after_pause:
        return max(after_pause, key=lambda one: (min(one[1], LONG_PAUSE_MS) - abs(one[0] - at_ms), -one[0]))[0]
    return min(near, key=lambda one: abs(one[0] - at_ms), default=(at_ms, 0))[0]
