"""SubRip files (SRT): written one way, read in the forms that people's editors leave.

Rule: time lines are counted apart from the parser; a file of which a word or a time might be lost is refused.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import srt

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.timecode import parse_clock, srt_time

_DIGITS = re.compile(r"\d+")
_ARROW = re.compile(r"-+\s*>|[–—−→]\s*>?")
# Anything that a person would call a time line; only `_TIMES` of these can be read without guessing.
_TIME_LIKE = re.compile(rf"\d\s*[:：]\s*\d.*(?:{_ARROW.pattern}).*\d\s*[:：]\s*\d")
_CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}[,.]\d{3}"
_TIMES = re.compile(rf"({_CLOCK})\s*-->\s*({_CLOCK})(?:\s+[XY][12]:.*)?")
_FULL_WIDTH = str.maketrans("：，．。０１２３４５６７８９", ":,..0123456789")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class _TimeLine:
    """Where a cue begins: its line (from 0), its times, and the line its text begins after."""

    line: int
    start_ms: int
    end_ms: int


def read_srt(path: Path) -> tuple[Cue, ...]:
    """The cues of an SRT file in order of time; see `parse_srt`. Raises CastkitError where it is no readable SRT."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CastkitError(f"{path}: cannot be read: {error.strerror}", "check the file and its permissions") from error
    return parse_srt(_decoded(data, str(path)), str(path))


def parse_srt(text: str, name: str) -> tuple[Cue, ...]:
    """The cues of an SRT text: times to the millisecond, texts as written but for blank lines, without index.

    Read besides the plain form: byte order marks, any line ends, missing indexes, `.` or full-width signs in times,
    missing hours, coordinates after the times (dropped), cues out of order. A cue without any text is left out.
    Raises CastkitError with `name`, line, reason and remedy for whatever cannot be read without guessing.
    """
    lines = re.split(r"\r*\n|\r", text.replace("\ufeff", ""))
    times = [found for number, line in enumerate(lines) if (found := _time_line(number, line, name))]
    if not times:
        what = "is empty" if not text.strip() else "holds no time line such as 00:00:01,000 --> 00:00:04,000"
        raise CastkitError(f"{name}: {what}, so it is no SRT file", "save the subtitles as SubRip (.srt) and try again")
    texts = list(_texts(lines, times, name))
    cues = [Cue(one.start_ms, one.end_ms, text_) for one, text_ in zip(times, texts, strict=True)]
    _confirm(cues, times, name)
    return tuple(sorted((cue for cue in cues if cue.text), key=lambda cue: (cue.start_ms, cue.end_ms)))


def compose_srt(cues: Iterable[Cue]) -> str:
    """An SRT text, numbered from 1, with LF line ends; a cue's blank lines are left out.

    Raises ValueError for a cue without text: a person's player would show the next one's number.
    """
    subtitles = []
    for index, cue in enumerate(cues, start=1):
        content = "\n".join(line for line in cue.text.split("\n") if line.strip())
        if not content:
            raise ValueError(f"cue {index} at {srt_time(cue.start_ms)} has no text")
        start, end = timedelta(milliseconds=cue.start_ms), timedelta(milliseconds=cue.end_ms)
        subtitles.append(srt.Subtitle(index, start, end, content))
    return srt.compose(subtitles, reindex=False) if subtitles else ""


def write_srt(path: Path, cues: Iterable[Cue]) -> None:
    """Writes an SRT file: UTF-8 without a byte order mark, LF."""
    path.write_text(compose_srt(cues), encoding="utf-8", newline="\n")


