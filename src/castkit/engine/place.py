"""Where one subject's work is kept, and the lock that keeps two castkits from doing it at once.

Rule: who works on a subject holds its lock from before the first look to after the last receipt.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from castkit.engine import away
from castkit.engine.receipts import Digests
from castkit.errors import CastkitError


@dataclass(frozen=True, slots=True)
class Place:
    """Where a subject's work is kept: `root` of the workspace, `folder` of what is built, its receipts and lock.

    `beside` is another folder of what is built, where the subject has one.
    """

    subject: str
    root: Path
    folder: Path
    receipts: Path
    lock: Path
    beside: Path | None = None

    def digests(self) -> Digests:
        return Digests(self.root, self.receipts.with_name(".digests.json"), self.away)

    @property
    def away(self) -> Path:
        """What is not here of what the receipts name, by digest; written where a backup is taken back."""
        return self.receipts.with_name(away.NAME)


def lock(place: Place, *, patience_s: float = 0.0) -> AbstractContextManager[object]:
    """Holds the subject's lock; CastkitError where another castkit has it for longer than `patience_s` seconds."""
    import filelock  # noqa: PLC0415

    place.lock.parent.mkdir(parents=True, exist_ok=True)
    held = filelock.FileLock(place.lock, timeout=patience_s)
    try:
        return held.acquire()
    except filelock.Timeout:
        raise CastkitError(
            f"another castkit is working on {place.subject}", "wait until it is done, then run the command again"
        ) from None
    except OSError as error:
        raise CastkitError(f"cannot write in {place.lock.parent}: {error.strerror}", "check its permissions") from error
