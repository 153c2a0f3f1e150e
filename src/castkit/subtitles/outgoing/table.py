"""A workbook (.xlsx) with a row for each cue, the form that many translation offices use.

Rule: every cell is text, whatever it begins with, and the same cues give the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import Any

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.model.language import language_name
from castkit.subtitles.outgoing.handout import Handout
from castkit.timecode import srt_time

_WIDTHS = (8, 14, 14, 60, 60)  # characters: number, start, end, source, translation
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - openpyxl wants it so; a real date would change the bytes with every run
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def table_bytes(handout: Handout) -> bytes:
    """The workbook; CastkitError for a cue with characters that a workbook cannot hold."""
    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook()
    book.properties.creator = "castkit"
    book.properties.created = book.properties.modified = _MADE
    sheet: Any = book.active
    sheet.title = "Subtitles"
    sheet.freeze_panes = "A2"
    names = [language_name(tag, "en") for tag in (handout.source_language, handout.language)]
    _write(sheet, 1, ("Number", "Start", "End", f"Source ({names[0]})", f"Translation ({names[1]})"))
    for row, (cue, source) in enumerate(zip(handout.cues, handout.sources, strict=True), 2):
        _check(cue, source)
        _write(sheet, row, (str(row - 1), srt_time(cue.start_ms), srt_time(cue.end_ms), source, cue.text))
    for letter, width in zip("ABCDE", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    packed = io.BytesIO()
    book.save(packed)
    return _without_clock(packed.getvalue())


def _write(sheet: Any, row: int, texts: tuple[str, ...]) -> None:
    from openpyxl.styles import Alignment  # noqa: PLC0415

    wrapped = Alignment(wrap_text=True, vertical="top")
    for column, text in enumerate(texts, 1):
        cell = sheet.cell(row, column)
        if text:
            cell.value = text
            cell.data_type = "s"  # never a formula, even where it begins with =
        cell.number_format = "@"  # what a translator types stays text too: no dates, no formulas
        cell.alignment = wrapped


def _check(cue: Cue, source: str) -> None:
    if found := _NOT_XML.search(cue.text + source):
        reason = f"the cue at {srt_time(cue.start_ms)} holds the character {found[0]!r}, which a workbook cannot hold"
        raise CastkitError(reason, "take it out, or hand the episode out as SubRip (.srt)")


def _without_clock(packed: bytes) -> bytes:
    """The same archive without the time of writing, which openpyxl puts in."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z", data)
            new.writestr(zipfile.ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()
