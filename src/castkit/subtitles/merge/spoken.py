"""The words of a track, each with the time it may be thought spoken at.

Rule: within a cue time runs in proportion to its letters; punctuation and case are no words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from castkit.model.cue import Cue

_UNSPACED = r"\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # each letter is a word
WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+(?:['’][^\W_{_UNSPACED}]+)*")
_LETTER = re.compile(rf"[{_UNSPACED}，。！？、；：]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word in lower case, its cue, where it stands in that cue's text, and its middle on the clock (ms)."""

    text: str
    cue: int
    start: int
    end: int
    at_ms: float


def words(text: str) -> list[str]:
    """The words of a text in lower case; of a script without spaces, its letters."""
    return [found[0].casefold() for found in WORD.finditer(text)]


class Spoken:
    """All words of a track's cues, in order of time."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        self.cues = sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))
        self.words = [word for index, cue in enumerate(self.cues) for word in _words(index, cue)]
        self._rising = list(accumulate((word.at_ms for word in self.words), max))  # two people may speak at once

    def within(self, start_ms: int, end_ms: int) -> tuple[int, int]:
        """The words (first, and the one after the last) whose middle lies in a span."""
        return bisect_left(self._rising, start_ms), bisect_left(self._rising, end_ms)

    def text(self, first: int, end: int) -> str:
        """What stands in the cues from a word to before another, punctuation with it, in one line."""
        parts: list[str] = []
        while first < end:
            index = self.words[first].cue
            last = first
            while last + 1 < end and self.words[last + 1].cue == index:
                last += 1
            parts.append(" ".join(self._piece(first, last).split()))
            first = last + 1
        return _joined(parts)

    def _piece(self, first: int, last: int) -> str:
        index, text = self.words[first].cue, self.cues[self.words[first].cue].text
        is_first = first == 0 or self.words[first - 1].cue != index
        is_last = last + 1 == len(self.words) or self.words[last + 1].cue != index
        return text[0 if is_first else self.words[first].start : len(text) if is_last else self.words[last + 1].start]


def _words(index: int, cue: Cue) -> list[Word]:
    found = list(WORD.finditer(cue.text))
    whole = sum(len(one[0]) for one in found)
    so_far, made = 0, []
    for one in found:
        at_ms = cue.start_ms + cue.duration_ms * (so_far + len(one[0]) / 2) / whole
        made.append(Word(one[0].casefold(), index, one.start(), one.end(), at_ms))
        so_far += len(one[0])
    return made


def _joined(parts: Sequence[str]) -> str:
    text = ""
    for part in filter(None, parts):
        is_close = not text or _LETTER.match(text[-1]) or _LETTER.match(part[0])
        text += part if is_close else f" {part}"
    return text
