"""Translated sentences in pieces that a line may be broken between, each with the time it may be thought spoken at.

Rule: within a sentence time runs in proportion to its letters; nothing more is known of a translation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from castkit.model.sentence import Sentence
from castkit.subtitles.atoms import pieces
from castkit.subtitles.breaks import SENTENCE
from castkit.subtitles.lines import break_costs
from castkit.subtitles.profile import Profile


@dataclass(frozen=True, slots=True)
class Translated:
    """Pieces in order; by piece: when it begins and ends (ms), whose it is, and the harm of a break before it."""

    pieces: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    speakers: tuple[str | None, ...]
    breaks: tuple[float, ...]

    @property
    def has_speakers(self) -> bool:
        """Whether more than one speaks."""
        return len(set(self.speakers)) > 1

    def is_mixed(self, first: int, end: int) -> bool:
        """Whether more than one speaks the pieces from `first` to before `end`."""
        return len(set(self.speakers[first:end])) > 1


def joined(sentences: Sequence[Sentence], profile: Profile) -> Translated:
    """The sentences one after another; a break between two is always a good one."""
    texts: list[str] = []
    spans: list[tuple[int, int]] = []
    speakers: list[str | None] = []
    firsts = set()
    for sentence in sentences:
        own = pieces(sentence.text, profile)
        firsts.add(len(texts))
        spans += _spans(sentence, [profile.width(one) for one in own])
        speakers += [sentence.speaker] * len(own)
        if texts and own and profile.flowing(f"{texts[-1][-1]}\n{own[0]}")[1] == " ":
            own = (f" {own[0].lstrip()}", *own[1:])
        texts += own
    costs = break_costs(texts, profile.language)
    breaks = [SENTENCE if number in firsts else cost for number, cost in enumerate(costs)]
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    return Translated(tuple(texts), tuple(starts), tuple(ends), tuple(speakers), tuple(breaks))


def _spans(sentence: Sentence, widths: Sequence[float]) -> list[tuple[int, int]]:
    whole = sum(widths) or 1.0
    length = max(0, sentence.end_ms - sentence.start_ms)
    edges = [sentence.start_ms]
    so_far = 0.0
    for width in widths:
        so_far += width
        edges.append(sentence.start_ms + round(length * so_far / whole))
    return list(pairwise(edges))
