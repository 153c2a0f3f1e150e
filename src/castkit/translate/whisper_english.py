"""Whisper's own rendering in English, as sentences that go with what was said.

Rule: every word is kept, however doubtful; only times that cannot be are replaced by the source's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from castkit.model.sentence import Sentence
from castkit.model.transcript import Transcript, Utterance, Word
from castkit.translate.aligning import Group, aligned
from castkit.translate.sentences import sentences

# A translation's word is not spoken when it is timed: the first of a sentence is often put before the pause.
_PAUSE_MS = 5_000
# English that takes less of its source's time, and does not begin with it, has better times of its own.
_LEAST_OVERLAP = 0.3
_SAME_START_MS = 1_000


def english_sentences(transcript: Transcript, source: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """Whisper's English in whole sentences, each with the times (ms) and the speaker of those of `source` it goes with.

    Where it goes with none, it keeps its own times. Empty where Whisper was not asked to translate.
    """
    origin = f"Whisper {transcript.model}"
    english = sentences(english_utterances(transcript), "en", pause_ms=_PAUSE_MS)
    found = [replace(sentence, origin=origin) for group in aligned(english, source) for sentence in _timed(group)]
    return tuple(sorted(found, key=lambda one: (one.start_ms, one.end_ms)))


def _timed(group: Group) -> Iterator[Sentence]:
    """The group's English over the time of its sources, each sentence with its share by length."""
    if not _belongs(group):
        yield from group.ones
        return
    start_ms = group.others[0].start_ms
    span = max(one.end_ms for one in group.others) - start_ms
    speakers = {one.speaker for one in group.others}
    total, before = sum(len(one.text) for one in group.ones), 0
    for one in group.ones:
        start, before = before, before + len(one.text)
        times = [start_ms + span * share // total for share in (start, before)]
        speaker = speakers.copy().pop() if len(speakers) == 1 else one.speaker
        yield Sentence(times[0], max(times[1], times[0] + 1), one.text, speaker)


def _belongs(group: Group) -> bool:
    if not group.overlap or group.overlap >= _LEAST_OVERLAP:
        return bool(group.overlap)
    return abs(group.ones[0].start_ms - group.others[0].start_ms) <= _SAME_START_MS


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
