"""A translation package's file, unpacked once into castkit's cache.

Rule: no name in an archive leads anywhere but into its own folder, and no size in it is believed.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import platformdirs

from castkit import atomic
from castkit.errors import CastkitError

CACHE_VARIABLE = "CASTKIT_MODELS"  # another folder for the models: tests, and machines that share one
MOST_FILES = 5_000
MOST_BYTES = 8_000_000_000  # unpacked; the largest model that anybody runs on a computer of their own is 6.6 GB
_BLOCK = 1_000_000
_FETCH = "fetch the package again"

# What a translation needs; Argos packages carry a sentence splitter, too, of hundreds of megabytes.
_USED = re.compile(
    r"metadata\.json|model\.bin|config\.json|vmap\.txt|bpe\.model|(?:shared|source|target)_vocabulary\.(?:json|txt)"
    r"|source\.spm|target\.spm|.*(?:sentencepiece|sentencepiece\.bpe|tokenizer_spm)\.model"
)
_DEEPEST = 2  # folders: the package's own, and model
_OUTSIDE = ("..", ".", "")


def cache() -> Path:
    """The folder that holds unpacked translation models, one folder each; it need not exist."""
    if elsewhere := os.environ.get(CACHE_VARIABLE):
        return Path(elsewhere) / "translation"
    return Path(platformdirs.user_cache_dir("castkit", appauthor=False)) / "models" / "translation"


def unpacked(path: Path) -> Path:
    """The folder with the used parts of a package's file, unpacked now or before; its name is the file's SHA-256.

    Raises CastkitError where the file is no zip archive, is damaged, too large, or holds a name that leads out of it.
    """
    folder = cache() / _sha256(path)
    if folder.is_dir():
        return folder
    try:
        cache().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache(), prefix=".part-") as part, zipfile.ZipFile(path) as archive:
            content = Path(part) / "content"
            content.mkdir()
            _unpack(archive, content, path)
            _put(content, folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise CastkitError(f"{path} is no whole Argos package (a zip archive): {error}", _FETCH) from error
    except OSError as error:
        raise CastkitError(
            f"cannot unpack {path} into {folder.parent}: {error}", "make room there, or allow castkit to write there"
        ) from error
    return folder


def _put(content: Path, folder: Path) -> None:
    """The unpacked content under its name; another process may have been faster."""
    try:
        atomic.replace(content, folder)
    except OSError:
        if not folder.is_dir():
            raise


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CastkitError(f"cannot read {path}: {error.strerror or error}", "check the file's permissions") from error


def _unpack(archive: zipfile.ZipFile, folder: Path, path: Path) -> None:
    left = MOST_BYTES
    for member, inside in _wanted(archive, path):
        target = folder.joinpath(*inside.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, target.open("wb") as file:
            while block := source.read(_BLOCK):
                left -= len(block)
                if left < 0:
                    raise CastkitError(f"{path} holds more than a translation model does", _FETCH)
                file.write(block)


def _wanted(archive: zipfile.ZipFile, path: Path) -> Iterator[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """The members to unpack; every name is checked first, so that nothing is written of an archive with a bad one."""
    members = archive.infolist()
    if len(members) > MOST_FILES:
        raise CastkitError(f"{path} holds {len(members)} files: no translation model has so many", _FETCH)
    for member in members:
        if _leads_out(member):
            raise CastkitError(
                f"{path} holds a file named {member.filename!r}, which leads out of its folder",
                "do not use this package; fetch one from where you trust it",
            )
    for member in members:
        inside = PurePosixPath(member.filename)
        if not member.is_dir() and _is_used(inside):
            yield member, inside


def _leads_out(member: zipfile.ZipInfo) -> bool:
    name = member.filename
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    parts = name.rstrip("/").split("/")
    return is_link or "\\" in name or ":" in name or any(part in _OUTSIDE for part in parts)


def _is_used(inside: PurePosixPath) -> bool:
    return _USED.fullmatch(inside.name) is not None and len(inside.parts) - 1 <= _DEEPEST
