"""The figures of the subtitle guides, by guide and language.

Rule: a figure stands here once, beside its source; what a guide leaves open is Netflix's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict


class Row(TypedDict, total=False):
    """Limits of one language; lengths in characters, times in ms (see profile.Profile)."""

    line_width: int
    lines: int
    characters_per_second: float
    is_wide: bool
    shortest_ms: int
    longest_ms: int
    gap_ms: int
    small_gap_ms: int
    linger_ms: int
    lead_ms: int


ANY = "und"  # the row of every language without one of its own

# Netflix Timed Text Style Guides (partnerhelp.netflixstudios.com): General Requirements for times, and each language's
# own for characters a line and a second. Shortest 5/6 s, longest 7 s; two frames between cues, and a gap of less than
# half a second is closed to that; a cue may stand half a second after its words.
_NETFLIX: Mapping[str, Row] = {
    ANY: {
        "line_width": 42,
        "lines": 2,
        "characters_per_second": 17,
        "shortest_ms": 834,
        "longest_ms": 7000,
        "gap_ms": 83,  # two frames of 24 a second
        "small_gap_ms": 500,
        "linger_ms": 500,
        "lead_ms": 100,  # TED's: no guide lets a cue come earlier
    },
    "en": {"characters_per_second": 20},
    "zh": {"line_width": 16, "characters_per_second": 9, "is_wide": True},
    "yue": {"line_width": 16, "characters_per_second": 9, "is_wide": True},
    "ja": {"line_width": 23, "characters_per_second": 4, "is_wide": True},
    "ko": {"line_width": 16, "characters_per_second": 12, "is_wide": True},
    "th": {"line_width": 35},
}

# BBC Subtitle Guidelines (bbc.github.io/subtitle-guidelines): 37 characters; 160 to 180 words a minute, which at
# English words' 5.7 characters, space included, are 17 a second; 0.3 s for a word, so a second for a short answer;
# where a pause leaves a gap at all, it is at least one second. Frames are of 25 a second.
_BBC: Mapping[str, Row] = {
    ANY: {"line_width": 37, "characters_per_second": 17, "shortest_ms": 1000, "gap_ms": 80, "small_gap_ms": 1000},
    "en": {"characters_per_second": 17},
    "th": {"line_width": 35},
}

# TED Translators' guidelines: 42 characters, 21 a second, from 1 s to 7 s, at most 100 ms before the first word.
_TED: Mapping[str, Row] = {
    ANY: {"characters_per_second": 21, "shortest_ms": 1000},
    "en": {"characters_per_second": 21},
}

# Podcasting 2.0, transcripts.md: at most two lines of 32 characters in SRT; it asks nothing of speed or time.
_PODCAST: Mapping[str, Row] = {ANY: {"line_width": 32}, "th": {"line_width": 32}}

GUIDES: Mapping[str, Mapping[str, Row]] = {"netflix": _NETFLIX, "bbc": _BBC, "ted": _TED, "podcast": _PODCAST}


def row(guide: str, language: str) -> Row:
    """The whole row of a primary language by a guide of `GUIDES`.

    A guide's figure for any language changes no length and no speed of a script that it does not speak of.
    """
    base, own = _NETFLIX, GUIDES[guide]
    special = base.get(language, Row())
    found: Row = {**base[ANY], **own[ANY], **special, **own.get(language, Row())}
    return found
