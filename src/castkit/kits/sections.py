"""The parts of a description, and how they read as plain text.

Rule: a section has a heading, then its lines; sections are parted by one blank line, so that pages keep them apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from castkit.kits.checks import Note

_ADDRESS = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A text, and the address it leads to, if any."""

    text: str
    url: str = ""


NOTHING = Line("")


@dataclass(frozen=True, slots=True)
class Section:
    """`name` is the same in every language; the heading may be empty."""

    name: str
    heading: str
    lines: tuple[Line, ...]
    is_list: bool = False

    def worded(self) -> Section:
        """The same without lines that say nothing."""
        return replace(self, lines=tuple(line for line in self.lines if line.text.strip()))


def plain(sections: Sequence[Section], *, heading: bool = True) -> str:
    """The sections as plain text, without a newline at the end."""
    return "\n\n".join(_plain(section, heading=heading) for section in sections if section.lines)


def _plain(section: Section, *, heading: bool) -> str:
    lines = [
        line.text if not line.url or line.url == line.text else f"{line.text} {line.url}" for line in section.lines
    ]
    between = "\n" if section.is_list else "\n\n"
    text = between.join(lines)
    return f"{section.heading}\n{text}" if section.heading and heading else text


def without_addresses(section: Section, notes: list[Note]) -> Section:
    """The section for a platform that takes no links: documents by their titles alone.

    What a person wrote stays as it is, and a note says that there is an address in it.
    """
    if any(line.url for line in section.lines):
        _once(notes, Note("links-left-out", {}))
    for line in section.lines:
        if found := _ADDRESS.search(line.text):
            _once(notes, Note("links-in-text", {"address": found[0]}))
    return replace(section, lines=tuple(replace(line, url="") for line in section.lines))


def _once(notes: list[Note], note: Note) -> None:
    if note not in notes:
        notes.append(note)


def time_stamp(ms: int) -> str:
    """`00:00`, `59:59`, `1:00:00`: a time as platforms make links of it, rounded down."""
    minutes, second = divmod(ms // 1000, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute:02}:{second:02}"
