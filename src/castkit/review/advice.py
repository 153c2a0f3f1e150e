"""What is wrong with the cues as they stand on the page, and what was accepted before for what is said under one.

Rule: nothing is changed, and nothing here holds up an edit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from castkit.model.cue import Cue
from castkit.model.sentence import Sentence
from castkit.review.rows import Row
from castkit.review.writable import as_written
from castkit.steps.context import EpisodeContext
from castkit.steps.drafting import memory_of
from castkit.steps.remembering import SAME
from castkit.steps.subtitle_check import Finding, check_cues
from castkit.translate.memory import Memory
from castkit.translate.sentences import sentences_of_cues

MESSAGES = {
    "line-length": "a line is too long",
    "lines": "too many lines",
    "reading-speed": "too fast to read",
    "shortest": "shown too briefly",
    "longest": "shown too long",
    "overlap": "begins before the cue above it ends",
    "missing": "nothing is translated here",
    "leftover": "words of the source are left",
    "number": "a number differs from the source",
    "term": "an agreed term is missing",
}


def findings(
    context: EpisodeContext, source: tuple[str, Sequence[Cue]], language: str, rows: Sequence[Row]
) -> list[dict[str, Any]]:
    """Everything that `castkit subs check` finds in these cues (in order of time), each with the cue's id."""
    there = [row for row in rows if as_written(row.cue.text)]
    cues = tuple(replace(row.cue, text=as_written(row.cue.text)) for row in there)
    return [_shown(one, there, rows) for one in check_cues(context, source, (language, cues))]


def _shown(one: Finding, written: Sequence[Row], rows: Sequence[Row]) -> dict[str, Any]:
    """As the page reads it; what is missing belongs to the cue that is still to be written there, if there is one."""
    if one.code == "missing" or not written:
        own = next((row.id for row in rows if row.cue.end_ms > one.start_ms), rows[-1].id if rows else None)
    else:
        own = written[min(max(one.index, 1), len(written)) - 1].id
    return {
        "id": own,
        "rule": one.code,
        "found": one.found,
        "limit": one.limit,
        "message": MESSAGES.get(one.code, one.code),
        "startMs": one.start_ms,
    }


class Remembering:
    """The show's translation memory for one episode's source, read when it is first asked for."""

    def __init__(self, context: EpisodeContext, spoken: str, language: str) -> None:
        self._context, self._spoken, self._language = context, spoken, language
        self._memory: Memory | None = None
        self._sentences: tuple[tuple[Cue, ...], tuple[Sentence, ...]] = ((), ())

    def proposals(self, source: tuple[Cue, ...], cue: Cue) -> list[dict[str, Any]]:
        """What was accepted for the sentences under a cue, the same ones first; nothing for the spoken language."""
        if self._spoken == self._language:
            return []
        if self._memory is None:
            self._memory = memory_of(self._context, self._spoken, self._language)
        if self._sentences[0] != source:
            self._sentences = source, sentences_of_cues(source, self._spoken)
        under = [one for one in self._sentences[1] if one.start_ms < cue.end_ms and one.end_ms > cue.start_ms]
        return [found for one in under for found in self._of(self._memory, one.text)]

    def _of(self, memory: Memory, text: str) -> Iterator[dict[str, Any]]:
        if pair := memory.exact(text):
            yield {"source": pair.source, "text": pair.target, "score": SAME, "origin": pair.origin}
            return
        for near in memory.proposals(text):
            pair = near.pair
            yield {"source": pair.source, "text": pair.target, "score": round(near.score), "origin": pair.origin}
