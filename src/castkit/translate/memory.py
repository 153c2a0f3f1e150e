"""What people accepted of a show's translations, to be found again sentence by sentence.

Rule: a sentence comes back with the place a person accepted it in; what is only like it is proposed, never taken.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from castkit.model.cue import Cue
from castkit.model.sentence import Sentence
from castkit.timecode import clock
from castkit.translate.aligning import Group, aligned
from castkit.translate.ends import is_question, is_unspaced, is_wide
from castkit.translate.sentences import sentences_of_cues

LEAST_SCORE = 75.0  # of 100; below, reading a proposal takes longer than translating (the CAT tools' usual threshold)
OTHER_NUMBERS = 15.0  # what a proposal loses whose numbers are not the sentence's
_LEAST_OVERLAP = 0.7  # of the time both take
_WIDE = 3.0  # letters of an alphabet that a Chinese character stands for
_LARGEST_RATIO = 3.0  # of the two lengths
_SHORT = 15.0  # letters: below, lengths say nothing
# What stands around a sentence, but for what changes its meaning: $5, 60 %, C++, -5.
_EDGES = re.compile(r"^(?:(?!-\d)[^\w$€£¥])+|[^\w%‰°+]+$")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence, or two or three that belong together, and its accepted translation; `origin` is for people."""

    source: str
    target: str
    origin: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pair whose source is like what was asked for: `score` of 100, differing numbers counted off."""

    pair: Pair
    score: float


class Memory:
    """All pairs from one language to another, as they were laid in: the last of the most frequent ones counts."""

    def __init__(self, pairs: Iterable[Pair] = ()) -> None:
        self.pairs = tuple(pairs)
        self._by_key: dict[str, list[Pair]] = {}
        for pair in self.pairs:
            self._by_key.setdefault(_key(pair.source), []).append(pair)

    def __len__(self) -> int:
        return len(self.pairs)

    def exact(self, text: str) -> Pair | None:
        """The accepted translation of a text that differs in case, spaces, width and outer punctuation at most.

        A question is another text than the same words as a statement.
        """
        return self._best(_key(text))

    def proposals(self, text: str, limit: int = 3) -> tuple[Proposal, ...]:
        """The pairs most like a text, the best first, each translation once; none below `LEAST_SCORE`."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415

        near = process.extract(_key(text), list(self._by_key), scorer=fuzz.ratio, score_cutoff=LEAST_SCORE, limit=None)
        scored = [
            Proposal(pair, _without_numbers(score, text, key)) for key, score, _ in near if (pair := self._best(key))
        ]
        ordered = sorted(scored, key=lambda one: (-one.score, one.pair.source, one.pair.target))
        found: dict[str, Proposal] = {}
        for proposal in ordered:
            if proposal.score >= LEAST_SCORE:
                found.setdefault(proposal.pair.target, proposal)
        return tuple(found.values())[:limit]

    def _best(self, key: str) -> Pair | None:
        found = self._by_key.get(key, [])
        counts = Counter(pair.target for pair in found)
        return max(reversed(found), key=lambda pair: counts[pair.target], default=None)


def pairs_of(
    source: Iterable[Cue], target: Iterable[Cue], *, languages: tuple[str, str], episode: str
) -> tuple[Pair, ...]:
    """The sentence pairs of an episode's subtitles in two languages (BCP 47 tags), both on one clock.

    Only those count whose times agree and neither of which is more than three times as long as the other: a translator
    may leave out, add, and move things between sentences.
    """
    groups = aligned(sentences_of_cues(source, languages[0]), sentences_of_cues(target, languages[1]))
    return tuple(
        Pair(_joined(group.ones), _joined(group.others), f"accepted in {episode} at {_short(group.ones[0].start_ms)}")
        for group in groups
        if _is_pair(group)
    )


def remembered(sentence: Sentence, pair: Pair) -> Sentence:
    """The sentence in its accepted translation, with where it was accepted."""
    return replace(sentence, text=pair.target, origin=pair.origin)


def _is_pair(group: Group) -> bool:
    if group.overlap < _LEAST_OVERLAP or len({one.speaker for one in group.ones}) > 1:
        return False
    lengths = sorted(_length(_joined(sentences)) for sentences in (group.ones, group.others))
    return lengths[1] < _SHORT or lengths[1] <= _LARGEST_RATIO * lengths[0]


def _length(text: str) -> float:
    return sum(_WIDE if is_wide(character) else 1.0 for character in text)


def _joined(sentences: Sequence[Sentence]) -> str:
    text = sentences[0].text
    for sentence in sentences[1:]:
        text += sentence.text if is_unspaced(text[-1]) or is_unspaced(sentence.text[0]) else f" {sentence.text}"
    return text


def _key(text: str) -> str:
    """The text without what a translation does not depend on: case, width, spaces, punctuation at both ends."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    inner = _EDGES.sub("", plain) or plain
    return f"{inner}?" if is_question(text) else inner


def _without_numbers(score: float, text: str, key: str) -> float:
    """The score, less where the numbers differ: of all differences these are the easiest to overlook."""
    return score if sorted(_NUMBER.findall(_key(text))) == sorted(_NUMBER.findall(key)) else score - OTHER_NUMBERS


def _short(ms: int) -> str:
    """`MM:SS`, or `HH:MM:SS` from an hour on."""
    return clock(ms).removeprefix("00:")
