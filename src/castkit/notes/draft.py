"""Proposals for an episode's notes, each tied to the time in the recordings that it comes from.

Rule: a proposal is nothing until a person has accepted it; times are milliseconds on the recordings' clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence as it was said, and when."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A text, and the starts of the sentences it rests on."""

    text: str
    at_ms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Keywords:
    """Words to find the episode by, and the starts of the sentences they rest on."""

    words: tuple[str, ...]
    at_ms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ChapterProposal:
    """A chapter: its title by language (none where nobody proposed any), and the words it begins with."""

    start_ms: int
    titles: Mapping[str, str]
    said: str = ""


@dataclass(frozen=True, slots=True)
class NotesDraft:
    """All proposals, by language; `made_by` says to people where they come from."""

    made_by: str
    titles: Mapping[str, Proposal] = field(default_factory=dict)
    summaries: Mapping[str, Proposal] = field(default_factory=dict)
    keywords: Mapping[str, Keywords] = field(default_factory=dict)
    chapters: tuple[ChapterProposal, ...] = ()


def chapters_wanted(duration_ms: int) -> int:
    """How many chapters suit a recording of this length: one for every four minutes and two more, fifteen at most."""
    return min(15, duration_ms // 240_000 + 2)


def shortest_chapter_ms(duration_ms: int) -> int:
    """The least that may lie between two chapters: a twelfth of the whole, from half a minute to four minutes."""
    return min(max(duration_ms // 12, 30_000), 240_000)
