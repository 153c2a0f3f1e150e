"""A sentence as it is spoken: what is translated, and laid on cues, as a whole."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence (or what a speaker says between two pauses) and when it is spoken, in ms.

    `origin` names where a translation comes from, for people: an engine, a memory, a person; empty for a source.
    """

    start_ms: int
    end_ms: int
    text: str
    speaker: str | None = None
    origin: str = ""
