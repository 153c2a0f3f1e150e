"""Times as people and file formats write them.

Rule: inside castkit a time is an integer number of milliseconds; only this module turns it into text and back.
"""

from __future__ import annotations

import re

_CLOCK = re.compile(r"(?:(?:(?P<h>\d+):)?(?P<m>\d{1,2}):)?(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,3}))?")


def parse_clock(text: str) -> int:
    """Milliseconds of `SS`, `MM:SS` or `HH:MM:SS`, each with an optional fraction of up to three digits.

    Raises ValueError, saying what is allowed, for anything else.
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None or (found["m"] and int(found["s"]) > 59) or (found["h"] and int(found["m"]) > 59):
        raise ValueError(f"{text!r} is not a time; write MM:SS, HH:MM:SS or HH:MM:SS.mmm")
    seconds = int(found["h"] or 0) * 3600 + int(found["m"] or 0) * 60 + int(found["s"])
    return seconds * 1000 + int((found["f"] or "0").ljust(3, "0"))


def _split(ms: int) -> tuple[int, int, int, int]:
    if ms < 0:
        raise ValueError(f"a time cannot be negative: {ms} ms")
    seconds, fraction = divmod(ms, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return hour, minute, second, fraction


def srt_time(ms: int) -> str:
    """`HH:MM:SS,mmm`, as SubRip writes it."""
    hour, minute, second, fraction = _split(ms)
    return f"{hour:02}:{minute:02}:{second:02},{fraction:03}"


def vtt_time(ms: int) -> str:
    """`HH:MM:SS.mmm`, as WebVTT writes it."""
    return srt_time(ms).replace(",", ".")


def clock(ms: int) -> str:
    """`HH:MM:SS`, rounded down, as show notes and podcast apps write a chapter's start."""
    hour, minute, second, _ = _split(ms)
    return f"{hour:02}:{minute:02}:{second:02}"
