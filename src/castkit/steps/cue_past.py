"""What a person's cues were made from: cue by cue, where the history tells.

Rule: a cue was made from the source that lay beside it when its words were written last; only who accepts a file that
is accepted already says that every cue of it was read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from castkit.model.cue import Cue
from castkit.model.timeline import Timeline
from castkit.steps.bring_together import Meanwhile, StaleCue, Timed, stale_cues
from castkit.subtitles.files import parse_own
from castkit.subtitles.history import History, Revision, Role, State, What
from castkit.subtitles.merge.changes import Kind, changes
from castkit.subtitles.merge.result import moved, on_clock, recut

_PEOPLES = ("accepted", "draft")  # what a person had made of the cues that were handed out
_WRITTEN_BY_CASTKIT = (What.EXPORT, What.IMPORT, What.MERGE, What.REVIEW)
_Pairs = dict[int, int]  # indexes of cues that are the same in words, of one sequence by those of the other


@dataclass(frozen=True, slots=True)
class Past:
    """The history of one language, its files read once; `today` stands where a line names no edit."""

    history: History
    language: str
    today: Timeline
    parsed: dict[str, tuple[Cue, ...]] = field(default_factory=dict)  # by sha256

    def cues(self, revision: Revision, role: Role) -> tuple[Cue, ...]:
        """The cues that a revision names in this role; none where it names none."""
        digest = revision.files.get(role, "")
        if digest not in self.parsed:
            data = self.history.bytes_of(revision, role)
            is_own = role in (Role.SOURCE, Role.READ) or revision.what in _WRITTEN_BY_CASTKIT
            own = parse_own(data.decode()) if data and is_own else ()
            self.parsed[digest] = own or (_read(data, self.language) if data else ())
        return self.parsed[digest]

    def clock(self, revision: Revision) -> Timeline:
        """The edit that a revision's cues are timed on."""
        return revision.clock or self.today

    def source(self, revision: Revision) -> Timed:
        """The source's cues as of a revision."""
        return Timed(self.cues(revision, Role.SOURCE), revision.source_clock or self.clock(revision))


def stale_since(past: Past, revision: Revision, today: Meanwhile) -> tuple[StaleCue, ...]:
    """The cues of a revision under which something else is said today than when they were written, in order of time.

    Times are today's; cues that were cut out are none of them, nor are those whose source nobody knows.
    """
    cues, clock = past.cues(revision, Role.CUES), past.clock(revision)
    found: list[StaleCue] = []
    for source, indexes in written(past, revision):
        if source.cues:
            found += stale_cues(Timed(tuple(cues[index] for index in indexes), clock), source, today)
    return tuple(sorted(found, key=lambda one: (one.cue.start_ms, one.cue.end_ms)))


def written(past: Past, revision: Revision) -> list[tuple[Timed, list[int]]]:
    """The cues of a revision by index, with the source that each was made from."""
    made: dict[tuple[str, Timeline], tuple[Timed, list[int]]] = {}
    left = {index: index for index in range(len(past.cues(revision, Role.CUES)))}  # there: in `revision`
    at: Revision | None = revision
    while left and at:
        before = _before(past, at)
        own, base = _came_in(past, at)
        kept = _alike(past, before, at) if before else {}
        settled = _settled(past, before, at) if before else set()
        going_on: _Pairs = {}
        for here, there in left.items():
            if here in kept and not own.get(here) and here not in settled:
                going_on[kept[here]] = there
            else:
                source = base if base and here in own else at
                key = source.files.get(Role.SOURCE, ""), source.source_clock or past.clock(source)
                made.setdefault(key, (past.source(source), []))[1].append(there)
        left, at = going_on, before
    return list(made.values())


def _before(past: Past, at: Revision) -> Revision | None:
    """The revision whose cues this one goes on from; None where all of it counts as read for the first time, or again.

    Of several in a row that were made beside the same source, the first will do: it is the source that is asked for.
    """
    before = _predecessor(past, at)
    while before and _is_transparent(before) and _same_source(before, at):
        earlier = _predecessor(past, before)
        if earlier is None:
            break
        before = earlier
    return before


