"""A zip, or a folder, that came back from a translator: which subtitle files are in it.

Rule: nothing is unpacked onto the disk, and no more is read than subtitles can be; what is odd is refused by name.
"""

from __future__ import annotations

import contextlib
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from castkit.errors import CastkitError
from castkit.subtitles.incoming.kinds import LARGEST, SUFFIXES

_MOST_MEMBERS = 5_000
_MOST_INDEX = 4_000_000  # bytes of the table of contents
_MOST_FILES = 50  # subtitle files that are looked at
_DEEPEST = 4  # folders within a folder
_END, _END_64, _POINTER_64 = b"PK\5\6", b"PK\6\6", b"PK\6\7"
_IS_UTF8 = 0x800  # the flag by which a zip says so of a name
_LONGEST_END = 22 + 65_535  # the end's record and a comment
_TEXT = ".txt"
_UNPACK = "unpack it, and name the subtitle file itself"
_ODD = (ValueError, OverflowError, NotImplementedError)  # what zipfile raises where a zip is not as it should be
_IN_OFFICE = frozenset(("[Content_Types].xml", "mimetype"))  # workbooks and documents are zips too


@dataclass(frozen=True, slots=True)
class Member:
    """A subtitle file in a zip or a folder, by its name there, with what it holds."""

    name: str
    data: bytes


def is_archive(path: Path) -> bool:
    """Whether it is a folder, or a zip that is no workbook or document; CastkitError where it cannot be read."""
    if path.is_dir():
        return True
    with _refusing(path):
        with path.open("rb") as file:
            if file.read(4) not in (b"PK\3\4", _END):
                return False
        _check_index(path)
        with zipfile.ZipFile(path) as archive:
            return _IN_OFFICE.isdisjoint(archive.namelist())


def members(path: Path) -> Iterator[Member]:
    """The subtitle files in a zip or a folder, in order of name, one at a time.

    Raises CastkitError for a zip that is damaged or locked, that names files outside of itself, or that would unpack
    to more than subtitles can be; nothing in it is read then but its table of contents.
    """
    with _refusing(path):
        if path.is_dir():
            yield from _in_folder(path)
            return
        _check_index(path)
        with zipfile.ZipFile(path) as archive:
            for info in _listed(path, archive):
                with archive.open(info) as file:  # reads no more than the size it states, which was checked
                    member = Member(_shown(info), file.read(LARGEST + 1))
                if _holds_cues(member):
                    yield member


def names(path: Path) -> tuple[str, ...]:
    """The names of all files in a zip; CastkitError where it is damaged."""
    with _refusing(path):
        _check_index(path)
        with zipfile.ZipFile(path) as archive:
            return tuple(one.filename for one in archive.infolist() if not one.is_dir())


@contextlib.contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CastkitError(
            f"{path}: cannot be read: {error.strerror or error}", "check its name and permissions"
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, *_ODD) as error:
        raise CastkitError(f"{path}: is a damaged or unusual zip: {error}", _UNPACK) from error
    except RuntimeError as error:  # a password is asked for
        raise CastkitError(f"{path}: is locked with a password", _UNPACK) from error


def _check_index(path: Path) -> None:
    """Refuses a table of contents that no translator's zip has, before all of it is read into memory."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _LONGEST_END))
        tail = file.read(_LONGEST_END)
        at = tail.rfind(_END)
        if at < 0 or len(tail) < at + 22:
            raise zipfile.BadZipFile("its end is missing")
        count, length = struct.unpack("<HL", tail[at + 10 : at + 16])
        if tail[max(0, at - 20) :].startswith(_POINTER_64):
            (start,) = struct.unpack("<Q", tail[at - 12 : at - 4])
            file.seek(start)
            record = file.read(56)
            if not record.startswith(_END_64) or len(record) < 56:
                raise zipfile.BadZipFile("its end is damaged")
            count, length = struct.unpack("<QQ", record[32:48])
    if count > _MOST_MEMBERS or length > _MOST_INDEX:
        raise CastkitError(f"{path}: holds {count} files, more than a translator sends", _UNPACK)


def _listed(path: Path, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The members with the names of subtitle files."""
    found = []
    for info in archive.infolist():
        if _leads_out(info.orig_filename):
            raise CastkitError(f"{path}: names a file outside of itself: {info.orig_filename[:80]!r}", _UNPACK)
        if stat.S_ISLNK(info.external_attr >> 16):
            raise CastkitError(f"{path}: holds a link in place of a file: {info.filename[:80]!r}", _UNPACK)
        if not info.is_dir() and _is_wanted(info.filename):
            found.append(info)
    _check_size(path, [info.file_size for info in found])
    return sorted(found, key=lambda info: info.filename)


def _leads_out(name: str) -> bool:
    """Whether a member's name is a path to elsewhere, on this system or another."""
    windows = PureWindowsPath(name)
    parts = (*PurePosixPath(name).parts, *windows.parts)
    return name.startswith("/") or bool(windows.drive or windows.root) or ".." in parts or "\0" in name


def _shown(info: zipfile.ZipInfo) -> str:
    """A member's name for people; Windows in China writes it in the system's own page, and zips cannot say so."""
    name = info.filename
    if not info.flag_bits & _IS_UTF8 and not name.isascii():
        for encoding in ("utf-8", "gb18030"):
            with contextlib.suppress(UnicodeError):
                name = info.filename.encode("cp437").decode(encoding)
                break
    return name.replace("\\", "/")


def _is_wanted(name: str) -> bool:
    """Whether a name is a subtitle file's, and not what systems lay beside files (`__MACOSX/._talk.en.srt`)."""
    path = PurePosixPath(name.replace("\\", "/"))
    is_hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return path.suffix.lower() in (*SUFFIXES, _TEXT) and not is_hidden


def _holds_cues(member: Member) -> bool:
    """Whether a file is more than a letter: some editors save subtitles as .txt."""
    return not member.name.lower().endswith(_TEXT) or b"-->" in member.data.replace(b"\0", b"")


def _in_folder(folder: Path) -> Iterator[Member]:
    found = []
    for place, folders, files in os.walk(folder):
        here = Path(place)
        depth = len(here.relative_to(folder).parts)
        folders[:] = sorted(one for one in folders if depth < _DEEPEST and not one.startswith("."))
        paths = [here / name for name in files]
        found += [one for one in paths if _is_wanted(str(one.relative_to(folder))) and not one.is_symlink()]
        if len(found) > _MOST_FILES:
            break
    _check_size(folder, [one.stat().st_size for one in found])
    for one in sorted(found):
        member = Member(one.relative_to(folder).as_posix(), one.read_bytes())
        if _holds_cues(member):
            yield member


def _check_size(path: Path, sizes: list[int]) -> None:
    if len(sizes) > _MOST_FILES:
        raise CastkitError(f"{path}: holds more than {_MOST_FILES} subtitle files", _UNPACK)
    if sum(sizes) > LARGEST:
        raise CastkitError(f"{path}: its subtitles would be larger than {LARGEST // 10**6} MB", _UNPACK)
