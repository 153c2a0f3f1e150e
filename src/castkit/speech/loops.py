"""Loops: a word or a sentence that Whisper writes again and again.

Rule: loops are only found here; what becomes of them is decided where the sound is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from castkit.model.transcript import Word
from castkit.speech.phrases import bare

LONGEST_UNIT = 24  # words (characters in Chinese) that a loop may repeat


@dataclass(frozen=True, slots=True)
class Loop:
    """`turns` equal units of `unit` words, one after the other, from word `start` on."""

    start: int
    unit: int
    turns: int

    @property
    def stop(self) -> int:
        return self.start + self.unit * self.turns

    @property
    def first(self) -> int:
        """The end of its first turn."""
        return self.start + self.unit


def loops(words: Sequence[Word], fewest_turns: int) -> Iterator[Loop]:
    """The loops of at least so many turns, in order; each of the shortest unit that explains it."""
    texts = [bare(word.text) for word in words]
    index = 0
    while index < len(texts):
        found = _loop_at(texts, index, fewest_turns)
        if found:
            yield found
        index = found.stop if found else index + 1


def _loop_at(texts: Sequence[str], start: int, fewest_turns: int) -> Loop | None:
    for unit in range(1, min(LONGEST_UNIT, (len(texts) - start) // fewest_turns) + 1):
        once = texts[start : start + unit]
        turns = 1
        while texts[start + turns * unit : start + (turns + 1) * unit] == once:
            turns += 1
        if turns >= fewest_turns:
            return Loop(start, unit, turns)
    return None
