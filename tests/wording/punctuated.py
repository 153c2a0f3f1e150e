"""True texts and recognised words to restore punctuation in, and the score of what was restored."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from castkit.model.transcript import Utterance, Word

BREAKS = "，。？！；：、,.?!;:…"
STOPS = "。？！.?!…"


def stripped(utterances: Sequence[Utterance]) -> tuple[Utterance, ...]:
    """The utterances with every sign of punctuation taken out of their words."""
    return tuple(
        replace(one, words=tuple(replace(word, text=re.sub(f"[{BREAKS}]", "", word.text)) for word in one.words))
        for one in utterances
    )


def signs(text: str) -> tuple[str, dict[int, str]]:
    """The letters of a text, and its signs by the number of letters before them."""
    letters, found = "", {}
    for character in text:
        if character in BREAKS:
            found[len(letters)] = character
        elif character.isalnum():
            letters += character
    return letters, found


def scores(text: str, truth: str, kinds: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of the signs of these kinds at their true places."""
    said, got = signs(text)
    meant, true = signs(truth)
    places = {}
    for block in SequenceMatcher(None, meant, said, autojunk=False).get_matching_blocks():
        places.update({block.a + step: block.b + step for step in range(block.size + 1)})
    wanted = {places.get(place, -place) for place, sign in true.items() if sign in kinds}
    given = {place for place, sign in got.items() if sign in kinds}
    hits = len(wanted & given)
    precision = hits / len(given) if given else 0.0
    recall = hits / len(wanted)
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0


def paused(utterances: Sequence[Utterance], *, factor: float) -> tuple[Utterance, ...]:
    """The utterances spoken in one breath as it were: every pause shortened by a factor."""
    done, at, last = [], None, 0
    for one in utterances:
        words = []
        for word in one.words:
            at = word.start_ms if at is None else at + round((word.start_ms - last) * factor)
            length = word.end_ms - word.start_ms
            last = word.end_ms
            words.append(replace(word, start_ms=at, end_ms=at + length))
            at += length
        done.append(replace(one, words=tuple(words)))
    return tuple(done)


def by_pauses(utterances: Sequence[Utterance], comma_ms: int = 200, stop_ms: int = 800) -> str:
    """The baseline: a comma or a stop by the length of the pause alone."""
    words: list[Word] = [word for one in utterances for word in one.words]
    text = ""
    for word, following in zip(words, [*words[1:], None], strict=True):
        pause = following.start_ms - word.end_ms if following else stop_ms
        text += word.text + ("。" if pause >= stop_ms else "，" if pause >= comma_ms else "")
    return text
