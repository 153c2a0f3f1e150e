"""Brings a show from another host: reads its feed, and makes a workspace of it in an empty folder.

Rule: nothing that is there is changed. Every episode appears whole by one rename, castkit.toml comes last, and a run
that was killed is gone on with; an import that is done updates nothing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from castkit import atomic
from castkit.artwork import draw_cover
from castkit.artwork.check import LARGEST_FILE, cover_problems
from castkit.config import check_episode_text, check_show_text
from castkit.engine.place import Place, lock
from castkit.errors import DAMAGED, CastkitError, ConfigError
from castkit.feed import ledger
from castkit.feed.reading.fetch import Web
from castkit.feed.reading.pages import read_feed, shown
from castkit.feed.reading.values import address
from castkit.model.published import Published
from castkit.scaffold.imported import render_imported_show
from castkit.scaffold.show import ignore_what_is_made
from castkit.steps.files import json_text
from castkit.steps.foreign_episodes import ForeignEpisode, foreign_episodes
from castkit.steps.foreign_show import SHOW, ForeignShow, Told, foreign_show, with_cover
from castkit.workspace import Workspace

Report = Callable[[str], None]
_VERSION = 1
_ASIDE = "import-"
_MAY_BE_THERE = frozenset(["readme", "readme.md", "readme.txt", "license", "license.md", "license.txt"])
_PICTURES = {b"\x89PNG": "cover.png", b"\xff\xd8\xff": "cover.jpg"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks for: `source` a file or an address, `language` for a feed that names none.

    `new_too` takes in what appeared in the feed after an import that was done; `model` is the speech model's name.
    """

    source: str
    language: str = ""
    new_too: bool = False
    model: str = "base"


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of it: slugs written now and before, those that are only in the feed, and what to tell.

    `changed` are slugs of episodes that the feed describes otherwise than when they were imported.
    """

    workspace: Workspace
    written: tuple[str, ...]
    kept: tuple[str, ...]
    waiting: tuple[str, ...]
    changed: tuple[str, ...]
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """What every part of a run is given."""

    workspace: Workspace
    web: Web
    report: Report
    wanted: Wanted


def import_show(root: Path, wanted: Wanted, report: Report) -> Brought:
    """Imports the show into the folder `root`; CastkitError where the feed or the folder is not fit for it."""
    workspace = Workspace(root)
    try:
        before = _state(workspace)
        if before is None:
            _refuse_what_is_there(root)
        web = Web(wanted.source if address(wanted.source) else "")
        report(f"reading {shown(wanted.source)}")
        feed = read_feed(wanted.source, web)
        show = foreign_show(feed, shown(wanted.source), language=wanted.language)
        _refuse_another(workspace, before, show, wanted.source)
        place = Place("the import", root, workspace.feeds, workspace.show_receipts, workspace.show_lock)
        with lock(place):
            for left in workspace.private.glob(f"{_ASIDE}*"):
                shutil.rmtree(left, ignore_errors=True)
            known = dict(_known(workspace))
            episodes, told = foreign_episodes(feed.episodes, show, {guid: one.slug for guid, one in known.items()})
            is_done = before is not None and bool(before["done"])
            if is_done and not wanted.new_too:
                return _compared(workspace, episodes, known)
            run = _Run(workspace, web, report, wanted)
            return _written(run, show, episodes, (*_of_private(wanted.source), *show.told, *told))
    except OSError as error:
        raise CastkitError(
            f"{root} cannot be written to: {error.strerror or error}", "put that right, then run the same command again"
        ) from error


def _of_private(source: str) -> tuple[Told, ...]:
    """What to tell of a feed that is not for everybody."""
    if shown(source) == source:
        return ()
    words = "the feed was asked for with a password; what castkit publishes, everybody can read, enclosures included"
    return (Told(SHOW, "note", words),)


def _state(workspace: Workspace) -> dict[str, Any] | None:
    """What an earlier import into this folder wrote down, or None."""
    try:
        value = json.loads(workspace.import_state.read_text("utf-8"))
        return {"done": bool(value["done"]), "source": str(value["source"]), "guid": value["guid"]}
    except FileNotFoundError:
        return None
    except DAMAGED as error:
        raise CastkitError(f"{workspace.import_state} is damaged", "take it back from version control") from error


def _refuse_what_is_there(root: Path) -> None:
    if not root.exists():
        return
    if not root.is_dir():
        raise CastkitError(f"{root} is a file", "name an empty folder, or one that is to be made")
    found = [one.name for one in root.iterdir() if not _may_be_there(one)]
    if found:
        raise CastkitError(
            f"{root} is not empty: there is {min(found)}",
            "castkit import changes nothing that is there; name an empty folder, or one that is to be made",
        )


def _may_be_there(path: Path) -> bool:
    """What a repository begins with, and the empty folders of an import that was killed at once."""
    if path.name.startswith(".") or path.name.lower() in _MAY_BE_THERE:
        return True
    return (
        path.name in ("episodes", "feeds") and path.is_dir() and all(one.name.startswith(".") for one in path.iterdir())
    )


def _refuse_another(workspace: Workspace, before: dict[str, Any] | None, show: ForeignShow, source: str) -> None:
    """One folder holds one show."""
    if before is None or before["source"] == shown(source):
        return
    if before["guid"] is None or before["guid"] != str(show.guid):
        raise CastkitError(
            f"{workspace.root} holds what was imported from {before['source']}, another feed",
            "name another folder for this one",
        )


def _known(workspace: Workspace) -> Iterator[tuple[str, Published]]:
    """The imported episodes that are there, by the guid of their feed."""
    for path in sorted(workspace.episodes.glob("*/imported.json")):
        try:
            one = Published.model_validate_json(path.read_bytes())
        except ValueError as error:
            raise CastkitError(f"{path} is damaged", "take it back from version control") from error
        if one.imported and one.slug == path.parent.name:
            yield one.imported.guid, one


def _compared(workspace: Workspace, episodes: tuple[ForeignEpisode, ...], known: dict[str, Published]) -> Brought:
    """What the feed says now beside what was imported; nothing is written."""
    waiting, changed = [], []
    for one in episodes:
        there = known.get(one.published.imported.guid) if one.published.imported else None
        if there is None:
            waiting.append(one.slug)
        elif there != one.published:
            changed.append(one.slug)
    kept = tuple(sorted(one.slug for one in known.values()))
    return Brought(workspace, (), kept, tuple(waiting), tuple(changed), ())


def _written(run: _Run, show: ForeignShow, episodes: tuple[ForeignEpisode, ...], told: tuple[Told, ...]) -> Brought:
    """Writes what is missing; castkit.toml only where there is none."""
    workspace = run.workspace
    for folder in (workspace.root, workspace.episodes, workspace.feeds):
        folder.mkdir(parents=True, exist_ok=True)
    if not workspace.import_state.exists():
        _note(run, show, is_done=False)
    ignore_what_is_made(workspace.root / ".gitignore")
    extra: list[Told] = []
    if not workspace.toml.exists():
        show = _with_cover(run, show, extra)
        text = _checked(run, show, extra)
    else:
        text = workspace.toml.read_text("utf-8-sig")
    written = list(_episodes(run, text, episodes, extra))
    there = {one.slug: one for one in episodes if workspace.episode(one.slug).imported.is_file()}
    _remember(workspace, show, list(there.values()))
    if not workspace.toml.exists():
        atomic.write_bytes(workspace.toml, text.encode())
    _note(run, show, is_done=True)
    kept = tuple(slug for slug in there if slug not in written)
    return Brought(workspace, tuple(written), kept, (), (), (*told, *extra))


def _note(run: _Run, show: ForeignShow, *, is_done: bool) -> None:
    before = _state(run.workspace)
    value = {
        "version": _VERSION,
        "source": before["source"] if before else shown(run.wanted.source),
        "guid": str(show.guid) if show.guid else None,
        "done": is_done,
    }
    atomic.write_bytes(run.workspace.import_state, json_text(value).encode())


def _with_cover(run: _Run, show: ForeignShow, told: list[Told]) -> ForeignShow:
    """The show's cover in the folder: the one its feed names, else one drawn as a placeholder."""
    workspace = run.workspace
    there = next((name for name in _PICTURES.values() if (workspace.root / name).is_file()), None)
    if there:
        return with_cover(show, there)
    name, why = "", "the feed names no cover"
    if show.image_url:
        try:
            data, _ = run.web.get(show.image_url, largest=LARGEST_FILE)
            name = next((one for magic, one in _PICTURES.items() if data.startswith(magic)), "")
            why = "the cover is neither PNG nor JPEG"
        except CastkitError as error:
            why = f"the cover did not come: {error.message}"
    if not name:
        told.append(Told(SHOW, "left", f"{why}; a placeholder was drawn, put your own in its place"))
        part = atomic.part_of(workspace.root / "cover.png")
        draw_cover(part, [show.texts.title], is_placeholder=True)
        atomic.replace(part, workspace.root / "cover.png")
        return with_cover(show, "cover.png")
    atomic.write_bytes(workspace.root / name, data)
    problems = cover_problems(workspace.root / name)
    told += [Told(SHOW, "note", f"the cover cannot be published as it is: {problem}") for problem in problems]
    return with_cover(show, name)


