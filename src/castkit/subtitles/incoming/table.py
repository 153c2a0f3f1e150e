"""A workbook (.xlsx) with a row for each cue: number, start, end, source and translation, read by openpyxl.

Rule: a cell's text is what the translator saw in it; where Excel shows something else than it holds, a person is
asked. Formulas, macros and links are never followed.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.incoming.markup import plain
from castkit.subtitles.incoming.received import Findings, Placed
from castkit.subtitles.incoming.times import Times, read_times

# The words that begin the heading of a column, in the languages of the form that is handed out.
_HEADINGS = {
    "number": ("number", "no", "#", "编号", "序号", "編號"), "start": ("start", "from", "in", "开始", "開始"),
    "end": ("end", "to", "out", "结束", "結束"), "source": ("source", "original", "原文"),
    "translation": ("translation", "target", "译文", "譯文", "翻译", "翻譯"),
}  # fmt: skip
_LARGEST, _MOST_PARTS, _MOST_ROWS = 100_000_000, 2000, 100_000  # bytes unpacked, files in the workbook, rows
_REMEDY = "ask for the workbook as it was handed out, with the translations filled in"
_AS_TEXT = "format the cell as text in Excel and type the words again"
_CARRIAGE = re.compile(r"_x000D_|\r\n?", re.IGNORECASE)
_PERCENT = re.compile(r"0(?:\.(0+))?%")
_DECIMALS = re.compile(r"(#,##)?0(?:\.(0+))?")


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the sheet: its place (from 1), and what its cells hold, by column."""

    place: int
    cells: dict[str, Any]

    def value(self, column: str) -> Any:
        return self.cells[column].value if column in self.cells else None


def read_table(data: bytes, findings: Findings) -> list[Placed]:
    """The cues of the rows in the order of the sheet, untranslated ones with empty text; notes go to `findings`.

    Raises CastkitError where it is no workbook with times and translations, is made to exhaust memory, or holds what
    cannot be read as its translator saw it.
    """
    import openpyxl  # noqa: PLC0415

    _check_archive(data, findings)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        rows = list(_rows(_sheet(book), findings))
        others = [one.title for one in book.worksheets[1:]]
        if any(row.value("translation") is None for row in rows):
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            _check_formulas(rows, _rows(_sheet(book), Findings(findings.name, findings.unit)), findings)
    except CastkitError:
        raise
    except Exception as error:  # its reader lets through whatever damaged parts raise
        raise CastkitError(f"{findings.name}: is no workbook that can be read: {error}", _REMEDY) from error
    for title in others:
        findings.note(f"the sheet {title!r} is not read, only the first one")
    placed = [cue for row in rows if (cue := _cue(row, findings))]
    _check_numbers(rows, findings)
    findings.raise_faults()
    if not placed:
        raise CastkitError(f"{findings.name}: holds no row with times", _REMEDY)
    return placed


