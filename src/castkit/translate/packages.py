"""Translation models on this machine: Argos packages, and folders with the same parts.

Rule: a package is whole or refused, with the part that is missing; a pair that it does not name is never guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from castkit.errors import CastkitError, ToolMissing
from castkit.model.language import canonical, primary, same_language
from castkit.translate.unpack import unpacked

_REMEDY = "fetch the package again, or name another one under [translation] models in castkit.toml"

# SentencePiece models by the names they go by: one for both languages, or one for each.
_SHARED_PIECES = ("sentencepiece.model", "sentencepiece.bpe.model", "flores200_sacrebleu_tokenizer_spm.model")
_OWN_PIECES = ("source.spm", "target.spm")
_VOCABULARIES = (("shared_vocabulary",), ("source_vocabulary", "target_vocabulary"))

# Argos's codes that are no BCP 47 tags.
_ARGOS_CODES = {"zt": "zh-Hant", "pb": "pt-BR"}

# The languages at the end of a folder's name, as OPUS-MT's are called: opus-mt-zh-en.
_PAIR = re.compile(
    r"(?:^|[-_])(?P<source>[a-z]{2,3})[-_](?P<target>[a-z]{2,3})(?:[-_](?:ct2|ctranslate2|int8|int16|float\d+))*\Z"
)


class Shape(StrEnum):
    """What a model expects around a sentence's pieces."""

    ARGOS = "argos"  # nothing, or a prefix in the target
    OPUS = "opus"  # an end token, and >>xxx<< where one model writes several languages
    NLLB = "nllb"  # language tokens such as zho_Hans and eng_Latn


@dataclass(frozen=True, slots=True)
class Package:
    """A model with all its parts: CTranslate2's folder, and SentencePiece's models of source and target.

    `source` and `target` are BCP 47 tags, both empty for a model of many languages. `name` is for people. `prefix` is
    what every translation begins with in the model's own words; `adds_end` says that the model itself puts the end
    token behind a source.
    """

    name: str
    shape: Shape
    model: Path
    source_pieces: Path
    target_pieces: Path
    source: str = ""
    target: str = ""
    prefix: str = ""
    adds_end: bool = False

    def serves(self, source: str, target: str) -> bool:
        """Whether the model translates from one BCP 47 tag to the other; Chinese comes in either script."""
        if same_language(source, target):
            return False
        if self.shape is Shape.NLLB:
            return True
        return same_language(self.source, source) and same_language(self.target, target)


def open_package(path: Path) -> Package:
    """The package in an .argosmodel file or in a folder with the same parts.

    A file is unpacked once, into castkit's cache. Raises ToolMissing where there is nothing at `path`, CastkitError,
    with the part that is missing or wrong, where it is no package.
    """
    if path.is_dir():
        return _package(path, path)
    if not path.is_file():
        raise ToolMissing(
            f"there is no translation model at {path}",
            "save an Argos package (.argosmodel) there, or take it out of [translation] models in castkit.toml",
        )
    return _package(unpacked(path), path)


def chain(packages: Iterable[Package], source: str, target: str) -> tuple[Package, ...]:
    """The packages that lead from one BCP 47 tag to the other: one, else two with a language between, else none.

    English is preferred between, as it is what most models are trained with.
    """
    known = tuple(packages)
    direct = next((one for one in known if one.serves(source, target)), None)
    if direct is not None:
        return (direct,)
    firsts = [one for one in known if one.source and same_language(one.source, source)]
    for first in sorted(firsts, key=lambda one: primary(one.target) != "en"):
        for second in known:
            if second.source and second.serves(first.target, target):
                return (first, second)
    return ()


def vocabulary(folder: Path) -> tuple[str, ...]:
    """The tokens a model reads, from CTranslate2's vocabulary files; empty where they cannot be read."""
    for stem in ("shared_vocabulary", "source_vocabulary"):
        as_json, as_text = folder / f"{stem}.json", folder / f"{stem}.txt"
        try:
            if as_json.is_file():
                return tuple(map(str, json.loads(as_json.read_text("utf-8"))))
            if as_text.is_file():
                return tuple(as_text.read_text("utf-8").split("\n"))
        except (OSError, ValueError) as error:
            raise CastkitError(
                f"cannot read the translation model's vocabulary in {folder}: {error}", _REMEDY
            ) from error
    return ()


