"""What a machine is asked to do, and what came of it: values that travel as JSON.

Rule: the key of an errand is the digest of all that its result depends on, and of nothing else; so that whoever does
the same work finds it done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from castkit.engine.receipts import Receipt

VERSION = 1
Contents = Mapping[str, tuple[str, int]]  # by name from the workspace's root: SHA-256 in hex, and size in bytes


@dataclass(frozen=True, slots=True)
class Errand:
    """One step of one subject: what it depends on (`version`, `settings`, `reads`), and the files to bring for it.

    `castkit` is the version that asks; `root` is how the workspace is called there, for messages. `anew` is true where
    a person asked for the step, whether or not it was done before.
    """

    castkit: str
    subject: str
    stage: str
    version: int
    settings: Any
    reads: Mapping[str, str | None]
    files: Contents
    root: str
    anew: bool = False

    @property
    def key(self) -> str:
        """The digest under which the result is kept; as for receipts, neither castkit's version nor tools count."""
        about = [VERSION, self.subject, self.stage, self.version, self.settings, dict(self.reads)]
        return sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Errand:
        value = json.loads(text)
        files = {str(name): (str(digest), int(size)) for name, (digest, size) in value.pop("files").items()}
        return cls(**value, files=files)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step came to: the files it wrote, its notes, the tools it used, and what it saw, for the receipt."""

    version: int
    settings: Any
    reads: Mapping[str, str | None]
    files: Contents
    tools: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, receipt: Receipt, sizes: Mapping[str, int]) -> Outcome:
        files = {name: (digest, sizes[name]) for name, digest in receipt.writes.items() if digest}
        return cls(receipt.version, receipt.settings, receipt.reads, files, receipt.tools, receipt.notes)

    def answers(self, errand: Errand) -> bool:
        """Whether this is the result of that very errand: seen with the same settings and the same files."""
        said = (self.version, self.settings, dict(self.reads))
        return said == (errand.version, errand.settings, dict(errand.reads))

    def to_json(self) -> str:
        return json.dumps({"format": VERSION, **asdict(self)}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Outcome:
        """ValueError, KeyError or TypeError where the text is no outcome, or one of a newer castkit."""
        value = json.loads(text)
        if value.pop("format") != VERSION:
            raise ValueError("it was written by another castkit")
        files = {str(name): (str(digest), int(size)) for name, (digest, size) in value.pop("files").items()}
        return cls(**value | {"files": files, "notes": tuple(value["notes"])})
