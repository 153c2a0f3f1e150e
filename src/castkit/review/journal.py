"""What was typed into a review page and is in no revision yet: a line of JSON for each edit, after one for the start.

Rule: an edit is on the disk before anybody hears that it is done; a line that a kill cut short was promised to nobody.

    subtitles/history/en.review.jsonl
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from castkit import atomic
from castkit.errors import DAMAGED, CastkitError
from castkit.model.timeline import Piece, Timeline
from castkit.review.rows import Row, row_from_json, row_to_json
from castkit.review.working import Outcome, outcome_from_json, outcome_to_json
from castkit.steps.subtitle_desk import Stand

FORMAT = 1
KEPT_ANSWERS = 500  # edits that a page may still repeat after the journal began anew

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Start:
    """What the edits of a journal are made to: the cues as they stood in revision `rev` (0: in none), on `clock`.

    `source` is the sha256 of the source's cues that they were made from, in the history, on `source_clock`.
    `answered` are the latest edits of before, by client and name, with their outcomes.
    """

    rows: tuple[Row, ...]
    rev: int
    stand: Stand
    clock: Timeline
    source: str
    source_clock: Timeline
    version: int
    counter: int
    who: str = ""
    answered: Mapping[Key, Outcome] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One edit as it was decided, by whom and when (UTC, ISO 8601); or, without a key, a change of name."""

    key: Key | None
    outcome: Outcome | None
    who: str
    when: str


class Journal:
    """The journal in `file`; one process writes it. `problems` says which of its lines could not be read."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.problems: tuple[str, ...] = ()

    def read(self) -> tuple[Start, tuple[Entry, ...]] | None:
        """What it began from and the edits since; None where there is no journal.

        CastkitError where its first line, which no kill can cut short, is not as castkit wrote it.
        """
        try:
            first, *lines = self.file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CastkitError(f"{self.file} cannot be read: {error.strerror}", "check its permissions") from error
        try:
            start = _start_from_json(json.loads(first))
        except DAMAGED as error:
            raise CastkitError(
                f"{self.file} is not as castkit wrote it: {error}",
                "bring it back from a backup; or rename it: its lines hold what was typed, and the page starts from "
                "the history",
            ) from error
        return start, tuple(self._entries(lines))

    def begin(self, start: Start, entries: Sequence[Entry] = ()) -> None:
        """Puts a new journal, with these edits, in the place of the one that is there, whole or not at all."""
        lines = (_line(_start_to_json(start)), *(_line(_entry_to_json(entry)) for entry in entries))
        atomic.write_bytes(self.file, b"".join(lines))

    def append(self, entries: Sequence[Entry]) -> None:
        """Writes edits to the disk; OSError, and the file as it was, where that fails."""
        data = b"".join(_line(_entry_to_json(entry)) for entry in entries)
        with self.file.open("ab+", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - 1))
            if file.read(1) != b"\n":  # a line that a kill cut short stays alone on its line
                data = b"\n" + data
            try:
                while data:
                    data = data[file.write(data) :]
                os.fsync(file.fileno())
            except OSError:
                _cut_back(self.file, end)
                raise

    def set_aside(self) -> Path:
        """Keeps a copy of a damaged journal under a name of its own beside it."""
        names = (self.file.with_name(f"{self.file.name}.damaged-{number}") for number in range(1, 10_000))
        aside = next(name for name in names if not name.exists())
        atomic.write_bytes(aside, self.file.read_bytes())
        return aside

    def _entries(self, lines: Sequence[bytes]) -> Iterator[Entry]:
        problems = []
        for number, line in enumerate(lines, 2):
            if not line.strip():
                continue
            try:
                yield _entry_from_json(json.loads(line))
            except DAMAGED:
                is_torn = number == len(lines) + 1
                if not is_torn:
                    problems.append(f"{self.file.name}, line {number} is not as castkit wrote it and is left out")
        self.problems = tuple(problems)


def _cut_back(path: Path, size: int) -> None:
    """Takes off the half of a line that the disk had no room for; where that fails too, it stays as a torn line."""
    try:
        os.truncate(path, size)
    except OSError:
        return


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _start_to_json(start: Start) -> dict[str, Any]:
    kept = list(start.answered.items())[-KEPT_ANSWERS:]
    return {
        "format": FORMAT,
        "rev": start.rev,
        "stand": start.stand.value,
        "clock": _pieces(start.clock),
        "source": start.source,
        "sourceClock": _pieces(start.source_clock),
        "version": start.version,
        "counter": start.counter,
        "who": start.who,
        "answered": [[*key, _answer(outcome)] for key, outcome in kept],
        "cues": [row_to_json(row) for row in start.rows],
    }


def _start_from_json(value: Mapping[str, Any]) -> Start:
    if value["format"] != FORMAT:
        raise ValueError(f"its format is {value['format']}, and this castkit knows {FORMAT}")
    return Start(
        tuple(row_from_json(one) for one in value["cues"]),
        int(value["rev"]),
        Stand(value["stand"]),
        _timeline(value["clock"]),
        str(value["source"]),
        _timeline(value["sourceClock"]),
        int(value["version"]),
        int(value["counter"]),
        str(value["who"]),
        {(client, name): outcome_from_json(answer) for client, name, answer in value["answered"]},
    )


def _answer(outcome: Outcome) -> dict[str, Any]:
    """An outcome without what it changed, which stands by now."""
    return {key: one for key, one in outcome_to_json(outcome).items() if key not in ("set", "drop", "mine")}


def _entry_to_json(entry: Entry) -> dict[str, Any]:
    value: dict[str, Any] = {"who": entry.who, "when": entry.when}
    if entry.key and entry.outcome:
        value |= {"client": entry.key[0], "op": entry.key[1], **outcome_to_json(entry.outcome)}
    return value


def _entry_from_json(value: Mapping[str, Any]) -> Entry:
    if "op" not in value:
        return Entry(None, None, str(value["who"]), str(value["when"]))
    key = str(value["client"]), str(value["op"])
    return Entry(key, outcome_from_json(value), str(value["who"]), str(value["when"]))


def _pieces(timeline: Timeline) -> list[list[int]]:
    return [[one.start_ms, one.end_ms, one.at_ms] for one in timeline.pieces]


def _timeline(pieces: Sequence[Sequence[int]]) -> Timeline:
    return Timeline(tuple(Piece(*map(int, one)) for one in pieces))
