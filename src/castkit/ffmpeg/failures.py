"""What ffmpeg or ffprobe said last, as an error a person can act on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from castkit.errors import CastkitError

_FULL = re.compile(r"No space left on device\)?$")  # at the end: a title or a file may have that name


def is_full(errors: Iterable[str]) -> bool:
    """Whether one of ffmpeg's errors says that the disk is full."""
    return any(map(_FULL.search, errors))


def failure(log: str, errors: Sequence[str], doing: str) -> CastkitError:
    """What ffmpeg said last (ffprobe only ever says what is wrong), as an error; a full disk in plain words."""
    if is_full(errors or log.splitlines()):
        return CastkitError(f"the disk is full, {doing}", "free some space and run the same command again")
    said = dict.fromkeys(errors or log.strip().splitlines()[-2:] or ["it gave no reason"])
    hint = "check that the named file is whole and that its disk has room"
    return CastkitError(f"ffmpeg failed, {doing}: {'; '.join(said)}", hint)
