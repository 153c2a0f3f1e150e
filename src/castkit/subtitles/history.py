"""The history of one language's subtitles: what was handed out, came back, was accepted, by whom and when.

Rule: nothing in it is ever removed or changed; bytes are on the disk before the line that names them.

    history/en.jsonl          one JSON object a line, the oldest first
    history/objects/<sha256>  the bytes that the lines name
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from castkit import atomic
from castkit.errors import DAMAGED, CastkitError, by_newer
from castkit.model.timeline import Piece, Timeline

_ATTRIBUTES = b"""\
# castkit names these files by their bytes: git must not change line ends
* -text
# where two people went on with a history, both people's lines stay, one after the other
*.jsonl merge=union
*.review.jsonl -merge
"""
_VERSION = 1  # of a line that says none; the highest that this castkit reads
BILINGUAL = "bilingual srt"  # the kind of a file handed out with the source's lines in its cues


class What(StrEnum):
    """What happened."""

    EXPORT = "export"  # handed out
    RECEIVED = "received"  # bytes came in, and are kept; what became of them is the next line's to say
    REFUSED = "refused"  # they could not be read, or contradict what another person sent
    IMPORT = "import"
    FOUND = "found"  # a file that a person laid in its place by hand
    ACCEPT = "accept"
    REOPEN = "reopen"
    RESTORE = "restore"
    MERGE = "merge"
    REVIEW = "review"


class State(StrEnum):
    """What a language's subtitles are after a revision."""

    ACCEPTED = "accepted"
    DRAFT = "draft"  # a person's, not finished: kept here, not published


class Role(StrEnum):
    """What the bytes are that a revision names; the last three are SRT as `compose_srt` writes it."""

    RECEIVED = "received"
    HANDED_OUT = "handed-out"
    ORIGINAL = "original"  # the source's words as a file of their own, handed out beside it
    NOTES = "notes"  # what a translator has to know, beside it too
    TERMS = "terms"  # the glossary as a table, beside it too
    READ = "read"  # the cues that came back, on the clock of `base`
    CUES = "cues"  # the cues handed out, or those that stand after this revision
    SOURCE = "source"  # the cues of the spoken language that they were made from


@dataclass(frozen=True, slots=True)
class Revision:
    """One line of a history.

    `files`: sha256 by role. `clock` is the edit of the recordings that CUES are timed on, `source_clock` that of
    SOURCE. `base` is the revision that this one comes from; `handed` says whose the cues were that were handed out;
    `name`, `kind` and `encoding` are the file's. `when` is UTC, ISO 8601. `translators` are named for the feed; None:
    those named before.
    """

    what: What
    who: str
    state: State | None = None
    files: Mapping[Role, str] = field(default_factory=dict)
    clock: Timeline | None = None
    source_clock: Timeline | None = None
    base: int | None = None
    handed: str = ""
    name: str = ""
    kind: str = ""
    encoding: str = ""
    notes: tuple[str, ...] = ()
    rev: int = 0
    when: str = ""
    translators: tuple[str, ...] | None = None


