"""SubRip (SRT) in all the forms that people's editors leave.

Rule: every line that is not blank is a cue's number, its times, its text, or named in a note; where a line could be
two of these, a person decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.incoming.counting import agree, count_time_lines
from castkit.subtitles.incoming.markup import plain
from castkit.subtitles.incoming.received import Findings, Placed
from castkit.subtitles.incoming.times import FORM, Unreadable, read_times

LINE_END = re.compile(r"\r*\n|\r")
_ALMOST_NUMBER = re.compile(r"[^\w\s]?\s*(\d{1,7})\s?[A-Za-z]?\s*[^\w\s]?")
_ABOVE = "put a blank line, and the cue's number, before the times"


@dataclass(frozen=True, slots=True)
class _Head:
    """Where a cue begins: the line of its number, the line of its times (from 0), the number, the times (ms)."""

    first: int
    line: int
    number: int | None
    start_ms: int
    end_ms: int


def read_srt_text(text: str, findings: Findings) -> list[Placed]:
    """The cues in the order of the file, empty ones too; notes and faults go to `findings`.

    Raises CastkitError where the text is no SRT, or where its time lines, counted apart, are not as many as its cues.
    """
    text = without_marks(text, findings)
    lines = LINE_END.split(text)
    heads = _heads(lines, findings)
    if not heads:
        findings.raise_faults()
        raise CastkitError(f"{findings.name}: {_nature(text)}", "save the subtitles as SubRip (.srt) and try again")
    _check_above_first(lines[: heads[0].first], findings)
    placed = []
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        body = lines[head.line + 1 : following.first if following else len(lines)]
        _check_for_lone_number(body, head, findings)
        placed.append(Placed(Cue(head.start_ms, head.end_ms, _text(body, head, findings)), head.first + 1))
    findings.raise_faults()
    agree(len(placed), count_time_lines(text), findings.name)
    return placed


def without_marks(text: str, findings: Findings) -> str:
    """The text without byte order marks; one in the middle of the file is noted."""
    bare = text.lstrip("\ufeff")
    if "\ufeff" in bare:
        findings.note("a byte order mark in the middle of the file is taken out", _line_of(text, bare.index("\ufeff")))
    return bare.replace("\ufeff", "").rstrip("\x1a")


def _line_of(text: str, position: int) -> int:
    return len(LINE_END.findall(text, 0, position)) + 1


def _heads(lines: Sequence[str], findings: Findings) -> list[_Head]:
    found = [(number, times) for number, line in enumerate(lines) if (times := read_times(line))]
    is_numbered = any(number and _is_number(lines[number - 1]) for number, _ in found)
    heads: list[_Head] = []
    for line, times in found:
        if isinstance(times, Unreadable):
            findings.fault(line + 1, times.reason, FORM)
            continue
        for note in times.notes:
            findings.note(note, line + 1)
        first, number = (line, times.number)
        if number is None:
            first, number = _numbered(lines, line, _Above(heads, is_numbered), findings)
        heads.append(_Head(first, line, number, times.start_ms, times.end_ms))
    return heads


@dataclass(frozen=True, slots=True)
class _Above:
    """What is known above a time line: the cues read so far, and whether the file numbers its cues at all."""

    heads: Sequence[_Head]
    is_numbered: bool

    @property
    def lowest(self) -> int:
        return self.heads[-1].line + 1 if self.heads else 0

    @property
    def number(self) -> int | None:
        return self.heads[-1].number if self.heads else None


def _numbered(lines: Sequence[str], line: int, above: _Above, findings: Findings) -> tuple[int, int | None]:
    """Where the cue with these times begins, and its number; (line, None) where it has none."""
    at = next((one for one in range(line - 1, above.lowest - 1, -1) if lines[one].strip()), None)
    if at is None:
        return line, None
    number, is_exact = _number(lines[at])
    if number is None:
        _check_no_number(lines, at, line, above, findings)
        return line, None
    if not above.heads:
        if not is_exact and at < line - 1:
            return line, None
        if not is_exact:
            findings.note(f"{lines[at].strip()!r} is read as a cue's number", at + 1)
        return at, number
    if _is_own_number(lines, at, line, above, findings):
        return at, number
    return line, None


def _is_own_number(lines: Sequence[str], at: int, line: int, above: _Above, findings: Findings) -> bool:
    """Whether the number in line `at` belongs to the times in `line`, and is not the end of the text above it."""
    number, is_exact = _number(lines[at])
    is_next = above.number is not None and number == above.number + 1
    is_under_times, is_adjacent = at == above.lowest, at == line - 1
    is_apart = not is_under_times and not lines[at - 1].strip()
    if not is_exact:
        follows = is_next or (above.number is not None and number == above.number)
        if is_adjacent and is_apart and above.is_numbered:
            if follows:
                findings.note(f"{lines[at].strip()!r} is read as a cue's number", at + 1)
                return True
            reason = f"{lines[at].strip()[:60]!r} stands where a cue's number belongs"
            findings.fault(at + 1, reason, "correct the number")
        return False
    if is_adjacent and (is_apart or is_next):
        return True
    if not is_adjacent and is_apart and is_next:
        return True
    if is_adjacent:
        reason = f"is {number} the number of the next cue, or the end of the text above it?"
        findings.fault(at + 1, reason, _ABOVE)
    elif is_apart and above.is_numbered:
        findings.fault(
            at + 1, f"is {number} a cue's number or its text?", "put a cue's number directly above its times"
        )
    return False


def _check_no_number(lines: Sequence[str], at: int, line: int, above: _Above, findings: Findings) -> None:
    is_apart = at > above.lowest and not lines[at - 1].strip()
    if above.heads and above.is_numbered and at == line - 1 and is_apart:
        reason = f"{lines[at].strip()[:60]!r} stands where a cue's number belongs"
        findings.fault(at + 1, reason, "correct the number")


def _is_number(line: str) -> bool:
    return _number(line)[1]


def _number(line: str) -> tuple[int | None, bool]:
    """The number in a line such as `2`, `２`, `#2` or `2a`, and whether it is nothing but digits."""
    bare = unicodedata.normalize("NFKC", line).strip() if not line.isascii() else line.strip()
    if bare.isdecimal() and len(bare) <= 9:
        return int(bare), True
    almost = _ALMOST_NUMBER.fullmatch(bare)
    return (int(almost[1]), False) if almost else (None, False)


def _check_above_first(head: Sequence[str], findings: Findings) -> None:
    """One line above the first cue is a heading, and noted; more may be a cue whose times are gone."""
    written = [(number, line.strip()) for number, line in enumerate(head, 1) if line.strip()]
    if len(written) == 1 and not _is_number(written[0][1]):
        findings.note(f"the heading {written[0][1]!r} is left out", written[0][0])
    elif written:
        reason = f"text before the first times: {written[0][1][:60]!r}"
        findings.fault(written[0][0], reason, "remove it, or give it its times")


def _check_for_lone_number(body: Sequence[str], head: _Head, findings: Findings) -> None:
    """The next cue's number after a blank line, without times: a file that was cut off, or a time line deleted."""
    for at in range(1, len(body)):
        if body[at].strip() and not body[at - 1].strip() and head.number is not None:
            number, is_exact = _number(body[at])
            if is_exact and number == head.number + 1 and any(line.strip() for line in body[:at]):
                reason = f"the cue numbered {number} has no times; the file may be cut off"
                findings.fault(head.line + 2 + at, reason, "write the times below the number, or remove it")


