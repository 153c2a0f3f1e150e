"""Time lines as people and their editors write them, read in integer milliseconds.

Rule: a line is read as times only where one reading is possible; what looks like times and cannot be read is a fault,
never text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

FORM = "write the times as 00:00:01,000 --> 00:00:04,000 on a line of their own"

_DASHES = "‐‑‒–—―−－﹣⁃ー"
_SIGNS = {
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **dict.fromkeys(map(ord, "＞〉》›"), ">"),
    **dict.fromkeys(map(ord, "：∶﹕"), ":"),
    **dict.fromkeys(map(ord, "，﹐、"), ","),
    **dict.fromkeys(map(ord, "．。﹒"), "."),
    **dict.fromkeys(map(ord, "；﹔"), ";"),
    **dict.fromkeys(map(ord, "→⟶⇒"), "->"),
    ord("＝"): "=",
}
_JOINTS = re.compile(r"(?<=\d)\s*([:,.;])\s*(?=\d)")
_CLOCK = r"(-?)\s*(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:([.,:;])(\d{1,9}))?"
_ARROW = r"\s*(?:[-=]\s*)+>+\s*"  # one stroke a turn: with several, a line of forty strokes takes a day
_TIMES = re.compile(rf"(?:(?P<number>\d{{1,7}})\s+)?{_CLOCK}{_ARROW}{_CLOCK}(?P<rest>\s.*)?")
# SubRip's own coordinates, and the settings of WebVTT: where a cue stands, none of its words.
_PLACING = re.compile(r"(?:\s+(?:[xyXY][12]\s*:\s*-?\d+|(?:align|line|position|size|vertical|region):\S+))*\s*")
_POINTING = re.compile(r"[-=]\s*>")
# An arrow of SubRip's with no time before it; a person's own arrow (→, ⟶) is a sign of their text.
_LONE = re.compile(r"\s*(?:[-=]\s*){2,}(?:>|&gt;)")
_FULL = re.compile(r"\d{1,3}:\d{1,2}:\d{1,2}[.,]\d")
_PART = re.compile(r"\d{1,3}:\d{1,2}[.,]\d")
_GROUPS = re.compile(r"\d[:.,;]\d")


@dataclass(frozen=True, slots=True)
class Times:
    """A line that was read: ms from the start of the sound, a cue's number that stood before them, what to note."""

    start_ms: int
    end_ms: int
    number: int | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that a person would call times, and why it cannot be read."""

    reason: str


def read_times(line: str) -> Times | Unreadable | None:
    """The times in a line; None where the line is text."""
    if ":" not in line and line.isascii() and ">" not in line:
        return None
    plain = _JOINTS.sub(r"\1", _plain(line))
    found = _TIMES.fullmatch(plain)
    if found is None:
        looks = _LONE.match(line) or _looks_like_times(plain)
        return Unreadable(f"cannot read the times {line.strip()[:80]!r}") if looks else None
    if not _PLACING.fullmatch(found["rest"] or ""):
        return Unreadable(f"text stands on the line of the times: {line.strip()[:80]!r}")
    notes: list[str] = []
    try:
        start, end = _ms(found.groups()[1:7], notes), _ms(found.groups()[7:13], notes)
    except ValueError as error:
        return Unreadable(f"{error}: {line.strip()[:80]!r}")
    if found["rest"] and found["rest"].strip():
        notes.append("the place on the screen is left out")
    return Times(start, end, int(found["number"]) if found["number"] else None, tuple(notes))


def _plain(line: str) -> str:
    """The line with ASCII digits and signs, without marks that are not seen."""
    line = line.replace("&gt;", ">")
    if line.isascii():
        return line.strip()
    signs = line.translate(_SIGNS)
    kept = (char for char in signs if char.isascii() or unicodedata.category(char) != "Cf")
    return "".join(str(unicodedata.decimal(c)) if not c.isascii() and c.isdecimal() else c for c in kept).strip()


def _looks_like_times(plain: str) -> bool:
    points = _POINTING.search(plain)
    if points and _PART.search(plain):
        return True
    if any(char.isalpha() for char in plain):
        return False
    return bool(_FULL.search(plain) or (points and _GROUPS.search(plain)))


def _ms(parts: tuple[str | None, ...], notes: list[str]) -> int:
    """Milliseconds of sign, hours, minutes, seconds, the sign before the fraction, and the fraction."""
    sign, hours, minutes, seconds, point, fraction = parts
    if sign:
        raise ValueError("a time before the beginning of the sound")
    if int(seconds or 0) > 59 or (hours and int(minutes or 0) > 59):
        raise ValueError("there are no more than 59 minutes and 59 seconds in a time")
    if point in (":", ";"):
        if len(fraction or "") != 3:
            raise ValueError("a time in frames, and how long a frame lasts is not known")
        notes.append("the thousandths stand after a colon")
    if hours is None:
        notes.append("hours are missing; read as minutes and seconds")
    if fraction is None:
        notes.append("thousandths are missing; read as zero")
    elif len(fraction) != 3:
        notes.append("the fraction of a second has not three digits; ,5 is read as half a second")
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole * 1000 + int((fraction or "0").ljust(3, "0")[:3])
