"""What a file that came back was made from: the revision that it fits best, in one language or in two.

Rule: what was handed out comes before what another person sent in, whose changes it would undo unseen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.steps.bring_together import HandedOut, Timed, seen
from castkit.steps.subtitle_desk import Desk, cues_of, machine_cues, source_cues
from castkit.subtitles.history import BILINGUAL, Revision, Role, What
from castkit.subtitles.incoming.bilingual import holds_source, without_source
from castkit.subtitles.incoming.received import Incoming
from castkit.subtitles.merge.likeness import letters, likeness, told
from castkit.subtitles.merge.result import on_clock
from castkit.subtitles.outgoing.handout import handout

LEAST_SHARED = 0.2  # of its cues must have a time or a text of what it is said to come from


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may have been handed out; `revision` is None for what lies in the build folder."""

    revision: Revision | None
    base: HandedOut

    @property
    def is_bilingual(self) -> bool:
        return self.revision is not None and self.revision.kind == BILINGUAL


def find_base(desk: Desk, incoming: Incoming, name: str, *, rev: int = 0) -> tuple[Incoming, Candidate | None]:
    """The file without source lines, and what it comes from: what is named, else what it fits best, the latest first.

    The source's lines are taken out before the texts are compared: they are half of a file in two languages.
    """
    candidates = list(_candidates(desk, rev))
    fits: list[tuple[_Fit, bool, Incoming, Candidate]] = []
    doubts: list[CastkitError] = []
    bilingual: dict[tuple[Cue, ...], bool] = {}
    for one in candidates:
        source = () if desk.is_spoken else one.base.source.cues
        if source not in bilingual:
            bilingual[source] = holds_source(incoming.cues, source)
        try:
            alone = _alone(desk, incoming, name, one) if bilingual[source] or one.is_bilingual else incoming
        except CastkitError as error:
            doubts.append(error)
            continue
        if (fit := _fit(one, alone.cues, desk.who)) or rev:
            fits.append((fit or _NO_FIT, bilingual[source] == one.is_bilingual, alone, one))
    if not fits and doubts:
        raise doubts[0]
    best = max(fits, key=lambda one: one[:2], default=None)  # as many languages in it as were handed out, if it can be
    return best[2:] if best else (incoming, None)


def _alone(desk: Desk, incoming: Incoming, name: str, candidate: Candidate) -> Incoming:
    """The file without the lines of the source that stood beside the cues handed out."""
    given, source = candidate.base.given, candidate.base.source
    there, _ = on_clock(source.cues, source.clock, given.clock)
    rows = handout(() if is_source(given.cues, there) else given.cues, there, desk.language, desk.spoken)
    return without_source(incoming, rows.source_cues, name, was_beside=candidate.is_bilingual)


def is_source(given: Sequence[Cue], source: Sequence[Cue]) -> bool:
    """Whether nothing was translated yet when the cues were handed out."""
    return seen(given) == seen(source)


def _candidates(desk: Desk, rev: int) -> Iterator[Candidate]:
    """What may have been given to a person, the latest first; what lies in the build folder counts as the first."""
    revisions = (desk.history.find(rev),) if rev else reversed(desk.history.revisions)
    looked_at = set()
    for one in revisions:
        if Role.CUES in one.files and one.clock:
            key = (
                one.files[Role.CUES],
                one.files.get(Role.SOURCE),
                one.clock,
                one.kind == BILINGUAL,
                one.what,
                one.who,
            )
            if key in looked_at:
                continue
            looked_at.add(key)
            given = Timed(cues_of(desk, one, Role.CUES), one.clock)
            source = Timed(cues_of(desk, one, Role.SOURCE), one.source_clock or one.clock)
            yield Candidate(one, HandedOut(given, source, Timed((), desk.today)))
        elif rev:
            raise CastkitError(f"revision {rev} hands nothing out", "name an export, an import or what was accepted")
    if rev:
        return
    source = Timed(source_cues(desk), desk.today)
    lying = machine_cues(desk) or (source.cues if not desk.is_spoken else ())
    if lying:
        given = Timed(lying, desk.today)
        yield Candidate(None, HandedOut(given, source, given))


_Fit = tuple[bool, int, int, float]
_NO_FIT: _Fit = (False, 0, 0, 0.0)


def _fit(candidate: Candidate, theirs: Sequence[Cue], who: str) -> _Fit | None:
    """How well a file fits what may have been handed out: cues left as they were, and on its times; None: not at all.

    A second person's file must not be taken for one that goes on from the first one's, whose changes it would then
    undo: what another person sent in comes last, and of two that fit alike what was handed out comes first. After that
    the likeness of changed texts tells.
    """
    given, revision = candidate.base.given.cues, candidate.revision
    texts = {(cue.start_ms, cue.end_ms): letters(cue.text) for cue in given}
    on_time = [(cue, texts[cue.start_ms, cue.end_ms]) for cue in theirs if (cue.start_ms, cue.end_ms) in texts]
    same = sum((Counter(told(cue.text) for cue in given) & Counter(told(cue.text) for cue in theirs)).values())
    if len(on_time) + same < LEAST_SHARED * max(1, len(theirs)):
        return None
    rank = 1 if revision is None else 2 if revision.what is What.EXPORT else 0
    is_own = rank > 0 or (revision is not None and revision.who == who)
    return is_own, len(on_time) + same, rank, sum(likeness(letters(cue.text), text) for cue, text in on_time)
