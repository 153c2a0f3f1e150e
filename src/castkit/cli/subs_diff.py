"""Changes side by side on a terminal: what was handed out on the left, what came back on the right.

Rule: what is gone is struck out and what is new underlined, so that nobody needs to see colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from castkit.timecode import srt_time

if TYPE_CHECKING:
    from rich.text import Text

    from castkit.model.cue import Cue
    from castkit.subtitles.differences import Part, Row

_GONE, _NEW = "red strike", "green underline"


def echo_rows(rows: Sequence[Row]) -> None:
    """A table on stdout; in colour where that is a terminal."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table("change", "handed out", "came back", show_lines=True, expand=True)
    table.columns[0].no_wrap = True
    for row in rows:
        before, after = row.parts
        table.add_row(row.kind.value, _side(row.before, before, _GONE), _side(row.after, after, _NEW))
    if rows:
        Console().print(table)


def _side(cues: Sequence[Cue], parts: Sequence[Sequence[Part]], style: str) -> Text:
    from rich.text import Text  # noqa: PLC0415

    text = Text()
    for number, (cue, own) in enumerate(zip(cues, parts, strict=True)):
        text.append("\n" if number else "")
        text.append(f"{srt_time(max(0, cue.start_ms))} → {srt_time(max(0, cue.end_ms))}\n", "dim")
        for part in own:
            text.append(part.text, style if part.is_own else "")
    return text
