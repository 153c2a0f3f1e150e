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
    warnings.simplefilter("ignore")  # torch's, numba's and whisper's own, while they are imported
    from whisper.normalizers import EnglishTextNormalizer

    _ENGLISH = EnglishTextNormalizer()  # leaves a file of its own open

_SIMPLIFIED = opencc.OpenCC("t2s")
_UNITS = {"万": 10**4, "亿": 10**8}


def error_rate(text: str, truth: Mapping[str, Any]) -> float:
    """WER for English, CER for Chinese, against the turns of a file in tests/data/truth."""
    spoken = " ".join(turn["text"] for turn in truth["turns"])
    if truth["language"] == "en":
        return float(jiwer.wer(_ENGLISH(spoken), _ENGLISH(text)))
    return float(jiwer.cer(_chinese(spoken), _chinese(text)))


def _chinese(text: str) -> str:
    """Simplified script, numbers as digits, no punctuation."""
    simplified = _SIMPLIFIED.convert(text)
    # cn2an reads 八千四百万 but not 8400万.
    whole = re.sub(r"(\d+)(万|亿)", lambda found: str(int(found[1]) * _UNITS[found[2]]), simplified)
    return re.sub(r"[\W_]", "", cn2an.transform(whole, "cn2an"))
