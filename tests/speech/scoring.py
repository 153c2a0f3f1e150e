"""Word and character error rates, counted by jiwer after the usual normalisers."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from typing import Any

import cn2an
import jiwer
import opencc

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # torch's and numba's own, while they are imported
    from whisper.normalizers import EnglishTextNormalizer

_SIMPLIFIED = opencc.OpenCC("t2s")


def error_rate(text: str, truth: Mapping[str, Any]) -> float:
    """WER for English, CER for Chinese, against the turns of a file in tests/data/truth."""
    spoken = " ".join(turn["text"] for turn in truth["turns"])
    if truth["language"] == "en":
        normal = EnglishTextNormalizer()
        return float(jiwer.wer(normal(spoken), normal(text)))
    return float(jiwer.cer(_chinese(spoken), _chinese(text)))


def _chinese(text: str) -> str:
    """Simplified script, numbers as digits, no punctuation."""
    return re.sub(r"[\W_]", "", cn2an.transform(_SIMPLIFIED.convert(text), "cn2an"))
