"""Whether a file's values have the keys and types of its model, in words that need no knowledge of pydantic.

Rule: every error type of pydantic's that our models can cause has its words in a table here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from castkit.config.problems import Finding, Path, closest, shown
from castkit.model.text import LocalText

_TYPES = {
    "string_type": "text in quotation marks",
    "int_type": "a whole number, without quotation marks",
    "float_type": "a number, without quotation marks",
    "bool_type": "true or false, without quotation marks",
    "dict_type": "text in quotation marks, or a table of texts by language",
    "tuple_type": "a list in square brackets",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "datetime_type": "a date with time and zone, such as 2026-05-01T09:00:00+02:00",
    "uuid_type": "the guid that `castkit new` gave, in quotation marks",
    "uuid_parsing": "the guid that `castkit new` gave; it has 32 digits from 0 to f, in five groups",
}
_LIMITS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "greater_than_equal": lambda ctx: f"at least {ctx['ge']}",
    "less_than_equal": lambda ctx: f"at most {ctx['le']}",
    "too_long": lambda ctx: f"at most {ctx['max_length']} of them",
    "too_short": lambda ctx: f"at least {ctx['min_length']} of them",
    "string_too_short": lambda _: "text that is not empty",
    "string_pattern_mismatch": lambda _: "small letters, digits and hyphens, starting with a letter or digit",
    "literal_error": lambda ctx: str(ctx["expected"]).replace("'", '"'),
}
_MOST = 500  # mistakes in one file that are looked at; for each its nearest right key is sought
_DEFAULT_WORDS = "this key with a value; `castkit schema` says which"


def findings(error: ValidationError, model: type[BaseModel]) -> Iterator[Finding]:
    """What pydantic found wrong with the values of a file that `model` describes."""
    errors = error.errors(include_url=False)[:_MOST]
    places = [_path(one["loc"]) for one in errors]
    for one, path in zip(errors, places, strict=True):
        if one["type"] == "too_short" and any(other[: len(path)] == path != other for other in places):
            continue  # pydantic counts only the valid items of a list
        yield _finding(one, path, model)


def _path(loc: tuple[int | str, ...]) -> Path:
    """The place in the file: pydantic adds the branch of a union, which our models name in angle brackets."""
    return tuple(part for part in loc if not (isinstance(part, str) and part.startswith("<")))


def _finding(error: Any, path: Path, model: type[BaseModel]) -> Finding:
    kind, context = error["type"], error.get("ctx", {})
    about = _about(model, path)
    if kind == "missing":
        return Finding(path, about or _DEFAULT_WORDS)
    if kind == "value_error":
        return Finding(path, "", fault=str(context["error"]))
    if kind == "extra_forbidden":
        keys = sorted(model_at(model, path[:-1]).model_fields)
        return Finding(path, ", ".join(keys), fault="unknown key", guess=closest(str(path[-1]), keys))
    allowed = _LIMITS[kind](context) if kind in _LIMITS else _TYPES.get(kind, error["msg"])
    guess = ""
    if kind == "literal_error" and isinstance(error["input"], str):
        guess = closest(error["input"], allowed.replace('"', "").replace(" or ", ", ").split(", "))
    return Finding(
        path, f"{allowed} ({about})" if about and about != allowed else allowed, shown(error["input"]), guess
    )


def _about(model: type[BaseModel], path: Path) -> str:
    """The description of the key at this place, or an empty string."""
    if not path or not isinstance(path[-1], str):
        return ""
    found = model_at(model, path[:-1]).model_fields.get(path[-1])
    if found is None:
        return ""
    return found.description or (_TYPES["dict_type"] if found.annotation is LocalText else "")


def model_at(model: type[BaseModel], path: Path) -> type[BaseModel]:
    """The model of the table at this place; that of the table around it where there is none."""
    for key in path:
        if isinstance(key, str) and key in model.model_fields:
            model = next(_models(model.model_fields[key].annotation), model)
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
