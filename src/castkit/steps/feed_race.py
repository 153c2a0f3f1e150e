"""Writing feeds and pages where others may do the same at the same moment.

Rule: what is made of all episodes is replaced only in the version that was there before they were listed. So whoever
writes last has listed last, and nobody's episode falls out; nothing is ever merged.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from castkit.engine.stage import Job
from castkit.model.media_types import media_type
from castkit.steps.show_context import ShowContext, StoredEpisode
from castkit.storage.caching import cache_control
from castkit.storage.folder import sha256_of
from castkit.storage.store import NOTHING, LostRace, Store, Terms

# Two people publishing at the same moment: who loses the race makes everything again of all that is there then, and so
# does who finds more in the store than was there before.
ATTEMPTS = 30
_LONGEST_PAUSE_S = 4.0


@dataclass(frozen=True, slots=True)
class Stand:
    """What one attempt goes by: the episodes listed, and the versions before that.

    `sent` is what was sent so far, in the attempts before too.
    """

    episodes: Mapping[str, StoredEpisode]
    versions: Mapping[str, str]
    sent: set[str] = field(default_factory=set)


def renewed(context: ShowContext, job: Job, keys: Iterable[str], *, what: str, renew: Callable[[Stand], None]) -> Stand:
    """Has `renew` make and send what lies under the keys until no episode came meanwhile; gives the last stand.

    Where episodes come all the time, the job is told that `what` (in words, many) is to be renewed again. LostRace
    where somebody else was first in every attempt.
    """
    known, sent, number = tuple(keys), set[str](), 0
    while True:
        before = versions(context.store, known)  # before the listing, or an episode could be lost
        stand = Stand(context.episodes_now(), before, sent)
        number += 1
        try:
            renew(stand)
        except LostRace:
            if number == ATTEMPTS:
                raise
            _pause(number)
            continue
        if context.episodes_now() == stand.episodes:
            return stand
        if number == ATTEMPTS:
            job.note(f"episodes were published {number} times while {what} were made: renew them again (castkit feed)")
            return stand


def versions(store: Store, keys: Iterable[str]) -> dict[str, str]:
    """The tag of what lies under each key now."""
    found = {key: store.head(key) for key in keys}
    return {key: info.tag if info else NOTHING for key, info in found.items()}


def terms_of(key: str, path: Path, over: str | None = None) -> Terms:
    """The terms on which this file goes under this key."""
    return Terms(media_type(key), cache_control(key), sha256_of(path), over)


def put_over(store: Store, key: str, path: Path, version: str) -> bool:
    """Sends the file over this version, unless the store holds the very same already; whether it was sent. LostRace."""
    terms = terms_of(key, path, version)
    info = store.head(key)
    if info is not None and (info.size, info.sha256) == (path.stat().st_size, terms.sha256):
        return False
    store.send(key, path, terms)
    return True


def is_in_store(store: Store, key: str, path: Path) -> bool:
    """Whether the store holds this very file under the key."""
    info = store.head(key)
    if info is None or info.size != path.stat().st_size:
        return False
    return (info.sha256 or sha256(store.get(key)).hexdigest()) == sha256_of(path)


def _pause(number: int) -> None:
    """Waits after so many attempts: longer each time, and by chance, so that two do not meet."""
    time.sleep(min(0.025 * 2**number, _LONGEST_PAUSE_S) * (0.5 + secrets.randbelow(1000) / 1000))
