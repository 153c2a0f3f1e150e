"""The show's picture, made small enough to travel inside every file.

Rule: the picture in a media file is a square JPEG; the large original is what the feed points at.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from castkit.errors import CastkitError

EMBEDDED_PIXELS = 1400  # Apple's smallest; larger only makes every download larger
_QUALITY = 85


def embedded_cover(path: Path, *, pixels: int = EMBEDDED_PIXELS) -> bytes:
    """The picture as a baseline RGB JPEG of at most `pixels` a side, without its metadata.

    CastkitError where it is missing or no PNG or JPEG.
    """
    from PIL import Image  # noqa: PLC0415

    if not path.is_file():
        raise CastkitError(
            f"the cover {path} does not exist", "correct image in castkit.toml, or put the picture there"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=("PNG", "JPEG")) as picture:
                small = picture.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise CastkitError(f"the cover {path} cannot be read: {error}", "export it again as PNG or JPEG") from None
    small.thumbnail((pixels, pixels), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()
