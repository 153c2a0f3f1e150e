"""SubRip files (SRT) of castkit's own: written one way, read by the reader of everything that comes back.

Rule: what is written is read again as it was; a text that a reader would take for another cue's times is not written.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import srt

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.incoming.encoding import decoded
from castkit.subtitles.incoming.received import Findings, settled
from castkit.subtitles.incoming.srt_text import read_srt_text, time_like_lines
from castkit.timecode import srt_time

LARGEST = 50_000_000  # bytes; ten hours of subtitles are under two


def read_srt(path: Path) -> tuple[Cue, ...]:
    """The cues of an SRT file in UTF-8 or marked UTF-16/32; see `parse_srt`. Raises CastkitError where it is none."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise CastkitError(f"{path}: cannot be read: {error.strerror}", "check the file and its permissions") from error
    if len(data) > LARGEST:
        raise CastkitError(f"{path}: is larger than {LARGEST // 10**6} MB", "no programme has so many subtitles")
    text, _ = decoded(data, Findings(str(path)))
    return parse_srt(text, str(path))


def parse_srt(text: str, name: str) -> tuple[Cue, ...]:
    """The cues of an SRT text in order of time, without markup; a cue without any text is left out.

    Reads all that `incoming.srt_text` reads, without its notes. Raises CastkitError with `name`, line, reason and
    remedy for whatever cannot be read without guessing.
    """
    findings = Findings(name)
    return settled(read_srt_text(text, findings), findings, "", "srt").cues


def parse_own(text: str) -> tuple[Cue, ...]:
    """The cues of a text that `compose_srt` wrote, many times faster; of another they may be wrong."""
    return tuple(Cue(_ms(one.start), _ms(one.end), one.content) for one in srt.parse(text))


def compose_srt(cues: Iterable[Cue]) -> str:
    """An SRT text, numbered from 1, with LF line ends; a cue's blank lines are left out.

    Raises ValueError for a cue without text (a person's player would show the next one's number), CastkitError for
    one with a line that would be read as times.
    """
    subtitles = []
    for index, cue in enumerate(cues, start=1):
        content = "\n".join(line for line in cue.text.split("\n") if line.strip())
        if not content:
            raise ValueError(f"cue {index} at {srt_time(cue.start_ms)} has no text")
        subtitles.append(srt.Subtitle(index, _delta(cue.start_ms), _delta(cue.end_ms), _checked(content, cue)))
    return srt.compose(subtitles, reindex=False) if subtitles else ""


def write_srt(path: Path, cues: Iterable[Cue]) -> None:
    """Writes an SRT file: UTF-8 without a byte order mark, LF."""
    path.write_text(compose_srt(cues), encoding="utf-8", newline="\n")


def _delta(ms: int) -> timedelta:
    return timedelta(milliseconds=ms)


def _ms(delta: timedelta) -> int:
    return delta // timedelta(milliseconds=1)


def _checked(content: str, cue: Cue) -> str:
    if line := next(time_like_lines(content), None):
        at = srt_time(cue.start_ms)
        raise CastkitError(f"the cue at {at} holds a line that reads like times: {line!r}", "reword that line")
    return content
