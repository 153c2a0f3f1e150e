"""What a person changed in subtitles, as one HTML page that needs nothing else and runs nothing.

Rule: every text is escaped; the same changes give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from castkit.model.cue import Cue
from castkit.model.text import printable
from castkit.subtitles.differences import Part, Row
from castkit.timecode import vtt_time

_STYLE = """
:root { color-scheme: light dark; --old: #fbe3e1; --new: #dcf2de; --line: #8884; --text: #1d1d1f; --page: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --old: #5b2220; --new: #1d4a26; --text: #eee; --page: #191a1c; }
}
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
  color: var(--text); background: var(--page); }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { border-bottom: 1px solid var(--line); padding: .5rem; text-align: start; vertical-align: top;
  overflow-wrap: anywhere; }
th:first-child { width: 9rem; }
p { margin: 0 0 .5rem; white-space: pre-wrap; }
.at { font-size: .8rem; opacity: .75; font-variant-numeric: tabular-nums; display: block; }
del { background: var(--old); } ins { background: var(--new); }
""".strip()
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(title: str, languages: tuple[str, str], found: Sequence[Row], remarks: Sequence[str]) -> str:
    """The page; `languages` are the BCP 47 tags of what was handed out and of what came back."""
    heads = "".join(f'<th scope="col">{one}</th>' for one in ("Change", "Handed out", "Came back"))
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        f"<h1>{escape(title)}</h1>",
        *(f"<p>{escape(one)}</p>" for one in remarks),
        "<table>",
        f"<thead><tr>{heads}</tr></thead>",
        "<tbody>",
        *(_row(one, languages) for one in found),
        "</tbody>",
        "</table>",
        "</body>",
        "</html>",
    ]
    return printable("\n".join(lines)) + "\n"


def _row(row: Row, languages: tuple[str, str]) -> str:
    before, after = row.parts
    sides = (row.before, before, "del"), (row.after, after, "ins")
    cells = "".join(
        f'<td lang="{escape(language)}">{"".join(_cues(cues, parts, mark))}</td>'
        for (cues, parts, mark), language in zip(sides, languages, strict=True)
    )
    return f'<tr><th scope="row">{escape(row.kind.value)}</th>{cells}</tr>'


def _cues(cues: Sequence[Cue], parts: Sequence[Sequence[Part]], mark: str) -> Iterator[str]:
    for cue, own in zip(cues, parts, strict=True):
        times = f"{vtt_time(cue.start_ms)} → {vtt_time(cue.end_ms)}"
        text = "".join(f"<{mark}>{escape(one.text)}</{mark}>" if one.is_own else escape(one.text) for one in own)
        yield f'<p><span class="at">{times}</span>{text}</p>'
