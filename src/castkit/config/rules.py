"""What the values of a file must be beyond their types: rules as tables of (place, check).

Rule: a check looks at one value of the right type, and at facts about the show; it never raises. Wrong types are left
to `types.py`, so that one mistake is told once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path as Folder
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from castkit.config.problems import Finding, closest, nodes, place, shown
from castkit.model.backup import bucket_and_prefix
from castkit.model.categories import CATEGORIES
from castkit.model.language import NAMES, best_match, canonical, is_spoken
from castkit.model.licences import LICENCES
from castkit.model.roles import ROLES
from castkit.model.roles import canonical as canonical_role


@dataclass(frozen=True, slots=True)
class Facts:
    """What a value is judged by. Both folders are absolute; `folder` is the one that the file lies in."""

    root: Folder
    folder: Folder
    languages: tuple[str, ...] = ()  # the show's; empty where castkit.toml does not tell
    people: tuple[str, ...] | None = None  # ids in castkit.toml; None where it does not tell
    is_serial: bool = False


class Fault(NamedTuple):
    """What is allowed instead, and what was probably meant; `found` stands in for a value that must not be shown."""

    allowed: str
    guess: str = ""
    found: str = ""


Check = Callable[[Any, Facts], Fault | None]

# XML 1.0 has no way to write these, so no feed can.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_VARIABLE = re.compile("[A-Z_][A-Z0-9_]*")
_EMAIL = re.compile(r"[^@\s<>\"(),;:]+@[^@\s.]+(\.[^@\s.]+)+")


def _language(value: str, _: Facts) -> Fault | None:
    usual = canonical(value)
    if usual == value:
        return None
    return Fault("a BCP 47 tag in its usual form, such as en or zh-Hans", usual or NAMES.get(value.lower(), ""))


def _spoken(value: str, _: Facts) -> Fault | None:
    if value == "auto" or is_spoken(value):
        return None
    guess = NAMES.get(value.lower()) or canonical(value) or ""
    return Fault('"auto", or a language that Whisper knows, such as en or zh', guess if is_spoken(guess) else "")


def _reviewed(value: str, facts: Facts) -> Fault | None:
    if not facts.languages or value in facts.languages or is_spoken(value):
        return None
    return Fault(f"one of {', '.join(facts.languages)}, or a language spoken", nearest_language(value, facts))


def nearest_language(tag: str, facts: Facts) -> str:
    """The show's language that this tag was probably meant to be, or an empty string."""
    return best_match(tag, facts.languages) or closest(tag, facts.languages)


def _email(value: str, _: Facts) -> Fault | None:
    return None if _EMAIL.fullmatch(value) else Fault("an e-mail address, such as podcast@institute.org")


def web(value: str, _: Facts) -> Fault | None:
    """An absolute address on the web, without anybody's password."""
    fault = Fault("a web address that starts with https:// or http://")
    if re.search(r"\s", value):
        return fault
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return fault
    if parts.scheme not in ("http", "https") or not parts.hostname:
        is_bare = not parts.scheme and re.match(r"[\w-]+(\.[\w-]+)+(/|$)", value)
        return fault._replace(guess=f"https://{value}") if is_bare else fault
    if parts.username or parts.password:
        return Fault("an address without a name and password in it; everybody can read a feed", found="one with both")
    return None


def web_or_nothing(value: str, facts: Facts) -> Fault | None:
    """The same, where it may be left out."""
    return web(value, facts) if value else None


def _base_url(value: str, facts: Facts) -> Fault | None:
    if fault := web(value, facts):
        return fault
    return Fault("an address without ? and #", re.split("[?#]", value)[0]) if re.search("[?#]", value) else None


def _service(value: str, facts: Facts) -> Fault | None:
    """The address of a service on the web, or none; what opens it stands in the environment."""
    fault = _base_url(value, facts) if value else None
    if fault and fault.found:
        return fault._replace(allowed="an address without a name and password in it; a key belongs in the environment")
    return fault


