"""A built episode of three cues in two languages, and its page without a server."""

from __future__ import annotations

from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from typing import Any

import built_show
from castkit.cli.road import episode_place
from castkit.engine.place import lock
from castkit.model.cue import Cue
from castkit.review.rows import Op, Placed, Row
from castkit.review.session import Session
from castkit.steps.context import EpisodeContext
from castkit.subtitles.history import History
from castkit.workspace import Workspace

SOURCE = (
    "1\n00:00:01,000 --> 00:00:04,000\n参保率上升到64%。\n\n2\n00:00:05,000 --> 00:00:08,000\n谢谢大家。\n\n"
    "3\n00:00:09,000 --> 00:00:12,000\n再见。\n"
)
DRAFT = (
    "1\n00:00:01,000 --> 00:00:04,000\nCoverage rose to 64%.\n\n2\n00:00:05,000 --> 00:00:08,000\nThanks to all.\n\n"
    "3\n00:00:09,000 --> 00:00:12,000\nGoodbye.\n\n"
)

_NAMES = count()


def make(root: Path, *, is_translated: bool = True, more: str = "") -> Workspace:
    """The show; English is a machine's draft, or not translated at all."""
    workspace = built_show.make_show(root, more=more)
    built_show.build(workspace)
    paths = workspace.episode("talk")
    paths.srt("zh-Hans").write_text(SOURCE, "utf-8")
    paths.srt("en").write_text(DRAFT, "utf-8")
    if not is_translated:
        paths.srt("en").unlink()
        tracks = [{"language": "zh-Hans", "origin": "recognition", "cues": 3}]
        missing = [{"language": "en", "reason": "no translator"}]
        value = {"version": 1, "spoken": "zh-Hans", "tracks": tracks, "missing": missing}
        built_show.write_json(paths.tracks, value)
    return workspace


def session(workspace: Workspace, who: str = "ann") -> Session:
    """A page as it is after a start, or after a start that follows a kill."""
    context = built_show.context(workspace)

    def held(patience_s: float) -> AbstractContextManager[object]:
        return lock(episode_place(context), patience_s=patience_s)

    return Session(context, "en", held, who=who)


def history(workspace: Workspace) -> History:
    return History(context(workspace).paths.subtitle_log("en"))


def context(workspace: Workspace) -> EpisodeContext:
    return built_show.context(workspace)


class Tab:
    """One page in a browser: what it saw last, and its edits."""

    def __init__(self, session: Session, name: str = "tab") -> None:
        self.session, self.name = session, name
        self.reload()

    def reload(self) -> None:
        found = self.session.document()
        self.cues = {cue["id"]: cue for cue in found["cues"]}
        self.version = found["version"]

    def poll(self) -> Any:
        found = self.session.changes(self.version)
        if found["reload"]:
            self.reload()
            return found
        self.cues |= {cue["id"]: cue for cue in found["cues"]}
        for own in found["removed"]:
            self.cues.pop(own, None)  # or made and taken out since
        if found["order"] is not None:
            assert set(found["order"]) == set(self.cues)
        self.version = found["version"]
        return found

    def seen(self, own: str) -> Placed:
        cue = self.cues[own]
        return Placed(own, cue["startMs"], cue["endMs"], cue["text"])

    def edit(self, remove: list[Placed], put: list[Placed], name: str = "") -> Any:
        op = Op(self.name, name or f"op{next(_NAMES)}", tuple(remove), tuple(put))
        return self.session.edit((op,))["results"][0]

    def write(self, own: str, text: str) -> Any:
        seen = self.seen(own)
        return self.edit([seen], [Placed(own, seen.start_ms, seen.end_ms, text)])

    def move(self, own: str, start_ms: int, end_ms: int) -> Any:
        seen = self.seen(own)
        return self.edit([seen], [Placed(own, start_ms, end_ms, seen.text)])

    def texts(self) -> list[str]:
        return [cue["text"] for cue in self.session.document()["cues"]]


def row(own: str, start_ms: int, end_ms: int, text: str) -> Row:
    return Row(own, Cue(start_ms, end_ms, text))
