"""Whether a cover is one that podcast directories accept.

Rule: every fault is named at once, with what is allowed; the rules are Apple's (podcasters.apple.com, "A podcaster's
guide to RSS": square, 1400 to 3000 pixels, PNG or JPEG, RGB, and a file extension true to the type).
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from castkit.errors import CastkitError

if TYPE_CHECKING:
    from PIL.Image import Image

SMALLEST, LARGEST = 1400, 3000  # pixels a side
LARGEST_FILE = 32 * 1024 * 1024  # bytes; a cover of 3000 pixels a side has a few MB

_EXTENSIONS = {"PNG": (".png",), "JPEG": (".jpg", ".jpeg")}


def check_cover(path: Path) -> None:
    """Nothing where this cover can be published; CastkitError with everything that is wrong with it."""
    if problems := cover_problems(path):
        raise CastkitError(
            f"the cover {path} cannot be published: {'; '.join(problems)}",
            f"give image in castkit.toml a square PNG or JPEG of {SMALLEST} to {LARGEST} pixels a side, in RGB",
        )


def cover_problems(path: Path) -> list[str]:
    """What is wrong with this cover, in words; an empty list where nothing is. The picture is decoded whole."""
    from PIL import Image  # noqa: PLC0415

    try:
        if path.stat().st_size > LARGEST_FILE:
            return [f"the file has more than {LARGEST_FILE // 1024**2} MiB"]
        # A picture far too large would be decoded to gigabytes: Pillow warns, and the size alone is fault enough.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                problems = _faults(picture, path)
                if not problems:
                    picture.load()  # a file cut off in the middle has a good header
    except FileNotFoundError:
        return ["there is no such file"]
    except Image.DecompressionBombError:
        return [f"it has far more than {LARGEST} × {LARGEST} pixels"]
    except (OSError, SyntaxError, ValueError) as error:  # Pillow tells a damaged PNG by SyntaxError
        return [f"it cannot be read as a picture ({error})"]
    return problems


def _faults(picture: Image, path: Path) -> list[str]:
    width, height = picture.size
    kind = picture.format or "unknown"
    extensions = _EXTENSIONS.get(kind)
    faults = (
        (extensions is None, f"it is a {kind} picture, and must be PNG or JPEG"),
        (
            extensions is not None and path.suffix.lower() not in extensions,
            f"it is a {kind} picture, so its name must end in {' or '.join(extensions or ())}, not {path.suffix!r}",
        ),
        (width != height, f"it is {width} × {height} pixels, and must be square"),
        (
            min(width, height) < SMALLEST,
            f"it is too small: {width} × {height} pixels, and must have at least {SMALLEST} × {SMALLEST}",
        ),
        (
            max(width, height) > LARGEST,
            f"it is too large: {width} × {height} pixels, and must have at most {LARGEST} × {LARGEST}",
        ),
        (picture.mode != "RGB", f"its colours are {_colours(picture.mode)}, and must be RGB without transparency"),
    )
    return [words for is_fault, words in faults if is_fault]


def _colours(mode: str) -> str:
    names = {"RGBA": "RGB with transparency", "CMYK": "CMYK, as for print", "L": "shades of grey", "P": "a palette"}
    return names.get(mode, mode)
