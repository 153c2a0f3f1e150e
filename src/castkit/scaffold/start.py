"""Starts an episode: recordings checked and copied, episode.toml written, new speakers added to castkit.toml.

Rule: all is made in a folder aside and put in place by one rename; until then nothing a person sees has changed. The
show's lock is held throughout, so that two at once lose nothing of each other's and a killed one's remains can go.
"""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from castkit import atomic
from castkit.engine.place import Place, lock
from castkit.errors import CastkitError, ConfigError
from castkit.ffmpeg import probe
from castkit.model.episode import SLUG
from castkit.model.show import Show
from castkit.scaffold.episode import EpisodeDraft, render_episode
from castkit.scaffold.raw import Given, ascii_name, copy, kept_names, speaker_ids
from castkit.scaffold.toml import add_people
from castkit.workspace import EpisodePaths, Workspace

Report = Callable[[str], None]
Check = Callable[[str, str], None]  # raises where castkit.toml and episode.toml with these texts are wrong
_ASIDE = "new-"
_PATIENCE_S = 60.0  # another castkit new may be copying, or a publish writing the feeds


@dataclass(frozen=True, slots=True)
class NewEpisode:
    """What a person asks for."""

    slug: str
    title: str
    language: str
    recordings: Sequence[Given]
    season: int | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """What was made: the episode, and the ids of people added to castkit.toml."""

    paths: EpisodePaths
    added: tuple[str, ...]


def start_episode(
    workspace: Workspace, new: NewEpisode, *, load: Callable[[], Show], check: Check, report: Report
) -> Started:
    """Makes the episode; CastkitError, with nothing changed, where anything is wrong with what was asked for.

    `load` reads the show; it is called once nobody else can add people to it.
    """
    place = Place("the show", workspace.root, workspace.feeds, workspace.show_receipts, workspace.show_lock)
    try:
        with lock(place, patience_s=_PATIENCE_S):
            _sweep(workspace)
            _check_slug(workspace, new.slug)
            _check_recordings(new.recordings)
            return _start(workspace, load(), new, check=check, report=report)
    except OSError as error:
        reason = f"{error.strerror or error}: {error.filename}" if error.filename else str(error)
        raise CastkitError(f"episode {new.slug} cannot be made: {reason}", "nothing was changed; try again") from None


def _sweep(workspace: Workspace) -> None:
    """Removes what killed runs left behind; none is alive while the lock is held."""
    for left in workspace.private.glob(f"{_ASIDE}*"):
        shutil.rmtree(left, ignore_errors=True)


def _start(workspace: Workspace, show: Show, new: NewEpisode, *, check: Check, report: Report) -> Started:
    names = {person.id: tuple(person.name.root.values()) for person in show.people}
    ids, added = speaker_ids((one.speaker for one in new.recordings), names)
    kept = kept_names([one.path for one in new.recordings])
    draft = EpisodeDraft(
        guid=uuid.uuid4(),
        title=new.title,
        language=new.language,
        date=now(),
        recordings=tuple(
            (f"raw/{name}", ids.get(one.speaker, "")) for name, one in zip(kept, new.recordings, strict=True)
        ),
        show_languages=show.languages,
        season=new.season,
        number=new.number,
    )
    before = _read(workspace.toml)
    after = add_people(before, added)
    text = render_episode(draft)
    try:
        check(after, text)
    except ConfigError as error:
        raise ConfigError(error.message, "nothing was made; run castkit new again with other values") from None
    sources = dict(zip(kept, (one.path for one in new.recordings), strict=True))
    aside = workspace.private / f"{_ASIDE}{new.slug}"
    try:
        _make(aside, sources, text, report)
        _put_in_place(workspace, new.slug, aside, (before, after))
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return Started(workspace.episode(new.slug), tuple(person["id"] for person in added))


def now() -> datetime:
    """The time in UTC, in whole seconds; SOURCE_DATE_EPOCH is honoured (reproducible-builds.org)."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return datetime.fromtimestamp(int(given), UTC) if given else datetime.now(UTC).replace(microsecond=0)
    except (ValueError, OverflowError, OSError):
        raise CastkitError(f"SOURCE_DATE_EPOCH is {given!r}, not a number of seconds since 1970", "unset it") from None


def _check_slug(workspace: Workspace, slug: str) -> None:
    if not re.fullmatch(SLUG, slug):
        guess = ascii_name(slug, "episode-01")
        raise CastkitError(
            f"{slug!r} cannot be an episode's name: it becomes part of web addresses",
            f"use small letters, digits and hyphens, 200 at most: {guess[:200]}",
        )
    if workspace.episode(slug).toml.exists():
        raise CastkitError(f"there already is an episode {slug}", "choose another name; its guid must never change")
    if workspace.episode(slug).root.exists():
        raise CastkitError(
            f"{workspace.episode(slug).root} already exists, without an episode.toml",
            "move what is in it elsewhere, and name the recordings with --recording",
        )


def _check_recordings(recordings: Sequence[Given]) -> None:
    """Every file is a recording with sound, and none is named twice."""
    seen: set[Path] = set()
    for one in recordings:
        real = one.path.resolve()
        if real in seen:
            raise CastkitError(f"the recording {one.path} is named twice", "name each file once")
        seen.add(real)
        probe(one.path)


def _read(path: Path) -> str:
    with path.open(encoding="utf-8-sig", newline="") as file:  # line ends stay as they are
        return file.read()


def _make(aside: Path, sources: dict[str, Path], text: str, report: Report) -> None:
    (aside / "raw").mkdir(parents=True)
    for name, source in sources.items():
        copy(source, aside / "raw" / name, report)
        atomic.sync_file(aside / "raw" / name)  # a person may delete the original next
    atomic.write_bytes(aside / "episode.toml", text.encode())


def _put_in_place(workspace: Workspace, slug: str, aside: Path, texts: tuple[str, str]) -> None:
    """castkit.toml first: a person too many harms nobody, one missing would be an error."""
    before, after = texts
    if _read(workspace.toml) != before:
        raise CastkitError("castkit.toml was changed meanwhile", "run the same command again")
    workspace.episodes.mkdir(exist_ok=True)
    original = workspace.toml.read_bytes()
    if after != before:
        atomic.write_bytes(workspace.toml, after.encode())
    try:
        atomic.replace(aside, workspace.episode(slug).root)
    except OSError:
        if after != before:
            atomic.write_bytes(workspace.toml, original)
        raise
    atomic.sync_folder(workspace.episodes)