def _package(folder: Path, origin: Path) -> Package:
    """The parts of `folder`; `origin` is what people know it by."""
    root = _root(folder)
    model = root / "model" if (root / "model").is_dir() else root
    metadata = _metadata(root, origin)
    _check_model(model, origin)
    source_pieces, target_pieces = _pieces((root, model), origin)
    prefix = metadata.get("target_prefix") or ""
    source, target = _languages(metadata, folder.name if origin == folder else origin.stem)
    shape = _shape(model, metadata, source_pieces)
    if shape is Shape.NLLB:
        source = target = ""
    elif not (source and target):
        raise CastkitError(
            f"{origin} does not say which languages it translates",
            'write metadata.json beside the model: {"from_code": "zh", "to_code": "en"}',
        )
    name = _name(origin, source, target, str(metadata.get("package_version") or ""))
    adds_end = _json_object(model / "config.json", origin).get("add_source_eos") is True
    return Package(name, shape, model, source_pieces, target_pieces, source, target, str(prefix), adds_end)


def _root(folder: Path) -> Path:
    """The folder itself, or the only one in it, as Argos packs them."""
    if (folder / "metadata.json").is_file() or (folder / "model.bin").is_file() or (folder / "model").is_dir():
        return folder
    inner = [one for one in folder.iterdir() if one.is_dir() and not one.name.startswith((".", "__"))]
    return inner[0] if len(inner) == 1 else folder


def _metadata(root: Path, origin: Path) -> dict[str, Any]:
    value = _json_object(root / "metadata.json", origin)
    if value.get("type", "translate") != "translate":
        raise CastkitError(f"{origin} is no translation model but one of type {value['type']!r}", _REMEDY)
    return value


def _json_object(path: Path, origin: Path) -> dict[str, Any]:
    """What the file holds; nothing where there is none."""
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CastkitError(f"{path.name} in {origin} cannot be read: {error}", _REMEDY) from error
    if not isinstance(value, dict):
        raise CastkitError(f"{path.name} in {origin} is no JSON object", _REMEDY)
    return value


def _check_model(model: Path, origin: Path) -> None:
    if not (model / "model.bin").is_file():
        raise CastkitError(f"{origin} has no model.bin, in model/ or beside metadata.json", _REMEDY)
    for stems in _VOCABULARIES:
        if all((model / f"{stem}.json").is_file() or (model / f"{stem}.txt").is_file() for stem in stems):
            return
    raise CastkitError(f"{origin} has no shared_vocabulary.json or .txt beside model.bin", _REMEDY)


def _pieces(folders: Sequence[Path], origin: Path) -> tuple[Path, Path]:
    for folder in folders:
        own = [folder / name for name in _OWN_PIECES]
        if all(path.is_file() for path in own):
            return own[0], own[1]
        for name in _SHARED_PIECES:
            if (folder / name).is_file():
                return folder / name, folder / name
    if any((folder / "bpe.model").is_file() for folder in folders):
        raise CastkitError(
            f"{origin} cuts words by BPE (bpe.model), which castkit does not read",
            "take a package with a sentencepiece.model: the same languages' older or newer version",
        )
    raise CastkitError(f"{origin} has no sentencepiece.model, nor source.spm and target.spm", _REMEDY)


def _languages(metadata: dict[str, Any], name: str) -> tuple[str, str]:
    """The pair that metadata.json names, else the one a folder's name ends in, as BCP 47 tags; else empty."""
    codes = [metadata.get("from_code"), metadata.get("to_code")]
    if not all(isinstance(code, str) and code for code in codes):
        found = _PAIR.search(name.lower())
        codes = [found["source"], found["target"]] if found else ["", ""]
    source, target = (_ARGOS_CODES.get(str(code)) or canonical(str(code)) or "" for code in codes)
    return source, target


def _shape(model: Path, metadata: dict[str, Any], pieces: Path) -> Shape:
    if "eng_Latn" in vocabulary(model):
        return Shape.NLLB
    return Shape.OPUS if pieces.name == _OWN_PIECES[0] and not metadata.get("argos_version") else Shape.ARGOS


def _name(origin: Path, source: str, target: str, version: str) -> str:
    pair = f"{source}-{target}" if source else origin.stem
    return f"{pair} {version}".strip()
