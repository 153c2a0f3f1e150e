"""A QR code of an address, for a phone to take it from a screen or from paper.

Rule: pure; black on white whatever the page's colours, because many scanners read no other.
"""

from __future__ import annotations

import io


def qr_svg(text: str) -> str:
    """The code as an inline `<svg>` without width and height: the page's style says how large it is."""
    import segno  # noqa: PLC0415

    drawn = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, nl=False, light="#fff", dark="#000")
    return drawn.getvalue().decode()
