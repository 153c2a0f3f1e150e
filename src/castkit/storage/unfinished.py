"""Uploads in parts that broke off: which there are, so that the next run goes on where they stopped.

Rule: the notebook holds hints only. What the store tells of its parts is believed, never what is noted here.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from castkit import atomic
from castkit.errors import DAMAGED
from castkit.storage.s3_presets import CHECKSUMS, Checksum


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An upload under way: the store's id for it, the SHA-256 in hex of the file, size and checksum of its parts."""

    upload: str
    sha256: str
    part: int
    checksum: Checksum


def find(notebook: Path | None, place: str) -> Unfinished | None:
    """What is noted of the upload to this place; a notebook that cannot be read knows nothing."""
    return _read(notebook).get(place)


def note(notebook: Path | None, place: str, upload: Unfinished | None) -> None:
    """Notes the upload, or with None that it is over; an empty notebook is removed."""
    if notebook is None:
        return
    entries = {name: asdict(entry) for name, entry in _read(notebook).items() if name != place}
    if upload is not None:
        entries[place] = asdict(upload)
    with contextlib.suppress(OSError):  # without the note the upload only begins anew
        if entries:
            atomic.write_bytes(notebook, json.dumps(entries, indent=1, sort_keys=True).encode())
        else:
            notebook.unlink(missing_ok=True)


def _read(notebook: Path | None) -> dict[str, Unfinished]:
    try:
        found = json.loads(notebook.read_text("utf-8")) if notebook else {}
    except (OSError, *DAMAGED):
        return {}
    known = ((name, _entry(value)) for name, value in found.items()) if isinstance(found, dict) else ()
    return {name: entry for name, entry in known if entry}


def _entry(value: Any) -> Unfinished | None:
    match value:
        case {"upload": str(upload), "sha256": str(sha256), "part": int(part), "checksum": checksum}:
            kind = next((one for one in CHECKSUMS if one == checksum), None)
            return Unfinished(upload, sha256, part, kind) if kind and upload.isprintable() else None
    return None
