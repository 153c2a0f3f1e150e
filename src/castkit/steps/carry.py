"""Step "carry": an episode that was imported and has no recordings here goes to the store as it came.

Rule: what was downloaded from its old host is stored here, what was not stays there, and the feed points at it with the
address, length and type it always had. What people wrote in episode.toml counts, where they changed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from castkit.engine.stage import Job, Stage
from castkit.errors import CastkitError
from castkit.model.media_types import UNKNOWN, media_type
from castkit.model.published import Published, StoredFile, published_from
from castkit.steps.context import EpisodeContext
from castkit.steps.publication import Address, Item, Publication, described
from castkit.steps.published_files import HASH_LENGTH, episode_key
from castkit.steps.upload import check, refuse_changed_identity, send
from castkit.storage.folder import sha256_of
from castkit.storage.keys import published_key
from castkit.storage.open import open_store
from castkit.storage.store import Store
from castkit.workspace import EpisodePaths

_AGAIN = "take it back from version control"
_ENDINGS = {
    "audio/mpeg": ".mp3",
    "audio/mp3": ".mp3",
    "audio/x-m4a": ".m4a",
    "audio/mp4": ".m4a",
    "audio/aac": ".m4a",
    "audio/ogg": ".opus",
    "video/mp4": ".mp4",
    "video/x-m4v": ".m4v",
    "video/quicktime": ".mov",
    "text/vtt": ".vtt",
    "application/x-subrip": ".srt",
    "application/json": ".json",
    "application/json+chapters": ".chapters.json",
    "text/html": ".html",
    "text/plain": ".txt",
    "image/png": ".png",
    "image/jpeg": ".jpg",
}


@dataclass(frozen=True, slots=True)
class Foreign:
    """A file of an imported episode: what the feed says of it, and where it lies here once it was downloaded."""

    file: StoredFile
    path: Path


def came_as(paths: EpisodePaths) -> Published:
    """What the feed said of the episode when it was imported; CastkitError where that cannot be read."""
    try:
        return Published.model_validate_json(paths.imported.read_bytes())
    except FileNotFoundError:
        raise CastkitError(f"{paths.imported} is missing", _AGAIN) from None
    except ValueError as error:
        raise CastkitError(f"{paths.imported} is not as castkit import wrote it", _AGAIN) from error


def foreign_files(paths: EpisodePaths, came: Published) -> tuple[Foreign, ...]:
    """Every file that can be downloaded, each once; a stream is many files, and stays where it is."""
    named: list[tuple[str, StoredFile]] = [("enclosure", came.audio)]
    named += [(f"sound-{number}", file) for number, file in enumerate(came.other_audio, 1)]
    named += [("video", came.video)] if came.video else []
    named += [(f"transcript-{number}.{one.language}", one.file) for number, one in enumerate(came.transcripts, 1)]
    named += [(f"{language}", file) for language, file in came.chapter_files.items()]
    named += [("image", came.image)] if came.image else []
    return tuple(Foreign(file, paths.imported_media / (stem + ending_of(file))) for stem, file in named)


def ending_of(file: StoredFile) -> str:
    """The ending that a file of this type has here, else that of its address where it is one we know."""
    found = _ENDINGS.get(file.type.partition(";")[0])
    if found:
        return found
    ending = PurePosixPath(urlsplit(file.url).path).suffix.lower()
    return ending if media_type(f"x{ending}") != UNKNOWN else ".bin"


def carried(context: EpisodeContext, address: Address, stored: Published | None = None) -> Publication:
    """The publication of an imported episode: the objects to be stored, and published.json.

    `stored` is what the store holds of it: a file that was stored once stays stored, though it lies here no more.
    """
    came = came_as(context.paths)
    files = foreign_files(context.paths, came)
    items = {one.file.url: _item(context, one, address) for one in files if one.path.is_file()}
    kept = {**_stored_once(context.paths, files, stored), **{url: item.file for url, item in items.items()}}
    value, said = _moved(came.model_dump(), kept), described(context)
    if said["summary"] != came.summary.model_dump() and value["imported"]:
        value["imported"]["description_html"] = ""  # a person wrote another
    return Publication(tuple(items.values()), Published.model_validate({**value, **said}))


def _stored_once(paths: EpisodePaths, files: Sequence[Foreign], stored: Published | None) -> dict[str, StoredFile]:
    """By its address on the old host, what the store has of each file."""
    before = foreign_files(paths, stored) if stored else ()
    if [one.path.stem for one in before] != [one.path.stem for one in files]:
        return {}
    pairs = zip(files, before, strict=True)
    return {one.file.url: other.file for one, other in pairs if not other.file.is_elsewhere}


def _moved(value: Any, stored: Mapping[str, StoredFile]) -> Any:
    """The value with what is stored here in the place of the same on the old host."""
    if isinstance(value, Mapping):
        if {"key", "url", "sha256"} <= value.keys():
            return stored[value["url"]].model_dump() if value["url"] in stored else value
        return {key: _moved(one, stored) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_moved(one, stored) for one in value]
    return value


def _item(context: EpisodeContext, one: Foreign, address: Address) -> Item:
    """Under a name with a hash of its content, its type as the feed had it where that is of a medium."""
    digest = sha256_of(one.path)
    ending = one.path.name.partition(".")[2]
    key = episode_key(context.slug, f"{context.slug}-{digest[:HASH_LENGTH]}.{ending}")
    is_medium = one.file.type.startswith(("audio/", "video/"))
    kind = one.file.type if is_medium else media_type(key)
    file = StoredFile(key=key, url=address(key), type=kind, length=one.path.stat().st_size, sha256=digest)
    return Item(one.path, file)


def _reads(context: EpisodeContext) -> Iterator[Path]:
    yield context.paths.imported
    yield from (one.path for one in foreign_files(context.paths, came_as(context.paths)))


def _writes(context: EpisodeContext) -> Iterable[Path]:
    return (context.paths.published,)


def _settings(context: EpisodeContext) -> Any:
    return {
        "store": context.show.store.model_dump(mode="json"),
        "episode": context.episode.model_dump(mode="json", exclude={"recordings", "audio", "video", "glossary"}),
        "people": [person.model_dump(mode="json") for person in context.people],
        "explicit": context.show.show.explicit,
    }


def _run(context: EpisodeContext, job: Job) -> None:
    refuse_changed_identity(context)
    store = open_store(context.show.store, context.workspace.root)
    made = carried(context, store.url, stored_before(context, store))
    store.check()
    send(context, store, made, job)


def stored_before(context: EpisodeContext, store: Store) -> Published | None:
    """What the store holds of the episode, or None; CastkitError where that is another episode."""
    key = published_key(context.slug)
    if store.head(key, digest=False) is None:
        return None
    found = published_from(store.get(key), f"{key} in the store", "delete it there, and publish it again")
    if found.guid != context.episode.guid:
        raise CastkitError(
            f"the store holds another episode {context.slug}, with the guid {found.guid}",
            "import into a store of its own, or rename the folder of this episode before it is published",
        )
    return found


STEP = Stage[EpisodeContext](
    name="carry",
    version=1,
    after=(),
    reads=_reads,
    writes=_writes,
    settings=_settings,
    run=_run,
    check=check,
    sends=True,
)
