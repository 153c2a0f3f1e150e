"""A file that comes back from a translator: kept, read, brought together with what changed meanwhile, accepted.

Rule: the received bytes are on the disk before they are read; the accepted file changes whole, and only to what holds
every word and time of every person; where two people exclude each other nothing is written, and both are shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.steps import received_file
from castkit.steps.accepted import write_accepted
from castkit.steps.bring_together import Meanwhile, StaleCue, Timed, as_given, seen, together
from castkit.steps.came_from import Candidate, find_base, is_source
from castkit.steps.credits import named_by
from castkit.steps.subtitle_desk import (
    BY_HAND,
    Desk,
    Held,
    Stand,
    as_srt,
    held,
    machine_cues,
    machines_of,
    source_cues,
)
from castkit.subtitles.history import Revision, Role, State, What
from castkit.subtitles.incoming.kinds import read
from castkit.subtitles.incoming.received import Incoming
from castkit.subtitles.merge.changes import Kind, changes
from castkit.subtitles.merge.likeness import told
from castkit.subtitles.merge.result import Conflict

ROUNDED_MS = {"ass": 10}  # what a format's coarse times move a cue by, which is nobody's edit


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person says of the file; `prefer` is "incoming" or "standing", `base` a revision, 0 where not said.

    `translators` are to be named in the feed: beside those of what it is merged with, none with an empty tuple.
    """

    encoding: str = ""
    is_draft: bool = False
    prefer: str = ""
    base: int = 0
    translators: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file. `changed` counts cues by kind of change against what was handed out in `base`.

    With `conflicts` nothing was written. `path` is the accepted file, None for a draft.
    """

    read: Incoming
    base: int | None
    changed: dict[str, int]
    cues: int = 0
    revision: int | None = None
    path: Path | None = None
    is_new: bool = True
    notes: tuple[str, ...] = ()
    stale: tuple[StaleCue, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    translators: tuple[str, ...] = ()


def take_back(desk: Desk, file: Path, wishes: Wishes) -> Taken:
    """Takes a file in; see the module. CastkitError (nothing lost, nothing changed) where it cannot be."""
    data, name = received_file.received(desk, file)
    kept = desk.history.keep(data)
    received = Revision(What.RECEIVED, desk.who, files={Role.RECEIVED: kept}, name=name)
    try:
        incoming = read(data, name, language=desk.language, encoding=wishes.encoding)
        incoming, found = find_base(desk, incoming, name, rev=wishes.base)
    except CastkitError as error:
        if not _is_refused_already(desk, kept):
            desk.history.append(replace(received, what=What.REFUSED, notes=(error.message,)))
        raise
    if found is None:
        return _without_base(desk, received, incoming, wishes)
    return _with_base(desk, received, incoming, found, wishes)


def _with_base(desk: Desk, received: Revision, incoming: Incoming, found: Candidate, wishes: Wishes) -> Taken:
    found = _on_record(desk, found)
    base, given = replace(found.base, machine=Timed(*machines_of(desk, found.revision))), found.base.given.cues
    theirs = as_given(given, _done(incoming, given, wishes), ROUNDED_MS.get(incoming.kind, 0))
    standing = held(desk)
    other = Timed(standing.cues, standing.clock) if standing else None
    now = Meanwhile(machine_cues(desk), source_cues(desk), desk.today, other)
    made = together(base, theirs, now, is_accepted=not wishes.is_draft, prefer=wishes.prefer)
    number = found.revision.rev if found.revision else None
    taken = Taken(incoming, number, counted(given, theirs), len(made.cues), notes=tuple(_notes(desk, found, theirs)))
    taken = replace(taken, notes=(*incoming.notes, *taken.notes, *made.notes), stale=made.stale)
    named = _beside(desk, standing, wishes.translators)
    line = replace(received, base=number, kind=incoming.kind, encoding=incoming.encoding, translators=named)
    files = {Role.READ: desk.history.keep(as_srt(theirs))}
    if made.conflicts:
        desk.history.append(
            replace(line, what=What.REFUSED, files={**line.files, **files}, notes=("two people changed the same cues",))
        )
        return replace(taken, conflicts=made.conflicts, is_new=False)
    return _write(desk, replace(line, files={**line.files, **files}), made.cues, taken, wishes)


def _on_record(desk: Desk, found: Candidate) -> Candidate:
    """What a person took out of the build folder themselves is written down as handed out by then."""
    if found.revision:
        return found
    keep, base = desk.history.keep, found.base
    files = {Role.CUES: keep(as_srt(base.given.cues)), Role.SOURCE: keep(as_srt(base.source.cues))}
    handed = Stand.SOURCE if is_source(base.given.cues, base.source.cues) else Stand.MACHINE
    line = Revision(What.EXPORT, BY_HAND, files=files, clock=base.given.clock, source_clock=base.source.clock)
    return Candidate(desk.history.append(replace(line, handed=handed, kind="srt")), base)


def _without_base(desk: Desk, received: Revision, incoming: Incoming, wishes: Wishes) -> Taken:
    """A file that nothing handed out resembles: taken as it is, unless a person's work stands in its place."""
    standing = held(desk)
    if standing and wishes.prefer != "incoming" and seen(standing.cues) != seen(incoming.cues):
        desk.history.append(replace(received, what=What.REFUSED, notes=("comes from nothing that was handed out",)))
        raise CastkitError(
            f"{received.name} resembles nothing that was handed out, and what a person made stands there already "
            f"(revision {standing.revision.rev})",
            "name what it comes from with --base REV (see castkit subs log), or put it in place of what stands with "
            "--prefer incoming; the history keeps both",
        )
    note = "it resembles nothing that was handed out, so it is taken as it is, on the times of the last build"
    taken = Taken(incoming, None, {}, len(incoming.cues), notes=(*incoming.notes, note))
    is_same = standing is not None and seen(standing.cues) == seen(incoming.cues)
    named = wishes.translators if is_same else wishes.translators or ()
    line = replace(received, kind=incoming.kind, encoding=incoming.encoding, translators=named)
    return _write(desk, line, incoming.cues, taken, wishes)