def _text(body: Sequence[str], head: _Head, findings: Findings) -> str:
    written = [at for at, line in enumerate(body) if line.strip()]
    if written and written[-1] - written[0] >= len(written):
        findings.note("blank lines inside the cue are taken out", head.line + 1)
    text, notes = plain("\n".join(body[at] for at in written))
    for note in notes:
        findings.note(note, head.line + 1)
    return text


# What is sent under the name .srt and is none; the first that is found is named.
_NATURES = (
    (re.compile(r"\s*\Z"), "is empty, so it is no SRT file"),
    (re.compile(r"\s*(?:<!doctype\s+html|<html|<head|<body)", re.IGNORECASE), "is a web page: it holds no time line"),
    (re.compile(r"\s*\{\d+\}\{\d+\}"), "is a MicroDVD file: its times are frames, so it holds no time line"),
    (re.compile(r"\s*\[\d+\]\[\d+\]"), "is an MPL2 file: its times are tenths of a second, so it holds no time line"),
    (re.compile(r"\s*\[\d+:\d+[.:]\d+\]"), "is a file of lyrics (LRC), so it holds no time line"),
    (re.compile(r"\s*\{\\rtf"), "is a document in Rich Text Format, so it holds no time line"),
    (re.compile(r"\s*[\[{]\s*[\"{\[]"), "is JSON, so it holds no time line"),
    (re.compile(r"\s*\d+:\d\d:\d\d\.\d+,\d+:\d\d:\d\d\.\d+"), "is a SubViewer (SBV) file, so it holds no time line"),
)


def _nature(text: str) -> str:
    named = next((what for pattern, what in _NATURES if pattern.match(text)), "")
    return named or "holds no time line such as 00:00:01,000 --> 00:00:04,000, so it is no SRT file"


def time_like_lines(text: str) -> Iterator[str]:
    """The lines of a cue's text that a reader of subtitles would take for the times of another cue."""
    return (line for line in text.split("\n") if read_times(line) is not None or count_time_lines(line))