def _variable(value: str, _: Facts) -> Fault | None:
    """A name in capitals; whatever else stands here may be the key, so it is not shown."""
    if _VARIABLE.fullmatch(value):
        return None
    return Fault("an environment variable's name in capitals, never the key itself", found="something else")


def _category(value: str, _: Facts) -> Fault | None:
    if value in CATEGORIES:
        return None
    last = value.rpartition(">")[2].strip()
    guess = next((one for one in CATEGORIES if one.endswith(f" > {last}")), "") or closest(value, CATEGORIES)
    return Fault("a category of Apple's, such as Government or Education > Courses", guess)


def _role(value: str, _: Facts) -> Fault | None:
    if value.strip().lower() in ROLES:
        return None
    guess = canonical_role(value) or closest(value, ROLES)
    return Fault("a role of the Podcasting 2.0 taxonomy, such as host, guest or translator", guess)


def licence(value: str, _: Facts) -> Fault | None:
    """An SPDX identifier, or nothing."""
    if not value or value in LICENCES:
        return None
    return Fault("an SPDX identifier in small letters, such as cc-by-4.0, or arr", closest(value, LICENCES))


def _known_person(value: str, facts: Facts) -> Fault | None:
    if facts.people is None or value in facts.people:
        return None
    known = ", ".join(facts.people) or "none yet: add [[people]] there"
    return Fault(f"the id of a person in castkit.toml ({known})", closest(value, facts.people))


def only_file(value: str, facts: Facts) -> Fault | None:
    """A file's path that means the same on every machine, and leads nowhere outside the workspace, links included."""
    if fault := _inside(value, facts):
        return fault
    if _is_folder(facts.folder / value):
        return Fault("the path of a file; this is a folder, name each file in it that you mean")
    return None


def _inside(value: str, facts: Facts) -> Fault | None:
    """The path of a file or folder, as `only_file`."""
    if not value:
        return Fault("the path of a file")
    if "\\" in value:
        return Fault("a path with forward slashes", value.replace("\\", "/"))
    if PurePosixPath(value).is_absolute() or PureWindowsPath(value).drive:
        return Fault("a path relative to the folder of this file; copy what is elsewhere into the workspace")
    path = facts.folder / value
    return None if _leads_inside(path, facts.root) else _outside(path, facts)


def _outside(path: Folder, facts: Facts) -> Fault:
    """Told apart, because a link must be replaced by what it leads to, and a path just written otherwise."""
    stays = Fault("a path that stays within the workspace; copy the file into it")
    try:
        own = [one for one in (path, *path.parents) if one.is_relative_to(facts.root) and ".." not in one.parts]
        link = next((one for one in own if one != facts.root and one.is_symlink()), None)
        return Fault(f"{stays.allowed}, {link.name} is a link to {link.readlink()}") if link else stays
    except (OSError, ValueError):  # a name too long, a NUL
        return stays


def _is_folder(path: Folder) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _file_or_nothing(value: str, facts: Facts) -> Fault | None:
    return only_file(value, facts) if value else None


def _leads_inside(path: Folder, root: Folder) -> bool:
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):  # a name too long, a link to itself, a NUL
        return False


def _store_folder(value: str, facts: Facts) -> Fault | None:
    """The store must not lie where people keep their own files, nor around them."""
    try:
        store, root = (facts.root / value).resolve(), facts.root.resolve()
    except (OSError, RuntimeError, ValueError):
        return Fault("the path of a folder")
    own = [root / name for name in ("episodes", "feeds", "templates", ".castkit", ".git")]
    if root.is_relative_to(store) or any(store.is_relative_to(folder) for folder in own):
        return Fault("a folder of its own, such as public")
    return None


def _prefix(value: str, _: Facts) -> Fault | None:
    parts = value.split("/")
    if not value or all(part not in ("", ".", "..") for part in parts):
        return None
    return Fault("folders within the bucket, such as podcasts/show", "/".join(p for p in parts if p.strip(".")))


