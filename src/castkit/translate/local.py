"""Translation on this machine, by a CTranslate2 model with SentencePiece.

Rule: the same sentences give the same texts: beam, limits and the composition of batches are fixed; and no sentence is
cut short silently.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from castkit.errors import CastkitError, ToolMissing
from castkit.model.language import is_chinese, is_traditional, language_name, primary
from castkit.model.sentence import Sentence
from castkit.timecode import clock
from castkit.translate.ends import halves
from castkit.translate.packages import Package, Shape, vocabulary
from castkit.translate.script import convert
from castkit.translate.tokens import flores_token, opus_token
from castkit.translate.translator import Request, Translator, unheard

BEAM = 4
LENGTH_PENALTY = 0.2  # as Argos Translate decodes (argostranslate/translate.py); higher ones make it ramble
BATCH = 32  # texts of about one length
LONGEST_INPUT = 150  # pieces; Argos's models have seen no longer sentences in training (OpenNMT's filtertoolong)
# Pieces that an answer may have, by its source's: no pair of languages needs more, a model that rambles would go on,
# and OPUS-MT's models know no more than 512 positions.
MOST_EACH, MOST_MORE = 3, 20
SHORTEST_HALVED = 20  # pieces; a model that rambles on less does so on halves, too
_END = "</s>"
_SPACELESS = ("zh", "yue", "ja", "th", "lo", "km", "my")
_INSTALL = "in the folder of castkit's repository run: python -m pip install -c constraints.txt ."


@dataclass(frozen=True, slots=True)
class _Wrapping:
    """What stands around a text's pieces: before and after in the source, before in the target."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    target: tuple[str, ...] = ()


@dataclass(slots=True)
class _Part:
    """A text that goes through the model as one; its answer, and whether the model came to an end with it."""

    text: str
    pieces: list[str]
    answer: str = ""
    is_whole: bool = False
    is_done: bool = False  # whole, or there is nothing left to part


