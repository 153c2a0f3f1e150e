"""The places between the words of a transcript where a Chinese sign may stand, and the pause that is heard there.

Rule: a place never lies inside a word of the dictionary, a number or a run of Latin letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from castkit.model.transcript import Utterance
from castkit.wording.edits import letters
from castkit.wording.segments import Segment, is_han, segments, simplified

STRETCH_MS = 2_000  # a longer pause, or another speaker, ends a stretch of speech and its last sentence
CUT_MS = 500  # the dictionary is not asked for words across a longer pause

BREAKS = "，。？！；：、,.?!;:…"
_OPENING, _CLOSING = "《「『（(“‘【[", "》」』）)”’】]%％"
_COUNTERS = "万亿千百十%％个年月日号岁元块倍成点分秒天周次名位"

# Latin runs with what joins them, breaks, white space, and the rest, which the dictionary cuts.
_TOKENS = re.compile(
    rf"(?P<latin>[A-Za-z0-9]+(?:[.,:%'’+/&–-][A-Za-z0-9]+)*)|(?P<sign>[{re.escape(BREAKS)}]+)|(?P<space>\s+)"
    rf"|(?P<other>[^A-Za-z0-9\s{re.escape(BREAKS)}]+)"
)


@dataclass(slots=True)
class Place:
    """After `left`, before `right` (None at the end of a stretch), `at` letters into utterance number `utterance`.

    `sign` is what stands there, `is_spaced` says that the recogniser left a space between Chinese characters, and
    `is_starved` that this is one of many words in a row without a sign.
    """

    utterance: int
    at: int
    left: Segment
    right: Segment | None
    pause_ms: int
    sign: str = ""
    is_spaced: bool = False
    is_starved: bool = False

    @property
    def is_possible(self) -> bool:
        """Whether a sign may stand here at all."""
        if self.left.text[-1] in _OPENING:
            return False
        if self.right is None:
            return True
        if self.right.text[0] in _CLOSING:
            return False
        is_counted = self.left.text[-1].isdigit() and self.right.text[0] in _COUNTERS
        is_number = self.left.kind == "m" and self.right.kind == "m" and self.pause_ms < CUT_MS
        return not is_counted and not is_number


def places(utterances: Sequence[Utterance], numbers: Sequence[int]) -> list[Place]:
    """The places of the utterances of these numbers, in order; what lies between them belongs to nobody."""
    found: list[Place] = []
    for number in numbers:
        found += _within(utterances[number], number)
    for one, two in pairwise(found):
        if one.utterance == two.utterance:
            continue
        before, after = utterances[one.utterance], utterances[two.utterance]
        pause = after.start_ms - before.end_ms
        is_next = two.utterance == one.utterance + 1 and before.speaker == after.speaker
        if is_next and pause <= STRETCH_MS:
            one.right, one.pause_ms = two.left, max(pause, 0)
    return found


def weight(segment: Segment) -> int:
    """How many Chinese characters of a clause a word counts for; a Latin word is read as two."""
    return sum(map(is_han, segment.text)) or 2


def _within(utterance: Utterance, number: int) -> Iterator[Place]:
    text = simplified(letters(utterance))
    pauses = _pauses(utterance)
    held: Place | None = None
    for item in _items(text, pauses):
        if isinstance(item, str):
            if held is not None and item.strip():
                held.sign += item
            elif held is not None:
                held.is_spaced = True
            continue
        if held is not None:
            held.right = item
            held.is_spaced = held.is_spaced and is_han(held.left.text[-1]) and is_han(item.text[0])
            held.pause_ms = max((pauses.get(end, 0) for end in range(held.at, item.start + 1)), default=0)
            yield held
        held = Place(number, item.end, item, None, STRETCH_MS)
    if held is not None:
        held.is_spaced = False
        yield held


def _items(text: str, pauses: dict[int, int]) -> Iterator[Segment | str]:
    """The words of the text, and between them signs and white space as strings."""
    cuts = sorted(end for end, pause in pauses.items() if pause >= CUT_MS)
    for token in _TOKENS.finditer(text):
        if token.lastgroup in ("sign", "space"):
            yield token[0]
        elif token.lastgroup == "latin":
            yield Segment(token[0], "m" if token[0][0].isdigit() else "eng", token.start())
        else:
            edges = [token.start(), *(cut for cut in cuts if token.start() < cut < token.end()), token.end()]
            for start, end in pairwise(edges):
                yield from (Segment(one.text, one.kind, one.start + start) for one in segments(text[start:end]))


def _pauses(utterance: Utterance) -> dict[int, int]:
    """The pause after each word, in ms, by the number of letters up to there."""
    ends = accumulate(len(word.text) for word in utterance.words)
    steps = zip(ends, pairwise(utterance.words), strict=False)
    return {end: max(0, two.start_ms - one.end_ms) for end, (one, two) in steps}
