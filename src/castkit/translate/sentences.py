"""Whole sentences out of words or cues, so that a translator sees what was meant and not what fitted on a line.

Rule: every character that is no white space is in exactly one sentence, and keeps the time it is spoken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from castkit.model.cue import Cue
from castkit.model.sentence import Sentence
from castkit.model.transcript import Utterance
from castkit.translate.ends import clause_cuts, is_unspaced, is_wide, sentence_ends, trails_off

PAUSE_MS = 1200  # without punctuation, a longer pause ends a sentence
CLAUSE_PAUSE_MS = 2400  # after a comma, speakers wait longer for the rest of a sentence
BARE_PAUSE_MS = 500  # in a text without full stops, as Netflix's Chinese is written, pauses are all there is
LONGEST = 350  # characters of an alphabet
LONGEST_WIDE = 150  # Chinese characters, which take about as long to say

# A text of this many characters is bare where it has fewer ends of sentences than one in so many.
_LEAST, _SPARSE = 60, 200


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word, or a line of a cue: a text that one speaker says from one time to another.

    `is_apart` says that it begins an utterance or a line, so that a space belongs before it where the script has
    spaces; `is_new` that it is somebody else's: a line with a dash of its own.
    """

    start_ms: int
    end_ms: int
    text: str
    speaker: str | None
    is_apart: bool
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class _Letter:
    """A character, when it is spoken, and the silence before it; `begins` says that it begins a piece."""

    text: str
    start_ms: int
    end_ms: int
    pause_ms: int = 0
    begins: bool = False
    is_new: bool = False


def sentences(utterances: Iterable[Utterance], language: str, *, pause_ms: int = PAUSE_MS) -> tuple[Sentence, ...]:
    """What was said, in sentences by one speaker each, in order of time (ms); `language` is a BCP 47 tag.

    A sentence goes on through what another speaker says meanwhile; it ends at a pause of more than `pause_ms`.
    """
    said = sorted((one for one in utterances if one.words), key=lambda one: one.start_ms)
    pieces = (
        _Piece(word.start_ms, word.end_ms, word.text, word.speaker or one.speaker, is_apart=not number)
        for one in said
        for number, word in enumerate(one.words)
    )
    return _sentences(pieces, language, pause_ms)


def sentences_of_cues(cues: Iterable[Cue], language: str) -> tuple[Sentence, ...]:
    """The sentences that subtitles make up; one that ends within a cue has its share of the cue's time (ms)."""
    pieces = (piece for cue in sorted(cues, key=lambda cue: cue.start_ms) for piece in _lines(cue))
    return _sentences(pieces, language, PAUSE_MS)


