"""The reference of castkit.toml, episode.toml and glossary.toml, in Markdown, from the JSON Schema of these files.

Rule: every key that is read has a row here, since the schema is made from the classes that read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from made_commands import plain

from castkit.config.schema import json_schema

Schema = dict[str, Any]
_MANY = 8  # values; more of them are counted and named by the editor
_HEAD = "| key | what it takes | if left out | what it means |\n|---|---|---|---|"
_KINDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`"}


def settings(which: str) -> str:
    """The tables of `show`, `episode` or `glossary`, the keys above the first table first."""
    schema = json.loads(json_schema(which))
    return "\n\n".join(_tables(schema, schema["$defs"], ""))


def _tables(schema: Schema, known: Schema, path: str) -> Iterator[str]:
    """A section for this table and one for each table in it; what cannot be left out comes first."""
    rows, inner = [], []
    needed = set(schema.get("required", ()))
    for key, value in sorted(schema["properties"].items(), key=lambda one: (one[0] not in needed, one[0])):
        found = _table_of(value, known)
        if found is None or "oneOf" in value.get("items", ()):  # a value, or a table in its place
            rows.append(_row(key, value, known, is_required=key in needed))
        if found is not None:
            inner.append((_path(path, key, value), found))
    heading = f"## {path}" if path else "## Above the first table"
    text = "" if not path else _description(schema)
    if rows:
        yield "\n\n".join(filter(None, (heading, text, _HEAD + "\n" + "\n".join(rows))))
    for name, found in inner:
        yield from _tables(found, known, name)


def _path(path: str, key: str, value: Schema) -> str:
    """How the table's head is written in TOML."""
    whole = ".".join(filter(None, (path.strip("[]"), key)))
    if value.get("type") == "array":
        return f"[[{whole}]]"
    return f"[{whole}.NAME]" if "patternProperties" in value else f"[{whole}]"


def _table_of(value: Schema, known: Schema) -> Schema | None:
    """What is written as a table of its own, or as several of one name; None for a key with a value."""
    inner = value.get("items", value)
    inner = next(iter(inner.get("patternProperties", {}).values()), inner)
    names = (one.get("$ref", "").rpartition("/")[2] for one in (inner, *inner.get("oneOf", ())))
    return next((known[name] for name in names if name and "properties" in known[name]), None)


def _row(key: str, value: Schema, known: Schema, *, is_required: bool) -> str:
    default = "needed" if is_required else _default(value)
    cells = (f"`{key}`", _kind(value, known), default, plain(value.get("description", "")))
    return f"| {' | '.join(cell.replace(chr(10), ' ') for cell in cells)} |"


def _default(value: Schema) -> str:
    given = value.get("default")
    return f"`{json.dumps(given, ensure_ascii=False)}`" if given not in (None, "", {}, []) else ""


def _kind(value: Schema, known: Schema) -> str:
    if "enum" in value:
        values = [f"`{json.dumps(one)}`" for one in value["enum"] if one != ""]
        return ", ".join(values) if len(values) <= _MANY else f"{', '.join(values[:3])} … ({len(values)} in all)"
    if name := value.get("$ref", "").rpartition("/")[2]:
        return "text, or `{ en = …, zh-Hans = … }`" if name == "LocalText" else _kind(known[name], known)
    if several := value.get("anyOf") or value.get("oneOf"):
        return " or ".join(_kind(one, known) for one in several)
    if value.get("type") == "array":
        return f"list: {_kind(value['items'], known)}" if "prefixItems" not in value else "pair of texts"
    if value.get("type") == "object":
        return "table" if "properties" in value else "table of texts"
    return _KINDS.get(value.get("type", ""), "text or number") + _limits(value)


def _limits(value: Schema) -> str:
    low, high = value.get("minimum", value.get("exclusiveMinimum")), value.get("maximum")
    return f", {low:g} to {high:g}" if low is not None and high is not None else ""


def _description(schema: Schema) -> str:
    """The class's first words, without the table's name before them."""
    text = re.sub(r"^`?\[[^`]*`?[^:]*: ", "", " ".join(schema.get("description", "").split()))
    return "" if text.startswith("`[") else plain(text[:1].upper() + text[1:])
