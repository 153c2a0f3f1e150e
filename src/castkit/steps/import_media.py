"""Downloads what imported episodes' feeds point at, so that the old host can be left: sound, transcripts, pictures.

Rule: a file appears whole or not at all, one that is there is not fetched again, and one that does not come stops
nothing: its episode goes on pointing at the old host, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from castkit import atomic
from castkit.errors import CastkitError
from castkit.feed.reading.fetch import Arrived, Web
from castkit.feed.reading.values import address
from castkit.steps.carry import Foreign, came_as, foreign_files
from castkit.steps.foreign_show import Told
from castkit.workspace import EpisodePaths, Workspace

Report = Callable[[str], None]
_LARGEST = {"audio": 4_000_000_000, "video": 20_000_000_000}  # bytes; a day of sound, a day of video
_LARGEST_TEXT = 50_000_000
_GO_ON = "make room or put that right; the same command then goes on where it stopped"


class _Stopped(CastkitError):
    """This machine cannot take any file, whatever the host does."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """How many files came now, their bytes, how many were there before, and word of those that did not come."""

    files: int
    length: int
    before: int
    told: tuple[Told, ...]


def fetch_media(workspace: Workspace, source: str, report: Report) -> Fetched:
    """Downloads what is missing of every imported episode; `source` is the feed's address or file."""
    web = Web(source if address(source) else "")
    files = length = before = 0
    told: list[Told] = []
    slugs = [slug for slug in workspace.slugs() if workspace.episode(slug).imported.is_file()]
    for number, slug in enumerate(slugs, 1):
        paths = workspace.episode(slug)
        came = came_as(paths)
        if came.hls:
            told.append(Told(slug, "left", "the video as a stream stays on its host"))
        for one in foreign_files(paths, came):
            if one.path.is_file():
                before += 1
                continue
            report(f"{slug} ({number} of {len(slugs)}): {one.path.name}")
            try:
                arrived = _download_or_stop(web, paths, one)
            except _Stopped:
                raise
            except CastkitError as error:
                told.append(Told(slug, "left", f"{one.path.name} stays on its host: {error.message}"))
                continue
            files, length = files + 1, length + arrived.length
            told += [Told(slug, "changed", text) for text in _differences(one, arrived)]
    return Fetched(files, length, before, tuple(told))


def _download_or_stop(web: Web, paths: EpisodePaths, one: Foreign) -> Arrived:
    """A full disk stops it all: the next file would not come either."""
    try:
        return _download(web, paths, one)
    except OSError as error:
        raise _Stopped(f"{one.path} cannot be written: {error.strerror or error}", _GO_ON) from error


def _download(web: Web, paths: EpisodePaths, one: Foreign) -> Arrived:
    part = atomic.part_of(one.path)
    try:
        paths.imported_media.mkdir(exist_ok=True)
        largest = _LARGEST.get(one.file.type.partition("/")[0], _LARGEST_TEXT)
        arrived = web.download(one.file.url, part, largest=largest)
        _refuse(one, arrived)
        atomic.sync_file(part)
        atomic.replace(part, one.path)
    finally:
        part.unlink(missing_ok=True)
    return arrived


def _refuse(one: Foreign, arrived: Arrived) -> None:
    """A page that says the file is gone is not the file."""
    is_page = arrived.type.lower().startswith("text/html") and not one.file.type.startswith("text/")
    if is_page or arrived.length == 0:
        raise CastkitError(f"its host answers with {'a web page' if is_page else 'nothing'}", "")


def _differences(one: Foreign, arrived: Arrived) -> list[str]:
    said = one.file.length
    if one.path.name.startswith("enclosure") and said and said != arrived.length:
        return [f"the enclosure has {arrived.length} bytes, and the feed said {said}: the feed will say what it has"]
    return []
