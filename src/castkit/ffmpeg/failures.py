"""What ffmpeg or ffprobe said last, as an error a person can act on."""

from __future__ import annotations

from collections.abc import Sequence

from castkit.errors import CastkitError

FULL = "No space left on device"


def failure(log: str, errors: Sequence[str], doing: str) -> CastkitError:
    """What ffmpeg said last (ffprobe only ever says what is wrong), as an error; a full disk in plain words."""
    if FULL in log:
        return CastkitError(f"the disk is full, {doing}", "free some space and run the same command again")
    said = dict.fromkeys(errors or log.strip().splitlines()[-2:] or ["it gave no reason"])
    hint = "check that the named file is whole and that its disk has room"
    return CastkitError(f"ffmpeg failed, {doing}: {'; '.join(said)}", hint)
