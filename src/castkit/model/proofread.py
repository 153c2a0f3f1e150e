"""What proofreading changed in a transcript: every change can be read, and undone, one by one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """One change of text at `start_ms`, in ms on the recordings' clock.

    `code` names the kind of change (punctuation, number, spacing, glossary …), `before` and `after` are the words
    before and after it, and `why` says it to people.
    """

    code: str
    start_ms: int
    before: str
    after: str
    why: str
