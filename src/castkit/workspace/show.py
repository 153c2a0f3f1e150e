"""The files of a show, and its episodes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from castkit.errors import CastkitError
from castkit.workspace.episode import EpisodePaths

MARKER = "castkit.toml"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A show's folder; `root` holds castkit.toml."""

    root: Path

    @classmethod
    def find(cls, start: Path) -> Workspace:
        """The workspace that `start` is in, looking upwards; CastkitError where there is none."""
        folder = start.absolute()
        for candidate in (folder, *folder.parents):
            if (candidate / MARKER).is_file():
                return cls(candidate)
        raise CastkitError(
            f"no {MARKER} in {folder} or above it",
            "run castkit inside a show's folder, name one with -C DIR, or start one with: castkit init DIR",
        )

    @property
    def toml(self) -> Path:
        return self.root / MARKER

    @property
    def glossary(self) -> Path:
        """The show's terms: a source, which only people write."""
        return self.root / "glossary.toml"

    @property
    def episodes(self) -> Path:
        return self.root / "episodes"

    @property
    def templates(self) -> Path:
        return self.root / "templates"

    @property
    def feeds(self) -> Path:
        return self.root / "feeds"

    @property
    def memory(self) -> Path:
        """The folder of translation memories (TMX) from elsewhere."""
        return self.root / "memory"

    @property
    def ledger(self) -> Path:
        return self.feeds / "ledger.toml"

    def feed(self, name: str, page: int = 0) -> Path:
        """A feed (`en`, `en.video`), or its page of older episodes."""
        return self.feeds / (f"{name}.page-{page}.xml" if page else f"{name}.xml")

    def site(self, key: str) -> Path:
        """A file of the show's pages as it goes to the store under this key; made again where it is missing."""
        return self.private / "site" / key

    @property
    def private(self) -> Path:
        """What castkit keeps for itself about the show; safe to delete, ignored by git."""
        return self.root / ".castkit"

    @property
    def answers(self) -> Path:
        """What services on the web answered, so that no run pays for it twice."""
        return self.private / "answers"

    @property
    def newsletters(self) -> Path:
        """The folder of newsletters, where no other is named."""
        return self.root / "newsletter"

    @property
    def newsletters_made(self) -> Path:
        """Newsletters as castkit wrote them, by SHA-256, so that one a person edited is known."""
        return self.private / "newsletters.json"

    @property
    def import_state(self) -> Path:
        """From which feed the show was imported, and whether that is done; kept beside the ledger."""
        return self.feeds / "imported.json"

    @property
    def published_copies(self) -> Path:
        """Copies of what the store holds of other episodes, so that a long show is not fetched each time."""
        return self.private / "published"

    @property
    def show_receipts(self) -> Path:
        return self.private / "receipts.json"

    @property
    def show_lock(self) -> Path:
        return self.private / "show.lock"

    def episode(self, slug: str) -> EpisodePaths:
        return EpisodePaths(self.episodes / slug)

    def slugs(self) -> tuple[str, ...]:
        """The slugs of all episodes, in order of name."""
        return tuple(sorted(path.parent.name for path in self.episodes.glob("*/episode.toml")))
