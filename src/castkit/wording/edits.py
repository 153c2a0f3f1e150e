"""Edits of an utterance's text carried out on its words, with a record of each.

Rule: a word keeps its times; words that an edit spans become one, from the first one's start to the last one's end.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from castkit.model.proofread import Change
from castkit.model.transcript import Utterance, Word


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` for the letters from `start` to `end` (excluded) of an utterance's joined words; `why` is for people.

    Where start is end, the text is added to the word before.
    """

    start: int
    end: int
    text: str
    why: str


def letters(utterance: Utterance) -> str:
    """The words' text joined as it stands, so that positions in it are positions in the words."""
    return "".join(word.text for word in utterance.words)


def edited(utterance: Utterance, edits: Iterable[Edit], code: str) -> tuple[Utterance, tuple[Change, ...]]:
    """The utterance after edits that do not overlap, and a Change of this code for each word or run of words changed.

    A word left without text goes; an utterance is never left without words.
    """
    ends = list(accumulate(len(word.text) for word in utterance.words))
    groups = list(_groups(ends, sorted(edits, key=lambda edit: (edit.start, edit.end))))
    words: list[Word] = []
    changes: list[Change] = []
    done = 0
    for first, last, own in groups:
        words += utterance.words[done:first]
        old = utterance.words[first : last + 1]
        offset = ends[first] - len(old[0].text)
        before = "".join(word.text for word in old)
        after = _rewritten(before, own, offset)
        if after.strip():
            least = min(word.probability for word in old)
            words.append(replace(old[0], end_ms=old[-1].end_ms, text=after, probability=least))
        whys = "; ".join(dict.fromkeys(edit.why for edit in own))
        changes.append(Change(code, old[0].start_ms, before.strip(), after.strip(), whys))
        done = last + 1
    words += utterance.words[done:]
    return (replace(utterance, words=tuple(words)), tuple(changes)) if words else (utterance, ())


def _groups(ends: Sequence[int], edits: Sequence[Edit]) -> Iterator[tuple[int, int, list[Edit]]]:
    """First and last word of each run that edits touch, with those edits; `ends` counts letters up to each word's."""
    first = last = -1
    own: list[Edit] = []
    for edit in edits:
        begin = _word_at(ends, edit.start if edit.end > edit.start else max(edit.start - 1, 0))
        end = max(begin, _word_at(ends, max(edit.end - 1, 0)))
        if own and begin > last:
            yield first, last, own
            own = []
        first, last = (min(first, begin), max(last, end)) if own else (begin, end)
        own.append(edit)
    if own:
        yield first, last, own


def _word_at(ends: Sequence[int], position: int) -> int:
    return min(bisect_right(ends, position), len(ends) - 1)


def _rewritten(text: str, edits: Sequence[Edit], offset: int) -> str:
    for edit in reversed(edits):
        text = text[: edit.start - offset] + edit.text + text[edit.end - offset :]
    return text
