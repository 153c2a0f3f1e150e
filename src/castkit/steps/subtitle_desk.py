"""Where one language's subtitles stand: accepted, a person's draft, a machine's, or nothing but the source.

Rule: before anything else is done, a file that a person laid in its place by hand is in the history, bytes and all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256

from castkit.errors import CastkitError
from castkit.model.cue import Cue, Origin
from castkit.model.timeline import Timeline
from castkit.steps.accepted import clock_of, remember_clocks
from castkit.steps.context import EpisodeContext
from castkit.steps.files import Tracks, load_programme, load_tracks, load_transcript
from castkit.steps.limits import limits
from castkit.steps.subtitle import built_cues, recognised_track
from castkit.subtitles.files import compose_srt, parse_srt
from castkit.subtitles.history import History, Revision, Role, State, What
from castkit.subtitles.merge.result import moved, recut

BY_HAND = "(by hand)"


class Stand(StrEnum):
    """Whose the cues are that stand."""

    ACCEPTED = "accepted"
    DRAFT = "draft"  # a person's
    MACHINE = "machine"
    SOURCE = "source"  # nobody has translated them


@dataclass(frozen=True, slots=True)
class Desk:
    """One language of one built episode; `today` is the edit of the last build, `who` the person at work."""

    context: EpisodeContext
    language: str
    history: History
    tracks: Tracks
    today: Timeline
    who: str
    parsed: dict[str, tuple[Cue, ...]] = field(default_factory=dict)  # by sha256: a file is read once

    @property
    def spoken(self) -> str:
        return self.tracks.spoken

    @property
    def is_spoken(self) -> bool:
        return self.language == self.spoken


@dataclass(frozen=True, slots=True)
class Standing:
    """The cues on the clock of the last build, and those that were cut out since they were timed."""

    stand: Stand
    cues: tuple[Cue, ...]
    removed: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """What a person made: cues on their own clock, the bytes, and the revision that has them."""

    cues: tuple[Cue, ...]
    data: bytes
    clock: Timeline
    revision: Revision


def open_desk(context: EpisodeContext, language: str, *, who: str) -> Desk:
    """The desk, what lies there by hand written down; the caller holds the episode's lock.

    CastkitError where the episode is not built, or not in that language.
    """
    tracks = load_tracks(context)
    known = dict.fromkeys((*context.show.languages, tracks.spoken))
    if language not in known:
        raise CastkitError(f"{context.slug} has no subtitles in {language!r}", f"its languages: {', '.join(known)}")
    history = History(context.paths.subtitle_log(language))
    desk = Desk(context, language, history, tracks, load_programme(context).timeline, who)
    remember_clocks(context)
    _adopt(desk)
    return desk


def adopt_all(context: EpisodeContext) -> None:
    """Writes down every accepted file laid in its place by hand, with the source of the last build beside it.

    So what becomes stale later is known. Does nothing where the episode is not built; the caller holds its lock.
    """
    try:
        spoken = load_tracks(context).spoken
        for language in dict.fromkeys((*context.show.languages, spoken)):
            if context.paths.accepted(language).is_file():
                open_desk(context, language, who=BY_HAND)
    except CastkitError:  # not built, of an older castkit, or damaged: the run tells, or makes it anew
        return


def source_cues(desk: Desk) -> tuple[Cue, ...]:
    """The cues that the language is made from, as of the last build: of the spoken one, what the recogniser heard."""
    if desk.is_spoken:
        profile = limits(desk.context.show, desk.language)
        return recognised_track(load_transcript(desk.context), desk.language, profile).cues
    return built_cues(desk.context.paths.srt(desk.spoken))


def machine_cues(desk: Desk) -> tuple[Cue, ...]:
    """The machine's cues of the last build; none of a language that a person had accepted by then."""
    track = next((one for one in desk.tracks.worded if one.language == desk.language), None)
    if track is None or track.origin is Origin.ACCEPTED:
        return source_cues(desk) if desk.is_spoken else ()
    return built_cues(desk.context.paths.srt(desk.language))


def held(desk: Desk) -> Held | None:
    """What a person made and stands: their unfinished draft, else the accepted file; None where neither is there."""
    revision = desk.history.standing
    if revision is None or (revision.state is State.ACCEPTED and not accepted_file(desk)):
        return None
    data = desk.history.bytes_of(revision, Role.CUES)
    if data is None:
        return None
    return Held(cues_of(desk, revision, Role.CUES), data, revision.clock or desk.today, revision)