def _write(desk: Desk, line: Revision, cues: Sequence[Cue], taken: Taken, wishes: Wishes) -> Taken:
    """First the bytes, then the line that they came in, then the file with its clock, then the line of the result."""
    data, state = as_srt(cues), State.DRAFT if wishes.is_draft else State.ACCEPTED
    path = desk.context.paths.accepted(desk.language) if state is State.ACCEPTED else None
    standing, keep = held(desk), desk.history.keep
    names = named_by(desk.history, standing.revision) if standing else ()
    is_named = line.translators in (None, names)
    is_same = standing and (standing.revision.state, standing.clock) == (state, desk.today)
    if standing and is_named and is_same and seen(standing.cues) == seen(cues):
        if not any(line.files[Role.RECEIVED] == one.files.get(Role.RECEIVED) for one in desk.history.revisions):
            desk.history.append(replace(line, notes=("changes nothing",)))
        return replace(taken, is_new=False, revision=standing.revision.rev, path=path, translators=names)
    files = {**line.files, Role.CUES: keep(data), Role.SOURCE: keep(as_srt(source_cues(desk)))}
    desk.history.append(line)
    if state is State.ACCEPTED:
        write_accepted(desk.context, desk.language, data, desk.today)
    made = desk.history.append(
        replace(
            line,
            what=What.IMPORT,
            state=state,
            files=files,
            clock=desk.today,
            source_clock=desk.today,
            notes=tuple(taken.notes),
        )
    )
    return replace(taken, revision=made.rev, path=path, translators=named_by(desk.history, made))


def _beside(desk: Desk, standing: Held | None, names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Who is named now: those of what stands too, for their words go on in the result."""
    if standing is None:
        return names or ()
    if not names:
        return names
    return tuple(dict.fromkeys((*named_by(desk.history, standing.revision), *names)))


def counted(given: Sequence[Cue], theirs: Sequence[Cue]) -> dict[str, int]:
    """How many changes of each kind a person made, in the order of the kinds; cues left alone count as "same"."""
    found = Counter(change.kind for change in changes(given, theirs))
    return {kind.value: found[kind] for kind in Kind if found[kind]}


def _is_refused_already(desk: Desk, digest: str) -> bool:
    last = desk.history.revisions[-1] if desk.history.revisions else None
    return last is not None and last.what is What.REFUSED and last.files.get(Role.RECEIVED) == digest


def _done(incoming: Incoming, given: Sequence[Cue], wishes: Wishes) -> tuple[Cue, ...]:
    """The cues that came back; of a draft, a cue without a text is still to be done, and stays as it was given."""
    if not wishes.is_draft or not incoming.empty:
        return incoming.cues
    empty = {(cue.start_ms, cue.end_ms) for cue in incoming.empty}
    kept = [cue for cue in given if (cue.start_ms, cue.end_ms) in empty]
    return tuple(sorted([*incoming.cues, *kept], key=lambda cue: (cue.start_ms, cue.end_ms)))


def _notes(desk: Desk, found: Candidate, theirs: Sequence[Cue]) -> Iterator[str]:
    if found.revision and found.revision.rev:
        yield f"it comes from revision {found.revision.rev} ({found.revision.what}, {found.revision.when})"
    if desk.is_spoken:
        return
    source = {(cue.start_ms, cue.end_ms, told(cue.text)) for cue in found.base.source.cues}
    if left := sum(one in source for one in seen(theirs)):
        yield f"{left} of its cues still have the source's words"
