"""Text that Whisper may have invented: known phrases, loops, and words for which the sound gives no evidence.

Rule: what is doubtful is flagged, always; words are taken out only where the sound gives no evidence for them.
"""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from castkit.model.transcript import Flag, Word
from castkit.speech import phrases
from castkit.speech.attempts import LOG_PROBABILITY, NO_SPEECH
from castkit.speech.coverage import wordless
from castkit.speech.loops import Loop, loops
from castkit.speech.phrases import Run, text_of
from castkit.speech.spans import FRAME_MS, Span, Window
from castkit.speech.transcriber import Heard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SURE = 0.6  # mean probability of speech above which a stretch is certainly somebody's voice
NOBODY = 0.2  # probability that no frame reaches where certainly nobody speaks
DOUBTED = -0.8  # mean log probability below which the model itself hardly believes its words
FASTEST_LETTERS = 30  # a second; nobody speaks faster
FASTEST_CHARACTERS = 12  # the same for Chinese characters, kana and hangul

FEWEST_TURNS = 4  # of a loop in a text that repeats itself by its compression ratio
CERTAIN_TURNS = 7  # anywhere: hardly anybody says one thing seven times running, and a loop may hide in a longer text
MOST_SPOKEN_TURNS = 12  # nobody says a thing more often than that
MOST_SPOKEN_WORDS = 3  # no, no, no; 对不起对不起: nobody repeats more words seven times

SHORTEST_SHARE = 1 / 3  # of the least time words need: where they get less, Whisper's alignment has failed
LONGEST_MURMUR_MS = 1_000  # a "mm-hm" that neither detector nor model is sure of, and that was said all the same

_LONGEST_QUOTE = 80

