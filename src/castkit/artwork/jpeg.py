"""A picture as JPEG within a number of bytes, for pages that take no more.

Rule: the same picture gives the same bytes; quality goes down only as far as the bytes ask.
"""

from __future__ import annotations

import io
from pathlib import Path

from castkit.errors import CastkitError

_QUALITIES = (92, 88, 84, 78, 70, 60, 50, 40)


def write_jpeg(picture: Path, target: Path, *, most_bytes: int) -> None:
    """Writes `target` as a baseline RGB JPEG without metadata; CastkitError where it does not fit at any quality."""
    from PIL import Image  # noqa: PLC0415

    with Image.open(picture) as found:
        image = found.convert("RGB")
    for quality in _QUALITIES:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= most_bytes:
            target.write_bytes(out.getvalue())
            return
    raise CastkitError(
        f"the cover {target.name} does not fit into {most_bytes:,} bytes", "give image a picture with less detail"
    )
