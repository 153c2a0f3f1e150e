"""Whether a text can stand in the subtitle file that the page's cues become, and how it stands there.

Rule: what could not be read back as it was typed is refused while the person who types it can still see it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.review.rows import LATEST_MS, LONGEST_TEXT, Placed
from castkit.subtitles.files import compose_srt, parse_srt
from castkit.subtitles.incoming.srt_text import time_like_lines
from castkit.subtitles.merge.likeness import told

_FAR_MS = 10_000  # between the cues of a trial, so that none is taken for a part of another


def fault_of(one: Placed) -> str:
    """Why a cue cannot stand as a page wants it, in words, but for its text's form; empty where it can."""
    if one.start_ms < 0:
        return "it would begin before the sound does"
    if one.end_ms <= one.start_ms:
        return "it would end before it begins"
    if one.end_ms > LATEST_MS:
        return "it would end after more than 100 hours"
    if len(one.text) > LONGEST_TEXT:
        return f"its text has {len(one.text)} characters; at most {LONGEST_TEXT} can be kept"
    return ""


def fault_of_texts(texts: Sequence[str]) -> str:
    """Why one of these texts could not be read back from a file as it is, in words; empty where all could."""
    for text in texts:
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            return "its text holds half of a character"
        if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in text):
            return "its text holds a control character that nobody sees"
        if line := next(time_like_lines(text), None):
            return f"a line of its text reads like the times of a subtitle: {line.strip()[:60]}"
    written = [lines for text in texts if (lines := as_written(text))]
    if not written or _read_back(written) == written:
        return ""
    bad = next((text for text in written if _read_back([text]) != [text]), written[0])
    return f"its text would not be read back as it is; signs such as <i> or {{\\an8}} count as markup: {bad[:60]}"


def as_written(text: str) -> str:
    """A cue's text as a file has it: without blank lines and blanks at the ends of lines; empty where nothing is."""
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


def shown(text: str) -> str:
    """The text by which two cues are told apart: as a file has it, in composed letters."""
    return as_written(told(text))


def written(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """The cues that a file has, in order of time: those with a text."""
    found = [replace(cue, text=text) for cue in cues if (text := as_written(cue.text))]
    return tuple(sorted(found, key=lambda cue: (cue.start_ms, cue.end_ms)))


def _read_back(texts: Sequence[str]) -> list[str]:
    cues = [Cue(at * _FAR_MS, at * _FAR_MS + 1000, text) for at, text in enumerate(texts)]
    try:
        return [cue.text for cue in parse_srt(compose_srt(cues), "")]
    except (CastkitError, ValueError):
        return []
