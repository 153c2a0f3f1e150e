"""What the tables of castkit's TOML files are made of: the types of their keys.

Rule: a table is frozen and strict, and a key that nobody knows is an error.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from castkit.model.categories import CATEGORIES
from castkit.model.licences import LICENCES
from castkit.model.roles import ROLES
from castkit.model.text import LocalText

EMPTY = LocalText({})
T = TypeVar("T")

# TOML's arrays come as lists, which strict mode takes for no tuple; the items stay strict.
Array = Annotated[tuple[T, ...], Field(strict=False)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Url = Annotated[str, Field(json_schema_extra={"pattern": "^(https?://.+)?$"})]


def _listed(names: tuple[str, ...], description: str) -> Any:
    """What an editor offers for a text that castkit's configuration reader checks with regard to more than its type."""
    return WithJsonSchema({"type": "string", "enum": list(names), "description": description})


Role = Annotated[str, AfterValidator(str.lower), _listed(ROLES, "a role of the Podcasting 2.0 taxonomy")]
Category = Annotated[str, _listed(CATEGORIES, "a podcast category of Apple's")]
Licence = Annotated[str, _listed(("", *LICENCES), "SPDX identifier in lower case, such as cc-by-4.0")]
Language = Annotated[str, Field(json_schema_extra={"pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$"})]


class Section(BaseModel):
    """A table in one of castkit's TOML files: frozen, strict, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, strict=True)
