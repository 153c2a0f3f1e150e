"""Reads a Whisper model in CTranslate2's form: its dimensions, and its weights under openai-whisper's names.

Rule: nothing is computed; every weight is the same number in both forms (CTranslate2 only puts some side by side).
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from castkit.errors import CastkitError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FLOAT_TYPES = {0: "<f4", 4: "<f2"}  # CTranslate2's DataType; the others are quantised
HEAD_SIZE = 64  # of every Whisper model
MULTILINGUAL_VOCABULARY = 51865
CANTONESE_VOCABULARY = 51866  # large-v3 and its children have one language more


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a variable lies in model.bin: shape, CTranslate2's type, offset and length in bytes."""

    shape: tuple[int, ...]
    type: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Layers:
    """What tells a Whisper model's abilities without its name."""

    encoder: int
    decoder: int
    vocabulary: int

    @property
    def is_multilingual(self) -> bool:
        return self.vocabulary >= MULTILINGUAL_VOCABULARY

    def knows(self, language: str) -> bool:
        """Whether the model was trained on this language (a Whisper code, or "auto")."""
        if not self.is_multilingual:
            return language in ("en", "auto")
        return language != "yue" or self.vocabulary >= CANTONESE_VOCABULARY

    @property
    def can_translate(self) -> bool:
        """Full models have as many decoder layers as encoder layers; turbo and distil ones forgot how to translate."""
        return self.is_multilingual and self.encoder == self.decoder


def entries(model: Path) -> dict[str, Entry]:
    """The table of contents of a model.bin; CastkitError where it is not a Whisper model of a form we know."""
    try:
        with model.open("rb") as file:
            return dict(_entries(file))
    except (OSError, struct.error, UnicodeDecodeError, ValueError) as error:
        raise CastkitError(
            f"{model} is not a Whisper model in CTranslate2 form: {error}",
            "fetch it again: castkit models fetch NAME, or convert it with ct2-transformers-converter",
        ) from error


def _entries(file: BinaryIO) -> Iterator[tuple[str, Entry]]:
    size = file.seek(0, 2)
    file.seek(0)
    (version,) = _unpack(file, "<I")
    if not 4 <= version <= 6:
        raise ValueError(f"version {version} of the format")
    name = _text(file)
    if name != "WhisperSpec":
        raise ValueError(f"it holds a {name}")
    _revision, count = _unpack(file, "<II")
    for _ in range(count):
        key = _text(file)
        (rank,) = _unpack(file, "<B")
        shape = _unpack(file, f"<{rank}I")
        kind, length = _unpack(file, "<BI")
        yield key, Entry(shape, kind, file.tell(), length)
        if file.seek(length, 1) > size:
            raise ValueError("it ends in the middle of a weight")


def _unpack(file: BinaryIO, form: str) -> tuple[int, ...]:
    return struct.unpack(form, file.read(struct.calcsize(form)))


def _text(file: BinaryIO) -> str:
    (length,) = _unpack(file, "<H")
    return file.read(length).rstrip(b"\0").decode("ascii")


def layers(folder: Path) -> Layers:
    """How many layers and tokens the model in this folder has; reads the table of contents only."""
    found = entries(folder / "model.bin")
    return Layers(_count(found, "encoder"), _count(found, "decoder"), found["decoder/embeddings/weight"].shape[0])


def _count(names: Mapping[str, Entry], side: str) -> int:
    tops = {name.split("/")[1] for name in names if name.startswith(f"{side}/")}
    return sum(1 for top in tops if re.fullmatch(r"layer_\d+", top))


def dimensions(folder: Path) -> dict[str, int]:
    """openai-whisper's ModelDimensions of the model in this folder."""
    found = entries(folder / "model.bin")
    state, mels, _ = found["encoder/conv1/weight"].shape
    text_context = found["decoder/position_encodings/encodings"].shape[0]
    return {
        "n_mels": mels,
        "n_audio_ctx": found["encoder/position_encodings/encodings"].shape[0],
        "n_audio_state": state,
        "n_audio_head": state // HEAD_SIZE,
        "n_audio_layer": _count(found, "encoder"),
        "n_vocab": found["decoder/embeddings/weight"].shape[0],
        "n_text_ctx": text_context,
        "n_text_state": state,
        "n_text_head": state // HEAD_SIZE,
        "n_text_layer": _count(found, "decoder"),
    }


def alignment_heads(folder: Path) -> list[tuple[int, int]]:
    """Layer and head of the attention that follows the sound, from config.json; empty where it names none."""
    try:
        config: Any = json.loads((folder / "config.json").read_text("utf-8"))
        return [(int(layer), int(head)) for layer, head in config.get("alignment_heads") or ()]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise CastkitError(
            f"cannot read {folder / 'config.json'}: {error}", "fetch the model again: castkit models fetch NAME"
        ) from error


