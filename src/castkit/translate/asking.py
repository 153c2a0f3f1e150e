"""From batches of sentences to one accepted text for each: what fails is asked again in smaller batches, then alone.

Rule: a sentence is asked for a bounded number of times; what is given back has passed every check, or is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from castkit.model.question import Question, Unusable
from castkit.translate.answers import Asked, Rules, alike, doubts, fault, in_script, texts_by_id
from castkit.translate.prompts import Item, question
from castkit.translate.translator import Request

AGAIN = 2  # times that a sentence is asked for alone once more

Ask = Callable[[Question], Any]  # the JSON value a model answers with; raises Unusable


class Untranslated(Exception):
    """No usable translation of this sentence was to be had."""

    def __init__(self, item: Item, why: str) -> None:
        super().__init__(why)
        self.item = item
        self.why = why


@dataclass(frozen=True, slots=True)
class _Turn:
    """Sentences to be asked for together; `again` counts how often one was asked for alone already.

    `second_best` is a translation that may be right, with what speaks against it.
    """

    items: tuple[Item, ...]
    again: int = 0
    problem: str = ""
    second_best: tuple[str, tuple[str, ...]] | None = None


def translated(items: Sequence[Item], request: Request, rules: Rules, ask: Ask) -> Iterator[dict[int, str]]:
    """Accepted texts by the items' numbers, as they come; Untranslated for the first that is not to be had."""
    turns = [_Turn(tuple(items))]
    while turns:
        turn = turns.pop(0)
        try:
            texts = _answer(turn, request, ask)
        except Unusable as error:
            accepted, more = _after_nothing(turn, error.why)
        else:
            accepted, more = _sorted_out(turn, texts, rules)
        turns = more + turns
        if accepted:
            yield accepted


def _answer(turn: _Turn, request: Request, ask: Ask) -> dict[int, str]:
    value = ask(question(turn.items, request, problem=turn.problem))
    texts = texts_by_id(value, range(1, len(turn.items) + 1))
    by_position = dict(enumerate(turn.items, 1))
    return {by_position[number].number: in_script(text, request.target) for number, text in texts.items()}


def _after_nothing(turn: _Turn, why: str) -> tuple[dict[int, str], list[_Turn]]:
    """The answer as a whole was none: nothing of it is taken, since its texts may have slipped."""
    if len(turn.items) > 1:
        middle = (len(turn.items) + 1) // 2
        return {}, [_Turn(turn.items[:middle]), _Turn(turn.items[middle:])]
    (item,) = turn.items
    if turn.second_best:
        return {item.number: turn.second_best[0]}, []
    return {}, [_once_more(turn, item, why)]


def _sorted_out(turn: _Turn, texts: dict[int, str], rules: Rules) -> tuple[dict[int, str], list[_Turn]]:
    asked = {item.number: asked_of(item) for item in turn.items}
    same = alike(texts, asked)
    accepted: dict[int, str] = {}
    more: list[_Turn] = []
    for item in turn.items:
        text = texts[item.number]
        why = fault(text, asked[item.number], rules)
        if not why and item.number in same:
            why = "other sentences were given the same translation"
        doubtful = () if why else doubts(text, asked[item.number], rules)
        if why and turn.second_best:
            accepted[item.number] = turn.second_best[0]
        elif why:
            more.append(_once_more(turn, item, why))
        elif doubtful and turn.second_best is None:
            more.append(_Turn((item,), turn.again + 1, "; ".join(doubtful), (text, doubtful)))
        else:
            accepted[item.number] = _better(turn.second_best, text, doubtful)
    return accepted, more


def _once_more(turn: _Turn, item: Item, why: str) -> _Turn:
    """The sentence alone. It may be asked for AGAIN times after it was refused, in company or alone."""
    if turn.again == AGAIN:
        raise Untranslated(item, why)
    return _Turn((item,), turn.again + 1, why)


def _better(before: tuple[str, tuple[str, ...]] | None, text: str, doubtful: tuple[str, ...]) -> str:
    """Of two translations the one that less speaks against, else the shorter, else the first."""
    if before is None:
        return text
    return min([(len(before[1]), len(before[0]), 0, before[0]), (len(doubtful), len(text), 1, text)])[-1]


def asked_of(item: Item) -> Asked:
    """What a translation of the item is judged by."""
    return Asked(item.text, item.terms)