def _checked(run: _Run, show: ForeignShow, told: list[Told]) -> str:
    """The castkit.toml; without what stands in [feeds] alone where that is not as it must be."""
    text = render_imported_show(show.texts, run.wanted.model)
    try:
        check_show_text(run.workspace, text)
    except ConfigError as error:
        bare = replace(show.texts, funding=(), txt=(), places=(), frequency=("", ""))
        text = render_imported_show(bare, run.wanted.model)
        try:
            check_show_text(run.workspace, text)
        except ConfigError:
            hint = "the feed says something of the show that no feed may; ask its host"
            raise ConfigError(error.message, hint) from None
        told.append(Told(SHOW, "left", f"funding, places, txt and frequency: {_last_line(error)}"))
    return text


def _last_line(error: ConfigError) -> str:
    return error.message.strip().splitlines()[-1].strip()


def _episodes(run: _Run, show_text: str, episodes: tuple[ForeignEpisode, ...], told: list[Told]) -> Iterator[str]:
    """Writes those that are not there; gives their slugs."""
    workspace = run.workspace
    for number, one in enumerate(episodes, 1):
        paths = workspace.episode(one.slug)
        if paths.root.exists():
            continue
        try:
            check_episode_text(workspace, show_text, slug=one.slug, text=one.toml)
        except ConfigError as error:
            told.append(Told(one.slug, "left", f"the whole episode, which no feed could hold: {_last_line(error)}"))
            continue
        aside = workspace.private / f"{_ASIDE}{one.slug}"
        said = json_text(one.published.model_dump(mode="json")).encode()
        for name, content in ((paths.imported.name, said), (paths.toml.name, one.toml.encode()), *one.files):
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            (aside / name).write_bytes(content)
            atomic.sync_file(aside / name)
        atomic.replace(aside, paths.root)
        if number % 100 == 0:
            run.report(f"{number} of {len(episodes)} episodes")
        yield one.slug
    atomic.sync_folder(workspace.episodes)


def _remember(workspace: Workspace, show: ForeignShow, episodes: list[ForeignEpisode]) -> None:
    """Guids and dates go into the ledger, and the feed's own guid, before castkit.toml makes a show of it."""
    identities = {one.slug: ledger.Identity(one.published.guid, one.published.date) for one in episodes}
    feeds = {show.texts.language: show.guid} if show.guid else {}
    text = ledger.add(workspace.ledger, feeds=feeds, episodes=identities)
    if text is not None:
        atomic.write_bytes(workspace.ledger, text.encode())
