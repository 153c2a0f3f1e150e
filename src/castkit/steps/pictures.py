"""The pictures of an episode that listeners see: a cover of its own, and those of its chapters.

Rule: a picture is checked before a byte is sent; its name in the store holds its hash, so that a new one is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from castkit.artwork import cover_problems
from castkit.errors import CastkitError
from castkit.model.chapters import on_masters_clock
from castkit.model.episode import Chapter
from castkit.steps.context import EpisodeContext
from castkit.steps.files import load_programme
from castkit.storage.folder import sha256_of

_HASH_LENGTH = 12  # hex digits in a name
_LARGEST = 5 * 1024 * 1024  # bytes; a listener's phone loads it while the chapter begins


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture here, its name in the episode's folder of the store, and its whole SHA-256."""

    path: Path
    name: str
    digest: str


def paths(context: EpisodeContext) -> tuple[Path, ...]:
    """Every picture that episode.toml names."""
    names = [context.episode.image, *(chapter.image for chapter in context.episode.chapters)]
    return tuple(context.paths.root / name for name in dict.fromkeys(names) if name)


def own_cover(context: EpisodeContext) -> Picture | None:
    """The episode's cover, where it has one; CastkitError with everything that directories would refuse in it."""
    if not context.episode.image:
        return None
    path = context.paths.root / context.episode.image
    if problems := cover_problems(path):
        raise CastkitError(
            f"the cover {path} cannot be published: {'; '.join(problems)}",
            "give image in episode.toml a square PNG or JPEG of 1400 to 3000 pixels a side, in RGB, or remove it",
        )
    return _picture(path, "cover")


def of_chapter(context: EpisodeContext, chapter: Chapter) -> Picture | None:
    """A chapter's picture, where it has one; CastkitError where there is none under that name, or far too much."""
    if not chapter.image:
        return None
    path = context.paths.root / chapter.image
    try:
        size = path.stat().st_size
    except OSError:
        raise CastkitError(
            f"{path} is not there, which a chapter of {context.slug} shows",
            "put the picture there, or correct image under [[chapters]] in episode.toml",
        ) from None
    if size > _LARGEST:
        raise CastkitError(
            f"{path} has {size / 1024**2:.1f} MiB, which a chapter of {context.slug} shows",
            f"make the picture smaller: at most {_LARGEST // 1024**2} MiB",
        )
    return _picture(path, "chapter")


def in_chapters(context: EpisodeContext) -> tuple[tuple[int, Chapter, Picture | None], ...]:
    """The chapters on the master's clock (ms), with their pictures."""
    placed = on_masters_clock(context.episode.chapters, load_programme(context))
    return tuple((start_ms, chapter, of_chapter(context, chapter)) for start_ms, chapter in placed)


def _picture(path: Path, kind: str) -> Picture:
    digest = sha256_of(path)
    ending = path.suffix.lower().replace(".jpeg", ".jpg")
    return Picture(path, f"{kind}-{digest[:_HASH_LENGTH]}{ending}", digest)
