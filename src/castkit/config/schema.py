"""JSON Schema of the files that people write, for editors.

Rule: made from the models alone; what it refuses, the reader refuses too, though the reader sees more.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from castkit.model.episode import Episode
from castkit.model.glossary import Glossary
from castkit.model.show import Show

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_MODELS: dict[str, tuple[type[BaseModel], str]] = {
    "show": (Show, "castkit.toml: a show"),
    "episode": (Episode, "episode.toml: an episode"),
    "glossary": (Glossary, "glossary.toml: the terms of a show"),
}


def json_schema(which: str) -> str:
    """The schema of `show`, `episode` or `glossary` as JSON text, draft 2020-12, sorted and so the same every time."""
    model, title = _MODELS[which]
    schema = _tidied(model.model_json_schema())
    return json.dumps({**schema, "$schema": DRAFT, "title": title}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _tidied(value: Any) -> Any:
    """Without what TOML has no use for: titles that pydantic makes of names, null, and empty tables as defaults."""
    if isinstance(value, list):
        return [_tidied(item) for item in value if item != {"type": "null"}]
    if not isinstance(value, dict):
        return value
    kept = {
        key: _tidied(part)
        for key, part in value.items()
        if not (key == "title" and isinstance(part, str)) and not (key == "default" and part in ({}, [], None))
    }
    return {**kept, **kept.pop("anyOf")[0]} if len(kept.get("anyOf", ())) == 1 else kept
