"""The offline page of a built episode, to be sent round before it is published.

Rule: it holds the pages and files that would be published, under the same names, and says on top that they are not;
nothing is sent, and the same build gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from castkit.errors import CastkitError
from castkit.notes.preview_page import Approval, Preview, index_page, with_notice
from castkit.steps.clearance import Standing, standings
from castkit.steps.context import EpisodeContext
from castkit.steps.feed_identity import cover_key
from castkit.steps.light_media import light_copy, light_mp3
from castkit.steps.publication import Item, Publication, publication
from castkit.storage.keys import show_page_key
from castkit.subtitles.outgoing.archive import write_archive

FULL_UP_TO = 500_000_000  # bytes of media: what can still be sent round by most services for large files

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Sent:
    """The zip, its size in bytes, whether its media are light copies, and what was left out, by name."""

    path: Path
    size: int
    is_light: bool
    left_out: tuple[str, ...]


def make_preview(context: EpisodeContext, target: Path | None, progress: Progress, *, is_light: bool | None) -> Sent:
    """Writes the zip to `target`, else into build/; the caller holds the episode's lock.

    `is_light` is None for light copies only where the media have more than 500 MB. `progress` is told the share of the
    light copies that is made. CastkitError where the episode is not built.
    """
    path = target or context.paths.preview
    with TemporaryDirectory(prefix="castkit-preview-") as folder:
        made = publication(context, _beside, into=Path(folder))
        light = _is_large(made) if is_light is None else is_light
        media = _light_media(context, made, progress) if light else {}
        kept = tuple(one for one in made.items if not _is_left_out(made, one, is_light=light))
        members = _members(context, made, kept, media, is_light=light)
        try:
            write_archive(path, f"preview-{context.slug}", members)
        except OSError as error:
            raise CastkitError(
                f"{path} cannot be written: {error.strerror or error}",
                "free some space or check the permissions, or name another file with --to",
            ) from error
    return Sent(path, path.stat().st_size, light, _left_out(made, kept))


def _beside(key: str) -> str:
    """An object's address for those that name it: the pages lie in the same folder."""
    return key.rpartition("/")[2]


def _media(made: Publication) -> frozenset[str]:
    found = made.published
    files = (found.audio, *found.other_audio, *((found.video,) if found.video else ()))
    return frozenset(file.key for file in files)


def _stream(made: Publication) -> frozenset[str]:
    found = made.published
    return frozenset(file.key for file in (*found.hls_parts, *((found.hls,) if found.hls else ())))


def _is_large(made: Publication) -> bool:
    media = _media(made)
    return sum(one.file.length for one in made.items if one.file.key in media) > FULL_UP_TO


def _is_left_out(made: Publication, item: Item, *, is_light: bool) -> bool:
    """A stream, which no browser plays from a folder; beside light copies also the other formats of the sound."""
    others = {file.key for file in made.published.other_audio} if is_light else set()
    return item.file.key in _stream(made) | others


def _left_out(made: Publication, kept: tuple[Item, ...]) -> tuple[str, ...]:
    """What is not in the preview: a stream's many files as the one that the page names."""
    gone = {one.file.key for one in made.items} - {one.file.key for one in kept}
    gone -= {file.key for file in made.published.hls_parts}
    return tuple(sorted(key.partition("/")[2].partition("/")[2] for key in gone))


def _light_media(context: EpisodeContext, made: Publication, progress: Progress) -> dict[str, Path]:
    """Light copies under the names of what they stand for, of the same kind, so that the pages play them."""
    count = 2 if made.published.video else 1
    found = {made.published.audio.key: light_mp3(context, lambda share: progress(share / count))}
    if made.published.video:
        copy = light_copy(context, lambda share: progress((1 + share) / count), is_sound_only=False)
        found[made.published.video.key] = copy.path
    return found


def _members(
    context: EpisodeContext, made: Publication, kept: tuple[Item, ...], light: Mapping[str, Path], *, is_light: bool
) -> dict[str, bytes | Path]:
    """Everything in the zip by its place there: the first pages, then all others in order of name."""
    main, languages = context.show.main_language, context.show.languages
    indexes = {language: show_page_key(language, main) for language in languages}
    pages = {file.key: language for language, file in made.published.notes.items()}
    files: dict[str, bytes | Path] = {
        one.file.key: _noted(one.path, pages[one.file.key], indexes)
        if one.file.key in pages
        else light.get(one.file.key, one.path)
        for one in sorted(kept, key=lambda one: one.file.key)
    }
    files |= _cover(context)
    preview = Preview(
        context.show,
        made.published,
        {language: file.key for language, file in made.published.notes.items()},
        indexes,
        {key: len(one) if isinstance(one, bytes) else one.stat().st_size for key, one in files.items()},
        _left_out(made, kept),
        tuple(map(_approval, standings(context))),
        is_light,
        context.paths.published.is_file(),
    )
    templates = context.workspace.templates
    return {key: index_page(preview, language, templates).encode() for language, key in indexes.items()} | files


def _noted(path: Path, language: str, indexes: Mapping[str, str]) -> bytes:
    """The page with the notice on top, which leads back to the first page."""
    text = path.read_bytes().decode("utf-8", "surrogateescape")  # a person may have edited it, in any encoding
    return with_notice(text, language, f"../../{indexes[language]}").encode("utf-8", "surrogateescape")


def _cover(context: EpisodeContext) -> dict[str, Path]:
    """The show's cover where the store has it, for pages that show it."""
    cover = context.workspace.root / context.show.show.image
    return {cover_key(cover): cover} if cover.is_file() else {}


def _approval(one: Standing) -> Approval:
    if one.approval is None:
        return Approval(one.role)
    return Approval(one.role, one.approval.who, one.approval.when, is_changed=not one.is_cleared)
