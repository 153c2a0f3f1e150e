"""What every step of an episode is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from castkit.model.episode import Episode
from castkit.model.show import AudioSettings, Person, Show, VideoSettings
from castkit.workspace import EpisodePaths, Workspace

# What people open in an editor. Anything else in build/ that changed is damaged, not edited, and is made again.
_TEXTS = frozenset((".srt", ".vtt", ".md", ".html"))


def is_for_people(path: Path) -> bool:
    """Whether a built file is one that a person may correct by hand, so that the correction counts as a source."""
    return path.suffix in _TEXTS or path.name == "transcript.json"


@dataclass(frozen=True, slots=True)
class EpisodeContext:
    """An episode in its show and workspace."""

    workspace: Workspace
    show: Show
    slug: str
    episode: Episode

    @property
    def paths(self) -> EpisodePaths:
        return self.workspace.episode(self.slug)

    @property
    def audio(self) -> AudioSettings:
        """The show's, with what the episode's own `[audio]` says otherwise."""
        return self.show.audio.model_copy(update=self.episode.audio.model_dump(exclude_none=True))

    @property
    def video(self) -> VideoSettings:
        """The show's, with what the episode's own `[video]` says otherwise."""
        return self.show.video.model_copy(update=self.episode.video.model_dump(exclude_none=True))

    @property
    def people(self) -> tuple[Person, ...]:
        """The episode's people, ids looked up in the show; the configuration reader has checked that they exist."""
        found = (self.show.person(item) if isinstance(item, str) else item for item in self.episode.people)
        return tuple(person for person in found if person is not None)
