"""Whisper's own rendering in English, ready to be cut into cues.

Rule: every word is kept, however doubtful; only times that cannot be are replaced by the source utterance's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from castkit.model.transcript import Transcript, Utterance, Word


def english_utterances(transcript: Transcript) -> tuple[Utterance, ...]:
    """The translation's utterances with usable times (ms) and, where one speaker was heard meanwhile, that speaker.

    Empty where Whisper was not asked to translate or heard nothing.
    """
    found = []
    for utterance in transcript.translation:
        words = tuple(word for word in utterance.words if word.text.strip())
        if words:
            source = _source(words[0].start_ms, transcript.utterances)
            words = words if _are_timed(words) or source is None else _spread(words, source)
            found.append(Utterance(words, utterance.speaker or (source.speaker if source else None)))
    return tuple(found)


def _are_timed(words: Sequence[Word]) -> bool:
    """Whether the words follow one another in time; attention-based times of a translation need not."""
    in_order = all(one.start_ms <= other.start_ms for one, other in pairwise(words))
    return in_order and all(word.start_ms <= word.end_ms for word in words) and words[0].start_ms < words[-1].end_ms


def _source(start_ms: int, utterances: Sequence[Utterance]) -> Utterance | None:
    """What was being said at this moment, or was said nearest to it."""
    spoken = [utterance for utterance in utterances if utterance.words]
    return min(spoken, key=lambda one: max(one.start_ms - start_ms, start_ms - one.end_ms, 0), default=None)


def _spread(words: Sequence[Word], source: Utterance) -> tuple[Word, ...]:
    """The words over the source utterance's span, each with time for its length."""
    total = sum(len(word.text) for word in words)
    span = max(source.end_ms - source.start_ms, 1)
    spread, before = [], 0
    for word in words:
        start, before = source.start_ms + span * before // total, before + len(word.text)
        spread.append(replace(word, start_ms=start, end_ms=source.start_ms + span * before // total))
    return tuple(spread)
