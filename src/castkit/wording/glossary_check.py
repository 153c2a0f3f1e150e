"""Whether a translation says what the show has agreed to say.

Rule: a term is missing only where neither the sentence nor those beside it have any of its forms, since translators
move words from sentence to sentence; inflection, capitals, hyphens and Chinese script do not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

from castkit.model.glossary import Convert, Glossary, Term, in_script
from castkit.model.language import is_chinese
from castkit.wording.glossary_forms import Found, occurrences


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence in the language of a BCP 47 tag; `around` is what stands before and after it."""

    text: str
    language: str
    around: str = ""


@dataclass(frozen=True, slots=True)
class TermMismatch:
    """The source says `found`, a form of `term`; the target has none of the `expected` forms, the agreed one first."""

    term: str
    found: str
    expected: tuple[str, ...]


def missing_terms(
    source: Passage, target: Passage, *, glossary: Glossary, convert: Convert | None = None
) -> tuple[TermMismatch, ...]:
    """The terms of a sentence that its translation does not have, in the order of the source, each once.

    An accepted form asks for the term as the agreed one does, but not where it is a part of it (津贴 of 疾病津贴, rider
    of delivery rider): short forms have wider meanings, too.
    `convert` brings Chinese to the script of a tag: with it, terms and texts may be in either.
    """
    source, target = _in_own_script(source, convert), _in_own_script(target, convert)
    if convert is not None:
        for passage in (source, target):
            glossary = in_script(glossary, passage.language, convert)
    said = occurrences(source.text, glossary, source.language)
    wanted = {one.term: one for one in reversed(said) if _obliges(one, glossary.terms[one.term], source, target)}
    given = {
        one.term
        for text in (target.text, target.around)
        for one in occurrences(text, glossary, target.language, whole_words=False)
    }
    return tuple(
        TermMismatch(
            glossary.terms[index].agreed(source.language),
            source.text[one.start : one.end],
            glossary.terms[index].forms(target.language),
        )
        for index, one in sorted(wanted.items(), key=lambda item: item[1].start)
        if index not in given
    )


def _obliges(found: Found, term: Term, source: Passage, target: Passage) -> bool:
    agreed = term.agreed(source.language)
    is_short = found.form != agreed and found.form.casefold() in agreed.casefold()
    return bool(term.agreed(target.language)) and not is_short


def _in_own_script(passage: Passage, convert: Convert | None) -> Passage:
    """The passage wholly in the script of its tag."""
    if convert is None or not is_chinese(passage.language):
        return passage
    text, around = (convert(text, passage.language) for text in (passage.text, passage.around))
    return Passage(text, passage.language, around)
