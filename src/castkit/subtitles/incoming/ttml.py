"""TTML (also DFXP, EBU-TT-D, IMSC): the words and times of its paragraphs.

Rule: W3C TTML2's clock and offset times; what gives words in a paragraph times of their own is refused, not flattened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.incoming.counting import agree
from castkit.subtitles.incoming.received import Findings, Placed
from castkit.subtitles.incoming.xml_tree import local, parsed

_PARAMETER = "{http://www.w3.org/ns/ttml#parameter}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_CLOCK = re.compile(r"(\d{2,3}):([0-5]\d):([0-5]\d)(?:\.(\d+)|:(\d{2,}))?")
_OFFSET = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|f|t)")
_UNITS = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_REMEDY = "export it again with plain times (00:00:01.000) on each paragraph, or as SubRip (.srt)"
_OPENING = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?p[\s/>]")


@dataclass(frozen=True, slots=True)
class _Rates:
    """How long a frame and a tick last, in ms."""

    frame: Fraction
    tick: Fraction


def read_ttml(data: bytes, findings: Findings, *, encoding: str = "") -> list[Placed]:
    """The paragraphs with times in the order of the file; notes and faults go to `findings`."""
    root = parsed(data, findings.name, encoding=encoding)
    if local(root) != "tt":
        raise CastkitError(f"{findings.name}: is no TTML file: it begins with <{local(root)}>", _REMEDY)
    if any(element.get("timeContainer") == "seq" for element in root.iter("{*}body", "{*}div", "{*}p")):
        raise CastkitError(f"{findings.name}: its times follow from one another (timeContainer)", _REMEDY)
    try:
        rates = _rates(root)
    except (ValueError, ZeroDivisionError) as error:
        raise CastkitError(f"{findings.name}: cannot read its frame or tick rate", _REMEDY) from error
    paragraphs = list(root.iter("{*}p"))
    placed = [_paragraph(one, rates, findings) for one in paragraphs]
    findings.raise_faults()
    if b"\0" not in data and not encoding:
        agree(len(placed), len(_OPENING.findall(_without_comments(data))), findings.name)
    if not placed:
        raise CastkitError(f"{findings.name}: holds no paragraph with times", _REMEDY)
    return placed


def _without_comments(data: bytes) -> bytes:
    return re.sub(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>", b"", data, flags=re.DOTALL)


def _rates(root: Any) -> _Rates:
    rate = Fraction(int(root.get(f"{_PARAMETER}frameRate") or 30))
    top, bottom = (root.get(f"{_PARAMETER}frameRateMultiplier") or "1 1").split()
    rate *= Fraction(int(top), int(bottom))
    tick = root.get(f"{_PARAMETER}tickRate")
    return _Rates(1000 / rate, Fraction(1000, int(tick)) if tick else 1000 / rate)


def _paragraph(element: Any, rates: _Rates, findings: Findings) -> Placed:
    line = int(element.sourceline or 0)
    for inner in element.iter("{*}span", "{*}set"):
        if any(inner.get(name) for name in ("begin", "end", "dur")):
            findings.fault(line, "words inside a paragraph have times of their own", _REMEDY)
            break
    try:
        start, end = _span(element, rates)
    except ValueError as error:
        findings.fault(line, str(error), _REMEDY)
        start, end = 0, 1
    text = "\n".join(kept for part in "".join(_parts(element)).split("\n") if (kept := part.strip(" \t")))
    if element.find(".//{*}span") is not None:
        findings.note("styles and places on the screen are left out", line)
    return Placed(Cue(start, end, text), line)


def _span(element: Any, rates: _Rates) -> tuple[int, int]:
    """Start and end in ms: the paragraph's own, on the clock of what it stands in."""
    offset = Fraction(0)
    for outer in element.iterancestors("{*}div", "{*}body"):
        offset += _time(outer.get("begin"), rates) if outer.get("begin") else 0
    begin, end, duration = (element.get(name) for name in ("begin", "end", "dur"))
    if end is None and duration is None:
        raise ValueError("a paragraph without an end")
    start = _time(begin, rates) if begin else Fraction(0)
    until = _time(end, rates) if end is not None else start + _time(duration, rates)
    if end is not None and duration is not None:
        until = min(until, start + _time(duration, rates))
    return round(offset + start), round(offset + until)


def _time(value: str, rates: _Rates) -> Fraction:
    """Milliseconds of a time expression (TTML2, 12.3.1)."""
    value = value.strip()
    if found := _CLOCK.fullmatch(value):
        hours, minutes, seconds, fraction, frames = found.groups()
        whole = Fraction((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000
        return whole + Fraction(f"0.{fraction or 0}") * 1000 + int(frames or 0) * rates.frame
    if found := _OFFSET.fullmatch(value):
        unit = {"f": rates.frame, "t": rates.tick}.get(found[2]) or _UNITS[found[2]]
        return Fraction(found[1]) * unit
    raise ValueError(f"cannot read the time {value[:40]!r}")


def _parts(element: Any, *, is_kept: bool = False) -> Iterator[str]:
    """The words of a paragraph; white space as one blank, but where `xml:space` keeps it."""
    is_kept = element.get(_SPACE, "preserve" if is_kept else "") == "preserve"
    yield _white(element.text, is_kept=is_kept)
    for inner in element:
        if local(inner) == "br":
            yield "\n"
        elif local(inner) not in ("metadata", "set"):
            yield from _parts(inner, is_kept=is_kept)
        yield _white(inner.tail, is_kept=is_kept)


def _white(text: str | None, *, is_kept: bool) -> str:
    if not text:
        return ""
    return re.sub(r"\r\n?", "\n", text) if is_kept else re.sub(r"[ \t\r\n]+", " ", text)
