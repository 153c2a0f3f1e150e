"""Words cut into the smallest pieces that a line may be broken between.

Rule: joined, the pieces are the words' text, letter for letter; only white space may change.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from castkit.model.transcript import Utterance, Word
from castkit.subtitles.profile import Profile, clusters, is_wide

_OPENERS = "([{“‘«（《【「『〈¿¡"
_UNITS = "%％℃°万萬亿億千百十年月日号號个個人岁歲元倍分秒点點小天周次期名位家省市"

_LONGEST_COMPOUND = 6  # characters


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of text that stays whole, with the time it is spoken; a leading space is kept."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says without another in between, in order."""

    speaker: str | None
    atoms: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class _Letter:
    text: str
    start_ms: int
    end_ms: int


def turns(utterances: Iterable[Utterance], profile: Profile, longest_pause_ms: int) -> Iterator[Turn]:
    """The utterances in order of time, joined while one speaker goes on without a longer pause."""
    speaker: str | None = None
    run: list[list[Word]] = []
    for who, words in _runs(utterances):
        pause = words[0].start_ms - run[-1][-1].end_ms if run else 0
        if run and (who != speaker or pause > longest_pause_ms):
            yield Turn(speaker, tuple(_atoms(run, profile)))
            run = []
        speaker = who
        run.append(words)
    if run:
        yield Turn(speaker, tuple(_atoms(run, profile)))


def pieces(text: str, profile: Profile) -> tuple[str, ...]:
    """A text without times, cut the same way."""
    return tuple(atom.text for atom in _atoms([[Word(0, 0, text, 1.0)]], profile)) if text.strip() else ()


def _runs(utterances: Iterable[Utterance]) -> Iterator[tuple[str | None, list[Word]]]:
    for utterance in sorted((one for one in utterances if one.words), key=lambda one: one.start_ms):
        run: list[Word] = []
        speaker = utterance.speaker
        for word in utterance.words:
            if not word.text.strip():
                continue
            who = word.speaker or utterance.speaker
            if run and who != speaker:
                yield speaker, run
                run = []
            speaker = who
            run.append(word)
        if run:
            yield speaker, run


def _atoms(run: Sequence[Sequence[Word]], profile: Profile) -> list[Atom]:
    letters: list[_Letter] = []
    for words in run:
        if letters:
            letters.append(_Letter(" ", letters[-1].end_ms, letters[-1].end_ms))
        letters += _letters(words)
    letters = [one for one, two in zip(letters, [*letters[1:], None], strict=True) if not _is_double(one, two)]
    if not profile.is_spaced:
        letters = _without_wide_spaces(letters)
    text = "".join(letter.text for letter in letters)
    tokens = _spaced(text, profile) if profile.is_spaced else _glued(_tokens(text, run, profile))
    return _monotone(_timed(tokens, letters))


def _letters(words: Sequence[Word]) -> Iterator[_Letter]:
    """Each character with its share of its word's time."""
    for word in words:
        yield from (_Letter(" ", word.start_ms, word.start_ms) for _ in word.text[: -len(word.text.lstrip())])
        shown = word.text.strip()
        step = (word.end_ms - word.start_ms) / len(shown)
        for number, character in enumerate(shown):
            start, end = word.start_ms + number * step, word.start_ms + (number + 1) * step
            yield _Letter(" " if character.isspace() else character, round(start), round(end))
        if word.text != word.text.rstrip():
            yield _Letter(" ", word.end_ms, word.end_ms)


def _is_double(letter: _Letter, following: _Letter | None) -> bool:
    """Whether this is a space before another."""
    return letter.text == " " and following is not None and following.text == " "


def _without_wide_spaces(letters: list[_Letter]) -> list[_Letter]:
    """Without the spaces that stand beside a full-width character on both sides (Chinese has none)."""
    kept: list[_Letter] = []
    for number, letter in enumerate(letters):
        if letter.text == " ":
            following = next((other.text for other in letters[number:] if other.text != " "), "")
            before = kept[-1].text if kept else " "
            if before == " " or not following or (is_wide(before) and is_wide(following)):
                continue
        kept.append(letter)
    return kept


def _spaced(text: str, profile: Profile) -> Iterator[str]:
    """Words with the space before them; a lone sign stays with the word before it."""
    tokens: list[str] = []
    for found in re.finditer(r"\s*\S+", text):
        token = found[0]
        if tokens and not any(unicodedata.category(one)[0] in "LN" for one in token):
            tokens[-1] += token
        else:
            tokens.append(token)
    for token in tokens:
        # An overlong word of full-width letters is cut letter by letter; a long Latin one is never broken.
        is_overlong = profile.width(token) > profile.line_width and any(is_wide(one) for one in token)
        yield from _glued(clusters(token)) if is_overlong else (token,)


def _tokens(text: str, run: Sequence[Sequence[Word]], profile: Profile) -> Iterator[str]:
    """Words of a script without spaces: by dictionary for Chinese, else as the recogniser cut them."""
    by_dictionary = profile.language in ("zh", "yue")
    tokens = list(_chinese(text)) if by_dictionary else [word.text.strip() for words in run for word in words]
    if "".join("".join(tokens).split()) != "".join(text.split()):
        tokens = clusters(text)
    position = 0
    for token in tokens:
        if not token.strip():
            continue
        end = position
        for character in "".join(token.split()):
            end = text.index(character, end) + 1
        piece, position = text[position:end], end
        yield from clusters(piece) if profile.width(piece) > profile.line_width / 2 else (piece,)


def _chinese(text: str) -> Iterator[str]:
    """Words by dictionary; nouns in a row are one name of a thing, which a line should not tear (平台劳动者)."""
    import rjieba  # noqa: PLC0415

    held = ""
    for word, kind in rjieba.tag(text):
        is_noun = kind.startswith("n") or kind == "vn"
        if held and not (is_noun and len(held + word) <= _LONGEST_COMPOUND):
            yield held
            held = ""
        if is_noun:
            held += word
        else:
            yield word
    if held:
        yield held


def _glued(tokens: Iterable[str]) -> Iterator[str]:
    """Tokens with closing punctuation kept to the word before, opening to the one after, a number to its unit."""
    held = ""
    for token in tokens:
        if held and not _belong_together(held, token):
            yield held
            held = ""
        held += token
    if held:
        yield held


def _belong_together(left: str, right: str) -> bool:
    last, first = left[-1], right[0]
    if last in _OPENERS or last == " ":
        return True
    if first in _OPENERS or first == " ":
        return False
    if unicodedata.category(first)[0] in "PM" or (last.isdigit() and first in _UNITS):
        return True
    return last.isascii() and first.isascii()


def _timed(tokens: Iterable[str], letters: Sequence[_Letter]) -> Iterator[Atom]:
    position = 0
    for token in tokens:
        own = letters[position : position + len(token)]
        position += len(token)
        spoken = [letter for letter in own if letter.text != " "]
        if spoken:
            yield Atom(token, spoken[0].start_ms, max(letter.end_ms for letter in spoken))


def _monotone(atoms: Iterable[Atom]) -> list[Atom]:
    """No piece starts before the one before it, nor ends before it starts or after the next has begun."""
    ordered: list[Atom] = []
    for atom in atoms:
        start = max(atom.start_ms, ordered[-1].start_ms if ordered else 0)
        if ordered and ordered[-1].end_ms > start:
            ordered[-1] = Atom(ordered[-1].text, ordered[-1].start_ms, start)
        ordered.append(Atom(atom.text, start, max(atom.end_ms, start)))
    return ordered
