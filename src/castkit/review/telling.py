"""What every page has to be told once: notes, and what contradicts a file that came in.

Rule: whatever of a person's does not stand is told here, with what stands instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from castkit.review.beginning import key
from castkit.review.rows import Row, row_to_json
from castkit.subtitles.merge.result import Conflict


@dataclass(frozen=True, slots=True)
class _Told:
    version: int
    note: str = ""
    conflict: Mapping[str, Any] | None = None


class Telling:
    """Everything told since the server started, each with the version of the page that it came with."""

    def __init__(self) -> None:
        self._told: list[_Told] = []

    def say(self, note: str, version: int) -> None:
        self._told.append(_Told(version, note))

    def contradict(self, conflict: Conflict, rows: Mapping[str, Row], version: int) -> None:
        """A file's cues, which stand among `rows`, against what was typed on the page."""
        there = {key(row.cue): row for row in rows.values()}
        stands = [row for cue in conflict.one if (row := there.get(key(cue)))]
        mine = [{"startMs": cue.start_ms, "endMs": cue.end_ms, "text": cue.text} for cue in conflict.other]
        value = {"ids": [row.id for row in stands], "mine": mine, "theirs": [row_to_json(row) for row in stands]}
        self._told.append(_Told(version, conflict=value))

    def since(self, version: int) -> dict[str, Any]:
        """What is new after a version, as the page reads it."""
        new = [one for one in self._told if one.version > version]
        return {
            "notes": [one.note for one in new if one.note],
            "conflicts": [one.conflict for one in new if one.conflict],
        }
