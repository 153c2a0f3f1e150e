"""Transcripts as players and podcast apps read them: WebVTT and Podcasting 2.0 JSON.

Rule: the words and times are the cues'; only the wrapping of a line that is too long may change.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from castkit.model.cue import Cue
from castkit.subtitles.atoms import pieces
from castkit.subtitles.profile import Profile
from castkit.timecode import vtt_time

# https://github.com/Podcastindex-org/podcast-namespace/blob/main/transcripts/transcripts.md
LONGEST_VTT_LINE = 65
_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))

Naming = Callable[[str], str]


def compose_vtt(cues: Sequence[Cue], profile: Profile, name_of: Naming, *, note: str = "") -> str:
    """A WebVTT text; `name_of` gives a speaker's name as readers know it, `note` a remark that players do not show."""
    blocks = ["WEBVTT"]
    if note:
        blocks.append(f"NOTE {escaped(note)}")
    for cue in cues:
        voice = f"<v {escaped(' '.join(name_of(cue.speaker).split()))}>" if cue.speaker else ""
        text = "\n".join(escaped(part) for line in cue.lines for part in wrapped(line, profile, LONGEST_VTT_LINE))
        blocks.append(f"{vtt_time(cue.start_ms)} --> {vtt_time(cue.end_ms)}\n{voice}{text}")
    return "\n\n".join(blocks) + "\n"


def compose_podcast_json(cues: Sequence[Cue], profile: Profile, name_of: Naming) -> str:
    """A Podcasting 2.0 JSON transcript; times in seconds, a cue's lines as one."""
    segments = [
        {
            **({"speaker": name_of(cue.speaker)} if cue.speaker else {}),
            "startTime": cue.start_ms / 1000,
            "endTime": cue.end_ms / 1000,
            "body": profile.flowing(cue.text),
        }
        for cue in cues
    ]
    value = {"version": "1.0.0", "segments": segments}
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def wrapped(line: str, profile: Profile, longest: int) -> list[str]:
    """A line as several of at most `longest` characters, broken only where a line may be."""
    if len(line) <= longest:
        return [line]
    lines = [""]
    for piece in pieces(line, profile):
        if lines[-1] and len((lines[-1] + piece).strip()) > longest:
            lines.append("")
        lines[-1] += piece
    return [one.strip() for one in lines]


def escaped(text: str) -> str:
    """A text as WebVTT writes it, so that no player takes it for markup."""
    for character, entity in _ESCAPES:
        text = text.replace(character, entity)
    return text
