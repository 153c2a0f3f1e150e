"""Decoding a window until it passes Whisper's guards: greedy or by beam first, then at rising temperatures.

Rule: only what fails is decoded again, all of a batch's failures together.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

# Whisper's own (openai-whisper, transcribe.py): a result that repeats itself, or that the model doubts, is tried again
# at the next temperature; a window that is silent by its first token, and doubted besides, is left empty.
TEMPERATURES = (0.2, 0.4, 0.6, 0.8, 1.0)
BEST_OF = 5
COMPRESSION_RATIO = 2.4
LOG_PROBABILITY = -1.0
NO_SPEECH = 0.6
SEED = 0  # temperatures above 0 draw at random, and a run shall be repeatable

SECOND_BEAM = 5  # for what a greedy pass is not sure of
UNSURE = -0.5  # mean log probability below which a beam may well find better words


@dataclass(frozen=True, slots=True)
class Rung:
    """One way to decode: with a beam (1: greedily), or by drawing at a temperature above 0."""

    beam_size: int
    temperature: float = 0.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one pass gave: tokens (times among them), their text, and how sure the model is.

    `log_probability` is the mean over tokens; `no_speech` the probability that nobody spoke.
    """

    tokens: tuple[int, ...]
    text: str
    log_probability: float
    no_speech: float

    @property
    def repeats_itself(self) -> bool:
        data = self.text.encode("utf-8")
        return len(data) / len(zlib.compress(data)) > COMPRESSION_RATIO

    @property
    def is_doubtful(self) -> bool:
        return self.log_probability < LOG_PROBABILITY

    @property
    def is_silence(self) -> bool:
        return self.no_speech > NO_SPEECH and self.is_doubtful


def most_tokens(seconds: float) -> int:
    """The most tokens that this much sound can hold, so that a loop is not followed to the end of the context.

    224 is Whisper's own limit; 16 a second is fast Chinese, which takes up to three for a character.
    """
    return min(224, 32 + round(16 * seconds))


def rungs(beam_size: int, *, draws: bool = True) -> tuple[Rung, ...]:
    """The ways a window is decoded, one after the other until it passes; `draws` adds the temperatures above 0."""
    second = (Rung(SECOND_BEAM),) if beam_size == 1 else ()
    drawn = tuple(Rung(BEST_OF, temperature) for temperature in TEMPERATURES) if draws else ()
    return (Rung(beam_size), *second, *drawn)


def passes(attempt: Attempt, rung: Rung, *, is_translation: bool) -> bool:
    """Whether an attempt need not be made again at the next rung.

    A translation is not tried again for doubt, because small models doubt all of theirs, and what they draw at random
    is no better.
    """
    if attempt.is_silence:
        return True
    if attempt.repeats_itself:
        return False
    least = UNSURE if rung.beam_size == 1 else LOG_PROBABILITY
    return is_translation or attempt.log_probability >= least


def settled(
    translations: Sequence[bool], ladder: Sequence[Rung], decode: Callable[[Sequence[int], Rung], Sequence[Attempt]]
) -> tuple[Attempt, ...]:
    """For each window the first attempt that passes, else the surest of those that do not repeat themselves.

    `translations` says of each window whether it is translated; `decode` is given the numbers of those to decode.
    """
    tried: list[list[Attempt]] = [[] for _ in translations]
    done: dict[int, Attempt] = {}
    for rung in ladder:
        waiting = [number for number in range(len(tried)) if number not in done]
        if not waiting:
            break
        for number, attempt in zip(waiting, decode(waiting, rung), strict=True):
            tried[number].append(attempt)
            if passes(attempt, rung, is_translation=translations[number]):
                done[number] = attempt
    return tuple(done.get(number) or best(attempts) for number, attempts in enumerate(tried))


def best(tried: Sequence[Attempt]) -> Attempt:
    """The surest of those that do not repeat themselves, else the surest."""
    candidates = [attempt for attempt in tried if not attempt.repeats_itself] or tried
    return max(candidates, key=lambda attempt: attempt.log_probability)
