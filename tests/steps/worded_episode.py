"""A workspace whose episode has been heard already: what the steps for words start from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from castkit.engine import events
from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place
from castkit.model.episode import Episode
from castkit.model.programme import Programme
from castkit.model.show import Show
from castkit.model.timeline import joined
from castkit.steps import proofread, subtitle, transcripts, translate
from castkit.steps.context import EpisodeContext
from castkit.workspace import EpisodePaths, Workspace

HEARD = Path(__file__).parent.parent / "data" / "transcripts"
STEPS = (proofread.STEP, subtitle.STEP, translate.STEP, transcripts.STEP)


def show(languages: Sequence[str]) -> Show:
    people = [
        {"id": "host", "name": {"en": "Host", "zh-Hans": "主持人"}},
        {"id": "presenter", "name": {"en": "Presenter", "zh-Hans": "主讲人"}},
    ]
    info = {
        "title": "Dialogues", "description": "A show.", "author": "Us", "owner_email": "us@example.org",
        "link": "https://example.org", "categories": ["Education"], "languages": tuple(languages),
    }  # fmt: skip
    return Show.model_validate({"show": info, "people": people})


@dataclass
class Worded:
    """An episode with a transcript; `notes` are what the last run told, `ran` the steps it ran and why."""

    context: EpisodeContext
    notes: list[str] = field(default_factory=list)
    ran: dict[str, str] = field(default_factory=dict)

    @property
    def paths(self) -> EpisodePaths:
        return self.context.paths

    @property
    def tracks(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.paths.tracks.read_text("utf-8"))
        return value

    def accept(self, language: str, text: str | bytes) -> None:
        path = self.paths.accepted(language)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def go(self) -> None:
        self.notes.clear()
        self.ran.clear()
        build = self.paths.build
        place = Place(self.context.slug, self.context.workspace.root, build, self.paths.receipts, self.paths.lock)
        run(STEPS, self.context, place, self._report)

    def _report(self, event: events.Event) -> None:
        if isinstance(event, events.Note):
            self.notes.append(event.text)
        if isinstance(event, events.Started):
            self.ran[event.step] = event.reason


def lay(paths: EpisodePaths, kept: Sequence[tuple[int, int]], lead_ms: int = 0) -> None:
    """Writes what the edit step would: these spans of the recordings, one after the other."""
    timeline = joined(kept, lead_ms)
    programme = Programme((), timeline, (), timeline.pieces[-1].until_ms)
    paths.programme.write_text(json.dumps(programme.to_json()), "utf-8")


def worded(
    folder: Path, *, heard: str = "episode-02", language: str = "zh", languages: Sequence[str] = ("en", "zh-Hans")
) -> Worded:
    """An episode that one of the real transcripts was made of."""
    paths = Workspace(folder).episode("talk")
    paths.build.mkdir(parents=True)
    shutil.copy(HEARD / f"{heard}.json", paths.transcript)
    lay(paths, ((0, json.loads(paths.transcript.read_text("utf-8"))["duration_ms"]),))
    value = {
        "guid": "a40a42ad-83ac-4727-bf9a-c67bfa5d47ac", "title": "A talk", "summary": "It is one.",
        "language": language,
        "date": "2026-01-01T09:00:00Z", "people": ("host", "presenter"), "recordings": ({"path": "raw/talk.flac"},),
    }  # fmt: skip
    return Worded(EpisodeContext(Workspace(folder), show(languages), "talk", Episode.model_validate(value)))
