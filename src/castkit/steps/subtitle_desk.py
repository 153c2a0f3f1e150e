"""Where one language's subtitles stand: accepted, a person's draft, a machine's, or nothing but the source.

Rule: before anything else is done, a file that a person laid in its place by hand is in the history, bytes and all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from castkit.errors import CastkitError
from castkit.model.cue import Cue, Origin
from castkit.model.timeline import Timeline
from castkit.steps.accepted import made_of, remember_clocks
from castkit.steps.context import EpisodeContext
from castkit.steps.cue_past import Past
from castkit.steps.files import Tracks, load_programme, load_tracks, load_transcript
from castkit.steps.limits import limits
from castkit.steps.subtitle import built_cues, recognised_track
from castkit.subtitles.files import compose_srt, parse_srt
from castkit.subtitles.history import History, Revision, Role, State, What
from castkit.subtitles.merge.result import on_clock

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
    past: Past

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
    today = load_programme(context).timeline
    desk = Desk(context, language, history, tracks, today, who, Past(history, language, today))
    remember_clocks(context, lambda language: _kept_source(context, language))
    _adopt(desk)
    return desk


def remember(context: EpisodeContext) -> None:
    """Writes down which accepted files are new, and the edit and source of the last build beside them.

    So what becomes stale later is known. It goes into the history of a language that has one, else beside the clocks,
    where the same build writes the same bytes on every machine. The caller holds the episode's lock.
    """
    remember_clocks(context, lambda language: _kept_source(context, language))
    try:
        for language in dict.fromkeys((*context.show.languages, load_tracks(context).spoken)):
            if context.paths.accepted(language).is_file() and context.paths.subtitle_log(language).is_file():
                open_desk(context, language, who=BY_HAND)
    except (CastkitError, OSError):  # not built, of an older castkit, or damaged: the run tells, or makes it anew
        return


def _kept_source(context: EpisodeContext, language: str) -> tuple[str, Timeline] | None:
    """The sha256 of a language's source as of the last build, its bytes kept; None where the history has it to say."""
    log = context.paths.subtitle_log(language)
    if log.is_file():
        return None
    try:
        data = as_srt(_source(context, language, load_tracks(context).spoken))
        return History(log).keep(data), load_programme(context).timeline
    except (CastkitError, OSError):  # not built, of an older castkit, or damaged: the run tells, or makes it anew
        return None


def source_cues(desk: Desk) -> tuple[Cue, ...]:
    """The cues that the language is made from, as of the last build: of the spoken one, what the recogniser heard."""
    return _source(desk.context, desk.language, desk.spoken)


def _source(context: EpisodeContext, language: str, spoken: str) -> tuple[Cue, ...]:
    if language == spoken:
        return recognised_track(load_transcript(context), language, limits(context.show, language)).cues
    return built_cues(context.paths.srt(spoken))


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
    return desk.past.cues(revision, role)


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
    made, before = made_of(desk.context, desk.language), desk.history.standing
    files, source_clock = {Role.CUES: desk.history.keep(data)}, desk.today
    if made and made.source and not before:  # seen in an earlier build, with its source
        files[Role.SOURCE], source_clock = made.source, made.source_clock or desk.today
    else:
        files[Role.SOURCE] = desk.history.keep(as_srt(source_cues(desk)))
    desk.history.append(
        Revision(
            What.FOUND,
            BY_HAND,
            state=State.ACCEPTED,
            files=files,
            clock=made.clock if made else desk.today,
            source_clock=source_clock,
            base=before.rev if before else None,
            name=desk.context.paths.accepted(desk.language).name,
        )
    )
