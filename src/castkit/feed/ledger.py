"""The ledger of identities: guids and first publication dates, given once and never changed.

Rule: the ledger only grows. It is committed, so that a lost machine or a new address of the store cannot change who an
episode or a feed is to the apps that follow it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from castkit.errors import CastkitError, by_newer
from castkit.model.nesting import has_deep_keys

# The namespace of podcast:guid (docs/tags/guid.md of the podcast namespace).
_PODCAST = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
_HEAD = """\
# Who each feed and episode is to podcast apps. castkit adds to this file and never changes a line; commit it.

"""
_VERSION = 1  # the highest that this castkit reads
LARGEST = 50_000_000  # bytes; an episode takes a hundred
_LONGEST = 500  # characters of an error
_SHOWN = 60  # characters of a value in one
_RESTORE = "take the file back from version control (git checkout feeds/ledger.toml), or correct this value by hand"


@dataclass(frozen=True, slots=True)
class Identity:
    """What must never change of a published episode: its guid and the moment it first appeared."""

    guid: UUID
    date: datetime


@dataclass(frozen=True, slots=True)
class Ledger:
    """The podcast:guid of the feed of each language, and the identity of every published episode by slug."""

    feeds: Mapping[str, UUID] = field(default_factory=dict)
    episodes: Mapping[str, Identity] = field(default_factory=dict)


def podcast_guid(feed_url: str, *, first_episode: UUID | None = None) -> UUID:
    """The podcast:guid of a feed first published at this address: UUIDv5 of it without scheme and trailing slashes.

    That is the podcast namespace's rule, for an address that is one feed's alone. Every machine has the same loopback
    addresses: there the guid of the show's `first_episode`, which is random, tells one show from another.
    """
    name = re.sub(r"^[a-zA-Z][a-zA-Z0-9+.-]*://", "", feed_url).rstrip("/")
    return uuid5(_PODCAST, f"{name}#{first_episode}" if first_episode else name)


def read(path: Path) -> Ledger:
    """The ledger at `path`; an empty one where there is no file. CastkitError names the file and the key."""
    return parse(_text(path), path)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise CastkitError(f"{path}: larger than {LARGEST // 10**6} MB", _RESTORE)
        return data.decode("utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise CastkitError(f"{path}: not UTF-8 (byte {error.start})", _RESTORE) from error
    except OSError as error:
        raise CastkitError(f"{path}: {error.strerror or error}", "check the file's permissions") from error


def parse(text: str, path: Path) -> Ledger:
    """The ledger written in `text`; `path` is for the messages of CastkitError."""
    try:
        if has_deep_keys(text):
            raise RecursionError
        value = tomllib.loads(text)
    except ValueError as error:  # no TOML, or an integer of more than 4300 digits
        raise CastkitError(f"{path}: {error}"[:_LONGEST], _RESTORE) from error
    except RecursionError as error:
        raise CastkitError(f"{path}: tables or lists within one another too deeply", _RESTORE) from error
    _refuse_newer(value.get("version", _VERSION), path)
    feeds = {
        language: _guid(guid, path, f"feeds.{language}") for language, guid in _table(value, "feeds", path).items()
    }
    episodes = {
        slug: _identity(entry, path, f"episodes.{slug}") for slug, entry in _table(value, "episodes", path).items()
    }
    _refuse_twins(episodes, path)
    return Ledger(feeds, episodes)


def _refuse_newer(version: object, path: Path) -> None:
    """A ledger says its version only where an older castkit would misread it."""
    if not isinstance(version, int) or isinstance(version, bool):
        raise CastkitError(f"{path}: version must be a number, found {_shown(version)}", _RESTORE)
    if version > _VERSION:
        raise by_newer(path)


def _table(value: Mapping[str, Any], key: str, path: Path) -> Mapping[str, Any]:
    table = value.get(key, {})
    if not isinstance(table, dict):
        raise CastkitError(f"{path}: {key} must be a table, found {_shown(table)}", _RESTORE)
    return table


def _guid(value: object, path: Path, key: str) -> UUID:
    try:
        if isinstance(value, str):
            return UUID(value)
    except ValueError:
        pass
    raise CastkitError(f"{path}: {key} must be a UUID, found {_shown(value)}", _RESTORE)


def _identity(entry: object, path: Path, key: str) -> Identity:
    if not isinstance(entry, dict):
        raise CastkitError(f"{path}: {key} must be a table with guid and date, found {_shown(entry)}", _RESTORE)
    date = entry.get("date")
    if not isinstance(date, datetime) or date.tzinfo is None:
        raise CastkitError(f"{path}: {key}.date must be a date, a time and a zone, found {_shown(date)}", _RESTORE)
    return Identity(_guid(entry.get("guid"), path, f"{key}.guid"), date)


def _shown(value: object) -> str:
    """A value as short text."""
    text = "a table" if isinstance(value, dict) else "a list" if isinstance(value, list) else repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _refuse_twins(episodes: Mapping[str, Identity], path: Path) -> None:
    seen: dict[UUID, str] = {}
    for slug, identity in episodes.items():
        if identity.guid in seen:
            raise CastkitError(f"{path}: {seen[identity.guid]} and {slug} have the same guid {identity.guid}", _RESTORE)
        seen[identity.guid] = slug


def check(ledger: Ledger, slug: str, identity: Identity, path: Path) -> None:
    """Nothing where the ledger does not know the episode or agrees; CastkitError saying both values where it differs.

    `path` is the file that says otherwise (the episode.toml, or the published.json in the store).
    """
    known = ledger.episodes.get(slug)
    if known is None:
        twin = next((other for other, entry in ledger.episodes.items() if entry.guid == identity.guid), None)
        if twin is not None:
            raise CastkitError(
                f"{path}: {slug} has the guid of {twin}, which is published: {identity.guid}",
                f"give {slug} a new guid (python -c 'import uuid; print(uuid.uuid4())'); if it is {twin} renamed, "
                f"name its folder {twin} again",
            )
        return
    if known.guid != identity.guid:
        raise _differs(slug, "guid", (known.guid, identity.guid), path)
    if _aware(known.date) != _aware(identity.date):
        raise _differs(slug, "date", (known.date.isoformat(), identity.date.isoformat()), path)


def _differs(slug: str, key: str, values: tuple[object, object], path: Path) -> CastkitError:
    was, now = values
    return CastkitError(
        f"{path}: the {key} of {slug} is {now}, but it was published with {was} (feeds/ledger.toml)",
        f"apps would take it for another episode: write {key} = {was} again; if the ledger is wrong, correct it there",
    )


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def add(
    path: Path, *, feeds: Mapping[str, UUID] | None = None, episodes: Mapping[str, Identity] | None = None
) -> str | None:
    """The text of the ledger at `path` with what is new, to be written there by the caller; None where nothing is.

    What is there stays, comments and order too. CastkitError where an episode is known with another guid or date.
    """
    import tomlkit  # noqa: PLC0415

    text = _text(path)
    ledger = parse(text, path)
    for slug, identity in (episodes or {}).items():
        check(ledger, slug, identity, path)
    new_feeds = {language: guid for language, guid in (feeds or {}).items() if language not in ledger.feeds}
    new_episodes = {slug: entry for slug, entry in (episodes or {}).items() if slug not in ledger.episodes}
    if not new_feeds and not new_episodes:
        return None
    document = tomlkit.parse(text or _HEAD)
    for language, guid in sorted(new_feeds.items()):
        _subtable(document, "feeds")[language] = str(guid)
    for slug, identity in sorted(new_episodes.items()):
        entry = tomlkit.table()
        entry["guid"], entry["date"] = str(identity.guid), _aware(identity.date)
        _subtable(document, "episodes")[slug] = entry
    added = tomlkit.dumps(document)
    parse(added, path)  # two new episodes may have one guid
    return added


def _subtable(document: Any, key: str) -> Any:
    import tomlkit  # noqa: PLC0415

    if key not in document:
        document[key] = tomlkit.table(is_super_table=key == "episodes")
    return document[key]
