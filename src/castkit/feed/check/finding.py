"""What the gate says of a feed.

Rule: a finding names the rule, the place, what is wrong there, what to do, and who asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An `error` makes an app or a directory refuse or lose something; a `warning` and a `note` are for a person."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule broken at `line` (from 1; 0 where there is none) of the feed; `where` is the element in words.

    `episode` is the guid of the episode it is in, "" outside of one.
    """

    code: str
    severity: Severity
    line: int
    where: str
    what: str
    remedy: str
    source: str
    episode: str = ""

    def __str__(self) -> str:
        place = f"line {self.line}: {self.where}" if self.line else self.where
        return f"{place} {self.what} [{self.code}]"
