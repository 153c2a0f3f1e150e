"""A machine's cue without the words that a person's cue at the same time already has.

Rule: words go in whole runs, and only where they are the very words the person was given there.
"""

from __future__ import annotations

from collections.abc import Sequence

from castkit.subtitles.merge.spoken import WORD, words


def without(text: str, before: Sequence[str], inside: Sequence[str], after: Sequence[str]) -> str:
    """The text less what it begins with that a text before it ends with, what it ends with likewise, and all inside.

    A text inside goes where its words stand in the text one after another.
    """
    for one in inside:
        text = _less(text, words(one))
    found = list(WORD.finditer(text))
    own = [one[0].casefold() for one in found]
    head = max((_run(words(one), own) for one in before), default=0)
    tail = max((_run(own, words(one)) for one in after), default=0)
    if head + tail >= len(own):
        return "" if own else text.strip()
    first = found[head].start() if head else 0
    last = found[len(own) - tail].start() if tail else len(text)
    return text[first:last].strip()


def _less(text: str, run: Sequence[str]) -> str:
    found = list(WORD.finditer(text))
    own = [one[0].casefold() for one in found]
    for first in range(len(own) - len(run) + 1 if run else 0):
        if own[first : first + len(run)] == list(run):
            end = first + len(run)
            return text[: found[first].start()] + (text[found[end].start() :] if end < len(own) else "")
    return text


def _run(ending: Sequence[str], beginning: Sequence[str]) -> int:
    """The most words with which one text ends and another begins."""
    for length in range(min(len(ending), len(beginning)), 0, -1):
        if list(ending[-length:]) == list(beginning[:length]):
            return length
    return 0