class LocalModel:
    """One package, loaded. It cannot be told terms; what it makes of them is for the glossary's check to find."""

    def __init__(self, package: Package, *, device: str = "cpu") -> None:
        """`device` is cpu, cuda or auto. Raises CastkitError where the model cannot be loaded."""
        # OpenMP's threads sleep while they wait, as in recognition: by default they spin and slow down all the rest.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        try:
            import ctranslate2  # noqa: PLC0415
            import sentencepiece  # noqa: PLC0415
        except ImportError as error:
            raise ToolMissing(
                f"a local translation model needs a library that is not here: {error}", _INSTALL
            ) from error
        self._package = package
        self._tokens = frozenset(vocabulary(package.model))
        level = ctranslate2.get_log_level()
        ctranslate2.set_log_level(logging.ERROR)  # that float16 becomes float32 on a CPU is as it should be
        try:
            self._model: Any = ctranslate2.Translator(
                str(package.model), device=device, inter_threads=1, intra_threads=min(8, os.cpu_count() or 1)
            )
            self._source: Any = sentencepiece.SentencePieceProcessor(model_file=str(package.source_pieces))
            self._target: Any = sentencepiece.SentencePieceProcessor(model_file=str(package.target_pieces))
        except (RuntimeError, ValueError, OSError) as error:
            raise CastkitError(
                f"cannot load the translation model {package.name} in {package.model}: {error}",
                "fetch the package again, or name another one under [translation] models in castkit.toml",
            ) from error
        finally:
            ctranslate2.set_log_level(level)

    @property
    def name(self) -> str:
        return f"local model {self._package.name}"

    def translate(self, sentences: Sequence[Sentence], request: Request) -> tuple[str, ...]:
        """One text per sentence; one too long for the model goes through it in parts, and `request.note` hears so.

        Raises CastkitError where the model does not know one of the languages.
        """
        wrapping = self._wrapping(request)
        parts = [self._cut(self._readable(sentence.text, request)) for sentence in sentences]
        waiting, progress = [part for cut in parts for part in cut], request.progress
        while waiting:
            self._answer(waiting, wrapping, request.target, progress)
            waiting, progress = [], unheard
            for number, cut in enumerate(parts):
                parts[number] = [piece for part in cut for piece in self._again(part)]
                waiting += [part for part in parts[number] if not part.is_done]
        for sentence, cut in zip(sentences, parts, strict=True):
            self._tell(sentence, cut, request)
        return tuple(_joined([part.answer for part in cut], request.target) for cut in parts)

    def _wrapping(self, request: Request) -> _Wrapping:
        package = self._package
        prefix = (package.prefix,) if package.prefix else ()
        if package.shape is Shape.ARGOS:
            return _Wrapping(target=prefix)
        end = () if package.adds_end else (_END,)
        if package.shape is Shape.NLLB:
            source = self._known(request.source, flores_token(request.source, self._tokens))
            target = self._known(request.target, flores_token(request.target, self._tokens))
            return _Wrapping((source,), end, (target,))
        token = self._known(request.target, opus_token(request.target, self._tokens))
        return _Wrapping((token,) if token else (), end, prefix)

    def _known(self, tag: str, token: str | None) -> str:
        if token is None:
            raise CastkitError(
                f"the translation model {self._package.name} does not know {language_name(tag, 'en')} ({tag})",
                "name a package for this language under [translation] models in castkit.toml",
            )
        return token

    def _readable(self, text: str, request: Request) -> str:
        """The text on one line, in the Chinese script that the model was trained with."""
        text, trained = " ".join(text.split()), self._package.source
        if trained and is_chinese(trained) and is_traditional(trained) != is_traditional(request.source):
            return convert(text, trained)
        return text

    def _cut(self, text: str) -> list[_Part]:
        """The text in parts that the model can take in."""
        if not text:
            return []
        pieces: list[str] = self._source.encode(text, out_type=str)
        parted = halves(text) if len(pieces) > LONGEST_INPUT else None
        return [_Part(text, pieces)] if parted is None else [part for half in parted for part in self._cut(half)]

    def _again(self, part: _Part) -> list[_Part]:
        """The part itself, or its halves where the model did not come to an end with it."""
        if part.is_done or part.is_whole:
            part.is_done = True
            return [part]
        parted = halves(part.text) if len(part.pieces) > SHORTEST_HALVED else None
        part.is_done = parted is None
        return [part] if parted is None else [piece for half in parted for piece in self._cut(half)]

    def _answer(
        self, parts: Sequence[_Part], wrapping: _Wrapping, target: str, progress: Callable[[float], None]
    ) -> None:
        """Puts the parts through the model, in batches of about one length."""
        ordered = sorted(parts, key=lambda part: len(part.pieces))
        for start in range(0, len(ordered), BATCH):
            batch = ordered[start : start + BATCH]
            results = self._model.translate_batch(
                [[*wrapping.before, *part.pieces, *wrapping.after] for part in batch],
                target_prefix=[list(wrapping.target)] * len(batch) if wrapping.target else None,
                beam_size=BEAM,
                length_penalty=LENGTH_PENALTY,
                max_input_length=0,
                max_decoding_length=MOST_EACH * len(batch[-1].pieces) + MOST_MORE,
                replace_unknowns=True,
                return_end_token=True,
            )
            for part, result in zip(batch, results, strict=True):
                tokens = result.hypotheses[0]
                if tuple(tokens[: len(wrapping.target)]) == wrapping.target:
                    tokens = tokens[len(wrapping.target) :]
                part.is_whole = tokens[-1:] == [_END]
                answer = self._target.decode([token for token in tokens if token != _END])
                part.answer = convert(answer, target) if is_chinese(target) else answer
            progress((start + len(batch)) / len(ordered))

    def _tell(self, sentence: Sentence, parts: Sequence[_Part], request: Request) -> None:
        begins = f"“{sentence.text[:40]}…” at {clock(sentence.start_ms)}"
        if len(parts) > 1:
            request.note(f"{self.name}: too long a sentence, translated in {len(parts)} parts: {begins}")
        if not all(part.is_whole for part in parts):
            request.note(f"{self.name} came to no end with a sentence; look at its translation: {begins}")


class Relay:
    """Two translators with a language between them, where no model leads straight from one to the other."""

    def __init__(self, first: Translator, second: Translator, between: str) -> None:
        """`between` is the BCP 47 tag of what the first gives and the second reads."""
        self._first, self._second, self._between = first, second, between

    @property
    def name(self) -> str:
        return f"{self._first.name}, then {self._second.name}"

    def translate(self, sentences: Sequence[Sentence], request: Request) -> tuple[str, ...]:
        """One text per sentence, by way of the language between; the terms are told to the second only."""
        half = replace(request, target=self._between, terms=(), progress=lambda share: request.progress(share / 2))
        texts = self._first.translate(sentences, half)
        middle = [replace(sentence, text=text) for sentence, text in zip(sentences, texts, strict=True)]
        rest = replace(request, source=self._between, progress=lambda share: request.progress(0.5 + share / 2))
        return self._second.translate(middle, rest)


def local_translator(packages: Sequence[Package], *, device: str = "cpu") -> Translator:
    """The packages of one way (`packages.chain`), loaded. CastkitError where a model cannot be loaded."""
    first, *others = (LocalModel(package, device=device) for package in packages)
    translator: Translator = first
    for package, other in zip(packages, others, strict=False):
        translator = Relay(translator, other, package.target)
    return translator


def _joined(texts: Sequence[str], target: str) -> str:
    is_spaceless = primary(target) in _SPACELESS
    return ("" if is_spaceless else " ").join(text.strip() for text in texts)
