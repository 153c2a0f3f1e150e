"""An object of the store as a plan names it, and what sending it would come to.

Rule: judged as the upload judges, by size, SHA-256 and type; nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from castkit.model.media_types import media_type
from castkit.steps.sending import is_as_meant
from castkit.storage.store import Store, Terms

Action = Literal["add", "replace", "there", "delete"]


@dataclass(frozen=True, slots=True)
class Touched:
    """An object of the store, its size in bytes as it is going to be, what becomes of it, and why."""

    key: str
    size: int
    action: Action
    why: str

    @property
    def is_sent(self) -> bool:
        return self.action in ("add", "replace")


@dataclass(frozen=True, slots=True)
class Meant:
    """What an object shall be: its size in bytes, its SHA-256 in hex, its media type."""

    size: int
    sha256: str
    content_type: str

    @classmethod
    def of(cls, key: str, data: bytes) -> Meant:
        return cls(len(data), sha256(data).hexdigest(), media_type(key))


@dataclass(frozen=True, slots=True)
class Stop:
    """Why something would not be done, and what to do about it; `subject` is an episode's slug, or the show."""

    subject: str
    message: str
    hint: str


def touched(store: Store, key: str, meant: Meant, what: str) -> Touched:
    """What sending an object comes to, as `castkit.steps.sending.put_whole` would find it."""
    found = store.head(key)
    if found is None:
        return Touched(key, meant.size, "add", what)
    if is_as_meant(found, meant.size, Terms(meant.content_type, "", meant.sha256)):
        return Touched(key, meant.size, "there", "the very same is there")
    is_other = (found.size, found.sha256) != (meant.size, meant.sha256)
    why = f"another content ({found.size} bytes before)" if is_other else f"stored as {found.content_type} before"
    return Touched(key, meant.size, "replace", f"{what}: {why}")