def _check_archive(data: bytes, findings: Findings) -> None:
    """Refuses archives that unpack to too much, parts with a document type, and what is no workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST:
                raise CastkitError(f"{findings.name}: unpacks to more than subtitles need", _REMEDY)
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or not any(one.startswith("xl/") for one in names):
                raise CastkitError(f"{findings.name}: is a ZIP archive, but no workbook (.xlsx)", _REMEDY)
            for part in parts:
                if _declares(archive.read(part)):
                    raise CastkitError(f"{findings.name}: {part.filename} declares a document type", _REMEDY)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        raise CastkitError(f"{findings.name}: is a damaged workbook: {error}", _REMEDY) from error
    if any(one.endswith("vbaProject.bin") for one in names):
        findings.note("the macros in the workbook are left alone")
    if any(one.startswith("xl/externalLinks/") for one in names):
        findings.note("links to other workbooks are not followed")


def _declares(part: bytes) -> bool:
    """Whether it is XML, whatever its name, that declares a document type: no workbook needs one."""
    text = part.replace(b"\0", b"")
    return text.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<") and b"<!DOCTYPE" in text


def _sheet(book: Any) -> Any:
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # what the file says of its size may be wrong, and rows beyond it would be lost
    return sheet


def _check_formulas(rows: Sequence[_Row], written: Iterator[_Row], findings: Findings) -> None:
    """Faults for formulas whose result was never stored: nobody knows what the translator saw."""
    empty = {row.place for row in rows if row.value("translation") is None}
    for row in written:
        if row.place in empty and row.value("translation") is not None:
            findings.fault(row.place, f"Excel took the words for a formula: {row.value('translation')}", _AS_TEXT)


def _rows(sheet: Any, findings: Findings) -> Iterator[_Row]:
    columns: dict[int, str] = {}
    for place, cells in enumerate(sheet.iter_rows(), 1):
        if place > _MOST_ROWS:
            raise CastkitError(f"{findings.name}: has more than {_MOST_ROWS} rows", _REMEDY)
        if all(cell.value is None for cell in cells):
            continue
        if not columns:
            columns = _columns(cells, findings, place)
            continue
        known = {columns[at]: cell for at, cell in enumerate(cells) if at in columns}
        for at, cell in enumerate(cells):
            if at not in columns and cell.value is not None and str(cell.value).strip():
                findings.note(f"what stands beside the columns is not read: {str(cell.value)[:60]!r}", place)
        yield _Row(place, known)


def _columns(cells: Sequence[Any], findings: Findings, place: int) -> dict[int, str]:
    """Which column holds what, by the headings in the first row that is not empty."""
    found: dict[int, str] = {}
    for at, cell in enumerate(cells):
        words = re.split(r"[\s(（:：]", str(cell.value or "").strip().lower(), maxsplit=1)[0]
        kind = next((kind for kind, starts in _HEADINGS.items() if words in starts), None)
        if kind and kind not in found.values():
            found[at] = kind
    missing = [kind for kind in ("start", "end", "translation") if kind not in found.values()]
    if missing:
        findings.fault(place, f"no column is headed {' or '.join(missing)}", _REMEDY)
        findings.raise_faults()
    return found


def _cue(row: _Row, findings: Findings) -> Placed | None:
    text = _text(row, findings)
    start, end = _ms(row.value("start")), _ms(row.value("end"))
    if start is None or end is None:
        if text or row.value("start") is not None or row.value("end") is not None:
            reason = "the row has no times" if start is None and end is None else "cannot read the times of the row"
            findings.fault(row.place, reason, "write start and end as 00:00:01,000 in their columns")
        return None
    if not text:
        findings.note("the row is not translated", row.place)
    return Placed(Cue(start, end, text), row.place)


def _ms(value: Any) -> int | None:
    """Milliseconds of a cell with a time, as text or as Excel's own; None where it holds none."""
    if isinstance(value, datetime):
        value = value.time() if value.year in (1899, 1900) else None
    if isinstance(value, time):
        return ((value.hour * 60 + value.minute) * 60 + value.second) * 1000 + value.microsecond // 1000
    if isinstance(value, timedelta):
        return round(value.total_seconds() * 1000)
    found = read_times(f"{value} --> {value}") if isinstance(value, str) else None
    return found.start_ms if isinstance(found, Times) else None


def _text(row: _Row, findings: Findings) -> str:
    """What the translator saw in the cell; a fault where that is not known."""
    cell = row.cells.get("translation")
    if cell is None or cell.value is None:
        return ""
    shown = _shown(cell.value, str(cell.number_format or "General"))
    if cell.data_type == "e":
        findings.fault(row.place, f"Excel shows the error {cell.value} in place of the words", _AS_TEXT)
    elif shown is None:
        findings.fault(row.place, f"Excel took the words for a date or a number ({cell.value})", _AS_TEXT)
    text, notes = plain(_CARRIAGE.sub("\n", shown or "").strip())
    for note in notes:
        findings.note(note, row.place)
    return text


def _shown(value: Any, number_format: str) -> str | None:
    """A cell's value as Excel shows it in this format; None for formats that are not known here."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    return _number(value, number_format) if isinstance(value, int | float) else None


def _number(value: float, number_format: str) -> str | None:
    if number_format in ("General", "@"):
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e11 else f"{value:.10g}"
    if found := _PERCENT.fullmatch(number_format):
        return f"{value * 100:.{len(found[1] or '')}f}%"
    if found := _DECIMALS.fullmatch(number_format):
        return f"{value:{',' if found[1] else ''}.{len(found[2] or '')}f}"
    return None


def _check_numbers(rows: Sequence[_Row], findings: Findings) -> None:
    """Notes rows that were deleted, added and doubled, by the numbers that were handed out."""
    numbers = [(row.place, int(n)) for row in rows if (n := str(row.value("number") or "").strip()).isdecimal()]
    seen: set[int] = set()
    for place, number in numbers:
        if number in seen:
            findings.note(f"the number {number} stands there once more; both rows are kept", place)
        seen.add(number)
    missing = sorted(set(range(1, max(seen, default=0) + 1)) - seen) if max(seen, default=0) <= _MOST_ROWS else []
    if missing:
        findings.note(f"the rows of these numbers are missing: {', '.join(map(str, missing[:10]))}")
    for row in rows:
        if row.value("number") is None:
            findings.note("the row has no number; taken as one that was added", row.place)
