"""Values of JSON that castkit wrote and a person may have edited, as the dataclasses that they were.

Rule: every field has the type that its dataclass says, so that a slip is told where it is, not three steps on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")

_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}  # made once for each type: that takes longer than checking a value


def checked(kind: type[T], value: Any) -> T:
    """The value as this type; ValueError, with the place in it and what is wrong there, where it is none."""
    try:
        found: T = _adapter(kind).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(f"{place}: {first['msg']}" if place else first["msg"]) from error
    return found


def all_checked(kind: type[T], values: Iterable[Any]) -> tuple[T, ...]:
    """The values, each as this type; errors as of `checked`."""
    return tuple(checked(kind, value) for value in values)


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
