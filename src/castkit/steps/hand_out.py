"""A language's subtitles handed to a translator: the file, a note beside it, and what they were, written down.

Rule: what is handed out is in the history before it is anywhere else, so that whatever comes back has a base; and
nothing that a person wrote is overwritten by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from castkit import atomic
from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.steps.hand_out_notes import as_markdown, guidance
from castkit.steps.subtitle_desk import Desk, Stand, Standing, as_srt, source_cues, standing
from castkit.subtitles.history import BILINGUAL, Revision, Role, What
from castkit.subtitles.outgoing.handout import Handout, handout
from castkit.subtitles.outgoing.kinds import SUFFIXES, cannot_carry, compose

_WITH_EMPTY_ROWS = ("xlsx", "xliff")  # kinds with a place for a translation that is not there yet


@dataclass(frozen=True, slots=True)
class Handed:
    """The files written, what was handed out and how many cues, in which revision of the history; notes for people.

    `notes_path` is None where the note is in the file itself.
    """

    path: Path
    notes_path: Path | None
    stand: Stand
    cues: int
    revision: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """What is to be handed out: the cues that stand, the source's, the file's kind, and the file itself."""

    found: Standing
    source: tuple[Cue, ...]
    kind: str
    data: bytes


def hand_out(desk: Desk, target: Path | None, *, kind: str = "srt", is_bilingual: bool = False) -> Handed:
    """Writes the file and its note; CastkitError where that would overwrite what castkit did not hand out."""
    ready = prepared(desk, kind, is_bilingual=is_bilingual)
    path = place_for(desk, target, SUFFIXES[kind].lstrip("."))
    _protect(desk, path)
    notes_path = path.with_name(f"{path.stem}.notes.md")
    _protect_notes(desk, notes_path)
    notes = as_markdown(desk, ready.found, guidance(desk), cannot_carry(kind)).encode()
    revision = recorded(desk, ready, path.name, {Role.NOTES: notes})
    atomic.write_bytes(path, ready.data)
    atomic.write_bytes(notes_path, notes)
    about = [f"{kind} cannot carry {one}" for one in cannot_carry(kind)] if kind != "srt" else []
    about += cut_out(ready.found)
    return Handed(path, notes_path, ready.found.stand, len(ready.found.cues), revision.rev, tuple(about))


def prepared(desk: Desk, kind: str, *, is_bilingual: bool) -> Ready:
    """The file as it is to go out; CastkitError where the kind cannot hold the cues, or one language is not two."""
    if is_bilingual and desk.is_spoken:
        raise CastkitError(f"{desk.language} is the source itself", "leave --bilingual out")
    found, source = standing(desk), () if desk.is_spoken else source_cues(desk)
    rows = _rows(desk, found, source, has_both=is_bilingual or kind in _WITH_EMPTY_ROWS)
    data = compose(kind, rows, name=desk.context.slug, is_bilingual=is_bilingual)
    return Ready(found, source, BILINGUAL if is_bilingual else kind, data)


def _rows(desk: Desk, found: Standing, source: Sequence[Cue], *, has_both: bool) -> Handout:
    cues = () if found.stand is Stand.SOURCE and has_both else found.cues
    rows = handout(cues, source, desk.language, desk.spoken)
    order = desk.context.show.subtitles.bilingual_order
    return replace(rows, is_source_above=order == "source-first")


def place_for(desk: Desk, target: Path | None, suffix: str) -> Path:
    """Where the file goes: what a person named, the usual name in a folder they named, or the build folder."""
    if target is None:
        return desk.context.paths.handed_out(desk.language, suffix)
    return target / f"{desk.context.slug}.{desk.language}.{suffix}" if target.is_dir() else target


def cut_out(found: Standing) -> list[str]:
    """What a person should be told of the cues that the edit has no place for."""
    return [f"“{' / '.join(cue.lines)}” lies in what was cut since, and is not handed out" for cue in found.removed]


def _protect(desk: Desk, path: Path) -> None:
    """A translator may have saved their work where the file was handed out to."""
    if path.resolve() == desk.context.paths.accepted(desk.language).resolve():
        raise CastkitError(f"{path} is the accepted file itself", "name another file with --to")
    if not _is_known(desk, path):
        raise CastkitError(
            f"{path} is there already, and is not as castkit handed it out",
            f"if it is a translator's work: castkit subs import {desk.context.slug} {desk.language} {path}; "
            "else name another file with --to",
        )


def _protect_notes(desk: Desk, path: Path) -> None:
    """Somebody may have written into the note what they want to tell the translator, or the translator them."""
    if not _is_known(desk, path):
        raise CastkitError(
            f"{path} is there already, and is not as castkit wrote it",
            "keep it under another name, or name another file with --to",
        )


def _is_known(desk: Desk, path: Path) -> bool:
    """Whether nothing lies there, or something that the history has."""
    try:
        lying = path.read_bytes()
    except FileNotFoundError:
        return True
    except OSError as error:
        raise CastkitError(f"{path} cannot be read: {error.strerror}", "name another file with --to") from error
    return sha256(lying).hexdigest() in known(desk)


def known(desk: Desk) -> frozenset[str]:
    """The sha256 of everything in the language's history."""
    return frozenset(digest for one in desk.history.revisions for digest in one.files.values())


def recorded(desk: Desk, ready: Ready, name: str, beside: Mapping[Role, bytes]) -> Revision:
    """The line of what is handed out, with what goes beside it; the last one, where it says the same."""
    keep = desk.history.keep
    files = {
        Role.HANDED_OUT: keep(ready.data),
        Role.CUES: keep(as_srt(ready.found.cues)),
        Role.SOURCE: keep(as_srt(source_cues(desk))),
        **{role: keep(data) for role, data in beside.items()},
    }
    today, kind = desk.today, ready.kind
    last = desk.history.revisions[-1] if desk.history.revisions else None
    if last and last.what is What.EXPORT and (last.files, last.clock, last.kind) == (files, today, kind):
        return last
    line = Revision(What.EXPORT, desk.who, files=files, clock=today, source_clock=today, name=name, kind=kind)
    before = desk.history.standing
    return desk.history.append(replace(line, base=before.rev if before else None, handed=ready.found.stand.value))