class History:
    """The history of one language in `file`; the caller holds the episode's lock where it writes.

    `problems` says which lines could not be read: of a write that was cut short, or of a bad merge by hand.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.objects = file.parent / "objects"
        self.problems: tuple[str, ...] = ()
        self.revisions: tuple[Revision, ...] = ()
        self._read()

    @property
    def standing(self) -> Revision | None:
        """The last revision that changed what stands."""
        return next((one for one in reversed(self.revisions) if one.state), None)

    def find(self, rev: int) -> Revision:
        """The revision of this number; CastkitError where there is none."""
        found = next((one for one in reversed(self.revisions) if one.rev == rev), None)
        if found is None:
            last = self.revisions[-1].rev if self.revisions else 0
            known = f"it has 1 to {last}" if last else "it is empty"
            raise CastkitError(f"{self.file.name} has no revision {rev}", f"{known}; list them with: castkit subs log")
        return found

    def keep(self, data: bytes) -> str:
        """Puts bytes on the disk for ever, and gives their sha256."""
        digest = sha256(data).hexdigest()
        path = self.objects / digest
        attributes = self.objects.parent / ".gitattributes"
        if not attributes.exists():
            atomic.write_bytes(attributes, _ATTRIBUTES)
        if not path.is_file() or sha256(path.read_bytes()).hexdigest() != digest:
            atomic.write_bytes(path, data)
        return digest

    def bytes_of(self, revision: Revision, role: Role) -> bytes | None:
        """The bytes in this role, None where there are none; CastkitError where they are lost or damaged."""
        digest = revision.files.get(role)
        return None if digest is None else self.kept(digest)

    def kept(self, digest: str) -> bytes:
        """The bytes of this sha256; CastkitError where they are lost or damaged."""
        path = self.objects / digest
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise CastkitError(f"{path} is missing", "bring it back from a backup or from version control") from None
        except OSError as error:
            raise CastkitError(f"{path} cannot be read: {error.strerror}", "check its permissions") from error
        if sha256(data).hexdigest() != digest:
            raise CastkitError(f"{path} is damaged", "bring it back from a backup or from version control")
        return data

    def append(self, revision: Revision) -> Revision:
        """Writes a line, with the next number and the time of day; its bytes must have been kept before."""
        last = max((one.rev for one in self.revisions), default=0)
        made = replace(revision, rev=last + 1, when=datetime.now(UTC).isoformat(timespec="seconds"))
        line = json.dumps(_to_json(made), ensure_ascii=False, separators=(", ", ": ")).encode() + b"\n"
        self.file.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self.file.exists()
        with self.file.open("ab+") as file:
            if file.tell():
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":  # a line that a kill cut short stays alone on its line
                    line = b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            atomic.sync_folder(self.file.parent)
        self.revisions = (*self.revisions, made)
        return made

    def _read(self) -> None:
        try:
            lines = self.file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        except OSError as error:
            raise CastkitError(f"{self.file} cannot be read: {error.strerror}", "check its permissions") from error
        found, problems = [], []
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
                if value.get("version", _VERSION) > _VERSION:
                    raise by_newer(f"{self.file}, line {number}")
                found.append(_from_json(value))
            except DAMAGED:
                why = "was cut short" if number == len(lines) else "is not as castkit wrote it"
                problems.append(f"{self.file.name}, line {number} {why} and is left out; its bytes are in objects/")
        self.revisions, self.problems = tuple(_numbered(found)), tuple(problems)


def _numbered(found: Iterable[Revision]) -> Iterator[Revision]:
    """The lines with numbers that rise: where git put those of two people one after the other, the later go on.

    What the later person's lines say of one another goes with them.
    """
    last, new = 0, dict[int, int]()
    for one in found:
        if one.rev > last:
            new.clear()
            yield one
        else:
            new[one.rev] = last + 1
            yield replace(one, rev=last + 1, base=new.get(one.base, one.base) if one.base else one.base)
        last = max(last + 1, one.rev)


def _to_json(revision: Revision) -> dict[str, Any]:
    value: dict[str, Any] = {
        "rev": revision.rev,
        "when": revision.when,
        "who": revision.who,
        "what": revision.what.value,
        "state": revision.state.value if revision.state else None,
        "base": revision.base,
        "handed": revision.handed,
        "files": {str(role): revision.files[role] for role in sorted(revision.files)},
        "clock": _pieces(revision.clock),
        "source_clock": _pieces(revision.source_clock),
        "name": revision.name,
        "kind": revision.kind,
        "encoding": revision.encoding,
        "notes": list(revision.notes),
    }
    said = {} if revision.translators is None else {"translators": list(revision.translators)}  # nobody is an answer
    return {key: one for key, one in value.items() if one not in (None, "", [], {})} | said


def _from_json(value: dict[str, Any]) -> Revision:
    state, translators = value.get("state"), value.get("translators")
    return Revision(
        What(value["what"]),
        str(value["who"]),
        state=State(state) if state else None,
        files={Role(role): str(digest) for role, digest in value.get("files", {}).items()},
        clock=_timeline(value.get("clock")),
        source_clock=_timeline(value.get("source_clock")),
        base=value.get("base"),
        handed=str(value.get("handed", "")),
        name=str(value.get("name", "")),
        kind=str(value.get("kind", "")),
        encoding=str(value.get("encoding", "")),
        notes=tuple(map(str, value.get("notes", ()))),
        rev=int(value["rev"]),
        when=str(value["when"]),
        translators=None if translators is None else tuple(map(str, translators)),
    )


def _pieces(timeline: Timeline | None) -> list[list[int]] | None:
    return [[one.start_ms, one.end_ms, one.at_ms] for one in timeline.pieces] if timeline else None


def _timeline(pieces: list[list[int]] | None) -> Timeline | None:
    return Timeline(tuple(Piece(*map(int, one)) for one in pieces)) if pieces else None
