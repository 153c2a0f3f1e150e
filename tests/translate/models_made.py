"""Translation models small enough for a test, in the real formats and with weights set by hand.

They translate piece by piece: a letter becomes its capital, a few Chinese characters an English word. The decoder's
only layer looks at the source's piece of its own position, and ends where there is none.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec

POSITIONS = 160
LETTERS = "abcdefghijklmnopqrstuvwxyz"
CHINESE = {"谢": "▁thanks", "您": "▁you", "车": "▁car", "好": "▁good", "，": ",", "。": "."}
SHARP = 60.0  # how sure the model is
FLAT = np.float32(0)


@dataclass(frozen=True)
class Kind:
    """What sets one made model apart from another."""

    tokens: tuple[str, ...] = ()  # of languages, besides the pieces
    spoken: Mapping[str, str] | None = None  # what such a token is translated into
    never_ends: bool = False


def pieces_model(path: Path, extra: Sequence[str] = ()) -> list[str]:
    """Trains a SentencePiece model of single characters, and gives its pieces."""
    text = [LETTERS, LETTERS.upper(), "0123456789 , . ! ?", "".join(one for one in CHINESE if len(one) == 1)]
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(text * 3), model_writer=model, model_type="char", vocab_size=200, hard_vocab_limit=False,
        character_coverage=1.0, user_defined_symbols=list(extra), minloglevel=2,
    )  # fmt: skip
    path.write_bytes(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [processor.id_to_piece(number) for number in range(processor.get_piece_size())]


def translated_piece(piece: str, kind: Kind) -> str:
    return (kind.spoken or {}).get(piece) or CHINESE.get(piece) or (piece.upper() if piece in LETTERS else piece)


def save_model(folder: Path, vocabulary: Sequence[str], kind: Kind, *, adds_end: bool = False) -> None:
    """Writes model.bin, config.json and shared_vocabulary.json as CTranslate2's converters do."""
    tokens = [*vocabulary, *kind.tokens]
    spec = _spec(tokens, kind)
    spec.register_source_vocabulary(tokens)
    spec.register_target_vocabulary(tokens)
    spec.config.add_source_eos = adds_end
    spec.validate()
    spec.optimize("float16")
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))


def _spec(tokens: list[str], kind: Kind) -> TransformerSpec:
    spec = TransformerSpec.from_config(1, 1, no_final_norm=False)
    size = len(tokens)
    depth = 2 * size + 2 * POSITIONS + 2
    said, place, heard, seen, match = 0, size, size + POSITIONS, 2 * size + POSITIONS, depth - 2
    embedding = np.zeros((size, depth), np.float32)
    embedding[np.arange(size), said + np.arange(size)] = 1
    encodings = np.zeros((POSITIONS, depth), np.float32)
    encodings[np.arange(POSITIONS), place + np.arange(POSITIONS)] = 1

    mean, deviation = 2 / depth, float(np.sqrt(2 / depth - 4 / depth**2))  # of a vector with two ones
    permuted = np.zeros((size, size), np.float32)
    for number, token in enumerate(tokens):
        permuted[tokens.index(translated_piece(token, kind)), number] = 1
    values = np.zeros((depth, depth), np.float32)
    values[heard : heard + size, said : said + size] = permuted * deviation
    values[seen : seen + POSITIONS, place : place + POSITIONS] = np.eye(POSITIONS) * deviation
    shift = np.zeros(depth, np.float32)
    shift[heard : heard + size] = permuted.sum(axis=1) * mean
    shift[seen : seen + POSITIONS] = mean
    places = np.zeros((depth, depth), np.float32)
    places[place : place + POSITIONS, place : place + POSITIONS] = np.eye(POSITIONS)

    for coder in (spec.encoder, spec.decoder):
        coder.scale_embeddings = False
        coder.position_encodings.encodings = encodings
        _norm(coder.layer_norm, depth)
        for layer in coder.layer:
            _quiet(layer.self_attention, depth)
            _norm(layer.ffn.layer_norm, depth)
            _linear(layer.ffn.linear_0, np.zeros((POSITIONS, depth)))
            _linear(layer.ffn.linear_1, np.zeros((depth, POSITIONS)))
    spec.encoder.embeddings[0].weight = embedding
    spec.decoder.embeddings.weight = embedding
    layer = spec.decoder.layer[0]
    _norm(layer.attention.layer_norm, depth)
    _linear(layer.attention.linear[0], places * np.sqrt(depth))  # undone by attention's own scale
    _linear(layer.attention.linear[1], np.concatenate([places, values]), np.concatenate([np.zeros(depth), shift]))
    _linear(layer.attention.linear[2], np.eye(depth))

    mean, deviation = 4 / depth, float(np.sqrt(4 / depth - 16 / depth**2))  # with what was attended to, four ones
    both = np.zeros((POSITIONS, depth), np.float32)
    both[:, place : place + POSITIONS] = np.eye(POSITIONS)
    both[:, seen : seen + POSITIONS] = np.eye(POSITIONS)
    _linear(layer.ffn.linear_0, both * deviation, np.full(POSITIONS, 2 * mean - 1.5))
    found = np.zeros((depth, POSITIONS), np.float32)
    found[match] = 2.0  # one where the piece attended to stands at the decoder's own position
    _linear(layer.ffn.linear_1, found)

    output = np.zeros((size, depth), np.float32)
    output[:, heard : heard + size] = np.eye(size) * SHARP / 10
    output[tokens.index("</s>"), match] = -4 * SHARP / 10
    output[tokens.index("</s>"), heard + tokens.index("</s>")] = 8 * SHARP / 10  # where the source holds it itself
    ends = np.zeros(size, np.float32)
    ends[tokens.index("</s>")] = -1e4 if kind.never_ends else 2 * SHARP
    _linear(spec.decoder.projection, output, ends)
    return spec


