"""What people who translate do: they are handed a file, change it in an editor, and send it back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from worded_episode import Worded

from castkit.model.cue import Cue
from castkit.steps.hand_out import Handed, hand_out
from castkit.steps.subtitle_desk import Desk, open_desk
from castkit.steps.take_back import Taken, Wishes, take_back
from castkit.subtitles.files import compose_srt, parse_srt


def cues(path: Path) -> list[Cue]:
    return list(parse_srt(path.read_bytes().decode("utf-8-sig"), path.name))


def reworded(cue: Cue, text: str) -> Cue:
    return replace(cue, text=text)


@dataclass
class Office:
    """One language of an episode, and a folder for the files that come and go."""

    episode: Worded
    folder: Path
    language: str = "en"

    @property
    def accepted(self) -> Path:
        return self.episode.paths.accepted(self.language)

    def desk(self, who: str = "ann") -> Desk:
        return open_desk(self.episode.context, self.language, who=who)

    def export(self, name: str = "out.srt", *, kind: str = "srt", is_bilingual: bool = False) -> Handed:
        return hand_out(self.desk(), self.folder / name, kind=kind, is_bilingual=is_bilingual)

    def send(self, made: list[Cue] | bytes, who: str = "ann", wishes: Wishes | None = None) -> Taken:
        """Takes in cues as an editor on Windows saves them, or bytes as they are."""
        data = made if isinstance(made, bytes) else compose_srt(made).replace("\n", "\r\n").encode("utf-8-sig")
        path = self.folder / f"back from {who}.srt"
        path.write_bytes(data)
        return take_back(self.desk(who), path, wishes or Wishes())

    def texts(self) -> list[str]:
        return [cue.text for cue in cues(self.accepted)]
