"""What the report says of recognition: how much of the speech got words, and which words may be invented.

Rule: what was left out of the transcript stands apart from what was kept; every text has its moment to listen to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from castkit.model.text import one_line
from castkit.model.transcript import Coverage, Flag
from castkit.report.view import Mark
from castkit.report.wording import FLAGS, length, share

MOST_MARKS = 100  # of a kind, listed one by one
LARGEST_LOSS = 0.02  # share of the speech without words that is worth a look


@dataclass(frozen=True, slots=True)
class Doubt:
    """A text that may be invented: its moment and kind, the text itself, and what is said of it."""

    mark: Mark
    quote: str
    why: str


def summary(coverage: Coverage) -> str:
    """The coverage in a sentence or two."""
    spoken = coverage.speech_ms - coverage.wordless_ms
    return (
        f"{length(spoken)} of {length(coverage.speech_ms)} of speech have words "
        f"({share(spoken, coverage.speech_ms)}): {coverage.words} words, "
        f"{coverage.speechless_words or 'none'} of them where nobody seems to speak. "
        "Speech is what voice activity detection took for it."
    )


def is_good(coverage: Coverage) -> bool:
    """Whether there is nothing to look at."""
    return coverage.wordless_ms <= LARGEST_LOSS * coverage.speech_ms and not coverage.speechless_words


def gaps(coverage: Coverage) -> tuple[Mark, ...]:
    """The stretches of speech without words."""
    return tuple(Mark(start, f"{length(end - start)} that sound like speech") for start, end in coverage.gaps)


def doubts(flags: Sequence[Flag], *, is_dropped: bool) -> Iterator[Doubt]:
    """The texts that were left out, or those that were kept."""
    for flag in flags:
        if flag.is_dropped == is_dropped:
            kind = FLAGS.get(flag.code, flag.code)
            where = ", in the English translation" if flag.is_translation else ""
            yield Doubt(Mark(flag.start_ms, f"{kind}{where}"), one_line(flag.text), one_line(flag.why))
