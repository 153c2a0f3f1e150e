"""Chinese that was heard right and written with other characters of the same sound (阳劳保险 for 养老保险), put right.

Rule: only what is no word in its own right is changed, into the one word of the dictionary that sounds so, and only
where that has four characters: among shorter ones a newspaper's names were taken for mistakes 26 times in 100,000
characters; with four there was 1 change in 100,000, and half of those were right.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, combinations, product

from castkit.model.proofread import Change
from castkit.model.transcript import Utterance
from castkit.wording.dictionary import chinese_words, frequency, is_chinese_word, is_numeral, stands_alone
from castkit.wording.edits import Edit, edited, letters
from castkit.wording.sound import Syllable, readings, syllables

CODE = "homophone"

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_SIZE = 4  # characters of a word to look for
_MOST = 2  # of them wrong: two that are right hold them up
_SURER = 5  # times as common as the next word that sounds the same
_SEEN = 5  # occurrences in the dictionary's corpus from which a character is one that people write


@dataclass(frozen=True, slots=True)
class _Guess:
    """`word` for the characters from `start` on, of which so many are `wrong`."""

    start: int
    word: str
    wrong: int


def corrected(
    utterances: Iterable[Utterance], keep: Collection[str] = ()
) -> tuple[tuple[Utterance, ...], tuple[Change, ...]]:
    """The utterances, in simplified Chinese, with such words put right, and what was changed, in order.

    `keep` has originals that stay as they are. Each character keeps the time of the one it replaces.
    """
    found: list[Utterance] = []
    changes: list[Change] = []
    for utterance in utterances:
        text = letters(utterance)
        wanted = [one for one in guesses(text) if not _is_kept(text, *one, keep)]
        edits = [
            Edit(at, at + 1, other, CODE)
            for start, word in wanted
            for at, other in enumerate(word, start)
            if text[at] != other
        ]
        found.append(edited(utterance, edits, CODE)[0])
        ends = list(accumulate(len(word.text) for word in utterance.words))
        for start, word in wanted:
            before, first = text[start : start + _SIZE], utterance.words[bisect_right(ends, start)]
            why = f"“{before}” is no word, and sounds like “{word}”"
            changes.append(Change(CODE, first.start_ms, before, word, why))
    return tuple(found), tuple(changes)


def _is_kept(text: str, start: int, word: str, keep: Collection[str]) -> bool:
    before = text[start : start + len(word)]
    return any(kept and (kept in before or before in kept) for kept in keep)


def guesses(text: str) -> Iterator[tuple[int, str]]:
    """Where words of a Chinese text stand that were written with other characters, and what was meant, in order."""
    for run in _HAN.finditer(text):
        for one in _of_run(run[0]):
            yield run.start() + one.start, one.word


def _of_run(text: str) -> list[_Guess]:
    """The surest guesses that do not overlap."""
    words = chinese_words(text)
    weak = {left for left, right in words if right - left == 1 and not stands_alone(text[left], in_short_term=True)}
    if not weak:
        return []
    sounds, ends = syllables(text), {end for _, end in words}
    offered: list[_Guess] = []
    for start in (start for start, end in words if start + _SIZE in ends and end < start + _SIZE):
        places = [at for at in range(start, start + _SIZE) if at in weak]
        offered += _best(text, start, places, sounds)
    taken: list[_Guess] = []
    for one in sorted(offered, key=lambda one: (one.wrong, one.start)):
        if all(abs(one.start - other.start) >= _SIZE for other in taken):
            taken.append(one)
    return sorted(taken, key=lambda one: one.start)


def _best(text: str, start: int, places: Sequence[int], sounds: Sequence[Syllable | None]) -> Iterator[_Guess]:
    """The word that stands out of all that sound like this stretch and differ from it at weak places only."""
    found: dict[str, int] = {}
    for count in range(1, _MOST + 1):
        for changed in combinations(places, count):
            for others in product(*(_alike(text[at], sounds[at]) for at in changed)):
                new = dict(zip(changed, others, strict=True))
                word = "".join(new.get(at, text[at]) for at in range(start, start + _SIZE))
                if is_chinese_word(word):
                    found[word] = count
    ordered = sorted(found, key=lambda word: (-frequency(word), word))
    if ordered and (len(ordered) == 1 or frequency(ordered[0]) >= _SURER * frequency(ordered[1])):
        yield _Guess(start, ordered[0], found[ordered[0]])


def _alike(character: str, sound: Syllable | None) -> Sequence[str]:
    """Other characters that people write and that are read so, in any tone."""
    return [one for one in _by_sound().get(sound.pinyin, ()) if one != character] if sound else ()


@cache
def _by_sound() -> Mapping[str, Sequence[str]]:
    """Characters by their pinyin without its tone, under every reading of each."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for character in map(chr, range(0x4E00, 0xA000)):
        if is_chinese_word(character) and frequency(character) >= _SEEN and not is_numeral(character):
            for reading in readings(character):
                found[reading][character] = None
    return {reading: tuple(characters) for reading, characters in found.items()}
