"""Memory that was freed goes back to the system, where its C library has a way to do so."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numpy as np
import pytest

from castkit.speech.spare import give_back

PIECE = 64 * 1024  # bytes: below what glibc maps for itself and gives back at once


def held() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc keeps what is freed")
def test_what_was_freed_is_no_longer_held() -> None:
    pieces = [np.ones(PIECE, np.uint8) for _ in range(2000)]
    last = pieces.pop()  # lies above the others, so that glibc alone cannot shrink the heap
    pieces.clear()
    before = held()
    give_back()
    assert before - held() > 1000 * PIECE
    assert last.sum() == PIECE
