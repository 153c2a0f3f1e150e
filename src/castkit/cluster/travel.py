"""The private store through which machines hand each other files and finished steps.

Rule: a file is named by its content and never changes; what a step came to is written once, after every file that it
names; nothing is believed on arrival that has another SHA-256.

    blobs/<2 hex>/<sha256>       a file of any size
    receipts/<2 hex>/<key>.json  what a step came to, under the digest of all that it depends on
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Event as Flag
from threading import Lock, Semaphore

from castkit.cluster.bucket import PrivateBucket
from castkit.cluster.errand import Outcome
from castkit.engine.runner import Cancelled
from castkit.errors import DAMAGED, CastkitError, StoreError
from castkit.steps import whole_file
from castkit.storage.folder import FolderStore
from castkit.storage.store import NOTHING, LostRace, Store, Terms

_AT_ONCE = 8  # small files wait for the network, not for this machine
_ALL_AT_ONCE = 32  # of all errands together: each is an open file, mostly with a connection
_LARGE_AT_ONCE = 2  # files in parts, of all errands together: each holds a few parts in memory
_PIECE = 16 << 20  # bytes of a file held in memory while it arrives
_LISTED = len("receipts/0")  # listed together: few calls for a few episodes, a sixteenth of the names at a time
_PRIVATE = "private, no-store"
_BYTES = "application/octet-stream"
_JSON = "application/json"  # as stores take it from the name


class Gone(CastkitError):
    """Files that should be in the store are not there; `digests` says which."""

    def __init__(self, store: str, digests: tuple[str, ...]) -> None:
        super().__init__(
            f"{len(digests)} files are no longer in the {store}",
            "keep what lies there until the episodes are done; run the command again to send them anew",
        )
        self.digests = digests


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is: its SHA-256 in hex, and its `size` in bytes."""

    sha256: str
    size: int


def blob_key(digest: str) -> str:
    return f"blobs/{digest[:2]}/{digest}"


def receipt_key(key: str) -> str:
    return f"receipts/{key[:2]}/{key}.json"


