"""Advanced SubStation Alpha (ASS, SSA), read by pysubs2.

Rule: pysubs2 takes the columns for the usual ones and passes over lines it does not know; so the columns are checked
and the lines counted before its reading is believed.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.incoming.counting import agree, count_dialogue
from castkit.subtitles.incoming.received import Findings, Placed
from castkit.subtitles.incoming.srt_text import LINE_END, without_marks

_COLUMNS = "start,end,style,name,marginl,marginr,marginv,effect,text"
_BRACES = re.compile(r"\{[^{}]*\}")
_DRAWING = re.compile(r"\{[^{}]*\\p[1-9][^{}]*\}")
_REMEDY = "open it in Aegisub, save it anew as ASS, or export it as SubRip (.srt)"
_TIME = re.compile(r"\s*-?\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d{1,3})?\s*")


def read_ass_text(text: str, findings: Findings) -> list[Placed]:
    """The spoken lines in the order of the file; notes go to `findings`. Raises CastkitError where it is no ASS."""
    import pysubs2  # noqa: PLC0415

    text = "\n".join(LINE_END.split(without_marks(text, findings)))
    kind = "ass" if "[v4+ styles]" in text.lower() else "ssa"
    lines = list(_event_lines(text, findings))
    findings.raise_faults()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles, which are not taken over
            events = pysubs2.SSAFile.from_string(_events_alone(lines, kind), format_=kind).events
    except Exception as error:  # its parser lets through whatever its conversions raise
        raise CastkitError(f"{findings.name}: is no ASS file: {error}", _REMEDY) from error
    agree(len(events), count_dialogue(text), findings.name)
    placed = []
    for event, (number, line) in zip(events, lines, strict=True):
        if event.type == "Comment":
            findings.note("lines marked as comments are left out", number)
            continue
        if not line.endswith(event.text.strip()):
            findings.fault(number, "the text of the line cannot be told from its columns", _REMEDY)
        if event.start < 0 or event.end < 0:
            findings.fault(number, "a time before the beginning of the sound", "correct the times")
        placed.append(Placed(Cue(event.start, event.end, _text(event.text, number, findings)), number))
    if not placed:
        raise CastkitError(f"{findings.name}: holds no line of dialogue", _REMEDY)
    return placed


def _event_lines(text: str, findings: Findings) -> Iterator[tuple[int, str]]:
    """The lines of the events with their numbers, from 1; faults where their columns are not the usual ones."""
    section = ""
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if bare.startswith("[") and bare.endswith("]"):
            section = bare.lower()
            continue
        head, _, rest = bare.partition(":")
        if head in ("Dialogue", "Comment"):
            fields = rest.split(",", 9)
            if len(fields) < 10 or not (_TIME.fullmatch(fields[1]) and _TIME.fullmatch(fields[2])):
                findings.fault(number, f"cannot read the times {bare[:60]!r}", _REMEDY)
            yield number, bare
        elif section == "[events]" and head == "Format":
            columns = rest.replace(" ", "").lower().partition(",")[2]
            if columns != _COLUMNS:
                findings.fault(number, "the columns of the lines are not the usual ones", _REMEDY)
        elif section == "[events]" and bare and not bare.startswith(";"):
            findings.fault(number, f"a line that is no dialogue: {bare[:60]!r}", _REMEDY)


def _events_alone(lines: list[tuple[int, str]], kind: str) -> str:
    """A file of the events without styles, fonts and pictures, in which a damaged colour would end the reading."""
    head = ("[Script Info]", "", "[V4+ Styles]" if kind == "ass" else "[V4 Styles]", "", "[Events]")
    return "\n".join([*head, *(line for _, line in lines)]) + "\n"


def _text(raw: str, number: int, findings: Findings) -> str:
    if _DRAWING.search(raw):
        findings.note("a drawing is left out", number)
        return ""
    for block in _BRACES.findall(raw):
        is_code = block.startswith("{\\") or block == "{}"
        what = "styles and positions are taken out" if is_code else f"the remark {block} is left out"
        findings.note(what, number)
    bare = _BRACES.sub("", raw).replace("\\h", "\u00a0").replace("\\N", "\n").replace("\\n", "\n")
    return "\n".join(line for line in bare.split("\n") if line.strip())