def _predecessor(past: Past, at: Revision) -> Revision | None:
    earlier = past.history.revisions[: past.history.revisions.index(at)]
    if at.what is What.RESTORE:
        return next((one for one in reversed(earlier) if one.rev == at.base), None)
    before = next((one for one in reversed(earlier) if one.state), None)
    is_first = at.what is What.ACCEPT and bool(at.handed)  # what a machine made, read by a person
    is_again = at.what is What.ACCEPT and at.translators is None and before and before.state is State.ACCEPTED
    return None if is_first or is_again else before


def _is_transparent(one: Revision) -> bool:
    return one.what is What.REVIEW


def _same_source(one: Revision, other: Revision) -> bool:
    return (one.files.get(Role.SOURCE), one.source_clock) == (other.files.get(Role.SOURCE), other.source_clock)


def _came_in(past: Past, at: Revision) -> tuple[dict[int, bool], Revision | None]:
    """The cues of a revision that came in with a file, and whether their words are that person's; what it came from.

    Words of another person that were handed out and came back as they were have not been written again.
    """
    base = next((one for one in past.history.revisions if one.rev == at.base), None)
    if base is None or Role.READ not in at.files:
        return {}, None
    given, read = past.cues(base, Role.CUES), past.cues(at, Role.READ)
    same = _pairs(given, read)
    is_persons = base.what is not What.EXPORT or base.handed in _PEOPLES
    pairs = _pairs(_moved(read, past.clock(base), past.clock(at)), past.cues(at, Role.CUES))
    return {here: not (is_persons and there in same) for here, there in pairs.items()}, base


def _settled(past: Past, before: Revision, at: Revision) -> set[int]:
    """The cues that a person on the review page said are right: it lays today's source under those, and no others."""
    if at.what is not What.REVIEW or _same_source(before, at):
        return set()
    clock = past.clock(at)
    was, now = (_on(past.source(one), clock) for one in (before, at))
    return {index for index, cue in enumerate(past.cues(at, Role.CUES)) if _under(cue, was) != _under(cue, now)}


def _on(source: Timed, clock: Timeline) -> tuple[Cue, ...]:
    return on_clock(source.cues, source.clock, clock)[0]


def _under(cue: Cue, source: Sequence[Cue]) -> list[str]:
    """What is said under a cue: each of the source's cues counts where its middle is."""
    return [one.text for one in source if cue.start_ms <= (one.start_ms + one.end_ms) // 2 < cue.end_ms]


def _alike(past: Past, before: Revision, at: Revision) -> _Pairs:
    cues = _moved(past.cues(before, Role.CUES), past.clock(before), past.clock(at))
    return _pairs(cues, past.cues(at, Role.CUES))


def _moved(cues: Sequence[Cue], old: Timeline, new: Timeline) -> list[Cue]:
    """The cues on another clock, each in its place; one that was cut out is put before the beginning."""
    clock = recut(old, new)
    places: Iterable[tuple[int, int]] = (moved(cue, clock) or (-2, -1) for cue in cues)
    return [replace(cue, start_ms=at[0], end_ms=at[1]) for cue, at in zip(cues, places, strict=True)]


def _pairs(base: Sequence[Cue], theirs: Sequence[Cue]) -> _Pairs:
    """Cues of the same words, by those of `theirs`."""
    same = (change for change in changes(base, theirs) if change.kind in (Kind.SAME, Kind.TIMES))
    return {change.theirs[0]: change.base[0] for change in same}


def _read(data: bytes, language: str) -> tuple[Cue, ...]:
    """An SRT that a person laid in its place in a form of their own."""
    from castkit.subtitles.incoming.kinds import read  # noqa: PLC0415

    return read(data, f"accepted.{language}.srt", language=language, kind="srt").cues
