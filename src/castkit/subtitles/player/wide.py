"""Which characters take the space of two Latin ones, as a table for a page that has no such table of its own.

Rule: the page counts as castkit does: `profile.is_wide` alone decides.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

from castkit.subtitles.profile import is_wide

# Planes 2 and 3 are wide as a whole (UAX 11), and nothing after them is.
_LOOKED_AT = 0x20000
_IDEOGRAPHS = (0x20000, 0x3FFFF)


@cache
def wide_ranges() -> tuple[tuple[int, int], ...]:
    """First and last code point of every run of wide characters, in order.

    A run goes on over code points that stand for nothing yet, so that the table is short.
    """
    return (*_runs(), _IDEOGRAPHS)


def _runs() -> Iterator[tuple[int, int]]:
    first = last = -1
    for code in range(_LOOKED_AT):
        char = chr(code)
        if unicodedata.category(char) == "Cn":
            continue
        if is_wide(char):
            first, last = (code if first < 0 else first), code
        elif first >= 0:
            yield first, last
            first = -1
    if first >= 0:
        yield first, last
