"""The glossary of a show, as a person describes it in glossary.toml: what its terms are called in each language.

Rule: a term belongs to a language and a script; what is written in simplified Chinese says nothing about traditional.

The file lies beside castkit.toml, and only people write it:

    [[terms]]
    term = { en = "social protection", zh-Hans = "社会保障" }        # one string: the same in every language
    accept = { en = ["social security"], zh-Hans = ["社保"] }        # forms that are fine too, heard or translated
    heard = { en = ["special protection"] }                          # what recognisers make of it: always corrected
    case = false                                                     # true: written so, capitals and all
    note = "The whole field; social insurance is one part of it."    # for translators
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import ConfigDict, Field, GetJsonSchemaHandler, RootModel, model_validator
from pydantic.json_schema import JsonSchemaValue

from castkit.model.language import is_chinese, is_traditional, same_language
from castkit.model.section import EMPTY, Array, Section
from castkit.model.text import ANY, LocalText

T = TypeVar("T")
Convert = Callable[[str, str], str]  # a Chinese text, and the tag whose script it shall have


class LocalForms(RootModel[dict[str, Array[str]]]):
    """`accept = ["same for all"]` or `accept = { en = ["…"], zh-Hans = ["…", "…"] }`."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _accept_list(cls, value: Any) -> Any:
        if not isinstance(value, list | tuple | dict):
            raise ValueError('found no list; allowed: ["…", "…"], or a table of such lists by language')  # noqa: TRY004
        return value if isinstance(value, dict) else {ANY: value}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A list of strings, or a table of such lists whose keys look like language tags."""
        listed = {"type": "array", "items": {"type": "string"}}
        table = handler.resolve_ref_schema(handler(schema))
        table.clear()
        table.update(
            description="a list of texts for all languages, or a table of lists by language",
            anyOf=[
                listed,
                {
                    "type": "object",
                    "propertyNames": {"pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"},
                    "additionalProperties": listed,
                },
            ],
        )
        return table


NO_FORMS = LocalForms({})


class Term(Section):
    """One notion of the show's field, and what it is called."""

    term: LocalText = Field(description="the agreed term, a table by language or one for all")
    accept: LocalForms = Field(NO_FORMS, description="other forms that are fine, in transcript and translation")
    heard: LocalForms = Field(NO_FORMS, description="what the recogniser makes of the term: always corrected")
    case: bool = Field(False, description="whether capitals matter: the term is then always written as it stands here")
    note: LocalText = Field(EMPTY, description="for translators")

    def agreed(self, language: str) -> str:
        """The agreed term in this language and script, or an empty string."""
        return _of(self.term.root, language) or ""

    def forms(self, language: str) -> tuple[str, ...]:
        """The agreed term and what is accepted beside it; nothing where the language has no agreed term."""
        agreed = self.agreed(language)
        return tuple(dict.fromkeys((agreed, *(_of(self.accept.root, language) or ())))) if agreed else ()

    def mishearings(self, language: str) -> tuple[str, ...]:
        """What stands in the file for the recogniser's mistakes in this language."""
        return _of(self.heard.root, language) or ()

    def advice(self, reader: str) -> str:
        """The note for a translator who reads this language, else in any."""
        return self.note.in_(reader)


class Glossary(Section):
    """The whole glossary.toml."""

    terms: Array[Term] = Field((), description="the show's terms and names")


def in_script(glossary: Glossary, language: str, convert: Convert) -> Glossary:
    """The same terms, those that lack `language`'s Chinese script converted from the other one.

    Nothing changes for other languages. `convert` is OpenCC's or its like.
    """
    if not is_chinese(language):
        return glossary
    return glossary.model_copy(update={"terms": tuple(_spelt(term, language, convert) for term in glossary.terms)})


def _spelt(term: Term, language: str, convert: Convert) -> Term:
    source = next((tag for tag in term.term.root if tag != ANY and same_language(tag, language)), None)
    if source is None or term.agreed(language):
        return term

    def spelt(forms: LocalForms) -> LocalForms:
        own = tuple(convert(one, language) for one in _of(forms.root, source) or ())
        return LocalForms({**forms.root, language: own})

    text = LocalText({**term.term.root, language: convert(term.term.root[source], language)})
    return term.model_copy(update={"term": text, "accept": spelt(term.accept), "heard": spelt(term.heard)})


def _of(values: Mapping[str, T], language: str) -> T | None:
    """The entry of this tag, else of the same language in the same script, else the one for all languages."""
    if language in values:
        return values[language]
    fitting = (tag for tag in values if tag != ANY and same_language(tag, language) and _same_script(tag, language))
    return values.get(next(fitting, ANY))


def _same_script(one: str, other: str) -> bool:
    return not is_chinese(one) or is_traditional(one) == is_traditional(other)