def _backup_place(value: str, facts: Facts) -> Fault | None:
    """A bucket, or a folder that is not lost with the show's own."""
    if (found := bucket_and_prefix(value)) is not None:
        bucket, prefix = found
        return _prefix(prefix, facts) if bucket else Fault("a bucket, as in s3://bucket/prefix")
    if "://" in value:
        return Fault("a folder, or s3://bucket/prefix")
    if value and _leads_inside(facts.root / value, facts.root):
        return Fault("a folder outside the show's: within it the backup would be lost with the show", "../backup")
    return None


def _cluster_store(value: str, facts: Facts) -> Fault | None:
    """A bucket: what machines without a common disk can all reach."""
    found = bucket_and_prefix(value)
    if not value or (found and found[0]):
        return _prefix(found[1], facts) if found else None
    return Fault("a bucket, as in s3://bucket/prefix")


def _burnt(value: str, facts: Facts) -> Fault | None:
    if not value or value == "bilingual":
        return None
    fault = _reviewed(value, facts)
    return Fault(f'"bilingual", {fault.allowed}', fault.guess or closest(value, ["bilingual"])) if fault else None


def _pause(value: Any, _: Facts) -> Fault | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return Fault("0, or at least 1000: shorter pauses are how people speak") if is_number and 0 < value < 1000 else None


def _clock(value: Any, _: Facts) -> Fault | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Fault('a time in quotation marks, such as "01:30"') if is_number else None


def _date(value: Any, _: Facts) -> Fault | None:
    is_too_early = isinstance(value, date) and not 1970 <= value.year < 2200
    return Fault("a year from 1970 to 2199") if is_too_early else None


_OF_NUMBERS = (_clock, _date, _pause)
SHOW_RULES: dict[str, Check] = {
    "show.owner_email": _email,
    "show.link": web,
    "show.image": only_file,
    "show.categories[]": _category,
    "show.languages[]": _language,
    "show.licence": licence,
    "people[].role": _role,
    "people[].href": web_or_nothing,
    "people[].img": web_or_nothing,
    "partners[].href": web_or_nothing,
    "funders[].href": web_or_nothing,
    "store.base_url": _base_url,
    "store.path": _store_folder,
    "store.prefix": _prefix,
    "store.endpoint": web_or_nothing,
    "audio.intro": _file_or_nothing,
    "audio.outro": _file_or_nothing,
    "audio.bed": _file_or_nothing,
    "audio.longest_pause_ms": _pause,
    "video.burn": _burnt,
    "subtitles.require_review[]": _reviewed,
    "translation.url": _service,
    "translation.models[]": _inside,
    "backup.to": _backup_place,
    "backup.endpoint": web_or_nothing,
    "cluster.store": _cluster_store,
    "cluster.endpoint": web_or_nothing,
    "translation.key_variable": _variable,
}
EPISODE_RULES: dict[str, Check] = {
    "language": _spoken,
    "date": _date,
    "people[]": _known_person,
    "people[].role": _role,
    "people[].href": web_or_nothing,
    "people[].img": web_or_nothing,
    "recordings[].path": only_file,
    "chapters[].start": _clock,
    "soundbites[].start": _clock,
    "soundbites[].end": _clock,
    "cut[][]": _clock,
    "keep[][]": _clock,
    "turns[][]": _clock,
    "master": _file_or_nothing,
    "audio.longest_pause_ms": _pause,
    "video.burn": _burnt,
    "links[].url": web,
    "links[].url.*": web,
}


def by_place(data: dict[str, Any], rules: dict[str, Check], facts: Facts) -> Iterator[Finding]:
    """Every value that its rule refuses, and every text that no feed can hold."""
    for path, value in nodes(data):
        if isinstance(value, str) and (found := _UNWRITABLE.search(value)):
            yield Finding(path, "text without control characters", f"the character U+{ord(found[0]):04X}")
            continue
        check = rules.get(place(path)) or rules.get(place((*path[:-1], "*")))
        if check is None or (check not in _OF_NUMBERS and not isinstance(value, str)):
            continue
        if fault := check(value, facts):
            yield Finding(path, fault.allowed, fault.found or shown(value), fault.guess)
