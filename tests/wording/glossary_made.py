"""Glossaries and utterances for tests: the demonstration's own, and what is made here."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from castkit.model.glossary import Glossary
from castkit.model.transcript import Utterance, Word

DEMO = Glossary.model_validate(
    tomllib.loads((Path(__file__).parent.parent.parent / "glossary.toml").read_text("utf-8"))
)


def glossary(*terms: dict[str, Any]) -> Glossary:
    return Glossary.model_validate({"terms": list(terms)})


def utterance(text: str, *, language: str, start_ms: int = 0) -> Utterance:
    """As Whisper gives it: a word for each word or Chinese character, 100 ms each, punctuation with the one before."""
    if language.startswith("zh"):
        parts: list[str] = []
        for letter in text:
            if parts and not letter.isalnum():
                parts[-1] += letter
            else:
                parts.append(letter)
    else:
        parts = [f" {part}" for part in text.split(" ")]
    return Utterance(
        tuple(Word(start_ms + 100 * n, start_ms + 100 * n + 100, part, 0.9) for n, part in enumerate(parts))
    )
