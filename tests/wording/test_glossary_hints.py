"""What recogniser and translator are told beforehand."""

from __future__ import annotations

from pathlib import Path

import pytest
from glossary_made import DEMO, glossary
from tokenizers import Tokenizer

from castkit.speech.models import locate
from castkit.wording.glossary_hints import MOST_TOKENS, agreed, hints


def test_only_the_spoken_language_and_its_script() -> None:
    assert hints(DEMO, "en")[0] == "Social Protection Dialogues"
    assert set(hints(DEMO, "zh")) == set(hints(DEMO, "zh-Hans")) == {term.agreed("zh-Hans") for term in DEMO.terms}
    assert hints(DEMO, "fr") == ()
    assert hints(glossary({"term": "GitLab"}), "fr") == ("GitLab",)


def test_what_was_misheard_comes_first_then_names_and_rare_words() -> None:
    terms = glossary(
        {"term": {"en": "solidarity"}},
        {"term": {"en": "Kubernetes cluster"}},
        {"term": {"en": "social protection"}, "heard": {"en": ["special protection"]}},
        {"term": {"en": "Work Forum"}, "case": True},
    )
    assert hints(terms, "en") == ("social protection", "Kubernetes cluster", "Work Forum", "solidarity")


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_long_glossary_fits_whispers_prompt(language: str) -> None:
    forms = [term.agreed(language) for term in DEMO.terms]
    terms = glossary(*({"term": {language: f"{one}{two}"}} for one in forms for two in forms))
    chosen = hints(terms, language)
    assert 5 < len(chosen) < len(terms.terms)
    tokenizer = Tokenizer.from_file(str(Path(locate("base")) / "tokenizer.json"))
    text = ("、" if language == "zh-Hans" else ", ").join(chosen)
    assert len(tokenizer.encode(text, add_special_tokens=False).ids) <= MOST_TOKENS


def test_agreed_pairs_for_translators() -> None:
    pairs = agreed(DEMO, "en", "zh-Hans")
    assert pairs[1] == ("social protection", "社会保障", "The whole field; social insurance is one part of it.")
    assert "缴纳" not in [target for _, target, _ in pairs]
    assert len(pairs) == len(DEMO.terms) - 1
    notes = {"en": "in English", "zh-Hans": "中文"}
    terms = glossary({"term": {"en": "rider", "zh-Hans": "骑手"}, "note": notes})
    assert agreed(terms, "zh-Hans", "en") == (("骑手", "rider", "in English"),)
