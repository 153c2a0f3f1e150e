"""Every object that a published.json names, whatever it is for.

Rule: it looks at what is there and not at a list of names, so that nothing published later is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from castkit.model.published import Published, StoredFile


def objects_in(published: Published) -> Iterator[StoredFile]:
    """The objects in the store, one after another; what lies on another host is not among them."""
    return _in(published)


def _in(value: Any) -> Iterator[StoredFile]:
    if isinstance(value, StoredFile):
        if not value.is_elsewhere:
            yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _in(getattr(value, name))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _in(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _in(one)