def _decoded(data: bytes, name: str) -> str:
    encoding = next((encoding for mark, encoding in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8-sig")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CastkitError(
            f"{name}, line {line}: is not in UTF-8 (byte 0x{data[error.start]:02x})",
            "open it in the editor it was written with and save it as UTF-8",
        ) from error
    if "\0" in text:
        raise CastkitError(
            f"{name}: holds zero bytes, so it is no text file", "save the subtitles as UTF-8 text (.srt)"
        )
    return text


def _time_line(number: int, line: str, name: str) -> _TimeLine | None:
    """The times in a line, None where it holds none; refuses what looks like times and cannot be read."""
    plain = line.translate(_FULL_WIDTH).strip()
    if found := _TIMES.fullmatch(re.sub(r"(?<=\d)\s*([:,.])\s*(?=\d)", r"\1", plain)):
        try:
            start, end = parse_clock(found[1]), parse_clock(found[2])
        except ValueError as error:
            raise _refusal(name, number, f"{error}", "write the times as 00:00:01,000 --> 00:00:04,000") from error
        if end <= start:
            raise _refusal(name, number, f"the cue ends before it begins: {line.strip()}", "correct the times")
        return _TimeLine(number, start, end)
    if _TIME_LIKE.search(plain) or plain.startswith("-->"):
        reason = f"cannot read the times {line.strip()!r}"
        raise _refusal(name, number, reason, "write them as 00:00:01,000 --> 00:00:04,000")
    return None


def _texts(lines: Sequence[str], times: Sequence[_TimeLine], name: str) -> Iterator[str]:
    """The text after each time line, without the index of the cue that follows it."""
    indexed = [_has_index(lines, one.line) for one in times]
    _check_head(lines[: times[0].line - indexed[0]], name)
    for position, one in enumerate(times):
        if position + 1 == len(times):
            yield _joined(lines[one.line + 1 :])
            continue
        following = times[position + 1].line
        body = lines[one.line + 1 : following]
        if indexed[position + 1]:
            body = body[:-1]
            _check_index(lines, following, one.line, name)
        else:
            _check_no_index(lines, following, name, any_index=any(indexed))
        yield _joined(body)


def _has_index(lines: Sequence[str], line: int) -> bool:
    return line > 0 and _DIGITS.fullmatch(lines[line - 1].strip()) is not None


def _check_head(head: Sequence[str], name: str) -> None:
    for number, line in enumerate(head):
        if line.strip() and not _DIGITS.fullmatch(line.strip()):
            raise _refusal(name, number, f"text before the first times: {line.strip()[:60]!r}", "remove it")


def _check_index(lines: Sequence[str], following: int, previous: int, name: str) -> None:
    """Refuses a number that may be a cue's last line of text: right under other text, and not the next index."""
    if following - 2 == previous or not lines[following - 2].strip():
        return
    own = lines[previous - 1].strip() if _has_index(lines, previous) else ""
    if not own or int(lines[following - 1]) != int(own) + 1:
        reason = f"is {lines[following - 1].strip()} the number of the next cue, or the end of the text above it?"
        raise _refusal(name, following - 1, reason, "put a blank line, and the cue's number, before the times")


def _check_no_index(lines: Sequence[str], following: int, name: str, *, any_index: bool) -> None:
    """Refuses a line that stands where an index belongs but is none, such as `2a`."""
    above = lines[following - 1].strip()
    if above and not lines[following - 2].strip():
        raise _refusal(name, following - 1, f"{above[:60]!r} stands where a cue's number belongs", "correct the number")
    last = next(number for number in range(following - 1, -1, -1) if lines[number].strip())
    if any_index and _DIGITS.fullmatch(lines[last].strip()) and not lines[last - 1].strip():
        reason = f"is {lines[last].strip()} a cue's number or its text?"
        raise _refusal(name, last, reason, "put a cue's number directly above its times")


def _joined(body: Iterable[str]) -> str:
    return "\n".join(line for line in body if line.strip())


def _confirm(cues: Sequence[Cue], times: Sequence[_TimeLine], name: str) -> None:
    """Reads the cues back through the `srt` package, and refuses the file where players would find others."""
    for cue, one in zip(cues, times, strict=True):
        if cue.text and _read_back([cue]) != [cue]:
            remedy = "look in it for a line that holds only a number or a time, and reword it"
            raise _refusal(name, one.line, "the text of this cue would be read as another cue", remedy)
    shown = [cue for cue in cues if cue.text]
    if _read_back(shown) != shown:
        raise CastkitError(f"{name}: its cues cannot be told apart", "save it anew as SubRip (.srt) and try again")


def _read_back(cues: Sequence[Cue]) -> list[Cue]:
    ms = timedelta(milliseconds=1)
    try:
        return [Cue(one.start // ms, one.end // ms, one.content) for one in srt.parse(compose_srt(cues))]
    except srt.SRTParseError:
        return []


def _refusal(name: str, line: int, reason: str, remedy: str) -> CastkitError:
    return CastkitError(f"{name}, line {line + 1}: {reason}", remedy)