# One layer, openai-whisper's name -> CTranslate2's name and which part of it (n of m along the first axis).
_SELF = {
    "attn.query.weight": ("self_attention/linear_0/weight", 0, 3),
    "attn.query.bias": ("self_attention/linear_0/bias", 0, 3),
    "attn.key.weight": ("self_attention/linear_0/weight", 1, 3),  # its bias is zero, and openai-whisper has none
    "attn.value.weight": ("self_attention/linear_0/weight", 2, 3),
    "attn.value.bias": ("self_attention/linear_0/bias", 2, 3),
    "attn.out.weight": ("self_attention/linear_1/weight", 0, 1),
    "attn.out.bias": ("self_attention/linear_1/bias", 0, 1),
    "attn_ln.weight": ("self_attention/layer_norm/gamma", 0, 1),
    "attn_ln.bias": ("self_attention/layer_norm/beta", 0, 1),
    "mlp.0.weight": ("ffn/linear_0/weight", 0, 1),
    "mlp.0.bias": ("ffn/linear_0/bias", 0, 1),
    "mlp.2.weight": ("ffn/linear_1/weight", 0, 1),
    "mlp.2.bias": ("ffn/linear_1/bias", 0, 1),
    "mlp_ln.weight": ("ffn/layer_norm/gamma", 0, 1),
    "mlp_ln.bias": ("ffn/layer_norm/beta", 0, 1),
}
_CROSS = {
    "cross_attn.query.weight": ("attention/linear_0/weight", 0, 1),
    "cross_attn.query.bias": ("attention/linear_0/bias", 0, 1),
    "cross_attn.key.weight": ("attention/linear_1/weight", 0, 2),
    "cross_attn.value.weight": ("attention/linear_1/weight", 1, 2),
    "cross_attn.value.bias": ("attention/linear_1/bias", 1, 2),
    "cross_attn.out.weight": ("attention/linear_2/weight", 0, 1),
    "cross_attn.out.bias": ("attention/linear_2/bias", 0, 1),
    "cross_attn_ln.weight": ("attention/layer_norm/gamma", 0, 1),
    "cross_attn_ln.bias": ("attention/layer_norm/beta", 0, 1),
}
_TOP = {
    "encoder.conv1.weight": "encoder/conv1/weight",
    "encoder.conv1.bias": "encoder/conv1/bias",
    "encoder.conv2.weight": "encoder/conv2/weight",
    "encoder.conv2.bias": "encoder/conv2/bias",
    "encoder.positional_embedding": "encoder/position_encodings/encodings",
    "encoder.ln_post.weight": "encoder/layer_norm/gamma",
    "encoder.ln_post.bias": "encoder/layer_norm/beta",
    "decoder.token_embedding.weight": "decoder/embeddings/weight",
    "decoder.positional_embedding": "decoder/position_encodings/encodings",
    "decoder.ln.weight": "decoder/layer_norm/gamma",
    "decoder.ln.bias": "decoder/layer_norm/beta",
}


def state(folder: Path) -> Iterator[tuple[str, NDArray[np.floating[Any]]]]:
    """Every weight under openai-whisper's name, one at a time, in the precision it is stored in.

    Raises CastkitError where the weights are quantised.
    """
    model = folder / "model.bin"
    found = entries(model)
    with model.open("rb") as file:
        for ours, theirs in _TOP.items():
            yield ours, _array(file, found[theirs], model)
        for side, tables in (("encoder", (_SELF,)), ("decoder", (_SELF, _CROSS))):
            for layer in range(_count(found, side)):
                for table in tables:
                    for ours, (theirs, part, parts) in table.items():
                        whole = _array(file, found[f"{side}/layer_{layer}/{theirs}"], model)
                        size = whole.shape[0] // parts
                        yield f"{side}.blocks.{layer}.{ours}", whole[part * size : (part + 1) * size]


def _array(file: BinaryIO, entry: Entry, model: Path) -> NDArray[np.floating[Any]]:
    import numpy as np  # noqa: PLC0415

    if entry.type not in FLOAT_TYPES:
        raise CastkitError(
            f"{model} is quantised, and openai-whisper takes only float16 or float32 weights",
            'set [speech] engine = "faster-whisper", or fetch the model anew: castkit models fetch NAME',
        )
    file.seek(entry.offset)
    return np.frombuffer(file.read(entry.length), dtype=FLOAT_TYPES[entry.type]).reshape(entry.shape)