def _norm(norm: Any, depth: int) -> None:
    norm.gamma, norm.beta = np.ones(depth, np.float32), np.zeros(depth, np.float32)


def _linear(linear: Any, weight: Any, bias: Any = None) -> None:
    linear.weight = np.asarray(weight, np.float32)
    linear.bias = np.zeros(len(weight), np.float32) if bias is None else np.asarray(bias, np.float32)


def _quiet(attention: Any, depth: int) -> None:
    """An attention that adds nothing."""
    _norm(attention.layer_norm, depth)
    _linear(attention.linear[0], np.zeros((3 * depth, depth)))
    _linear(attention.linear[1], np.zeros((depth, depth)))


def argos_folder(
    folder: Path, *, source: str = "zh", target: str = "en", prefix: str = "", kind: Kind = Kind()
) -> Path:
    """A package as Argos Translate unpacks it."""
    folder.mkdir(parents=True)
    words = [word for word in CHINESE.values() if len(word) > 1]
    vocabulary = pieces_model(folder / "sentencepiece.model", words)
    save_model(folder / "model", vocabulary, kind)
    metadata = {"package_version": "1.9", "argos_version": "1.9.0", "from_code": source, "to_code": target}
    if prefix:
        metadata["target_prefix"] = prefix
    (folder / "metadata.json").write_text(json.dumps(metadata), "utf-8")
    return folder


def opus_folder(folder: Path, *, kind: Kind = Kind(), adds_end: bool = False) -> Path:
    """OPUS-MT in CTranslate2's form: two SentencePiece models and no metadata."""
    folder.mkdir(parents=True)
    words = [word for word in CHINESE.values() if len(word) > 1]
    pieces_model(folder / "source.spm")
    save_model(folder, pieces_model(folder / "target.spm", words), kind, adds_end=adds_end)
    return folder


def nllb_folder(folder: Path, tokens: Sequence[str] = ("eng_Latn", "zho_Hans", "zho_Hant", "fra_Latn")) -> Path:
    """NLLB in CTranslate2's form: one SentencePiece model, language tokens in the vocabulary."""
    folder.mkdir(parents=True)
    words = [word for word in CHINESE.values() if len(word) > 1]
    vocabulary = pieces_model(folder / "sentencepiece.bpe.model", words)
    save_model(folder, vocabulary, Kind(tuple(tokens)))
    return folder


def packed(folder: Path, path: Path, *, top: str = "translate-zh_en-1_9") -> Path:
    """The folder as an .argosmodel file, in one folder as Argos packs it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.rglob("*")):
            if part.is_file():
                archive.write(part, f"{top}/{part.relative_to(folder).as_posix()}")
    return path


def without(folder: Path, part: str, target: Path) -> Path:
    """A copy of a package that lacks a file."""
    shutil.copytree(folder, target)
    (target / part).unlink()
    return target
