"""Recognised words corrected by the show's glossary, every change listed.

Rule: a change stays within what one speaker says without a pause, takes the time of the words it replaces, and does
not happen again where a person wants the original kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from castkit.model.glossary import Glossary
from castkit.model.language import same_language
from castkit.model.proofread import Change
from castkit.model.transcript import Utterance, Word
from castkit.wording.glossary_forms import occurrences, spans_of, tokens
from castkit.wording.glossary_near import inflected, near_misses

CODE = "glossary"
LONGEST_PAUSE_MS = 700  # within a phrase; terms are spoken in one go

_KEPT, _KNOWN, _GUESSED = range(3)  # who takes a place first


@dataclass(frozen=True, slots=True)
class _Claim:
    """A stretch of text that is a term already, or becomes one: `text` stands there afterwards (None: as before)."""

    start: int
    end: int
    rank: int
    text: str | None = None
    why: str = ""
    cost: float = 0.0


def corrected(
    utterances: Iterable[Utterance], glossary: Glossary, *, language: str, keep: Collection[str] = ()
) -> tuple[tuple[Utterance, ...], tuple[Change, ...]]:
    """The utterances with mis-heard terms put right, and what was changed, in order.

    `language` is the tag of the utterances' text; words that say they are in another language are judged by that one.
    What is listed under `heard` is always corrected; what only sounds or looks like a term is, where it is no word in
    its own right. `keep` has originals (a change's `before`) that stay as they are.
    """
    found: list[Utterance] = []
    changes: list[Change] = []
    for utterance in utterances:
        words: list[Word] = []
        for run in _runs(utterance):
            spoken = _language_of(run[0], language)
            text = "".join(word.text for word in run)
            claims = _claims(text, glossary, spoken, keep)
            edits = [
                claim for claim in claims if claim.text is not None and claim.text != text[claim.start : claim.end]
            ]
            changes += _changes(run, text, edits)
            words += _rewritten(run, edits)
        found.append(replace(utterance, words=tuple(words)))
    return tuple(found), tuple(changes)


def _runs(utterance: Utterance) -> Iterator[list[Word]]:
    """The words in stretches of one speaker and language without a pause."""
    run: list[Word] = []
    for word in utterance.words:
        if run and not _goes_on(run[-1], word):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _goes_on(one: Word, other: Word) -> bool:
    is_same = one.speaker == other.speaker and one.language == other.language
    return is_same and other.start_ms - one.end_ms <= LONGEST_PAUSE_MS


def _language_of(word: Word, language: str) -> str:
    """The tag of the transcript's own language keeps its script; another word's own code counts."""
    return language if word.language is None or same_language(word.language, language) else word.language


def _claims(text: str, glossary: Glossary, language: str, keep: Collection[str]) -> list[_Claim]:
    """What stands firm and what is to be changed in a text, in order and without overlaps."""
    offered = [_Claim(start, end, _KEPT) for start, end, _ in spans_of(keep, text, language)]
    for found in occurrences(text, glossary, language):
        term = glossary.terms[found.term]
        written = _written(found.form, text[found.start : found.end], language) if term.case else None
        offered.append(_Claim(found.start, found.end, _KNOWN, written, "capitals as in the glossary"))
    offered += _listed(text, glossary, language)
    for near in near_misses(text, glossary, language):
        before = text[near.start : near.end]
        written = near.form if glossary.terms[near.term].case else _in_the_case_of(before, near.form)
        why = f"no word of its own, and like “{glossary.terms[near.term].agreed(language)}” of the glossary"
        offered.append(_Claim(near.start, near.end, _GUESSED, written, why, near.cost))
    return _without_overlaps(offered)


def _listed(text: str, glossary: Glossary, language: str) -> Iterator[_Claim]:
    """What the glossary lists as heard, English plurals included."""
    for term in glossary.terms:
        agreed = term.agreed(language)
        for phrase in term.mishearings(language) if agreed else ():
            for heard, meant in zip(inflected(phrase, language), inflected(agreed, language), strict=True):
                for start, end, _ in spans_of([heard], text, language):
                    written = meant if term.case else _in_the_case_of(text[start:end], meant)
                    yield _Claim(start, end, _KNOWN, written, f"listed in the glossary as a mis-hearing of “{agreed}”")


def _without_overlaps(offered: Sequence[_Claim]) -> list[_Claim]:
    """Guesses compete by likeness; then the longest wins, so that what is known within a guess does not hinder it."""
    guesses = sorted(
        (one for one in offered if one.rank == _GUESSED),
        key=lambda one: (one.cost, one.start - one.end, one.start, one.text or ""),
    )
    firm = [one for one in offered if one.rank != _GUESSED] + _apart(guesses)
    ordered = sorted(
        firm, key=lambda one: (one.rank != _KEPT, one.start - one.end, one.rank, one.start, one.text or "")
    )
    return sorted(_apart(ordered), key=lambda one: one.start)


def _apart(claims: Iterable[_Claim]) -> list[_Claim]:
    """Those that overlap none before them."""
    taken: list[_Claim] = []
    for one in claims:
        if all(one.end <= other.start or other.end <= one.start for other in taken):
            taken.append(one)
    return taken


def _written(form: str, before: str, language: str) -> str | None:
    """A form found with other capitals as the glossary writes it; an inflected one is left alone."""
    for one in inflected(form, language):
        if [word.text.casefold() for word in tokens(one)] == [word.text.casefold() for word in tokens(before)]:
            return one
    return None


def _in_the_case_of(before: str, form: str) -> str:
    """The form with a capital, or in capitals, where the words before had them; its own capitals stay."""
    letters = [one for one in before if one.isalpha()]
    if len(letters) > 1 and all(one.isupper() for one in letters):
        return form.upper()
    return form[:1].upper() + form[1:] if letters and letters[0].isupper() else form


def _changes(run: Sequence[Word], text: str, edits: Iterable[_Claim]) -> Iterator[Change]:
    ends = list(accumulate(len(word.text) for word in run))
    for edit in edits:
        first = next(index for index, end in enumerate(ends) if end > edit.start)
        yield Change(CODE, run[first].start_ms, text[edit.start : edit.end], edit.text or "", edit.why)


def _rewritten(run: Sequence[Word], edits: Sequence[_Claim]) -> list[Word]:
    """The words with these stretches replaced, from the last to the first so that places still hold."""
    words = list(run)
    starts = [0, *accumulate(len(word.text) for word in run)]
    for edit in reversed(edits):
        first = max(index for index in range(len(run)) if starts[index] <= edit.start)
        last = max(index for index in range(len(run)) if starts[index] < edit.end)
        head = words[first].text[: edit.start - starts[first]]
        # Everything after `last` may have been rewritten, `last` itself only behind this stretch.
        tail = words[last].text[edit.end - starts[last] :]
        words[first : last + 1] = _laid(words[first : last + 1], head, edit.text or "", tail)
    return words


def _laid(old: Sequence[Word], head: str, text: str, tail: str) -> list[Word]:
    """New words in the time of old ones: word by word, else letter by letter, else in proportion to their letters."""
    lengths = [len(word.text) for word in old]
    if len(head) + len(text) + len(tail) == sum(lengths) and " " not in text:
        letters = iter(head + text + tail)
        return [replace(word, text="".join(next(letters) for _ in word.text)) for word in old]
    parts = [part if index == 0 else f" {part}" for index, part in enumerate(text.split(" "))]
    parts[0] = head + parts[0]
    parts[-1] += tail
    if len(parts) == len(old):
        return [replace(word, text=part) for word, part in zip(old, parts, strict=True)]
    start_ms, end_ms, whole = old[0].start_ms, old[-1].end_ms, sum(len(part) for part in parts)
    edges = [start_ms + round((end_ms - start_ms) * done / whole) for done in accumulate(map(len, parts), initial=0)]
    surest = replace(old[0], probability=min(word.probability for word in old))
    return [
        replace(surest, text=part, start_ms=one, end_ms=two)
        for part, one, two in zip(parts, edges[:-1], edges[1:], strict=True)
    ]
