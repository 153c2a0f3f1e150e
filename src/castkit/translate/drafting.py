"""A draft of an episode in another language: what people accepted before, and the translator for the rest.

Rule: every sentence has a text and says where it comes from; nothing is left out, nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from castkit.errors import CastkitError
from castkit.model.sentence import Sentence
from castkit.timecode import clock
from castkit.translate.memory import Memory, remembered
from castkit.translate.translator import Request, Translator


def draft(
    sentences: Sequence[Sentence], request: Request, memory: Memory, translator: Translator
) -> tuple[Sentence, ...]:
    """The sentences in the target language, times (ms) and speakers kept, `origin` set.

    The translator is asked once, for what the memory does not hold, and not at all if nothing is left. Raises
    CastkitError where it gives back another number of texts, or an empty one.
    """
    known = [memory.exact(sentence.text) for sentence in sentences]
    unknown = [sentence for sentence, pair in zip(sentences, known, strict=True) if pair is None]
    texts = iter(_translated(unknown, request, translator))
    return tuple(
        replace(sentence, text=next(texts), origin=translator.name) if pair is None else remembered(sentence, pair)
        for sentence, pair in zip(sentences, known, strict=True)
    )


def _translated(sentences: Sequence[Sentence], request: Request, translator: Translator) -> tuple[str, ...]:
    if not sentences:
        return ()
    texts = tuple(" ".join(text.split()) for text in translator.translate(sentences, request))
    if len(texts) != len(sentences):
        raise CastkitError(
            f"{translator.name} gave {len(texts)} texts for {len(sentences)} sentences",
            "try again, or choose another way with [translation] use in castkit.toml",
        )
    for sentence, text in zip(sentences, texts, strict=True):
        if not text:
            raise CastkitError(
                f"{translator.name} gave nothing for the sentence at {clock(sentence.start_ms)}: {sentence.text}",
                "try again, or choose another way with [translation] use in castkit.toml",
            )
    return texts
