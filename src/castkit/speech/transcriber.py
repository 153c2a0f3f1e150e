"""What every speech recogniser can do: hear the words of a window, and say which language it is.

Rule: both engines get the same windows, the same prompt and the same guards, which are written here once.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from castkit.errors import CastkitError
from castkit.model.transcript import Word

if TYPE_CHECKING:
    from castkit.speech.sound import Samples

# Whisper's own (openai-whisper, transcribe.py): a result that repeats itself, or that the model doubts, is tried again
# at the next temperature; a window that is silent by its first token, and doubted besides, is left empty.
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
BEST_OF = 5
COMPRESSION_RATIO = 2.4
LOG_PROBABILITY = -1.0
NO_SPEECH = 0.6
SEED = 0  # temperatures above 0 draw at random, and a run shall be repeatable

PROMPT_TOKENS = 223  # half of Whisper's context, less one


@dataclass(frozen=True, slots=True)
class Task:
    """How a window is to be heard; `language` is a Whisper code, `prompt` text the model takes for what came before."""

    language: str
    beam_size: int = 5
    prompt: str = ""
    translate: bool = False

    @property
    def name(self) -> str:
        return "translate" if self.translate else "transcribe"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one pass at one temperature gave: text tokens, their text, and how sure the model is.

    `log_probability` is the mean over tokens; `no_speech` the probability that nobody spoke.
    """

    tokens: tuple[int, ...]
    text: str
    log_probability: float
    no_speech: float

    @property
    def repeats_itself(self) -> bool:
        data = self.text.encode("utf-8")
        return len(data) / len(zlib.compress(data)) > COMPRESSION_RATIO

    @property
    def is_doubtful(self) -> bool:
        return self.log_probability < LOG_PROBABILITY

    @property
    def is_silence(self) -> bool:
        return self.no_speech > NO_SPEECH and self.is_doubtful


def most_tokens(seconds: float) -> int:
    """The most tokens that this much sound can hold, so that a loop is not followed to the end of the context.

    224 is Whisper's own limit; 16 a second is fast Chinese, which takes up to three for a character.
    """
    return min(224, 32 + round(16 * seconds))


def best_attempt(attempts: Iterator[Attempt], task: Task) -> Attempt:
    """The first attempt that passes Whisper's guards, else the surest of those that do not repeat themselves.

    `attempts` yields one attempt for each of TEMPERATURES, lazily: most windows need only the first. A translation is
    not tried again for doubt, because small models doubt all of theirs, and what they draw at random is no better.
    """
    tried: list[Attempt] = []
    for attempt in attempts:
        doubtful = attempt.is_doubtful and not task.translate
        if attempt.is_silence or not (attempt.repeats_itself or doubtful):
            return attempt
        tried.append(attempt)
    candidates = [attempt for attempt in tried if not attempt.repeats_itself] or tried
    return max(candidates, key=lambda attempt: attempt.log_probability)


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of one window, with times in ms from its start; no words where the model heard silence."""

    words: tuple[Word, ...]
    log_probability: float
    no_speech: float
    repeats_itself: bool

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words).strip()


class Transcriber(Protocol):
    """A loaded model; `engine` and `version` name the library behind it."""

    @property
    def engine(self) -> str: ...

    @property
    def version(self) -> str: ...

    def language_probabilities(self, samples: Samples) -> Mapping[str, float]:
        """How probable each Whisper language is in at most 30 s of mono sound at 16 kHz."""

    def hear(self, samples: Samples, task: Task) -> Heard:
        """The words in at most 30 s of mono sound at 16 kHz, independent of what was heard before."""


def open_transcriber(engine: str, folder: Path, *, device: str = "auto", compute_type: str = "float32") -> Transcriber:
    """The engine of this name with the model in `folder` (CTranslate2 form).

    Raises ToolMissing where the engine is not installed, CastkitError where device or weights do not fit it.
    """
    if engine == "faster-whisper":
        from castkit.speech.faster import FasterWhisper  # noqa: PLC0415

        return FasterWhisper(folder, device=device, compute_type=compute_type)
    if engine == "openai-whisper":
        from castkit.speech.openai import OpenAIWhisper  # noqa: PLC0415

        return OpenAIWhisper(folder, device=device, compute_type=compute_type)
    raise CastkitError(f"there is no speech engine {engine!r}", "choose faster-whisper or openai-whisper")
