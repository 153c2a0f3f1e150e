"""A glossary as a table that office programs open (CSV, RFC 4180).

Rule: every cell is text; what a spreadsheet would take for a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def terms_csv(rows: Iterable[tuple[str, ...]]) -> bytes:
    """The rows as UTF-8 with a byte order mark and CRLF, as Excel reads it without asking; line ends become blanks."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerows([_cell(one) for one in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(text: str) -> str:
    line = " ".join(text.split())
    return f"'{line}" if line.startswith(_FORMULAS) else line
