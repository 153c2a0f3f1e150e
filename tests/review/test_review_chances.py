"""Two tabs, files that come in, kills, new builds, in any order: what a person wrote stands, or is kept and told."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
import reviewed_show
from reviewed_show import Tab, session

from castkit.cli.road import episode_place
from castkit.engine.place import lock
from castkit.review.rows import Placed
from castkit.review.session import Session
from castkit.steps.hand_out import hand_out
from castkit.steps.subtitle_desk import open_desk
from castkit.steps.take_back import Wishes, take_back
from castkit.subtitles.files import compose_srt, parse_srt
from castkit.subtitles.history import What
from castkit.workspace import Workspace

WHOLE = os.environ.get("CASTKIT_SOAK") == "1"
SEEDS = range(400 if WHOLE else 25)
STEPS = 14
_TEXT = re.compile(r"\bword\d+\b")


@dataclass
class Office:
    """A show, the people at work on it, and every word of theirs that nobody took back."""

    show: Workspace
    chance: Random
    page: Session
    tabs: list[Tab]
    number: int = 0
    wanted: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def word(self) -> str:
        self.number += 1
        return f"word{self.number}"

    def edit(self, tab: Tab, remove: list[Placed], put: list[Placed]) -> None:
        """An edit of somebody who may not have seen the latest: they answer for what they saw."""
        status = tab.edit(remove, put)["status"]
        seen, new = ({word for one in some for word in _TEXT.findall(one.text)} for some in (remove, put))
        if status == "conflict":
            self.refused |= new - seen
        elif status in ("done", "merged"):
            self.wanted = (self.wanted - (seen - new)) | (new - seen)

    # ---- what may happen

    def write(self) -> None:
        tab = self.chance.choice(self.tabs)
        if own := self._any(tab):
            seen = tab.seen(own)
            self.edit(tab, [seen], [Placed(own, seen.start_ms, seen.end_ms, f"A new {self.word()}.")])

    def move(self) -> None:
        tab = self.chance.choice(self.tabs)
        if own := self._any(tab):
            seen = tab.seen(own)
            by_ms = self.chance.randrange(1, 400)
            self.edit(tab, [seen], [Placed(own, seen.start_ms + by_ms, seen.end_ms + by_ms, seen.text)])

    def split(self) -> None:
        tab = self.chance.choice(self.tabs)
        if own := self._any(tab):
            seen = tab.seen(own)
            middle = (seen.start_ms + seen.end_ms) // 2
            halves = [Placed(own, seen.start_ms, middle, seen.text), Placed(None, middle, seen.end_ms, self.word())]
            self.edit(tab, [seen], halves)

    def join(self) -> None:
        tab = self.chance.choice(self.tabs)
        if len(tab.cues) > 1:
            one, other = (tab.seen(own) for own in list(tab.cues)[:2])
            start_ms, end_ms = min(one.start_ms, other.start_ms), max(one.end_ms, other.end_ms)
            self.edit(tab, [one, other], [Placed(one.id, start_ms, end_ms, f"{one.text}\n{other.text}")])

    def insert(self) -> None:
        start_ms = self.chance.randrange(0, 60_000)
        self.edit(self.chance.choice(self.tabs), [], [Placed(None, start_ms, start_ms + 700, self.word())])

    def delete(self) -> None:
        tab = self.chance.choice(self.tabs)
        if len(tab.cues) > 2 and (own := self._any(tab)):
            self.edit(tab, [tab.seen(own)], [])

    def poll(self) -> None:
        for tab in self.tabs:
            tab.poll()

    def look_around(self) -> None:
        self.page.idle_s = self.chance.choice([-1.0, 1000.0])
        self.page.look_around()

    def accept(self) -> None:
        self.page.accept(is_draft=self.chance.random() < 0.5)

    def kill(self) -> None:
        self._start()

    def kill_before_the_journal(self) -> None:
        """The history has it, and the journal does not know yet."""
        journal = self.show.episode("talk").review_journal("en")
        kept = shutil.copy(journal, journal.with_suffix(".kept"))
        self.page.checkpoint()
        shutil.move(kept, journal)
        self._start()

    def come_in(self) -> None:
        """Somebody translates what is handed out now; the page may have been written on meanwhile."""
        context, path = reviewed_show.context(self.show), self.show.root / f"out {self.number}.srt"
        with lock(episode_place(context)):
            hand_out(open_desk(context, "en", who="bo"), path)
        cues = list(parse_srt(path.read_text("utf-8-sig"), path.name))
        if self.chance.random() < 0.5:
            self.write()
        at = self.chance.randrange(len(cues))
        old, new = set(_TEXT.findall(cues[at].text)), self.word()
        cues[at] = type(cues[at])(cues[at].start_ms, cues[at].end_ms, f"From elsewhere {new}.")
        path.write_text(compose_srt(cues), "utf-8")
        with lock(episode_place(context)):
            taken = take_back(open_desk(context, "en", who="bo"), path, Wishes(is_draft=self.chance.random() < 0.5))
        if not taken.conflicts:
            self.wanted -= old
            self.wanted.add(new)

    def build(self) -> None:
        """What was heard changes; the machine's English is made anew where nobody accepted any."""
        path = self.show.episode("talk").srt("zh-Hans")
        path.write_text(reviewed_show.SOURCE.replace("谢谢大家", f"谢谢大家{self.number}"), "utf-8")

    def _any(self, tab: Tab) -> str | None:
        return self.chance.choice(list(tab.cues)) if tab.cues else None

    def _start(self) -> None:
        """After a kill; the tabs are reloaded."""
        self.page = session(self.show)
        self.tabs = [Tab(self.page, tab.name) for tab in self.tabs]


@pytest.mark.soak
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_was_written_stands_or_is_kept_and_told(tmp_path: Path, seed: int) -> None:
    show = reviewed_show.make(tmp_path / "show")
    page = session(show)
    office = Office(show, Random(seed), page, [Tab(page, "one"), Tab(page, "two")])
    deeds = [office.write] * 4 + [office.poll] * 3 + [office.move, office.split, office.join, office.insert] * 2
    deeds += [office.delete, office.look_around, office.accept, office.kill, office.kill_before_the_journal]
    deeds += [office.come_in, office.come_in, office.build]
    done = []
    for _ in range(STEPS):
        deed = office.chance.choice(deeds)
        done.append(deed.__name__)
        deed()
    assert office.page.close() == ""
    stands = set(_TEXT.findall("\n".join(Tab(office.page).texts())))
    history = reviewed_show.history(show)
    lines = [one for one in history.revisions if one.what is What.REFUSED]
    data = b"".join(history.bytes_of(one, role) or b"" for one in lines for role in one.files)
    kept = set(_TEXT.findall(data.decode().replace("\\n", " ")))
    assert office.wanted <= stands | kept, (done, office.wanted - stands - kept)
    assert office.refused <= stands | kept, done
    assert stands == set(_TEXT.findall("\n".join(Tab(session(show)).texts()))), done
