"""A store that is a folder, laid out as the bucket would be.

Rule: temporary name beside the target, fsync, check, rename, fsync of the folder (as restic does it).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Container, Iterator
from pathlib import Path
from unicodedata import normalize

from castkit import atomic
from castkit.errors import StoreError
from castkit.model.media_types import media_type
from castkit.storage.keys import checked, public_url
from castkit.storage.store import NOTHING, Listed, LostRace, ObjectInfo, Progress, Terms

_CHUNK = 1 << 20  # bytes
_STALE_S = 86_400  # an unfinished file a day old belongs to nobody
_HELD = ".held"  # the end of a lock's name
_HELD_S = 10.0  # held for a rename only: a lock this old was left by a process that was killed
_PATIENCE_S = 60.0


class FolderStore:
    """Objects as files below `folder`, which is made when first needed."""

    def __init__(self, folder: Path, *, base_url: str) -> None:
        self.folder = folder
        self._base_url = base_url

    @property
    def name(self) -> str:
        return f"folder {self.folder}"

    def url(self, key: str) -> str:
        return public_url(self._base_url, key)

    def path(self, key: str) -> Path:
        """The file of this key, whether or not it exists."""
        return self.folder.joinpath(*checked(key).split("/"))

    def head(self, key: str, *, digest: bool = True) -> ObjectInfo | None:
        path = self.path(key)
        with self._reading(key):
            if not path.is_file():
                return None
            sha256 = sha256_of(path) if digest else None
            return ObjectInfo(path.stat().st_size, sha256, media_type(key), sha256 or NOTHING)

    def get(self, key: str) -> bytes:
        path = self.path(key)
        if not path.is_file():
            raise StoreError(f"{key} is not in the {self.name}", "publish the episode again")
        with self._reading(key):
            return path.read_bytes()

    def part(self, key: str, start: int, size: int) -> bytes:
        path = self.path(key)
        if not path.is_file():
            raise StoreError(f"{key} is not in the {self.name}", "publish the episode again")
        with self._reading(key), path.open("rb") as file:
            file.seek(start)
            return file.read(size)

    def put(
        self, key: str, source: Path, *, content_type: str, cache_control: str, progress: Progress | None = None
    ) -> ObjectInfo:
        """As the contract says; a folder cannot keep `content_type` and `cache_control`: they follow from the name."""
        return self.send(key, source, Terms(content_type, cache_control), progress)

    def send(self, key: str, source: Path, terms: Terms, progress: Progress | None = None) -> ObjectInfo:
        target = self.path(key)
        part = atomic.part_of(target)
        with self._writing(key):
            target.parent.mkdir(parents=True, exist_ok=True)
            _remove_stale_parts(target.parent)
            try:
                sha256 = _copy(source, part, progress)
                self._confirm(key, part, (terms.sha256 or sha256, source.stat().st_size))
                with self._alone(key, None if terms.over is None else {terms.over}):
                    atomic.replace(part, target)
            except BaseException:
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)
                raise
            atomic.sync_folder(target.parent)
            return ObjectInfo(target.stat().st_size, sha256, terms.content_type, sha256)

    def write(self, key: str, data: bytes) -> None:
        """Puts these bytes under the key, whole or not at all."""
        with self._writing(key):
            atomic.write_bytes(self.path(key), data)

    def list(self, prefix: str = "") -> Iterator[str]:
        inside = prefix.rpartition("/")[0]
        start = self.path(inside) if inside else self.folder
        with self._reading(prefix):
            found = (path for path in start.rglob("*") if not atomic.is_part(path.name) and path.is_file())
            keys = sorted(path.relative_to(self.folder).as_posix() for path in found)
        return iter([key for key in keys if key.startswith(prefix)])

    def listing(self, prefix: str = "") -> Iterator[Listed]:
        """Without tags: a file's time is no version, and its digest would mean to read it."""
        with self._reading(prefix):
            return iter([one for key in self.list(prefix) if (one := self._listed(key))])

    def _listed(self, key: str) -> Listed | None:
        """None where somebody deleted it since the folder was read."""
        try:
            found = self.path(key).stat()
        except FileNotFoundError:
            return None
        return Listed(key, found.st_size, NOTHING, found.st_mtime)

    def delete(self, key: str, *, over: str | None = None) -> None:
        with self._writing(key), self._alone(key, None if over is None else {over, NOTHING}):
            self.path(key).unlink(missing_ok=True)

    @property
    def remarks(self) -> tuple[str, ...]:
        return ()

    def check(self) -> None:
        probe = atomic.part_of(self.folder / "check")
        with self._writing(""):
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                probe.write_bytes(b"castkit")
            finally:
                with contextlib.suppress(OSError):
                    probe.unlink(missing_ok=True)
            for held in self.folder.glob(f".*{_HELD}*"):
                if atomic.is_part(held.name):
                    _free(held)

    def _confirm(self, key: str, part: Path, meant: tuple[str, int]) -> None:
        """What lies on the disk is read back before it gets its name, so that a bad disk or share is noticed."""
        if (sha256_of(part), part.stat().st_size) != meant:
            raise StoreError(
                f"{key} was damaged on its way into the {self.name}, or changed meanwhile",
                "publish again; if this comes back, check the disk or the network share",
            )

    @contextlib.contextmanager
    def _alone(self, key: str, allowed: Container[str] | None) -> Iterator[None]:
        """Alone with this key while one of these versions is there; LostRace where another one is. None: any may be.

        A file that only one can make is the lock: it works on every system and share.
        """
        if allowed is None:
            yield
            return
        held = self.lock_path(key)
        held.parent.mkdir(parents=True, exist_ok=True)
        _take(held)
        try:
            found = self.head(key)
            if (found.tag if found else NOTHING) not in allowed:
                raise LostRace(f"{key} was written by somebody else at the same moment ({self.name})", "publish again")
            yield
        finally:
            with contextlib.suppress(OSError):
                held.unlink(missing_ok=True)

    def lock_path(self, key: str) -> Path:
        """The lock of this key. All lie in one folder, so that `check` finds those left by who was killed at once.

        Names that a file system takes for the same share one.
        """
        name = hashlib.sha256(normalize("NFC", key).casefold().encode()).hexdigest()
        return atomic.part_of(self.folder / f"{name}{_HELD}")

    @contextlib.contextmanager
    def _writing(self, key: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            what = f"cannot write {key}" if key else "cannot write"
            raise StoreError(
                f"{what} in the {self.name}: {error.strerror or error}",
                "make the folder writable, free some space, or name another one as path under [store] in castkit.toml",
            ) from error

    @contextlib.contextmanager
    def _reading(self, key: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"cannot read {key or 'anything'} in the {self.name}: {error.strerror or error}",
                "check that you may read this folder, and that its disk or share is there",
            ) from error


def sha256_of(path: Path) -> str:
    """The file's SHA-256 in lower-case hex; OSError where it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(source: Path, part: Path, progress: Progress | None) -> str:
    """Copies and flushes to the disk; gives the SHA-256 of what was read."""
    digest, done = hashlib.sha256(), 0
    with source.open("rb") as reader, part.open("wb") as writer:
        while chunk := reader.read(_CHUNK):
            writer.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            if progress is not None:
                progress(done)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest()


def _take(held: Path) -> None:
    """Makes the file that only one can make; FileExistsError where another keeps it for a minute."""
    end = time.monotonic() + _PATIENCE_S
    while True:
        try:
            held.open("x").close()
        except FileExistsError:
            if time.monotonic() > end:
                raise
            _free(held)
            time.sleep(0.02)
        else:
            return


def _free(held: Path) -> None:
    """Returns when the lock there is gone; one that was left by a process that was killed is removed."""
    end = time.monotonic() + _HELD_S  # the time of day may have been put back since
    with contextlib.suppress(OSError):
        made = held.stat().st_mtime_ns
        while time.monotonic() < end and time.time() - made / 10**9 < _HELD_S:
            time.sleep(0.02)
            if held.stat().st_mtime_ns != made:  # it was given up, and taken again
                return
        held.unlink()


def _remove_stale_parts(folder: Path) -> None:
    for path in folder.iterdir():
        with contextlib.suppress(OSError):
            if atomic.is_part(path.name) and time.time() - path.stat().st_mtime > _STALE_S:
                path.unlink()
