"""What people decide about subtitles: accept, reopen, restore, merge with a source that changed; all of it on record.

Rule: nothing that stands is replaced before it is in the history, and nothing in the history is ever removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from castkit.errors import CastkitError
from castkit.steps.accepted import write_accepted
from castkit.steps.bring_together import HandedOut, Meanwhile, StaleCue, Timed, together
from castkit.steps.credits import named_by
from castkit.steps.cue_past import stale_since
from castkit.steps.stale_cues import in_words
from castkit.steps.subtitle_desk import (
    Desk,
    Held,
    Stand,
    accepted_file,
    as_srt,
    cues_of,
    held,
    machine_cues,
    machines_of,
    source_cues,
    standing,
)
from castkit.subtitles.history import History, Revision, Role, State, What


@dataclass(frozen=True, slots=True)
class Done:
    """The revision that stands now, how many cues it has, and what to tell people; not `is_new` where it stood."""

    revision: Revision
    cues: int
    notes: tuple[str, ...] = ()
    is_new: bool = True


def accept(desk: Desk, *, translators: tuple[str, ...] | None = None) -> Done:
    """Accepts a person's draft, else the last build's cues as they are; of an accepted file, that it was read again.

    `translators` are named for it from now on, instead of those before; of an accepted file nothing else changes then.
    CastkitError where nothing is translated yet.
    """
    found = held(desk)
    if found and found.revision.state is State.DRAFT:
        return _accepted(desk, found.data, replace(found.revision, translators=translators))
    if found and translators is not None:
        if translators == named_by(desk.history, found.revision):
            return Done(found.revision, len(found.cues), ("they are named already",), is_new=False)
        return _accepted(desk, found.data, replace(found.revision, translators=translators))
    if found:
        stale = stale_now(desk, found)
        if not stale:
            return Done(found.revision, len(found.cues), ("it is accepted already",), is_new=False)
        files = {Role.CUES: found.revision.files[Role.CUES], Role.SOURCE: _keep_source(desk)}
        made = _accepted(
            desk, found.data, replace(found.revision, files=files, source_clock=desk.today, translators=None)
        )
        count = f"{len(stale)} stale cue{'s' if len(stale) > 1 else ''}"
        return Done(made.revision, made.cues, (f"{count} read against today's source, and right",))
    now = standing(desk)
    if now.stand is Stand.SOURCE:
        raise CastkitError(
            f"{desk.context.slug} has nothing in {desk.language} to accept",
            f"hand it out: castkit subs export {desk.context.slug} {desk.language}",
        )
    data = as_srt(now.cues)
    files = {Role.CUES: desk.history.keep(data), Role.SOURCE: _keep_source(desk)}
    new = Revision(What.ACCEPT, desk.who, files=files, clock=desk.today, source_clock=desk.today)
    return _accepted(desk, data, replace(new, handed=now.stand.value, translators=translators or ()))


def reopen(desk: Desk) -> Done:
    """Takes the accepted file out of its place; it is a person's draft from now on, and the next to be handed out.

    What is published is the machine's again, until a person accepts. CastkitError where nothing is accepted.
    """
    data, before = accepted_file(desk), desk.history.standing
    if data is None or before is None:
        raise CastkitError(
            f"{desk.context.slug} has no accepted subtitles in {desk.language}", "there is nothing to reopen"
        )
    if before.state is State.ACCEPTED:
        files = _standing_files(before)
        before = desk.history.append(_line(desk, What.REOPEN, State.DRAFT, files, before))
    desk.context.paths.accepted(desk.language).unlink()
    return Done(before, len(cues_of(desk, before, Role.CUES)))


def restore(desk: Desk, rev: int) -> Done:
    """Lets an earlier revision stand again, to the byte and on its own clock; CastkitError where it cannot stand."""
    wanted = desk.history.find(rev)
    data = desk.history.bytes_of(wanted, Role.CUES)
    if wanted.state is None or data is None:
        able = ", ".join(str(one.rev) for one in desk.history.revisions if one.state) or "none yet"
        raise CastkitError(
            f"revision {rev} is {_kind(wanted)}, which cannot stand in the place of the subtitles",
            f"these can: {able}; its bytes come with --to FILE",
        )
    now = held(desk)
    if now and now.data == data and now.revision.state is wanted.state and now.clock == (wanted.clock or desk.today):
        return Done(now.revision, len(now.cues), ("it stands already",), is_new=False)
    if wanted.state is State.ACCEPTED:
        write_accepted(desk.context, desk.language, data, wanted.clock or desk.today)
    files = _standing_files(wanted)
    made = desk.history.append(_line(desk, What.RESTORE, wanted.state, files, wanted))
    return Done(made, len(cues_of(desk, made, Role.CUES)))


def bytes_of_revision(history: History, rev: int) -> bytes:
    """The bytes of a revision as they came in, else as they went out, else as they stood."""
    found = history.find(rev)
    for role in (Role.RECEIVED, Role.HANDED_OUT, Role.CUES):
        if (data := history.bytes_of(found, role)) is not None:
            return data
    raise CastkitError(f"revision {rev} names no bytes", "choose another; list them with: castkit subs log")


def merge_source(desk: Desk) -> Done:
    """Brings what a person made together with the source of the last build: their cues stand, the machine's yield.

    A language that is translated has no machine's cues beside an accepted file: its cues move with the edit, and the
    stale ones are named. CastkitError where no person's work stands.
    """
    found = held(desk)
    if found is None:
        raise CastkitError(
            f"no person's subtitles in {desk.language} stand in {desk.context.slug}",
            "there is nothing to merge: the last build's are the machine's of today",
        )
    source = desk.past.source(found.revision)
    before = HandedOut(Timed(found.cues, found.clock), source, Timed(*machines_of(desk, found.revision)))
    now = Meanwhile(machine_cues(desk), source_cues(desk), desk.today)
    made = together(before, found.cues, now, is_accepted=found.revision.state is State.ACCEPTED)
    told = {(one.cue.start_ms, one.cue.text) for one in made.stale}
    left = [one for one in stale_now(desk, found) if (one.cue.start_ms, one.cue.text) not in told]
    data = as_srt(made.cues)
    if data == found.data and found.clock == desk.today:
        notes = in_words((*made.stale, *left))
        return Done(found.revision, len(found.cues), (*notes, "nothing to merge"), is_new=False)
    files = {Role.CUES: desk.history.keep(data), Role.SOURCE: _keep_source(desk)}
    if found.revision.state is State.ACCEPTED:
        write_accepted(desk.context, desk.language, data, desk.today)
    notes = (*made.notes, *in_words(left))
    line = Revision(
        What.MERGE,
        desk.who,
        state=found.revision.state,
        files=files,
        clock=desk.today,
        source_clock=desk.today,
        base=found.revision.rev,
        notes=notes,
    )
    return Done(desk.history.append(line), len(made.cues), notes)


def stale_now(desk: Desk, found: Held) -> tuple[StaleCue, ...]:
    """The stale cues of what a person made; none where it is not known what they were made from."""
    return stale_since(desk.past, found.revision, Meanwhile((), source_cues(desk), desk.today))


def _accepted(desk: Desk, data: bytes, of: Revision) -> Done:
    """Lets the cues of a revision stand accepted."""
    made_on, before = of.clock or desk.today, desk.history.standing
    if accepted_file(desk) != data:
        write_accepted(desk.context, desk.language, data, made_on)
    line = Revision(
        What.ACCEPT,
        desk.who,
        state=State.ACCEPTED,
        files=_standing_files(of),
        clock=made_on,
        source_clock=of.source_clock,
        base=before.rev if before else None,
        handed=of.handed if of.rev == 0 else "",
        translators=of.translators,
    )
    made = desk.history.append(line)
    return Done(made, len(cues_of(desk, made, Role.CUES)))


def _line(desk: Desk, what: What, state: State, files: Mapping[Role, str], of: Revision) -> Revision:
    """A line that lets the cues of another revision stand."""
    made_on, source_clock = of.clock or desk.today, of.source_clock
    return Revision(what, desk.who, state=state, files=files, clock=made_on, source_clock=source_clock, base=of.rev)


def _standing_files(revision: Revision) -> dict[Role, str]:
    return {role: revision.files[role] for role in (Role.CUES, Role.SOURCE) if role in revision.files}


def _keep_source(desk: Desk) -> str:
    return desk.history.keep(as_srt(source_cues(desk)))


def _kind(revision: Revision) -> str:
    return {What.EXPORT: "what was handed out", What.RECEIVED: "a file that came in"}.get(
        revision.what, f"a line of the kind {revision.what.value!r}"
    )