def _lines(cue: Cue) -> Iterator[_Piece]:
    """A cue's lines, each with its share of the time; two that begin with a dash are two people's."""
    lines = [line.strip() for line in cue.lines if line.strip()]
    dashed = [line.startswith(("-", "–", "—")) for line in lines]
    total, before = sum(map(len, lines)), 0
    for line, is_dashed in zip(lines, dashed, strict=True):
        start, before = before, before + len(line)
        start_ms, end_ms = (cue.start_ms + cue.duration_ms * share // total for share in (start, before))
        yield _Piece(start_ms, end_ms, line, cue.speaker, is_apart=True, is_new=is_dashed and sum(dashed) > 1)


def _sentences(pieces: Iterable[_Piece], language: str, pause_ms: int) -> tuple[Sentence, ...]:
    streams: dict[str | None, list[_Letter]] = {}
    for piece in pieces:
        if piece.text.strip():
            letters = streams.setdefault(piece.speaker, [])
            letters.extend(_letters(piece, letters[-1] if letters else None))
    found = [
        _sentence(part, speaker)
        for speaker, letters in streams.items()
        for run in _runs(letters, language, pause_ms)
        for part in _cut(run)
    ]
    return tuple(sorted(found, key=lambda one: (one.start_ms, one.end_ms)))


def _letters(piece: _Piece, previous: _Letter | None) -> Iterator[_Letter]:
    """A piece's characters, each with its share of the time."""
    text = " ".join(piece.text.split())
    if previous is not None and _is_spaced(previous, piece):
        yield _Letter(" ", previous.end_ms, previous.end_ms)
    pause_ms = max(piece.start_ms - previous.end_ms, 0) if previous is not None else 0
    span = max(piece.end_ms - piece.start_ms, 0)
    for number, character in enumerate(text):
        start_ms, end_ms = (piece.start_ms + span * share // len(text) for share in (number, number + 1))
        if number:
            yield _Letter(character, start_ms, end_ms)
        else:
            yield _Letter(character, start_ms, end_ms, pause_ms, begins=True, is_new=piece.is_new)


def _is_spaced(previous: _Letter, piece: _Piece) -> bool:
    """Whether a space belongs between: the recogniser's own, or one between lines of a script that has spaces."""
    if piece.text[0].isspace():
        return True
    return piece.is_apart and not is_unspaced(previous.text) and not is_unspaced(piece.text[0])


def _runs(letters: Sequence[_Letter], language: str, pause_ms: int) -> Iterator[Sequence[_Letter]]:
    """One speaker's letters, parted where sentences end and where long pauses are."""
    text = "".join(letter.text for letter in letters)
    ends = set(sentence_ends(text, language))
    is_bare = len(text) >= _LEAST and len(ends) * _SPARSE < len(text)
    most, start = min(BARE_PAUSE_MS, pause_ms) if is_bare else pause_ms, 0
    for at in range(1, len(letters)):
        if at in ends or _is_parted(letters, at, most):
            if text[start:at].strip():
                yield letters[start:at]
            start = at
    if text[start:].strip():
        yield letters[start:]


def _is_parted(letters: Sequence[_Letter], at: int, pause_ms: int) -> bool:
    letter = letters[at]
    if letter.pause_ms <= pause_ms:
        return letter.is_new
    before = letters[at - 1].text if letters[at - 1].text != " " else letters[at - 2].text
    return letter.is_new or letter.pause_ms > max(CLAUSE_PAUSE_MS if trails_off(before) else 0, pause_ms)


def _cut(letters: Sequence[_Letter]) -> Iterator[Sequence[_Letter]]:
    """The letters in parts none of which is too long, where there is a place to cut at all."""
    length = sum(1 / LONGEST_WIDE if is_wide(letter.text) else 1 / LONGEST for letter in letters)
    at = _best_cut(letters) if length > 1 else 0
    if not at:
        yield letters
        return
    yield from _cut(letters[:at])
    yield from _cut(letters[at:])


def _best_cut(letters: Sequence[_Letter]) -> int:
    """Where a long sentence is best parted: at a clause, else between words, at a pause, near the middle; else 0."""
    size = len(letters)
    text = "".join(letter.text for letter in letters)
    clauses = [at for at in clause_cuts(text) if text[:at].strip() and text[at:].strip()]
    words = [at for at, letter in enumerate(letters) if letter.begins and text[:at].strip()]
    middle = range(size // 4, size * 3 // 4 + 1)
    for places in ([at for at in clauses if at in middle], [at for at in words if at in middle], clauses, words):
        if places:
            return max(places, key=lambda at: (_pause(letters, at), -abs(2 * at - size)))
    return 0


def _pause(letters: Sequence[_Letter], at: int) -> int:
    """The silence before a place, or before the word that follows the space there."""
    return max(letter.pause_ms for letter in letters[at : at + 2])


def _sentence(letters: Sequence[_Letter], speaker: str | None) -> Sentence:
    spoken = [letter for letter in letters if letter.text != " "]
    start_ms, end_ms = spoken[0].start_ms, max(letter.end_ms for letter in spoken)
    text = "".join(letter.text for letter in letters).strip()
    return Sentence(start_ms, max(end_ms, start_ms + 1), text, speaker)