class Travel:
    """Sends and brings; remembers what it knows to be there, so that nothing is asked or sent twice.

    `notebooks` is a folder of this machine where a file in parts that breaks off is noted, so that the next run goes on
    with it; each file has a notebook of its own, for several travel at once.
    """

    def __init__(self, store: Store, notebooks: Path | None = None) -> None:
        self.store = store
        self._notebooks = notebooks
        self._there: set[str] = set()
        self._receipts: dict[str, frozenset[str]] = {}  # names that were there when they were listed, by their start
        self._lock = Lock()
        self._all, self._large = Semaphore(_ALL_AT_ONCE), Semaphore(_LARGE_AT_ONCE)
        self._given_up = Flag()

    def give_up(self) -> None:
        """Has whatever is under way, and comes after, raise Cancelled at once; half a file is left nowhere."""
        self._given_up.set()
        if isinstance(self.store, PrivateBucket):
            self.store.give_up()

    def _go_on(self) -> None:
        if self._given_up.is_set():
            raise Cancelled

    @contextlib.contextmanager
    def _turn(self, room: Semaphore) -> Iterator[None]:
        """Waits until another file may travel."""
        with room:
            self._go_on()
            yield

    def send(self, files: Mapping[Path, Content]) -> None:
        """Puts these files there, unless they are; StoreError where one is not what it should be."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(self._send, files, files.values()))

    def _send(self, path: Path, content: Content) -> None:
        if self._has(content):
            return
        with self._turn(self._large if content.size > _PIECE else self._all):
            if content.sha256 in self._there:  # meanwhile another errand sent it
                return
            notebook = self._notebooks / f"{content.sha256}.json" if self._notebooks else None
            self._put(blob_key(content.sha256), path, Terms(_BYTES, _PRIVATE, content.sha256, NOTHING, notebook))
            self._note(content.sha256)

    def _put(self, key: str, path: Path, terms: Terms) -> bool:
        """Puts the file there on these terms; whether it is ours, and not what another machine put there before."""
        if isinstance(self.store, FolderStore):
            return self._put_into(self.store, key, path, terms)
        try:
            self.store.send(key, path, terms)
        except LostRace:
            return False
        return True

    def _put_into(self, store: FolderStore, key: str, path: Path, terms: Terms) -> bool:
        """Into a folder, where several processes may put the same at the same moment; it goes when the run ends."""
        target = store.path(key)
        if terms.over == NOTHING and target.is_file():
            return False
        try:
            whole_file.write(target, self._read(path), terms.sha256, lasting=False)
        except OSError as error:
            raise StoreError(
                f"cannot write in the {store.name}: {error.strerror or error}", "make it writable, or free some space"
            ) from error
        return True

    def _read(self, path: Path) -> Iterator[bytes]:
        for data in whole_file.read(path):
            self._go_on()
            yield data

    def _has(self, content: Content) -> bool:
        if content.sha256 in self._there:
            return True
        found = self.store.head(blob_key(content.sha256), digest=False)
        if found is None or found.size != content.size:
            return False
        self._note(content.sha256)
        return True

    def _note(self, digest: str) -> None:
        with self._lock:
            self._there.add(digest)

    def forget(self, digests: tuple[str, ...]) -> None:
        """Counts these files as not there: somebody took them away."""
        with self._lock:
            self._there.difference_update(digests)

    def bring(self, files: Mapping[Path, Content]) -> None:
        """Puts these files in their places, each whole and as it was sent.

        Raises Gone where some are not in the store, CastkitError where one arrives otherwise.
        """
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            results = list(pool.map(self._bring, files, files.values()))
        if lacking := tuple(sorted({digest for digest in results if digest})):
            self.forget(lacking)
            raise Gone(self.store.name, lacking)

    def _bring(self, path: Path, content: Content) -> str:
        """Nothing, or the digest of what is not there."""
        key = blob_key(content.sha256)
        try:
            with self._turn(self._all):
                whole_file.write(path, self._pieces(key, content.size), content.sha256, lasting=False)
        except StoreError:
            if self.store.head(key, digest=False) is None:
                return content.sha256
            raise
        self._note(content.sha256)
        return ""

    def _pieces(self, key: str, size: int) -> Iterator[bytes]:
        for start in range(0, size, _PIECE):
            self._go_on()
            yield self.store.part(key, start, min(_PIECE, size - start))

    def outcome(self, key: str) -> Outcome | None:
        """What the step of this key came to, where some machine has done it and every file of it is still there."""
        if self.store.head(receipt_key(key), digest=False) is None:
            return None
        found = self.receipt(key)
        if found is None:
            return None
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            is_whole = all(pool.map(self._has, (Content(*content) for content in found.files.values())))
        return found if is_whole else None

    def receipt(self, key: str) -> Outcome | None:
        """The same, whether or not its files are still there. A machine said that it is: so it is just fetched."""
        name = receipt_key(key)
        try:
            return Outcome.from_json(self.store.get(name).decode())
        except StoreError:
            if self.store.head(name, digest=False) is None:
                return None
            raise
        except DAMAGED as error:
            hint = "take it away there: the step runs again"
            raise CastkitError(f"{name} in the {self.store.name} is not one of castkit's", hint) from error

    def earlier(self, key: str) -> Outcome | None:
        """The same, as far as it was there when its like were listed, once in a run: later ones are not seen.

        For whoever asks of many: a listing names a thousand, and takes no longer than the look at one.
        """
        name = receipt_key(key)
        start = name[:_LISTED]
        if start not in self._receipts:  # two who list at once do each other no harm
            self._receipts[start] = frozenset(self.store.list(start))
        return self.receipt(key) if name in self._receipts[start] else None

    def keep(self, key: str, outcome: Outcome, *, anew: bool = False) -> Outcome:
        """Writes down what a step came to, and gives what counts: of two machines, what the first one wrote.

        `anew` writes over what is there, as a person asked for, or because files of it are gone.
        """
        data = outcome.to_json().encode()
        with _as_file(data) as path:
            digest, place = sha256(data).hexdigest(), receipt_key(key)
            if not self._put(place, path, Terms(_JSON, _PRIVATE, digest, None if anew else NOTHING)):
                if found := self.outcome(key):
                    return found
                self._put(place, path, Terms(_JSON, _PRIVATE, digest))  # what it names is gone
        return outcome


@contextlib.contextmanager
def _as_file(data: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="castkit-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "receipt"
        path.write_bytes(data)
        yield path