def standing(desk: Desk) -> Standing:
    """What would be handed out now: a person's draft, the accepted file, the last build's cues, or the source's."""
    if found := held(desk):
        stand = Stand.DRAFT if found.revision.state is State.DRAFT else Stand.ACCEPTED
        cues, gone = on_clock(found.cues, found.clock, desk.today)
        return Standing(stand, cues, gone)
    if any(one.language == desk.language for one in desk.tracks.worded):
        return Standing(Stand.MACHINE, built_cues(desk.context.paths.srt(desk.language)))
    return Standing(Stand.SOURCE, built_cues(desk.context.paths.srt(desk.spoken)))


def accepted_file(desk: Desk) -> bytes | None:
    """The accepted file's bytes; None where there is none."""
    try:
        return desk.context.paths.accepted(desk.language).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        path = desk.context.paths.accepted(desk.language)
        raise CastkitError(f"{path} cannot be read: {error.strerror}", "check its permissions") from error


def on_clock(cues: Sequence[Cue], old: Timeline, new: Timeline) -> tuple[tuple[Cue, ...], tuple[Cue, ...]]:
    """The cues of one edit on the clock of another, and those of which too little is left."""
    clock = recut(old, new)
    kept, gone = [], []
    for cue in cues:
        at = moved(cue, clock)
        if at:
            kept.append(replace(cue, start_ms=at[0], end_ms=at[1]))
        else:
            gone.append(cue)
    return tuple(kept), tuple(gone)


def as_srt(cues: Sequence[Cue]) -> bytes:
    """Cues as the accepted file has them; CastkitError where they would not be read as they are.

    Speakers are left out: an SRT has no place for them.
    """
    bare = (Cue(cue.start_ms, cue.end_ms, cue.text) for cue in cues)
    plain = sorted(bare, key=lambda cue: (cue.start_ms, cue.end_ms))
    text = compose_srt(plain)
    if plain and parse_srt(text, "the result") != tuple(plain):
        raise CastkitError(
            "the result would not be read as it was written, so nothing is written",
            "this is a bug in castkit: please report it with the file",
        )
    return text.encode()


def cues_of(desk: Desk, revision: Revision, role: Role) -> tuple[Cue, ...]:
    """The cues that a revision names in this role; none where it names none."""
    digest = revision.files.get(role, "")
    if digest not in desk.parsed:
        data = desk.history.bytes_of(revision, role)
        desk.parsed[digest] = _read(desk, data) if data else ()
    return desk.parsed[digest]


def machines_of(desk: Desk, revision: Revision | None) -> tuple[tuple[Cue, ...], Timeline]:
    """The machine's cues that a revision goes back to, and their clock; none where nobody knows.

    Of the spoken language they are the recogniser's; of another, those that were handed out first.
    """
    if desk.is_spoken and revision:
        return cues_of(desk, revision, Role.SOURCE), revision.source_clock or desk.today
    looked_at = set[int]()
    while revision and revision.rev not in looked_at:
        looked_at.add(revision.rev)
        if revision.handed in (Stand.MACHINE, Stand.SOURCE):
            return cues_of(desk, revision, Role.CUES), revision.clock or desk.today
        revision = desk.history.find(revision.base) if revision.base else None
    return (), desk.today


def _adopt(desk: Desk) -> None:
    """Writes down an accepted file that is not the one written down last."""
    data = accepted_file(desk)
    if data is None:
        return
    digest = sha256(data).hexdigest()
    revisions = desk.history.revisions
    last = next((one for one in reversed(revisions) if one.state is State.ACCEPTED or one.what is What.REOPEN), None)
    if last and last.what is not What.REOPEN and last.files.get(Role.CUES) == digest:
        return
    before = desk.history.standing
    files, source_clock = {Role.CUES: desk.history.keep(data)}, desk.today
    if before and Role.SOURCE in before.files:  # a correction by hand does not say that every cue was read again
        files[Role.SOURCE], source_clock = before.files[Role.SOURCE], before.source_clock or desk.today
    else:
        files[Role.SOURCE] = desk.history.keep(as_srt(source_cues(desk)))
    path = desk.context.paths.accepted(desk.language)
    desk.history.append(
        Revision(
            What.FOUND,
            BY_HAND,
            state=State.ACCEPTED,
            files=files,
            clock=clock_of(desk.context, desk.language) or desk.today,
            source_clock=source_clock,
            base=before.rev if before else None,
            name=path.name,
        )
    )


def _read(desk: Desk, data: bytes) -> tuple[Cue, ...]:
    """An SRT of our own history, or one that a person laid in its place in a form of their own."""
    from castkit.subtitles.incoming.kinds import read  # noqa: PLC0415

    return read(data, desk.context.paths.accepted(desk.language).name, language=desk.language, kind="srt").cues
