"""What the page shows of what stands in the history or in the build folder.

Rule: a cue keeps its id for as long as it can be told to be the same; a cue still to be written stays on the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from castkit.model.cue import Cue
from castkit.model.timeline import Timeline
from castkit.review.folding import Page
from castkit.review.journal import Start
from castkit.review.rows import Row
from castkit.review.writable import shown
from castkit.steps.bring_together import Meanwhile
from castkit.steps.cue_past import stale_since
from castkit.steps.subtitle_desk import Desk, Held, Stand, as_srt, held, machines_of, standing
from castkit.subtitles.history import Role, State
from castkit.subtitles.merge.changes import changes
from castkit.subtitles.merge.result import Stale, on_clock


def begun(desk: Desk, page: Page, before: Start | None = None) -> Start:
    """What the page shows of what stands now; cues keep the ids that they have on `page` wherever they can.

    Cues without a text, which no file can have, stay as they are there. `before` is what that page began from.
    """
    now, found, rows, source, counter = standing(desk), held(desk), page.rows, page.source, page.counter
    cues = () if now.stand is Stand.SOURCE else now.cues
    made = list(_named(cues, [row for row in rows if shown(row.cue.text)], counter))
    left = [row for row in rows if not shown(row.cue.text)]
    if now.stand is Stand.SOURCE and not left:
        made = [Row(f"c{at}", replace(cue, text=""), by="machine") for at, cue in enumerate(now.cues, counter + 1)]
    made = [
        *_marked(desk, found, source, made),
        *_still_there(left, before.clock if before else desk.today, desk.today),
    ]
    digest, source_clock = _source_of(desk, found, source)
    return Start(
        tuple(sorted(made, key=lambda row: (row.cue.start_ms, row.cue.end_ms, row.number))),
        found.revision.rev if found else 0,
        now.stand,
        desk.today,
        digest,
        source_clock,
        before.version if before else 0,
        max([counter, *(row.number for row in (*rows, *made))]),
    )


def _named(cues: Sequence[Cue], rows: Sequence[Row], counter: int) -> Iterator[Row]:
    """The cues under the ids that they, or those they came from, had on the page; others get new ones."""
    old = [row.cue for row in rows]
    speakers = {row.id: row.cue.speaker for row in rows}
    names: dict[int, str] = {}
    if [key(cue) for cue in old] == [key(cue) for cue in cues]:
        names = {at: row.id for at, row in enumerate(rows)}
    elif rows:
        for change in changes([replace(cue, speaker=None) for cue in old], cues):
            names |= {theirs: rows[base].id for base, theirs in zip(change.base, change.theirs, strict=False)}
    for at, cue in enumerate(cues):
        own = names.get(at)
        if own is None:
            counter += 1
            own = f"c{counter}"
        yield Row(own, replace(cue, speaker=cue.speaker or speakers.get(own)))


def _marked(desk: Desk, found: Held | None, source: tuple[Cue, ...], rows: Sequence[Row]) -> Iterator[Row]:
    """The cues with whose they are, and what was said under them when they were written; nobody's are a machine's."""
    stale: dict[tuple[int, int, str], Stale] = {}
    if found:
        today = Meanwhile((), source, desk.today)
        stale = {key(one.cue): one.stale for one in stale_since(desk.past, found.revision, today)}
    machine: set[tuple[int, int, str]] = set()
    if found and found.revision.state is State.DRAFT:
        machine = {key(cue) for cue in on_clock(*machines_of(desk, found.revision), desk.today)[0]}
    for row in rows:
        is_machine = found is None or key(row.cue) in machine
        yield replace(row, by="machine" if is_machine else "person", stale=stale.get(key(row.cue)))


def _still_there(rows: Sequence[Row], old: Timeline, new: Timeline) -> Iterator[Row]:
    """Cues of one edit on the clock of another; those that were cut out are gone."""
    for row in rows:
        for cue in on_clock((row.cue,), old, new)[0]:
            yield replace(row, cue=cue)


def _source_of(desk: Desk, found: Held | None, source: tuple[Cue, ...]) -> tuple[str, Timeline]:
    """The sha256 of the source's cues that those that stand were made from, and their clock."""
    if found and Role.SOURCE in found.revision.files:
        return found.revision.files[Role.SOURCE], found.revision.source_clock or found.clock
    return desk.history.keep(as_srt(source)), desk.today


def key(cue: Cue) -> tuple[int, int, str]:
    return cue.start_ms, cue.end_ms, shown(cue.text)
