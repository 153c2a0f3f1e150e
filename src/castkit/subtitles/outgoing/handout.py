"""What one translator is handed of one episode: every cue, with the source's words that are spoken with it.

Rule: each source cue stands beside exactly one cue; where there is no translation yet, the cue's text is empty.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from castkit.model.cue import Cue


@dataclass(frozen=True, slots=True)
class Handout:
    """Cues in `language` (the draft, or empty texts), each with its text in `source_language`; BCP 47 tags."""

    language: str
    source_language: str
    cues: tuple[Cue, ...]
    sources: tuple[str, ...]
    is_source_above: bool = True

    @property
    def source_cues(self) -> tuple[Cue, ...]:
        """The source's words on the times of the cues, as `incoming.bilingual.without_source` wants them."""
        pairs = zip(self.cues, self.sources, strict=True)
        return tuple(Cue(cue.start_ms, cue.end_ms, source) for cue, source in pairs if source)

    def both(self) -> tuple[Cue, ...]:
        """Each cue with the lines of both languages; one that has no words in either is left out."""
        found = []
        for cue, source in zip(self.cues, self.sources, strict=True):
            pair = (source, cue.text) if self.is_source_above else (cue.text, source)
            if text := "\n".join(one for one in pair if one):
                found.append(Cue(cue.start_ms, cue.end_ms, text))
        return tuple(found)


def handout(draft: Sequence[Cue], source: Sequence[Cue], language: str, source_language: str) -> Handout:
    """The draft beside the source, both in order of time.

    A source cue that meets none of the draft is a row of its own, still to be translated.
    """
    beside: dict[int, list[str]] = {}
    alone: list[tuple[Cue, str]] = []
    starts, ends = [cue.start_ms for cue in draft], list(accumulate((cue.end_ms for cue in draft), max))
    for cue in source:
        near = range(bisect_right(ends, cue.start_ms), bisect_left(starts, cue.end_ms))
        best = max(near, key=lambda number: _overlap(draft[number], cue), default=None)
        if best is None or _overlap(draft[best], cue) <= 0:
            alone.append((Cue(cue.start_ms, cue.end_ms, ""), cue.text))
        else:
            beside.setdefault(best, []).append(cue.text)
    rows = [(Cue(cue.start_ms, cue.end_ms, cue.text), "\n".join(beside.get(at, ()))) for at, cue in enumerate(draft)]
    rows = sorted([*rows, *alone], key=lambda row: (row[0].start_ms, row[0].end_ms))
    return Handout(language, source_language, tuple(row[0] for row in rows), tuple(row[1] for row in rows))


def _overlap(one: Cue, other: Cue) -> int:
    return min(one.end_ms, other.end_ms) - max(one.start_ms, other.start_ms)
