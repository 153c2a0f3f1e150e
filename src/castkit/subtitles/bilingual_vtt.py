"""Two languages in one WebVTT file, each cue on lines of its own.

Rule: a cue's place is given in lines from the bottom (`line:`), so that what stands above never covers what is below;
regions would say it better, but Chromium does not know them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from castkit.model.cue import Cue
from castkit.subtitles.profile import Profile
from castkit.subtitles.transcript_files import LONGEST_VTT_LINE, Naming, escaped, wrapped
from castkit.timecode import vtt_time


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two languages (a BCP 47 tag): its cues in order of time, and how its readers name a speaker."""

    language: str
    cues: Sequence[Cue]
    profile: Profile
    name_of: Naming


@dataclass(frozen=True, slots=True)
class _Placed:
    cue: Cue
    side: Side
    lines: tuple[str, ...]
    height: int  # lines that stand below it

    @property
    def block(self) -> str:
        times = f"{vtt_time(self.cue.start_ms)} --> {vtt_time(self.cue.end_ms)}"
        voice = f"<v {escaped(' '.join(self.side.name_of(self.cue.speaker).split()))}>" if self.cue.speaker else ""
        text = "\n".join(escaped(line) for line in self.lines)
        line = -(len(self.lines) + self.height)
        return f"{times} line:{line}\n{voice}<lang {self.side.language}>{text}</lang>"


def compose_bilingual_vtt(upper: Side, lower: Side, *, note: str = "") -> str:
    """A WebVTT text with the cues of both; `note` is a remark that players do not show.

    A cue of the upper language stands above as many lines as the lower one has at most while it is shown, so that it
    does not move.
    """
    below = [_Placed(cue, lower, _lines(cue, lower), 0) for cue in lower.cues]
    starts = [one.cue.start_ms for one in below]
    above, first = [], 0
    for cue in upper.cues:
        while first < len(below) and below[first].cue.end_ms <= cue.start_ms:
            first += 1
        beside = below[first : bisect_left(starts, cue.end_ms)]
        above.append(_Placed(cue, upper, _lines(cue, upper), max((len(one.lines) for one in beside), default=0)))
    # Of cues that come together the lower is placed first: a player moves the later one where they would touch.
    placed = sorted([*below, *above], key=lambda one: (one.cue.start_ms, one.side is upper))
    head = ["WEBVTT", f"NOTE {escaped(note)}"] if note else ["WEBVTT"]
    return "\n\n".join([*head, *(one.block for one in placed)]) + "\n"


def _lines(cue: Cue, side: Side) -> tuple[str, ...]:
    return tuple(part for line in cue.lines for part in wrapped(line, side.profile, LONGEST_VTT_LINE))
