"""A text that may differ by language, as people write it in TOML: one string, or a table by language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ConfigDict, RootModel, model_validator

from castkit.model.language import best_match

ANY = "und"  # BCP 47 for "undetermined": a string given without a language


class LocalText(RootModel[dict[str, str]]):
    """`title = "Same for all"` or `title = { en = "…", zh-Hans = "…" }`."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _accept_string(cls, value: Any) -> Any:
        return {ANY: value} if isinstance(value, str) else value

    def own(self, language: str) -> str:
        """The text written for this language, or an empty string."""
        tag = best_match(language, self.root)
        return self.root[tag] if tag else self.root.get(ANY, "")

    def in_(self, language: str, fallbacks: Iterable[str] = ()) -> str:
        """The text for this language, else for the first fallback that has one, else any, else an empty string."""
        for tag in (language, *fallbacks):
            if found := self.own(tag):
                return found
        return next(iter(self.root.values()), "")

    def __bool__(self) -> bool:
        return any(self.root.values())
