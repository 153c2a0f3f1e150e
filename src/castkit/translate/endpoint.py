"""A model behind an OpenAI-compatible address as a translator of sentences.

Rule: what was accepted once is kept at once and never asked for again, whatever ends the run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from castkit.errors import CastkitError
from castkit.model.sentence import Sentence
from castkit.model.show import TranslationSettings
from castkit.model.text import one_line
from castkit.timecode import clock as shown
from castkit.translate.answers import Differ, Rules, fault
from castkit.translate.asking import Untranslated, asked_of, translated
from castkit.translate.chat import Chat
from castkit.translate.kept import Kept, key_of
from castkit.translate.patience import Clock, Patience
from castkit.translate.prompts import ECHOES, INSTRUCTIONS, Item
from castkit.translate.translator import Request

CONTEXT = 2  # sentences before and after that a translation may look at
_MOST_CHARACTERS = 6000  # of a request's sentences: small models hold no more
_QUOTED = 60


class EndpointTranslator:
    """Translates through the service of `[translation]`; CastkitError where that names none.

    Answers are kept in the folder `kept_in`. `numbers_differ` tells of a sentence and its translation whether their
    numbers differ; such a translation is asked for once more.
    """

    def __init__(
        self,
        settings: TranslationSettings,
        kept_in: Path,
        *,
        numbers_differ: Differ | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._settings = settings
        self._chat = Chat(settings)
        self._kept = Kept(kept_in)
        self._differ = numbers_differ
        self._clock = clock or Clock()

    @property
    def name(self) -> str:
        return self._chat.name

    def translate(self, sentences: Sequence[Sentence], request: Request) -> tuple[str, ...]:
        """One text per sentence, in the same order; CastkitError where one is not to be had within the deadline."""
        rules = Rules(request.source, request.target, request.longest, ECHOES, self._differ)
        items = _items(sentences, request)
        keys = {item.number: self._key(item, request) for item in items}
        texts: dict[int, str] = {}
        for item in items:
            text = self._kept.get(keys[item.number])
            if text is not None and not fault(text, asked_of(item), rules):
                texts[item.number] = text

        def tell() -> None:
            request.progress(len(texts) / len(items))

        settings = self._settings
        patience = Patience(settings.deadline_s, settings.requests_per_minute, clock=self._clock, alive=tell)
        try:
            for batch in _batches([one for one in items if one.number not in texts], settings.sentences_per_request):
                for found in translated(batch, request, rules, lambda asked: self._chat.ask(asked, patience)):
                    self._kept.add({keys[number]: text for number, text in found.items()})
                    texts |= found
                    tell()
        except Untranslated as error:
            raise self._refused(error, sentences) from None
        except CastkitError as error:
            done = f"{len(texts)} of {len(items)} sentences are translated and kept"
            raise CastkitError(f"{error.message}; {done}", error.hint) from None
        return tuple(texts.get(number, "") for number in range(len(sentences)))

    def _key(self, item: Item, request: Request) -> str:
        around = [list(item.before), list(item.after)]
        wanted = [request.source, request.target, request.longest, [list(term) for term in item.terms]]
        return key_of("sentence", INSTRUCTIONS, self._chat.identity, wanted, around, item.speaker, item.text)

    def _refused(self, error: Untranslated, sentences: Sequence[Sentence]) -> CastkitError:
        text = error.item.text if len(error.item.text) <= _QUOTED else error.item.text[:_QUOTED] + "…"
        at = shown(sentences[error.item.number].start_ms)
        return CastkitError(
            f"{self.name} gives no usable translation of the sentence at {at}, “{text}”: {error.why}",
            "run the same command again (the others are kept), try another model, or translate the file by hand",
        )


def _items(sentences: Sequence[Sentence], request: Request) -> tuple[Item, ...]:
    """Those with words in them, numbered by their position."""
    texts = [one_line(sentence.text) for sentence in sentences]
    return tuple(
        Item(
            number,
            text,
            sentences[number].speaker or "",
            tuple(filter(None, texts[max(0, number - CONTEXT) : number])),
            tuple(filter(None, texts[number + 1 : number + 1 + CONTEXT])),
            tuple((term, agreed) for term, agreed in request.terms if occurs(term, text)),
        )
        for number, text in enumerate(texts)
        if text
    )


def occurs(term: str, text: str) -> bool:
    """Whether a term stands in a text, not within another word of an alphabet (AI in said); a plural counts."""
    before = r"(?<![A-Za-z0-9])" if term[:1].isascii() else ""
    after = r"(?:e?s)?(?![A-Za-z0-9])" if term[-1:].isascii() else ""
    return bool(term) and re.search(before + re.escape(term) + after, text, re.IGNORECASE) is not None


def _batches(items: Sequence[Item], most: int) -> Iterator[tuple[Item, ...]]:
    """Runs of sentences that follow one another, each of no more than so many, and not too long in all."""
    batch: list[Item] = []
    for item in items:
        size = sum(len(one.text) for one in batch) + len(item.text)
        if batch and (len(batch) == most or size > _MOST_CHARACTERS or item.number != batch[-1].number + 1):
            yield tuple(batch)
            batch = []
        batch.append(item)
    if batch:
        yield tuple(batch)