# What speaks against words, for people; a flag lists those that hold.
NOWHERE = "no voice is heard at its time"
TOO_FAST = "it would be faster than anyone speaks"
WEAK = "what is heard there hardly sounds like speech"
SILENT = "the recogniser itself heard silence"
UNSURE = "the recogniser itself hardly believes it"
IMPOSSIBLE = "it cannot be said in that time"
DETECTOR, RECOGNISER = frozenset((NOWHERE, TOO_FAST, WEAK)), frozenset((SILENT, UNSURE))
ECHO = "it is the recogniser's own prompt, read back"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the sound of a window says about speech, in ms from the window's start.

    `speech` are the spans where somebody speaks, `probabilities` one for each frame of 32 ms.
    """

    speech: tuple[Span, ...]
    probabilities: tuple[float, ...]

    @classmethod
    def of(cls, window: Window, frames: Sequence[float] | NDArray[np.float32]) -> Evidence:
        """The evidence of a window of the track that these frames are of (`Voice.own`)."""
        middles = range(FRAME_MS // 2, window.duration_ms + FRAME_MS // 2, FRAME_MS)
        moments = [window.on_track(middle, middle)[0] // FRAME_MS for middle in middles]
        return cls(window.spoken, tuple(float(frames[min(one, len(frames) - 1)]) for one in moments))

    @property
    def duration_ms(self) -> int:
        return len(self.probabilities) * FRAME_MS

    def speech_ms(self, start_ms: int, end_ms: int) -> int:
        """How long somebody speaks within this stretch."""
        return sum(span.overlap_ms(start_ms, end_ms) for span in self.speech)

    def probability(self, start_ms: int, end_ms: int) -> float:
        """The mean probability of speech where somebody speaks within this stretch; 0 where nobody does."""
        total = weight = 0.0
        for index, probability in enumerate(self.probabilities):
            frame = Span(max(start_ms, index * FRAME_MS), min(end_ms, (index + 1) * FRAME_MS))
            spoken = self.speech_ms(frame.start_ms, frame.end_ms)
            total, weight = total + spoken * probability, weight + spoken
        return total / weight if weight else 0.0

    def breaks(self, words: Sequence[Word]) -> frozenset[int]:
        """The words before which everybody is silent for as long as it takes to end a sentence (their indices)."""
        pauses = [
            (before.end_ms + after.start_ms) / 2
            for before, after in pairwise(self.speech)
            if after.start_ms - before.end_ms >= phrases.PAUSE_MS
        ]
        middles = [(word.start_ms + word.end_ms) / 2 for word in words]
        found = (bisect_left(middles, pause) for pause in pauses)
        return frozenset(index for index in found if 0 < index < len(words))

    def highest(self, start_ms: int, end_ms: int) -> float:
        """The highest probability of any frame that touches this stretch."""
        return max(self.probabilities[max(0, start_ms) // FRAME_MS : max(0, end_ms) // FRAME_MS + 1], default=0.0)


def believed(
    heard: Heard, evidence: Evidence, *, prompt: str = "", is_translation: bool = False
) -> tuple[tuple[Word, ...], tuple[Flag, ...]]:
    """The words of a window that the sound gives reason for, and a flag for each stretch that is doubtful.

    Call it with the words as the engine timed them, before `snap` moves them into speech, with
    `Evidence.of(window, voice.own)`, and with the prompt the engine had. Times of words and flags are ms from the
    window's start. A translation's words have no times worth the name: there the window is judged as a whole.
    """
    words, flags = _without_loops(_Window(heard.words, heard, evidence, is_translation))
    window = _Window(words, heard, evidence, is_translation)
    known = phrases.known(words, prompt=prompt, breaks=() if is_translation else evidence.breaks(words))
    gone: set[int] = set()
    for run, flag in (*_phrases(window, known), *_unspoken(window, known)):
        flags.append(flag)
        gone.update(range(run.start, run.stop) if flag.is_dropped else ())
    kept = tuple(word for index, word in enumerate(words) if index not in gone)
    return kept, tuple(sorted(flags, key=lambda flag: (flag.start_ms, flag.end_ms)))


def needed_ms(words: Sequence[Word]) -> float:
    """The least time in which anybody could say these words."""
    letters = phrases.bare(text_of(words))
    wide = sum(unicodedata.east_asian_width(c) == "W" for c in letters)
    return 1000 * (wide / FASTEST_CHARACTERS + (len(letters) - wide) / FASTEST_LETTERS)


@dataclass(frozen=True, slots=True)
class _Window:
    """The words of a window, and what the engine and the sound say of them."""

    words: tuple[Word, ...]
    heard: Heard
    evidence: Evidence
    is_translation: bool

    def against(self, run: Run) -> frozenset[str]:
        """What speaks against these words, by the sound at their time."""
        words = run.of(self.words)
        is_whole = self.is_translation or len(words) == len(self.words)
        return self.against_all(words) if is_whole else self._against_part(words)

    def against_all(self, words: Sequence[Word]) -> frozenset[str]:
        """What speaks against these words, wherever in the window they were said."""
        spoken = self.evidence.speech_ms(0, self.evidence.duration_ms)
        found = {
            NOWHERE: not spoken,
            TOO_FAST: 0 < spoken < needed_ms(words),
            IMPOSSIBLE: self.evidence.duration_ms < needed_ms(words),
            WEAK: spoken > 0 and self.evidence.probability(0, self.evidence.duration_ms) < SURE,
            SILENT: self.heard.no_speech > NO_SPEECH,
            UNSURE: self.heard.log_probability < DOUBTED
            and not self.is_translation,  # small models doubt all of theirs
        }
        return frozenset(why for why, holds in found.items() if holds)

    def _against_part(self, words: Sequence[Word]) -> frozenset[str]:
        start, end = words[0].start_ms, words[-1].end_ms
        spoken = self.evidence.speech_ms(start, end)
        found = {
            NOWHERE: not spoken,
            TOO_FAST: 0 < spoken < needed_ms(words),
            WEAK: spoken > 0 and self.evidence.probability(start, end) < SURE,
            UNSURE: sum(math.log(max(word.probability, 1e-3)) for word in words) / len(words) < DOUBTED,
        }
        return frozenset(why for why, holds in found.items() if holds)

    def is_untimed(self, run: Run) -> bool:
        """Whether the alignment laid these words on one moment, which says nothing of when they were said."""
        words = run.of(self.words)
        return words[-1].end_ms - words[0].start_ms < SHORTEST_SHARE * needed_ms(words)

    def has_room(self, run: Run) -> bool:
        """Whether there is speech without words, in which these could have been said."""
        others = [word for index, word in enumerate(self.words) if not run.start <= index < run.stop]
        needed = needed_ms(run.of(self.words))
        return any(span.duration_ms >= needed for span in wordless(self.evidence.speech, others))

    def flag(self, run: Run, code: str, why: str, *, is_dropped: bool) -> Flag:
        words = run.of(self.words)
        text = text_of(words)
        text = text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"
        return Flag(words[0].start_ms, words[-1].end_ms, text, code, why, is_dropped, self.is_translation)


def _without_loops(window: _Window) -> tuple[tuple[Word, ...], list[Flag]]:
    """The words with every loop cut to its first turn, except where somebody may well say it so often."""
    fewest = FEWEST_TURNS if window.heard.repeats_itself else CERTAIN_TURNS
    flags: list[Flag] = []
    gone: set[int] = set()
    for loop in loops(window.words, fewest):
        dropped = not _is_said(window, loop)
        once = text_of(window.words[loop.start : loop.first])
        why = f"{once!r} {loop.turns} times running, {'kept once' if dropped else 'and a voice says so much there'}"
        flags.append(window.flag(Run(loop.first, loop.stop), "loop", why, is_dropped=dropped))
        gone.update(range(loop.first, loop.stop) if dropped else ())
    return tuple(word for index, word in enumerate(window.words) if index not in gone), flags


def _is_said(window: _Window, loop: Loop) -> bool:
    is_human = loop.turns <= MOST_SPOKEN_TURNS and loop.unit <= MOST_SPOKEN_WORDS and not window.heard.repeats_itself
    return is_human and not window.against(Run(loop.start, loop.stop))


def _phrases(window: _Window, known: Sequence[Run]) -> Iterator[tuple[Run, Flag]]:
    """The known phrases: dropped on any doubt. What a click becomes is also said all day, and told only if doubted."""
    for run in known:
        found = window.against(run) | ({ECHO} if phrases.is_prompt(run.of(window.words)) else set())
        if found or not phrases.is_filler(run.of(window.words)):
            is_misplaced = found <= {NOWHERE, TOO_FAST} and window.has_room(run)
            why = f"Whisper is known to invent it; {_listed(found) or 'but somebody speaks there'}"
            yield run, window.flag(run, "known-phrase", why, is_dropped=bool(found) and not is_misplaced)


def _unspoken(window: _Window, known: Sequence[Run]) -> Iterator[tuple[Run, Flag]]:
    """Other text: the window as a whole where all of it is doubtful, else sentence by sentence."""
    rest = tuple(_between(known, len(window.words)))
    if not rest:
        return
    found = window.against_all([word for run in rest for word in run.of(window.words)])
    if found - {UNSURE} or (UNSURE in found and window.heard.log_probability < LOG_PROBABILITY):
        for run in rest:
            yield run, window.flag(run, "no-evidence", _listed(found), is_dropped=_is_hopeless(found, window))
    elif not window.is_translation:
        edges = window.evidence.breaks(window.words) | {edge for run in known for edge in (run.start, run.stop)}
        for sentence in phrases.sentences(window.words, edges):
            if any(run.start <= sentence.start < run.stop for run in rest):
                yield from _sentence(window, sentence)


def _between(runs: Sequence[Run], length: int) -> Iterator[Run]:
    """What lies between these runs of so many words."""
    starts, stops = [0, *(run.stop for run in runs)], [*(run.start for run in runs), length]
    yield from (Run(start, stop) for start, stop in zip(starts, stops, strict=True) if start < stop)


def _is_hopeless(found: frozenset[str], window: _Window) -> bool:
    """Whether a whole window cannot have been said, or both witnesses agree that it was not."""
    return IMPOSSIBLE in found or _agree(found, window, 0, window.evidence.duration_ms)


def _agree(found: frozenset[str], window: _Window, start_ms: int, end_ms: int) -> bool:
    """Whether both witnesses speak against words of this stretch; a faint voice has only the detector against it.

    Where no frame is anything like speech, the detector alone is enough.
    """
    if NOWHERE in found and window.evidence.highest(start_ms, end_ms) < NOBODY:
        return True
    if found == {WEAK, UNSURE} and window.heard.log_probability >= LOG_PROBABILITY:
        return window.evidence.speech_ms(start_ms, end_ms) > LONGEST_MURMUR_MS
    return bool(found & DETECTOR) and bool(found & RECOGNISER)


def _sentence(window: _Window, run: Run) -> Iterator[tuple[Run, Flag]]:
    """A sentence among others: judged by the sound at its time, unless that time is nothing to go by."""
    found = window.against(run)
    if found & DETECTOR:
        words = run.of(window.words)
        is_gone = _agree(found, window, words[0].start_ms, words[-1].end_ms)
        is_gone = is_gone and not (window.is_untimed(run) or window.has_room(run))
        yield run, window.flag(run, "no-evidence", _listed(found), is_dropped=is_gone)


def _listed(found: frozenset[str]) -> str:
    """The reasons as one sentence's part, always in the same order."""
    return ", ".join(why for why in (ECHO, IMPOSSIBLE, NOWHERE, TOO_FAST, WEAK, SILENT, UNSURE) if why in found)
