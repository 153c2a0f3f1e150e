"""Whisper models: their names, what they need and what they cannot do, and where they lie on this machine.

Rule: a model is a folder in CTranslate2's form; this module finds one and never goes to the network (fetch.py does).
"""

from __future__ import annotations

import difflib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from castkit.errors import CastkitError, ToolMissing

CACHE_VARIABLE = "CASTKIT_MODELS"  # another folder for the models: tests, and machines that share one
NEEDED = ("config.json", "model.bin", "tokenizer.json")  # besides one vocabulary.*
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")

MB = 1_000_000
GB = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Model:
    """A model castkit can fetch.

    `size` is the download in bytes, `memory` what recognition in float32 needs in bytes beside the system. Sizes: the
    hub's pages; memory: weights doubled (stored as float16) with a third for the rest, measured for base.
    """

    name: str
    repository: str
    size: int
    memory: int
    translates: bool
    is_english_only: bool
    remark: str


MODELS = (
    Model("tiny", "Systran/faster-whisper-tiny", 78 * MB, GB // 2, True, False, "for trials; many wrong words"),
    Model(
        "base", "Systran/faster-whisper-base", 148 * MB, GB, True, False,
        "4 % of words wrong in clear English, 4-6 % of characters in clear Chinese; far-off microphones and"
        " names suffer; its translation from Chinese to English is a rough draft with nonsense in it",
    ),
    Model(
        "small", "Systran/faster-whisper-small", 486 * MB, 2 * GB, True, False,
        "better with names and accents; its translation needs a careful editor",
    ),
    Model(
        "medium", "Systran/faster-whisper-medium", 1530 * MB, 5 * GB, True, False,
        "good in most languages; slow without a GPU",
    ),
    Model(
        "large-v3", "Systran/faster-whisper-large-v3", 3090 * MB, 9 * GB, True, False,
        "the best, with a usable translation; wants a GPU",
    ),
    Model(
        "large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1620 * MB, 5 * GB, False, False,
        "nearly as good as large-v3 and several times faster, but it cannot translate",
    ),
    Model(
        "distil-large-v3", "Systran/faster-distil-whisper-large-v3", 1510 * MB, 5 * GB, False, True,
        "fast and good, English only, and it cannot translate",
    ),
)  # fmt: skip
ALIASES = {"large": "large-v3", "turbo": "large-v3-turbo"}


@dataclass(frozen=True, slots=True)
class Advice:
    """A model's name, and why it suits the machine and what it cannot do."""

    name: str
    reason: str


# From the best down; turbo and distil are a person's choice, because a bilingual show wants translation.
_RECOMMENDED = ("medium", "small", "base", "tiny")


def recommend(memory_bytes: int) -> Advice:
    """The best model that leaves the larger half of this much memory (the machine's total) to everything else.

    0 stands for "unknown".
    """
    if not memory_bytes:
        return Advice("base", f"the machine does not say how much memory it has; {by_name('base').remark}")
    names = (name for name in _RECOMMENDED if by_name(name).memory * 2 <= memory_bytes)
    model = by_name(next(names, "tiny"))
    return Advice(
        model.name,
        f"{model.name} needs about {model.memory / GB:.1f} of this machine's {memory_bytes / GB:.0f} GB of memory;"
        f" {model.remark}",
    )


def by_name(name: str) -> Model:
    """The model of this name; CastkitError, with the nearest name, where there is none."""
    wanted = ALIASES.get(name, name)
    for model in MODELS:
        if model.name == wanted:
            return model
    names = [model.name for model in MODELS]
    near = difflib.get_close_matches(name, [*names, *ALIASES], 1)
    guess = f"did you mean {near[0]}? " if near else ""
    raise CastkitError(
        f"there is no speech model {name!r}", f"{guess}known models: {', '.join(names)}; or name a folder with one"
    )


def cache() -> Path:
    """The folder that holds fetched models, one folder each; it need not exist."""
    if elsewhere := os.environ.get(CACHE_VARIABLE):
        return Path(elsewhere)
    return Path(platformdirs.user_cache_dir("castkit", appauthor=False)) / "models"


def cached(name: str) -> Path:
    """Where the model of this name lies once it is fetched; CastkitError for an unknown name."""
    return cache() / by_name(name).name


def missing_files(folder: Path) -> tuple[str, ...]:
    """What a folder lacks to be a model in CTranslate2's form."""
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in VOCABULARIES):
        missing.append(" or ".join(VOCABULARIES))
    return tuple(missing)


def is_here(name: str) -> bool:
    """Whether the model of this name is fetched."""
    return not missing_files(cached(name))


def locate(name_or_folder: str | Path, root: Path | None = None) -> Path:
    """The folder of a model, given by name or as a folder (relative to `root`, a show's folder).

    Raises ToolMissing, with the command that fetches it, where a known model is not on this machine; CastkitError where
    the name is unknown or the folder holds no model.
    """
    folder = (root or Path()) / Path(name_or_folder).expanduser()
    if folder.is_dir() or len(Path(name_or_folder).parts) > 1:
        if missing := missing_files(folder):
            raise CastkitError(
                f"{folder} is not a Whisper model in CTranslate2 form: it has no {', no '.join(missing)}",
                "name a model (castkit models list), or the folder with its model.bin",
            )
        return folder
    folder = cached(str(name_or_folder))
    if missing_files(folder):
        raise ToolMissing(
            f"the speech model {folder.name} is not on this machine (looked in {folder})",
            f"run: castkit models fetch {folder.name}",
        )
    return folder


def sha256(path: Path) -> str:
    """The file's SHA-256 in lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
