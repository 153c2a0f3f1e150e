"""Recordings on their way into an episode's folder: who speaks in them, under which names they are kept, the copy.

Rule: an original is only read, and a copy is compared with it in size before it counts.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from castkit.errors import CastkitError

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)  # Windows keeps these names for devices


@dataclass(frozen=True, slots=True)
class Given:
    """A recording as named on the command line; `speaker` as written there, or empty."""

    path: Path
    speaker: str


def given(argument: str) -> Given:
    """`PATH` or `PATH=SPEAKER`. The last "=" parts them, unless a file has the whole as its name.

    CastkitError where neither reading names a file.
    """
    whole = Path(argument)
    if _is_file(whole) or "=" not in argument:
        return Given(_existing(whole), "")
    path, _, speaker = argument.rpartition("=")
    return Given(_existing(Path(path)), speaker.strip())


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, a NUL
        return False


def _existing(path: Path) -> Path:
    if _is_file(path):
        return path
    hint = "check the path; write it as --recording PATH=SPEAKER"
    with contextlib.suppress(OSError, ValueError):
        if path.is_dir():
            raise CastkitError(f"the recording {path} is a folder", hint)
    raise CastkitError(f"the recording {path} does not exist", hint)


def ascii_name(text: str, otherwise: str) -> str:
    """The text in small letters, digits and hyphens, accents dropped; `otherwise` where nothing of it is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or otherwise


def kept_names(paths: Sequence[Path]) -> list[str]:
    """A file name for each recording that is safe on every system and in every web address, no two alike."""
    names: list[str] = []
    for number, path in enumerate(paths, 1):
        stem = ascii_name(path.stem, f"recording-{number}")[:80]
        if _RESERVED.fullmatch(stem):
            stem = f"recording-{stem}"
        suffix = "." + ascii_name(path.suffix, "bin")[:8]
        name, again = stem + suffix, 2
        while name in names:
            name, again = f"{stem}-{again}{suffix}", again + 1
        names.append(name)
    return names


def copy(source: Path, target: Path, report: Callable[[str], None]) -> None:
    """Copies a recording's content; CastkitError where it cannot be read or there is no room."""
    try:
        size = source.stat().st_size
        report(f"copying {source} ({size / 1e6:.1f} MB)")
        shutil.copyfile(source, target)
        is_whole = target.stat().st_size == source.stat().st_size == size
    except OSError as error:
        raise CastkitError(f"{source} cannot be copied to {target.parent}: {error.strerror or error}", "") from None
    if not is_whole:
        raise CastkitError(f"{source} changed while it was copied", "wait until its recording or export has ended")


def speaker_ids(
    speakers: Iterable[str], people: Mapping[str, Sequence[str]]
) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The id of each speaker named, and the people to be added to castkit.toml for those it does not have.

    `people` are the names, in every language, by id. A speaker is found by id or by name.
    """
    ids: dict[str, str] = {}
    added: list[dict[str, str]] = []
    for speaker in speakers:
        if not speaker or speaker in ids:
            continue
        called = speaker.casefold()
        known = next((one for one, names in people.items() if called in [one, *map(str.casefold, names)]), None)
        taken = {*people, *(person["id"] for person in added)}
        ids[speaker] = known or _new_id(speaker, taken)
        if known is None:
            name = speaker.replace("-", " ").title() if speaker == ids[speaker] else speaker
            role = "host" if ids[speaker].startswith(("host", "presenter", "moderator")) else "guest"
            added.append({"id": ids[speaker], "name": name, "role": role})
    return ids, added


def _new_id(speaker: str, taken: set[str]) -> str:
    wanted = ascii_name(speaker, "speaker")[:40].strip("-")
    number = 2
    candidate = wanted
    while candidate in taken:
        candidate, number = f"{wanted}-{number}", number + 1
    return candidate
