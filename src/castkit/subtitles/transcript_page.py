"""A transcript as a page of text: for podcast apps that show HTML, and for anybody's browser.

Rule: only the three tags that apps know, <cite>, <time> and <p>, each turn of speech in one or a few paragraphs.
Source: transcripts/transcripts.md of github.com/Podcastindex-org/podcast-namespace.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from castkit.model.cue import Cue
from castkit.subtitles.profile import Profile
from castkit.subtitles.transcript_files import Naming
from castkit.timecode import clock

_HEAD = '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
_LONGEST_MS = 45_000  # a paragraph of more is hard to find a moment in
_ENDS = tuple('.!?…。！？”」’"')


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands in the page's head: the episode's name, and the language of the words (BCP 47)."""

    title: str
    language: str


def compose_html(cues: Sequence[Cue], profile: Profile, name_of: Naming, heading: Heading) -> str:
    """The page; `name_of` gives a speaker's name as readers know it. Every text is escaped."""
    parts = [
        "<!doctype html>",
        f'<html lang="{escape(heading.language)}">',
        f"{_HEAD}<title>{escape(heading.title)}</title></head>",
        "<body>",
    ]
    before = None
    for turn in _turns(cues):
        speaker = turn[0].speaker
        if speaker and speaker != before:
            parts.append(f"<cite>{escape(' '.join(name_of(speaker).split()))}:</cite>")
        before = speaker
        parts.append(f"<time>{clock(turn[0].start_ms)}</time>")
        parts.append(f"<p>{escape(profile.flowing(chr(10).join(cue.text for cue in turn)), quote=False)}</p>")
    return "\n".join([*parts, "</body>", "</html>", ""])


def _turns(cues: Sequence[Cue]) -> Iterator[list[Cue]]:
    """The cues in paragraphs: of one speaker, ended at a sentence's end where they grow long."""
    turn: list[Cue] = []
    for cue in cues:
        is_long = turn and cue.start_ms - turn[0].start_ms > _LONGEST_MS and turn[-1].text.rstrip().endswith(_ENDS)
        if turn and (cue.speaker != turn[-1].speaker or is_long):
            yield turn
            turn = []
        turn.append(cue)
    if turn:
        yield turn
