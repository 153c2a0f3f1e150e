"""Files in CTranslate2's form that are small enough for a test: the real layout, a few numbers."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path


def model_bin(variables: Mapping[str, tuple[Sequence[int], int]] | None = None, *, spec: str = "WhisperSpec") -> bytes:
    """A model.bin with these variables (name: shape and CTranslate2's type), their content zero."""
    widths = {0: 4, 1: 1, 4: 2}
    parts = [struct.pack("<I", 6), _text(spec), struct.pack("<II", 3, len(variables or VARIABLES))]
    for name, (shape, kind) in (variables or VARIABLES).items():
        length = widths[kind]
        for size in shape:
            length *= size
        parts += [_text(name), struct.pack(f"<B{len(shape)}I", len(shape), *shape), struct.pack("<BI", kind, length)]
        parts.append(bytes(length))
    return b"".join((*parts, struct.pack("<I", 0)))


VARIABLES = {
    "decoder/embeddings/weight": ((51865, 1), 4),
    "decoder/layer_0/ffn/linear_0/bias": ((4,), 4),
    "encoder/layer_0/ffn/linear_0/bias": ((4,), 4),
    "encoder/layer_norm/beta": ((4,), 4),
}


def _text(value: str) -> bytes:
    data = value.encode() + b"\0"
    return struct.pack("<H", len(data)) + data


def model_folder(folder: Path, data: bytes | None = None) -> Path:
    """A folder that looks like a whole model."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.bin").write_bytes(model_bin() if data is None else data)
    for name in ("config.json", "tokenizer.json", "vocabulary.json"):
        (folder / name).write_text(f'{{"name": "{name}"}}', "utf-8")
    return folder
