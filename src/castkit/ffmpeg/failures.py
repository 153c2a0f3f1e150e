"""What ffmpeg or ffprobe said last, as an error a person can act on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from castkit.errors import CastkitError

# At the end: a title or a file may have that name. (what ffmpeg says, what that means, what to do)
_EXHAUSTED = (
    (
        re.compile(r"No space left on device\)?$"),
        "the disk is full",
        "free some space and run the same command again",
    ),
    (
        re.compile(r"Cannot allocate memory\)?$"),
        "ffmpeg wants more memory than castkit allows it, or there is",
        "if the recording is whole, export it with a smaller picture and at 48 kHz",
    ),
)


def is_exhausted(errors: Iterable[str]) -> bool:
    """Whether one of ffmpeg's errors says that the disk or the memory is full: it may end as if all were well then."""
    return any(said.search(error) for error in errors for said, _, _ in _EXHAUSTED)


def failure(log: str, errors: Sequence[str], doing: str) -> CastkitError:
    """What ffmpeg said last (ffprobe only ever says what is wrong), as an error; a full disk in plain words."""
    for said, meaning, hint in _EXHAUSTED:
        if any(map(said.search, errors or log.splitlines())):
            return CastkitError(f"{meaning}, {doing}", hint)
    words = dict.fromkeys(errors or log.strip().splitlines()[-2:] or ["it gave no reason"])
    hint = "check that the named file is whole and that its disk has room"
    return CastkitError(f"ffmpeg failed, {doing}: {'; '.join(words)}", hint)
