"""A text that may differ by language, as people write it in TOML: one string, or a table by language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import ConfigDict, GetJsonSchemaHandler, RootModel, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from castkit.model.language import best_match

# What XML 1.0 (section 2.2) takes: everything else makes a feed or page unreadable, and nobody types it on purpose.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLANKS = re.compile("[ \t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")

ANY = "und"  # BCP 47 for "undetermined": a string given without a language


class LocalText(RootModel[dict[str, str]]):
    """`title = "Same for all"` or `title = { en = "…", zh-Hans = "…" }`."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _accept_string(cls, value: Any) -> Any:
        return {ANY: value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A string, or a table whose keys look like language tags."""
        table = handler.resolve_ref_schema(handler(schema))
        table.clear()
        table.update(
            description="one text for all languages, or a table of texts by language",
            anyOf=[
                {"type": "string"},
                {
                    "type": "object",
                    "propertyNames": {"pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"},
                    "additionalProperties": {"type": "string"},
                    "minProperties": 1,
                },
            ],
        )
        return table

    def own(self, language: str) -> str:
        """The text written for this language, or an empty string."""
        tag = best_match(language, self.root)
        return self.root[tag] if tag else self.root.get(ANY, "")

    def in_(self, language: str, fallbacks: Iterable[str] = ()) -> str:
        """The text for this language, else for the first fallback that has one, else any, else an empty string."""
        for tag in (language, *fallbacks):
            if found := self.own(tag):
                return found
        return next((text for text in self.root.values() if text), "")

    def __bool__(self) -> bool:
        return any(self.root.values())


def printable(text: str) -> str:
    """The text without characters that XML forbids (controls, lone surrogates), its lines ended by one newline each."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The printable text on one line, trimmed; within it an ideographic or no-break space stays what it is."""
    return _BLANKS.sub(" ", printable(text)).strip()


def paragraphs(text: str) -> tuple[str, ...]:
    """The printable paragraphs of a text, each on one line: blank lines part them."""
    found = (one_line(part) for part in re.split(r"\n[ \t]*\n", printable(text)))
    return tuple(part for part in found if part)
