"""Whether a transcript or a list of chapters is what a reader can take, told from its bytes.

Rule: pure, and written from the formats' own pages, not from castkit's writers: it is their judge too.
Sources: W3C's WebVTT; docs/examples/transcripts and chapters of the podcast namespace.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from castkit.model.media_types import bare

LARGEST = 20_000_000  # bytes; ten hours of speech have two million

_VTT_TIME = r"(?:\d{2,4}:)?[0-5]\d:[0-5]\d\.\d{3}"
_VTT_CUE = re.compile(rf"({_VTT_TIME})[ \t]+-->[ \t]+({_VTT_TIME})(?:[ \t].*)?")
_LIKE_TIMES = re.compile(r"\s*\d+[:.,].*-->")  # an arrow in what somebody says is none
_SRT_TIME = r"\d{2,4}:[0-5]\d:[0-5]\d,\d{3}"
_SRT_CUE = re.compile(rf"({_SRT_TIME}) --> ({_SRT_TIME})(?: .*)?")


def problem(data: bytes, media_type: str) -> str:
    """What is wrong with a file of this type, in words; "" where nothing is, or where the type is not known here."""
    judge = _JUDGES.get(bare(media_type))
    if judge is None:
        return ""
    if not data.removeprefix(codecs.BOM_UTF8).strip():
        return "it is empty"
    if len(data) > LARGEST:
        return f"it is larger than {LARGEST // 10**6} MB"
    try:
        return judge(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return f"it is not UTF-8 (byte {error.start})"


def _vtt(text: str) -> str:
    lines = text.splitlines()
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        return "it does not begin with WEBVTT"
    return _timed(lines, _VTT_CUE)


def _srt(text: str) -> str:
    lines = text.splitlines()
    return "it begins with WEBVTT, and is no SRT" if lines[0].startswith("WEBVTT") else _timed(lines, _SRT_CUE)


def _timed(lines: list[str], cue: re.Pattern[str]) -> str:
    """Every line that looks like a cue's times is one, and they run forwards; there is one at least."""
    before = -1
    for number, line in enumerate(lines, start=1):
        if not _LIKE_TIMES.match(line):
            continue
        found = cue.fullmatch(line.strip())
        if found is None:
            return f"line {number} is no cue's times: {line.strip()[:60]!r}"
        start, end = _ms(found[1]), _ms(found[2])
        if end <= start:
            return f"the cue in line {number} ends before it begins"
        if start < before:
            return f"the cue in line {number} begins before the one above it"
        before = start
    return "" if before >= 0 else "it has no cue"


def _ms(clock: str) -> int:
    whole, _, rest = clock.replace(",", ".").partition(".")
    total = 0
    for part in whole.split(":"):
        total = total * 60 + int(part)
    return total * 1000 + int(rest)


def _loaded(text: str, judge: Callable[[Any], str]) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"it is no JSON: {error}"
    return judge(value) if isinstance(value, dict) else "it is no JSON object"


def _transcript(value: dict[str, Any]) -> str:
    segments = value.get("segments")
    if not isinstance(value.get("version"), str):
        return "it has no version"
    if not isinstance(segments, list) or not segments:
        return "it has no segments"
    for number, segment in enumerate(segments, start=1):
        if not isinstance(segment, dict) or not isinstance(segment.get("body"), str):
            return f"segment {number} has no body"
        if not _is_time(segment.get("startTime")) or not _is_time(segment.get("endTime")):
            return f"segment {number} has no startTime and endTime in seconds"
        if segment["endTime"] < segment["startTime"]:
            return f"segment {number} ends before it begins"
    late = next((n for n, (a, b) in enumerate(pairwise(segments), 2) if b["startTime"] < a["startTime"]), 0)
    return f"segment {late} begins before the one above it" if late else ""


def _chapters(value: dict[str, Any]) -> str:
    chapters = value.get("chapters")
    if not isinstance(value.get("version"), str):
        return "it has no version"
    if not isinstance(chapters, list) or not chapters:
        return "it has no chapters"
    for number, chapter in enumerate(chapters, start=1):
        if not isinstance(chapter, dict) or not _is_time(chapter.get("startTime")):
            return f"chapter {number} has no startTime in seconds"
        if not chapter.get("title") and chapter.get("toc") is not False:
            return f"chapter {number} has no title"
        if "endTime" in chapter and (not _is_time(chapter["endTime"]) or chapter["endTime"] < chapter["startTime"]):
            return f"chapter {number} has an endTime before it begins"
    late = next((n for n, (a, b) in enumerate(pairwise(chapters), 2) if b["startTime"] < a["startTime"]), 0)
    return f"chapter {late} begins before the one above it" if late else ""


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _html(text: str) -> str:
    return "" if re.search(r"<[a-zA-Z]", text) else "it holds no HTML"


def _plain(text: str) -> str:
    return "it is a web page" if re.match(r"\s*<(?:!doctype|html)", text, re.IGNORECASE) else ""


_JUDGES: dict[str, Callable[[str], str]] = {
    "text/vtt": _vtt,
    "application/x-subrip": _srt,
    "application/json": lambda text: _loaded(text, _transcript),
    "application/json+chapters": lambda text: _loaded(text, _chapters),
    "text/html": _html,
    "text/plain": _plain,
}
