"""How alike two texts and two spans are, whatever their line breaks, spacing and case.

Rule: likeness only proposes what belongs together; whether a person changed a cue is told by equality alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_BY_CHANCE = 0.45  # the likeness of two unrelated English sentences, letter by letter


def told(text: str) -> str:
    """The text as a person sees it: composed letters, no blanks at the ends of lines.

    Editors write NFD (macOS) and blanks at line ends without anybody having edited anything.
    """
    return "\n".join(line.strip() for line in unicodedata.normalize("NFC", text).strip().splitlines())


def letters(text: str) -> str:
    """The text without case, blanks and line breaks."""
    return "".join(unicodedata.normalize("NFC", text).casefold().split())


def likeness(one: str, other: str, least: float = 0.0) -> float:
    """0 (no more alike than any two sentences) to 1 of two texts as `letters` gives them; 0 where it is below `least`.

    A high `least` is quick.
    """
    from rapidfuzz import fuzz  # noqa: PLC0415

    if one == other:
        return 1.0
    found = fuzz.ratio(one, other, score_cutoff=100 * (_BY_CHANCE + least * (1 - _BY_CHANCE))) / 100
    return max(0.0, (found - _BY_CHANCE) / (1 - _BY_CHANCE))


def shared(start_ms: int, end_ms: int, other_start_ms: int, other_end_ms: int) -> float:
    """0 to 1: what two spans share of all that either covers; 1 of two equal spans, even of no length."""
    if (start_ms, end_ms) == (other_start_ms, other_end_ms):
        return 1.0
    both = min(end_ms, other_end_ms) - max(start_ms, other_start_ms)
    return max(0, both) / max(1, max(end_ms, other_end_ms) - min(start_ms, other_start_ms))


def same_words(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of indexes, rising in both, of the words that the fewest edits from one text to the other leave alone.

    Linear in memory: rapidfuzz divides long texts (Hirschberg).
    """
    from rapidfuzz.distance import Levenshtein  # noqa: PLC0415

    numbers: dict[str, int] = {}
    ours, others = ([numbers.setdefault(word, len(numbers)) for word in words] for words in (one, other))
    pairs: list[tuple[int, int]] = []
    for step in Levenshtein.opcodes(ours, others):
        if step.tag == "equal":
            pairs += zip(range(step.src_start, step.src_end), range(step.dest_start, step.dest_end), strict=True)
    return pairs
