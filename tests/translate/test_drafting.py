"""A draft takes what people accepted first, asks the translator for the rest, and says of each where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from castkit.errors import CastkitError
from castkit.model.sentence import Sentence
from castkit.translate.drafting import draft
from castkit.translate.local import LocalModel
from castkit.translate.memory import Memory, Pair
from castkit.translate.packages import open_package
from castkit.translate.translator import Request

SAID = (
    Sentence(0, 900, "谢您。", "host"),
    Sentence(1000, 1900, "好。", "guest"),
    Sentence(3_600_000, 3_600_900, "车", "host"),
)
MEMORY = Memory([Pair("好", "Very well.", "accepted in episode-01 at 02:13")])
REQUEST = Request("zh-Hans", "en", terms=(("车", "car"),))


class Told:
    """A translator of the shape of any other, which answers as it is told."""

    name = "told"

    def __init__(self, *texts: str) -> None:
        self.texts = texts
        self.asked: list[tuple[Sequence[Sentence], Request]] = []

    def translate(self, sentences: Sequence[Sentence], request: Request) -> tuple[str, ...]:
        self.asked.append((tuple(sentences), request))
        return self.texts


def test_memory_first_and_the_model_for_the_rest(argos: Path) -> None:
    assert draft(SAID, REQUEST, MEMORY, LocalModel(open_package(argos))) == (
        Sentence(0, 900, "thanks you.", "host", "local model zh-en 1.9"),
        Sentence(1000, 1900, "Very well.", "guest", "accepted in episode-01 at 02:13"),
        Sentence(3_600_000, 3_600_900, "car", "host", "local model zh-en 1.9"),
    )


def test_the_translator_is_asked_once_for_what_is_not_known() -> None:
    translator = Told("one", " two\n three ")
    found = draft(SAID, REQUEST, MEMORY, translator)
    assert translator.asked == [((SAID[0], SAID[2]), REQUEST)]
    assert [one.text for one in found] == ["one", "Very well.", "two three"]


def test_a_translator_that_is_not_needed_is_not_asked() -> None:
    translator = Told()
    assert draft(SAID[1:2], REQUEST, MEMORY, translator)[0].text == "Very well."
    assert draft((), REQUEST, MEMORY, translator) == ()
    assert translator.asked == []


@pytest.mark.parametrize(
    ("texts", "message"),
    [(("a",), "gave 1 texts for 2 sentences"), (("a", "b", "c"), "gave 3 texts for 2"),
     (("a", " \n"), "gave nothing for the sentence at 01:00:00: 车")],
)  # fmt: skip
def test_a_wrong_answer_is_an_error(texts: tuple[str, ...], message: str) -> None:
    with pytest.raises(CastkitError, match=message):
        draft(SAID, REQUEST, MEMORY, Told(*texts))
