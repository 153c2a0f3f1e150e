"""Terms by language and script."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from castkit.model.glossary import Glossary, Term, in_script

TERM = Term.model_validate(
    {
        "term": {"en": "sickness benefit", "zh-Hans": "疾病津贴"},
        "accept": {"en": ["sick pay"], "zh-Hans": ["津贴"]},
        "heard": {"zh-Hans": ["疾病经贴"]},
        "note": "Income.",
    }
)


def shouted(text: str, language: str) -> str:
    return f"{text}@{language}"


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ("sickness benefit", "sick pay")),
        ("en-GB", ("sickness benefit", "sick pay")),
        ("zh", ("疾病津贴", "津贴")),
        ("zh-CN", ("疾病津贴", "津贴")),
        ("zh-Hant", ()),
        ("zh-TW", ()),
        ("fr", ()),
    ],
)
def test_forms(language: str, forms: tuple[str, ...]) -> None:
    assert TERM.forms(language) == forms
    assert TERM.agreed(language) == (forms[0] if forms else "")


def test_one_for_all_languages() -> None:
    term = Term.model_validate({"term": "GitLab", "accept": ["Git Lab"], "heard": {"en": ["get lab"]}})
    assert term.forms("fr") == ("GitLab", "Git Lab")
    assert term.mishearings("fr") == ()
    assert term.mishearings("en") == ("get lab",)


def test_in_the_other_script() -> None:
    glossary = Glossary(
        terms=(TERM, Term.model_validate({"term": "GitLab"}), Term.model_validate({"term": {"en": "x"}}))
    )
    other = in_script(glossary, "zh-Hant", shouted)
    assert other.terms[0].forms("zh-Hant") == ("疾病津贴@zh-Hant", "津贴@zh-Hant")
    assert other.terms[0].mishearings("zh-TW") == ("疾病经贴@zh-Hant",)
    assert other.terms[0].forms("zh-Hans") == TERM.forms("zh-Hans")
    assert other.terms[1:] == glossary.terms[1:]
    assert in_script(glossary, "zh-Hans", shouted) == glossary
    assert in_script(glossary, "en", shouted) is glossary


@pytest.mark.parametrize("value", [{"accept": "x"}, {"accept": 5}, {"heard": {"en": "x"}}, {"heard": {"en": [5]}}])
def test_lists_are_lists(value: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Term.model_validate({"term": "x", **value})
