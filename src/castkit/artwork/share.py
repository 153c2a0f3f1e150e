"""The picture that a chat shows beside a link to an episode's page, and the small cover on the page itself.

Rule: the same cover, titles and fonts give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from castkit.artwork.card import Frame, draw_card, opened

SIZE = (1200, 630)  # pixels: what chats and networks show whole, Open Graph's usual 1.91 to 1
_FRAME = Frame(SIZE, cover=(64, 75, 480, 480), titles=(600, 92, 536, 446))
_REDUCED = 960  # pixels a side: twice what is drawn, so that nothing is lost
_THUMBNAIL = 480  # pixels a side, of which a page shows half on an ordinary screen
_QUALITY = 82  # JPEG's, of 95


def reduce_cover(cover: Path, target: Path) -> None:
    """Writes the cover as a smaller PNG: it is drawn once a language, and 3000 pixels take a second to read each time.

    Raises CastkitError where the cover cannot be read as a picture.
    """
    opened(cover, _REDUCED).save(target, "PNG", compress_level=1)


def draw_share(path: Path, cover: Path, titles: Sequence[str]) -> str:
    """Writes the picture as PNG: the cover, the show's title small and the episode's large beside it.

    Gives back the characters that no font of this machine draws.
    """
    return draw_card(path, cover, titles=titles, frame=_FRAME).undrawn


def thumbnail(cover: Path) -> bytes:
    """The cover as a JPEG of 480 × 480 pixels, a few dozen kB: it stands in the page, which so looks right anywhere."""
    from PIL import Image, ImageOps  # noqa: PLC0415

    written = io.BytesIO()
    picture = ImageOps.fit(opened(cover, _REDUCED), (_THUMBNAIL, _THUMBNAIL), Image.Resampling.LANCZOS)
    picture.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue()
