"""Where chapters may begin, found without a model: at long pauses, where another speaks, where the words change.

Rule: a chapter begins with a sentence, the first one at 0; no title is made up.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from statistics import median

from castkit.notes.draft import ChapterProposal, Line, chapters_wanted, shortest_chapter_ms

_SAID = 80  # characters of a chapter's first words
_LONGEST_PAUSE_MS = 3000  # a longer one says no more
_TURN_MS = 8000  # whoever speaks for less only answers
_WINDOW = 12  # sentences on each side that are compared
_PAUSE, _TURN, _SUBJECT = 1.0, 0.5, 2.0  # what each sign counts
_NEAR_MS = 30_000  # of two places this near to each other one is the change, and the other leads to it
_CLEARLY = 0.4  # how much more than the usual weight

# Words of four letters and more; of scripts without spaces, pairs of letters.
_WORD = re.compile(r"[^\W\d_]{4,}")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


def chapters_by_pauses(lines: Sequence[Line]) -> tuple[ChapterProposal, ...]:
    """Chapters without titles, in order; none for what is too short to have more than one."""
    if not lines:
        return ()
    end_ms = max(line.end_ms for line in lines)
    apart_ms = shortest_chapter_ms(end_ms)
    marks: list[int] = []
    for number in _standing_out(lines):
        chosen = [0, end_ms, *(lines[mark].start_ms for mark in marks)]
        is_apart = all(abs(lines[number].start_ms - one) >= apart_ms for one in chosen)
        if is_apart and len(marks) + 1 < chapters_wanted(end_ms):
            marks.append(number)
    if not marks:
        return ()
    return (
        ChapterProposal(0, {}, beginning(lines[0])),
        *(ChapterProposal(lines[number].start_ms, {}, beginning(lines[number])) for number in sorted(marks)),
    )


def _standing_out(lines: Sequence[Line]) -> list[int]:
    """The numbers of sentences with more weight than any near them and clearly more than most; heaviest first."""
    weights = {number: _weight(lines, number) for number in range(1, len(lines))}
    if not weights:
        return []
    usual = median(weights.values())
    starts = [line.start_ms for line in lines]
    found = []
    for number, weight in weights.items():
        first = max(1, bisect_left(starts, starts[number] - _NEAR_MS))
        around = range(first, bisect_right(starts, starts[number] + _NEAR_MS))
        if weight - usual >= _CLEARLY and all((weight, -number) >= (weights[one], -one) for one in around):
            found.append(number)
    return sorted(found, key=lambda one: (-weights[one], one))


def beginning(line: Line) -> str:
    """The first words of a sentence."""
    return line.text if len(line.text) <= _SAID else line.text[:_SAID].rstrip() + "…"


def _weight(lines: Sequence[Line], number: int) -> float:
    """How much speaks for a chapter that begins with this sentence."""
    before, line = lines[number - 1], lines[number]
    pause_ms = min(max(line.start_ms - before.end_ms, 0), _LONGEST_PAUSE_MS)
    is_turn = line.speaker != before.speaker and _turn_ms(lines, number) >= _TURN_MS
    return _PAUSE * pause_ms / 1000 + _TURN * is_turn + _SUBJECT * _change(lines, number)


def _turn_ms(lines: Sequence[Line], number: int) -> int:
    """How long whoever begins here goes on, as far as it matters."""
    end = number
    while (
        end + 1 < len(lines)
        and lines[end + 1].speaker == lines[number].speaker
        and lines[end].end_ms - lines[number].start_ms < _TURN_MS
    ):
        end += 1
    return lines[end].end_ms - lines[number].start_ms


def _change(lines: Sequence[Line], number: int) -> float:
    """From 0 (the same words before and after) to 1 (none in common); after Hearst's TextTiling."""
    before = _words(lines[max(0, number - _WINDOW) : number])
    after = _words(lines[number : number + _WINDOW])
    norm = math.sqrt(sum(n * n for n in before.values()) * sum(n * n for n in after.values()))
    shared = sum(count * after[word] for word, count in before.items())
    return 1 - shared / norm if norm else 0.0


def _words(lines: Sequence[Line]) -> Counter[str]:
    found: Counter[str] = Counter()
    for line in lines:
        for run in _UNSPACED.findall(line.text):
            found.update(run[at : at + 2] for at in range(len(run) - 1))
        found.update(word.casefold() for word in _WORD.findall(_UNSPACED.sub(" ", line.text)))
    return found
