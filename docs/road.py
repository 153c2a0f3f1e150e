"""Draws road.svg, the picture of castkit's road in the README: python docs/road.py."""

from __future__ import annotations

from pathlib import Path

BOX_W, BOX_H, INK, LINE = 118, 54, "#1d2b36", "#5b7083"
# name: (column, row, what it does, fill)
STEPS = {
    "raw": (0, 1, "recordings", "#f3e9d8"),
    "ingest": (1, 1, "decode, measure", "#dbe9f4"),
    "survey": (2, 1, "place, voices, noise", "#dbe9f4"),
    "edit": (4, 0, "cuts, long pauses", "#dbe9f4"),
    "master": (5, 0, "clean, level, limit", "#dbe9f4"),
    "transcribe": (3, 2, "Whisper: words", "#dbe9f4"),
    "glossary": (3, 3, "a show's terms", "#f3e9d8"),
    "proofread": (4, 2, "terms and numbers", "#dbe9f4"),
    "subtitle": (5, 2, "cues as spoken", "#dbe9f4"),
    "translate": (6, 2, "other languages", "#dbe9f4"),
    "transcripts": (7, 2, "SRT, VTT, JSON", "#dbe9f4"),
    "notes": (7, 3, "show notes", "#dbe9f4"),
    "package": (8, 1, "MP3, MP4, chapters", "#dbe9f4"),
    "burn": (8, 0, "captions in picture", "#dbe9f4"),
    "report": (9, 0, "a page to look at", "#dbe9f4"),
    "hls": (9, 1, "a stream", "#dbe9f4"),
    "pages": (9, 3, "notes with a player", "#dbe9f4"),
    "upload": (10, 2, "folder or S3", "#d9eedd"),
    "feed": (10, 3, "a feed per language", "#d9eedd"),
    "site": (10, 4, "the show's pages", "#d9eedd"),
    "listeners": (9, 4, "apps, browsers", "#f3e9d8"),
    "translator": (6, 3, "accepts an SRT", "#f3e9d8"),
}
ARROWS = [
    ("raw", "ingest"), ("ingest", "survey"), ("survey", "edit"), ("survey", "transcribe"), ("edit", "master"),
    ("edit", "subtitle"), ("transcribe", "proofread"), ("proofread", "subtitle"), ("subtitle", "translate"),
    ("translate", "transcripts"),
    ("translate", "notes"), ("master", "package"), ("master", "burn"), ("transcripts", "package"),
    ("transcripts", "burn"), ("package", "report"), ("package", "hls"), ("package", "pages"), ("notes", "pages"),
    ("hls", "pages"), ("hls", "upload"), ("pages", "upload"), ("upload", "feed"), ("feed", "listeners"),
    ("feed", "site"), ("site", "listeners"),
    ("translator", "translate"), ("glossary", "proofread"),
]  # fmt: skip
STEP_X, STEP_Y, MARGIN = 142, 78, 16


def corner(name: str) -> tuple[int, int]:
    """The top left corner of a box, in pixels."""
    column, row, _, _ = STEPS[name]
    return MARGIN + column * STEP_X, MARGIN + row * STEP_Y


def box(name: str) -> str:
    x, y = corner(name)
    _, _, text, fill = STEPS[name]
    middle = x + BOX_W // 2
    return (
        f'<rect x="{x}" y="{y}" width="{BOX_W}" height="{BOX_H}" rx="8" fill="{fill}" stroke="{LINE}"/>'
        f'<text x="{middle}" y="{y + 23}" font-weight="600">{name}</text>'
        f'<text x="{middle}" y="{y + 41}" font-size="11">{text}</text>'
    )


def arrow(start: str, end: str) -> str:
    (x1, y1), (x2, y2) = corner(start), corner(end)
    if x1 == x2:  # one above the other
        start_y, end_y = (y1, y2 + BOX_H + 7) if y1 > y2 else (y1 + BOX_H, y2 - 7)
        return f'<path d="M{x1 + BOX_W // 2},{start_y} V{end_y}" marker-end="url(#tip)"/>'
    left, right = (x1 + BOX_W, x2 - 7) if x1 < x2 else (x1, x2 + BOX_W + 7)
    height = BOX_H // 2
    bend = (left + right) // 2
    path = f"M{left},{y1 + height} C{bend},{y1 + height} {bend},{y2 + height} {right},{y2 + height}"
    return f'<path d="{path}" marker-end="url(#tip)"/>'


def main() -> None:
    width = 2 * MARGIN + 10 * STEP_X + BOX_W
    height = 2 * MARGIN + 4 * STEP_Y + BOX_H
    body = "\n".join([*(arrow(*pair) for pair in ARROWS)])
    boxes = "\n".join(box(name) for name in STEPS)
    svg = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"
 aria-label="The road of an episode, from raw recordings through the steps of castkit to listeners">
<rect width="{width}" height="{height}" rx="12" fill="#ffffff"/>
<defs><marker id="tip" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0,0 L8,4 L0,8 z" fill="{LINE}"/></marker></defs>
<g fill="none" stroke="{LINE}" stroke-width="1.6">
{body}
</g>
<g font-family="Helvetica, Arial, 'Noto Sans', sans-serif" font-size="14" text-anchor="middle" fill="{INK}">
{boxes}
</g>
</svg>
"""
    Path(__file__).with_name("road.svg").write_text(svg, "utf-8")


if __name__ == "__main__":
    main()
