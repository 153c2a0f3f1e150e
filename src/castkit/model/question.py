"""A question to a language model.

Rule: what somebody said or wrote is data, a JSON value beside our instructions, and never a part of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Unusable(Exception):
    """What a model answered cannot be taken; `why` says it to people, and to the model when it is asked again."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Question:
    """Instructions of ours, data, and the shape (JSON Schema) of the answer."""

    instructions: str
    data: Mapping[str, Any]
    shape: Mapping[str, Any]


class Answering(Protocol):
    """Somebody who asks a model until its answer can be taken."""

    def __call__(self, question: Callable[[str], Question], take: Callable[[Any], T]) -> T:
        """What `take` makes of the JSON value that the model answers with.

        `question` is given why the last answer was refused, first an empty string; `take` raises Unusable to refuse
        one. CastkitError where no answer can be taken after a few tries.
        """


def object_shape(**properties: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema of an object with exactly these properties, as services want it that keep to a schema."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def list_shape(item: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a list of such items."""
    return {"type": "array", "items": dict(item)}


TEXT: Mapping[str, Any] = {"type": "string"}
NUMBER: Mapping[str, Any] = {"type": "integer"}
