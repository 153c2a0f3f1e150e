"""A language's subtitles handed to a translator: the file, a note beside it, and what it was, written down.

Rule: what is handed out is in the history before it is anywhere else, so that whatever comes back has a base.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from castkit import atomic
from castkit.config import load_glossary
from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.model.glossary import in_script
from castkit.model.language import language_name
from castkit.steps.limits import limits
from castkit.steps.remembering import Remembered, for_episode
from castkit.steps.subtitle_desk import Desk, Stand, Standing, as_srt, source_cues, standing
from castkit.subtitles.history import BILINGUAL, Revision, Role, What
from castkit.subtitles.outgoing.handout import Handout, handout
from castkit.subtitles.outgoing.kinds import SUFFIXES, cannot_carry, compose
from castkit.timecode import clock
from castkit.translate.script import convert
from castkit.wording.glossary_forms import occurrences

_WITH_EMPTY_ROWS = ("xlsx", "xliff")  # kinds with a place for a translation that is not there yet


@dataclass(frozen=True, slots=True)
class Handed:
    """The files written, what was handed out and how many cues, in which revision of the history; notes for people."""

    path: Path
    notes_path: Path
    stand: Stand
    cues: int
    revision: int
    notes: tuple[str, ...]


def hand_out(desk: Desk, target: Path | None, *, kind: str = "srt", is_bilingual: bool = False) -> Handed:
    """Writes the file and its note; CastkitError where that would overwrite what castkit did not hand out."""
    if is_bilingual and desk.is_spoken:
        raise CastkitError(f"{desk.language} is the source itself", "leave --bilingual out")
    found, source = standing(desk), () if desk.is_spoken else source_cues(desk)
    rows = _rows(desk, found, source, has_both=is_bilingual or kind in _WITH_EMPTY_ROWS)
    data = compose(kind, rows, name=desk.context.slug, is_bilingual=is_bilingual)
    path = _target(desk, target, SUFFIXES[kind].lstrip("."))
    _protect(desk, path)
    revision = _recorded(desk, found, data, path.name, BILINGUAL if is_bilingual else kind)
    atomic.write_bytes(path, data)
    notes_path = path.with_name(f"{path.stem}.notes.md")
    about = [f"{kind} cannot carry {one}" for one in cannot_carry(kind)] if kind != "srt" else []
    about += [f"“{' / '.join(cue.lines)}” lies in what was cut since, and is not handed out" for cue in found.removed]
    atomic.write_bytes(notes_path, _notes(desk, found, revision, cannot_carry(kind)).encode())
    return Handed(path, notes_path, found.stand, len(found.cues), revision.rev, tuple(about))


def _rows(desk: Desk, found: Standing, source: Sequence[Cue], *, has_both: bool) -> Handout:
    cues = () if found.stand is Stand.SOURCE and has_both else found.cues
    rows = handout(cues, source, desk.language, desk.spoken)
    order = desk.context.show.subtitles.bilingual_order
    return replace(rows, is_source_above=order == "source-first")


def _target(desk: Desk, target: Path | None, suffix: str) -> Path:
    if target is None:
        return desk.context.paths.handed_out(desk.language, suffix)
    return target / f"{desk.context.slug}.{desk.language}.{suffix}" if target.is_dir() else target


def _protect(desk: Desk, path: Path) -> None:
    """A translator may have saved their work where the file was handed out to."""
    if path.resolve() == desk.context.paths.accepted(desk.language).resolve():
        raise CastkitError(f"{path} is the accepted file itself", "name another file with --to")
    try:
        lying = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise CastkitError(f"{path} cannot be read: {error.strerror}", "name another file with --to") from error
    digest = sha256(lying).hexdigest()
    if not any(digest in one.files.values() for one in desk.history.revisions):
        raise CastkitError(
            f"{path} is there already, and is not as castkit handed it out",
            f"if it is a translator's work: castkit subs import {desk.context.slug} {desk.language} {path}; "
            "else name another file with --to",
        )


def _recorded(desk: Desk, found: Standing, data: bytes, name: str, kind: str) -> Revision:
    """The line of what is handed out; the last one, where it says the same."""
    keep = desk.history.keep
    files = {
        Role.HANDED_OUT: keep(data),
        Role.CUES: keep(as_srt(found.cues)),
        Role.SOURCE: keep(as_srt(source_cues(desk))),
    }
    last = desk.history.revisions[-1] if desk.history.revisions else None
    if last and last.what is What.EXPORT and (last.files, last.clock, last.kind) == (files, desk.today, kind):
        return last
    line = Revision(What.EXPORT, desk.who, files=files, clock=desk.today, source_clock=desk.today, name=name, kind=kind)
    before = desk.history.standing
    return desk.history.append(replace(line, base=before.rev if before else None, handed=found.stand.value))


_HEADS = {
    Stand.ACCEPTED: "the subtitles that a person accepted",
    Stand.DRAFT: "a person's draft, not finished yet",
    Stand.MACHINE: "a machine's draft that nobody has read",
    Stand.SOURCE: "the source's words, to be replaced by their translation",
}


def _notes(desk: Desk, found: Standing, revision: Revision, lost: Sequence[str]) -> str:
    """What a translator has to know, as Markdown."""
    names = [language_name(tag, "en") for tag in (desk.spoken, desk.language)]
    way = names[1] if desk.is_spoken else f"{names[0]} to {names[1]}"
    lines = [
        f"# {desk.context.slug}: {way}",
        "",
        f"The file holds {_HEADS[found.stand]}, in {len(found.cues)} cues (revision {revision.rev}). Texts and times",
        "may be changed, cues split, joined, taken out and added. Any editor and any encoding will do. Send the file",
        f"back whole; it comes in with: `castkit subs import {desk.context.slug} {desk.language} FILE`",
        *_section("Limits", _limits(desk)),
        *_section("Terms that occur", _terms(desk)),
        *_section("Accepted before, in other episodes", _memory(desk)),
        *_section("What this kind of file cannot carry", (f"- {one}" for one in lost)),
    ]
    return "\n".join(lines) + "\n"


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield from ("", f"## {title}", "", *found)


def _limits(desk: Desk) -> Iterator[str]:
    one = limits(desk.context.show, desk.language)
    wide = " (a full-width character is 1, any other a half)" if one.is_wide else ""
    yield f"- a line: at most {one.line_width} characters{wide}; at most {one.lines} lines"
    yield f"- reading speed: at most {one.characters_per_second:g} characters a second, punctuation and spaces included"
    yield f"- a cue: {one.shortest_ms / 1000:g} to {one.longest_ms / 1000:g} seconds; {one.gap_ms} ms between two cues"
    yield f"- the profile is `{one.name}`; `castkit subs check` lists what is beyond it"


def _terms(desk: Desk) -> Iterator[str]:
    """Terms that are spoken in the episode, each as agreed in the other language."""
    glossary = load_glossary(desk.context.workspace, desk.context.show)
    for tag in (desk.spoken, desk.language):
        glossary = in_script(glossary, tag, convert)
    said = " ".join(cue.text.replace("\n", " ") for cue in source_cues(desk))
    places = sorted(occurrences(said, glossary, desk.spoken), key=lambda one: one.start)
    for index in dict.fromkeys(one.term for one in places):
        term = glossary.terms[index]
        target = term.agreed(desk.language)
        if not target:
            continue
        note = term.advice(desk.language)
        pair = target if desk.is_spoken else f"{term.agreed(desk.spoken)} → {target}"
        others = ", ".join(one for one in term.forms(desk.language) if one != target)
        yield f"- {_plain(pair)}{f' (also: {_plain(others)})' if others else ''}{f': {_plain(note)}' if note else ''}"


def _memory(desk: Desk) -> Iterator[str]:
    if desk.is_spoken:
        return
    for one in for_episode(desk.context, desk.language):
        yield _proposal(one)


def _proposal(one: Remembered) -> str:
    like = f" (for “{_plain(one.like)}”, {one.score:.0f} % like it)" if one.like else ""
    return f"- {clock(one.start_ms)} “{_plain(one.text)}” → “{_plain(one.translation)}”{like}; {_plain(one.origin)}"


def _plain(text: str) -> str:
    """A text on one line, its own markup shown and not obeyed."""
    line = " ".join(text.split())
    return "".join(f"\\{one}" if one in "\\`*_[]<>#|" else one for one in line)
