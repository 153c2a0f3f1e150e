"""The notes on an episode's page: what of them stands above the player, and what below.

Rule: the notes are what a person may have edited, so nothing of them is lost; only a list that the page shows already,
word for word, is not said twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

_HEADING = re.compile(r"\s*<h1>.*?</h1>", re.DOTALL)
_ITALICS = re.compile(r"\s*<p><em>(?:(?!</?em>).)*</em></p>", re.DOTALL)
_PARAGRAPH = re.compile(r"\s*<p>.*?</p>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_TIMED = re.compile(r"(<li>(?:\s*<p>)?)((?:(\d+):)?(\d\d):(\d\d))(?=\s)")


@dataclass(frozen=True, slots=True)
class Notes:
    """Sanitised HTML: the title, the line in italics below it, the first paragraph, and the rest; some may be empty."""

    title: str
    line: str
    lead: str
    rest: str


def split(content: str) -> Notes:
    """The parts of the notes' HTML; where a person wrote them otherwise, all of it is in `rest`."""
    title, rest = _taken(_HEADING, content)
    line, rest = _taken(_ITALICS, rest) if title else ("", rest)
    lead, rest = _taken(_PARAGRAPH, rest) if line else ("", rest)
    return Notes(title, line, lead, rest.strip())


def without_list(content: str, heading: str, lines: Sequence[str]) -> str:
    """The content without the section of this heading, if it is a list of these very lines and nothing else."""
    section = re.compile(rf"<h2>{re.escape(heading)}</h2>\s*<ul>(.*?)</ul>\s*(?=<h2>|$)", re.DOTALL)
    found = section.search(content)
    if found is None or _lines(found[1]) != [" ".join(line.split()) for line in lines]:
        return content
    return (content[: found.start()] + content[found.end() :]).strip()


def with_moments(content: str) -> str:
    """The content with the times at the beginning of list items as links into the sound: `#t=81`."""
    return _TIMED.sub(_moment, content)


def _moment(found: re.Match[str]) -> str:
    at = (int(found[3] or 0) * 60 + int(found[4])) * 60 + int(found[5])
    return f'{found[1]}<a href="#t={at}">{found[2]}</a>'


def _lines(items: str) -> list[str]:
    return [" ".join(unescape(_TAG.sub("", item)).split()) for item in re.findall(r"<li>(.*?)</li>", items, re.DOTALL)]


def _taken(pattern: re.Pattern[str], content: str) -> tuple[str, str]:
    found = pattern.match(content)
    return (found[0].strip(), content[found.end() :]) if found else ("", content)
