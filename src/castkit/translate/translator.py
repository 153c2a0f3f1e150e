"""What every translator of text is to castkit: sentences in, one text for each of them out.

Rule: as many texts as sentences, in their order; a translator that cannot give that raises, it never pads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from castkit.model.sentence import Sentence


def unheard(_news: object) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a translator besides the sentences.

    `source` and `target` are BCP 47 tags. `terms` are the glossary's agreed terms as (source, target). `longest` is
    the most characters a sentence's translation may sensibly have, 0 where there is no limit. `progress` hears the
    share that is done, from 0 to 1; `note` hears what people should know of a translation that was made all the same.
    """

    source: str
    target: str
    terms: tuple[tuple[str, str], ...] = ()
    longest: int = 0
    progress: Callable[[float], None] = unheard
    note: Callable[[str], None] = unheard


class Translator(Protocol):
    """A way from a text in one language to a text in another."""

    @property
    def name(self) -> str:
        """What people and receipts call it, such as `local model translate-zh_en-1.9`."""

    def translate(self, sentences: Sequence[Sentence], request: Request) -> tuple[str, ...]:
        """One text per sentence, in the same order; CastkitError where that cannot be had."""
