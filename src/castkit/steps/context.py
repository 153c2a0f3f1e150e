"""What every step of an episode is given."""

from __future__ import annotations

from dataclasses import dataclass

from castkit.model.episode import Episode
from castkit.model.show import Person, Show
from castkit.workspace import EpisodePaths, Workspace


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
    def people(self) -> tuple[Person, ...]:
        """The episode's people, ids looked up in the show; the configuration reader has checked that they exist."""
        found = (self.show.person(item) if isinstance(item, str) else item for item in self.episode.people)
        return tuple(person for person in found if person is not None)
