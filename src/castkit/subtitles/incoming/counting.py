"""How many cues a file holds, counted without the readers.

Rule: nothing here is shared with what reads the file; where the two counts differ, the file is refused.
"""

from __future__ import annotations

import unicodedata

from castkit.errors import CastkitError

_ARROWS = ("&gt;", "→", "⟶", "⇒", "》", "〉", "›")  # NFKC makes > of the full-width sign itself
_STROKES = "-=‐‑‒–—―−⁃ー"
_CLOCK_SIGNS = ":.,;∶。、"


def count_time_lines(text: str) -> int:
    """How many lines hold a clock, an arrow and another clock, with no letter before them: one for each cue."""
    return sum(_holds_times(line) for line in text.replace("\r", "\n").split("\n"))


def count_dialogue(text: str) -> int:
    """How many lines of an ASS file are spoken or remarked on: `Dialogue:` and `Comment:`."""
    heads = (line.strip().partition(":")[0] for line in text.replace("\r", "\n").split("\n") if ":" in line)
    return sum(head in ("Dialogue", "Comment") for head in heads)


def agree(read: int, counted: int, name: str) -> None:
    """Raises CastkitError where the number of cues read is not the number counted."""
    if read != counted:
        raise CastkitError(
            f"{name}: {counted} times stand in it, but {read} cues could be told apart",
            "save it anew as SubRip (.srt), with a blank line between cues, and try again",
        )


def _holds_times(line: str) -> bool:
    if not any(char.isdecimal() for char in line):
        return False
    plain = "".join(char for char in unicodedata.normalize("NFKC", line) if unicodedata.category(char) != "Cf")
    for sign in _ARROWS:
        plain = plain.replace(sign, "->" if sign in "→⟶⇒" else ">")
    before, arrow, after = plain.partition(">")
    stem = before.rstrip()
    if not arrow or not stem or stem[-1] not in _STROKES:
        return False
    left = stem.rstrip(_STROKES + " \t\u00a0")
    right = after.lstrip("> \t\u00a0" + _STROKES)
    return _clock_from(left) == len(left) and _clock_from(right) > 0


def _clock_from(text: str) -> int:
    """How many characters at the beginning belong to a clock; 0 where there is none with a colon between digits."""
    end = 0
    while end < len(text) and (text[end].isdecimal() or text[end] in _CLOCK_SIGNS or text[end] in "- \t\u00a0"):
        end += 1
    shape = "".join("0" if char.isdecimal() else char for char in text[:end] if not char.isspace())
    return end if "0:0" in shape or "0∶0" in shape else 0
