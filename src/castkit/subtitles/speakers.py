"""Who speaks in a cue: SRT has no place for it, so the transcript's words tell.

Rule: the speaker with most spoken time within the cue; nobody where no word falls into it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from castkit.model.cue import Cue
from castkit.model.transcript import Word


def with_speakers(cues: Iterable[Cue], words: Iterable[Word]) -> tuple[Cue, ...]:
    """The same cues, each with the speaker whose words overlap it longest (ties: the first to speak)."""
    known = sorted((word for word in words if word.speaker), key=lambda word: word.start_ms)
    starts = [word.start_ms for word in known]
    longest = max((word.end_ms - word.start_ms for word in known), default=0)
    found = []
    for cue in cues:
        near = known[bisect_left(starts, cue.start_ms - longest) : bisect_left(starts, cue.end_ms)]
        found.append(replace(cue, speaker=_speaker(cue, near)))
    return tuple(found)


def _speaker(cue: Cue, words: Iterable[Word]) -> str | None:
    spoken: dict[str, int] = defaultdict(int)
    for word in words:
        overlap = min(cue.end_ms, word.end_ms) - max(cue.start_ms, word.start_ms)
        if word.speaker and overlap > 0:
            spoken[word.speaker] += overlap
    return max(spoken, key=lambda speaker: spoken[speaker], default=None)
