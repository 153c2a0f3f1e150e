"""One language of one episode while its page is open: from the journal into the history, and back to the page.

Rule: the episode's lock is held only for moments; whatever was answered is on the disk, lock or no lock.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from typing import Any

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.model.text import one_line
from castkit.review import folding, stamps
from castkit.review.advice import Remembering, findings
from castkit.review.beginning import begun
from castkit.review.draft import Draft
from castkit.review.facts import facts
from castkit.review.journal import Entry, Journal, Start
from castkit.review.rows import LONGEST_NAME, BadRequest, Op
from castkit.review.writable import shown
from castkit.steps.context import EpisodeContext
from castkit.steps.subtitle_desk import Desk, held, open_desk
from castkit.steps.subtitle_history import accept

logger = logging.getLogger(__name__)
PATIENCE_S = 5.0  # for what somebody waits for
IDLE_S = 60.0  # how long nothing is typed before a draft is written into the history
_PARSED = 6  # files of the history that are not read again
_TRIES = 3  # at a checkpoint while somebody types; then the next one does it
Lock = Callable[[float], AbstractContextManager[object]]  # given how many seconds it may take


class Busy(CastkitError):
    """Another castkit works on the episode."""


class Session:
    """The state behind the page; every method may be called from any thread.

    `lock` takes the episode's lock; `who` is the person at work, else whoever was on this page last, else `user`.
    """

    idle_s = IDLE_S

    def __init__(self, context: EpisodeContext, language: str, lock: Lock, *, who: str = "", user: str = "") -> None:
        self.context, self.language = context, language
        self.attention = threading.Event()  # set when `look_around` has something to do
        self._lock = lock
        self._folding = threading.Lock()  # for as long as the history takes; taken before the draft's own
        self._parsed: dict[str, tuple[Cue, ...]] = {}  # by sha256
        self._found: tuple[int, list[dict[str, Any]]] | None = None
        self._known: stamps.Stamps = ()
        self._seen: stamps.Stamps = ()
        journal = Journal(context.paths.review_journal(language))
        before = journal.read()
        self.who = who or (_last_name(*before) if before else "") or user
        self._open(journal, before)
        self._memory = Remembering(context, self._facts.shown["spoken"], language)

    # ---- what the page reads

    def document(self) -> dict[str, Any]:
        """Everything that the page shows, but for the waveform."""
        with self._draft.mutex:
            return {**self._facts.shown, "who": self.who, **self._draft.document()}

    def changes(self, since: int) -> dict[str, Any]:
        """What is new after a version; where somebody else changed the files, that follows with one of the next."""
        if self._stamps() != self._seen:
            self.attention.set()
        return self._draft.changes(since)

    def findings(self) -> list[dict[str, Any]]:
        """What is wrong with the cues as they stand."""
        with self._draft.mutex:
            version, rows, now = self._draft.working.version, self._draft.working.in_order(), self._facts
        if self._found and self._found[0] == version:
            return self._found[1]
        found = findings(self.context, (now.shown["spoken"], now.source), self.language, rows)
        self._found = version, found
        return found

    def proposals(self, own: str) -> list[dict[str, Any]]:
        """What the translation memory has for what is said under a cue; nothing where it was taken out meanwhile.

        BadRequest where there never was such a cue.
        """
        row = self._draft.working.rows.get(own)
        if row is None and self._draft.working.is_gone(own):
            return []
        if row is None:
            raise BadRequest("there is no such cue", "reload the page")
        return self._memory.proposals(self._facts.source, row.cue)

    # ---- what people do

    def edit(self, ops: Sequence[Op]) -> dict[str, Any]:
        """Does the edits in order; see `Draft.edit`."""
        return self._draft.edit(ops, self.who)

    def rename(self, who: str) -> str:
        """Sets the name of the person at work; what was typed before goes into the history under the old one."""
        name = one_line(who)
        if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise BadRequest("the name is empty, or longer than 100 characters", "give a name as people write it")
        if name != self.who:
            if self._draft.entries:
                with suppress(Busy):
                    self.checkpoint()
            self._draft.rename(name)
            self.who = name
        return name

    def accept(self, *, is_draft: bool) -> dict[str, Any]:
        """Writes the cues into the history, accepted unless it is a draft; Busy, or CastkitError with the reason."""
        with self._folding, self._desk(PATIENCE_S) as desk:
            notes = self._renew(desk, is_accepted=not is_draft)
            left = sum(not shown(row.cue.text) for row in self._draft.page().rows)
            if left and not is_draft:
                notes = (*notes, f"{left} cues without a text are left out of the file")
            return {"state": self._draft.state, "rev": self._draft.start.rev, "notes": list(notes)}

    # ---- what happens by itself

    def look_around(self) -> None:
        """Brings in what others wrote, and writes a draft when nobody typed for a while; waits for nobody."""
        is_idle = bool(self._draft.entries) and time.monotonic() - self._draft.edited_at > self.idle_s
        if not (is_idle or self._stamps() != self._seen) or not self._folding.acquire(blocking=False):
            return
        try:
            with self._desk() as desk:
                if is_idle or self._standing(desk) != self._stood:
                    self._renew(desk)
                self._seen = self._stamps()
        except Busy:
            return
        except (CastkitError, OSError) as error:
            self._seen = self._stamps()
            self._draft.edited_at = time.monotonic()
            self._draft.say(_reason(error))
        finally:
            self._folding.release()

    def checkpoint(self, patience_s: float = 0.0) -> None:
        """Writes what was typed into the history, and shows what stands there; Busy, CastkitError or OSError."""
        with self._folding, self._desk(patience_s) as desk:
            self._renew(desk)

    def close(self) -> str:
        """The last checkpoint; why it could not be made, or nothing. The journal has everything in any case."""
        try:
            self.checkpoint(PATIENCE_S)
        except (CastkitError, OSError) as error:
            return _reason(error)
        return ""

    # ---- inside

    def _open(self, journal: Journal, before: tuple[Start, tuple[Entry, ...]] | None) -> None:
        """The journal of before, folded in where it holds anything, or a new one."""
        with self._desk() as desk:
            self._facts = facts(desk)
            start, entries = before or (begun(desk, folding.Page(source=self._facts.source)), ())
            if before is None:
                journal.begin(start)
            self._draft = Draft(journal, start, entries)
            for problem in desk.history.problems:
                self._draft.say(problem)
            if journal.problems:
                aside = journal.set_aside()
                self._draft.say(f"{'; '.join(journal.problems)}; the whole journal is kept as {aside.name}")
            self._known = stamps.of_source(self.context, desk.spoken)
            self._stood, self._seen = self._standing(desk), self._stamps()
            if before:
                self._renew(desk)
            if any(one.key for one in entries):
                rev = f" (revision {self._draft.start.rev})" if self._draft.start.rev else ""
                self._draft.say(f"what was typed before the page was closed is here, and in the history{rev}")

    def _renew(self, desk: Desk, *, is_accepted: bool = False) -> tuple[str, ...]:
        """History, then journal, then the page: killed in between, the next start does the rest.

        People go on typing meanwhile. Where they type into a cue that a file has just changed, it is done once more.
        Gives back what there is to say of the acceptance, if that is asked for.
        """
        notes: tuple[str, ...] = ()
        for _ in range(_TRIES):
            known = stamps.of_source(self.context, desk.spoken)
            now = self._facts if known == self._known else facts(desk)
            draft, page = self._draft, self._draft.page(now.source)
            typists = [one.who for one in page.entries if one.key]
            done = folding.fold(replace(desk, who=typists[-1] if typists else desk.who), draft.start, page)
            if is_accepted:
                notes = accept(replace(desk, who=self.who)).notes
            new = begun(desk, page, draft.start)
            is_elsewhere = now != self._facts or new.clock != draft.start.clock
            with draft.mutex:
                is_shown = draft.begin_anew(page, new, is_elsewhere=is_elsewhere, who=self.who)
                if is_shown:
                    self._facts, self._known = now, known
                if is_shown or done.conflicts:
                    self._tell(done)
            if is_shown:
                break
        self._stood, self._seen = self._standing(desk), self._stamps()
        return notes

    def _tell(self, done: folding.Folded) -> None:
        for note in done.notes:
            self._draft.say(note)
        for conflict in done.conflicts:
            self._draft.contradict(conflict)

    @contextmanager
    def _desk(self, patience_s: float = 0.0) -> Iterator[Desk]:
        try:
            lock = self._lock(patience_s)
        except CastkitError as error:
            raise Busy(error.message, error.hint) from error
        with lock:
            desk = open_desk(self.context, self.language, who=self.who)
            desk.past.parsed.update(self._parsed)
            yield desk
            self._parsed = dict(list(desk.past.parsed.items())[-_PARSED:])

    def _standing(self, desk: Desk) -> tuple[object, ...]:
        """By what the cues and the source are seen to be others than those on the page."""
        found, built = held(desk), stamps.stamp(self.context.paths.srt(self.language))
        return found and found.revision.rev, desk.today, built, stamps.of_source(self.context, desk.spoken)

    def _stamps(self) -> stamps.Stamps:
        return stamps.of_all(self.context, self.language, self._facts.shown["spoken"])


def _last_name(start: Start, entries: Sequence[Entry]) -> str:
    return next((one.who for one in reversed(entries)), start.who)


def _reason(error: CastkitError | OSError) -> str:
    if isinstance(error, CastkitError):
        return f"not in the history yet: {error.message}; {error.hint}"
    return f"not in the history yet: {error.strerror or error}"
