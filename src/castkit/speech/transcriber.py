"""What every speech recogniser can do with a batch of windows: encode it once, then tell languages, decode, align.

Rule: both engines get the same windows, the same prompts and the same guards; what is made of them is in `hearing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from castkit.model.transcript import Word

if TYPE_CHECKING:
    from castkit.speech.attempts import Attempt, Rung
    from castkit.speech.sound import Samples
    from castkit.speech.words import TimedText

PROMPT_TOKENS = 200  # of Whisper's 223, so that the text still has its 224 of the context of 448
PROMPT_MS = 2_000  # how long the prompt is said to have been: a past without times makes Whisper leave them out
STAMP_MS = 20  # Whisper's timestamps count in steps of 20 ms


@dataclass(frozen=True, slots=True)
class Task:
    """How a window is to be heard; `language` is a Whisper code, `prompt` text the model takes for what came before."""

    language: str
    beam_size: int = 1
    prompt: str = ""
    translate: bool = False

    @property
    def name(self) -> str:
        return "translate" if self.translate else "transcribe"


@dataclass(frozen=True, slots=True)
class Order:
    """A window of a batch (its number) to be decoded, from the start or from `start_ms` of it on."""

    window: int
    task: Task
    start_ms: int | None = None


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


class Encoded(Protocol):
    """Windows of a batch after the encoder, to be decoded as often as wanted."""

    @property
    def first_stamp(self) -> int:
        """The token of 0 ms; those above it are timestamps, STAMP_MS apart."""

    def languages(self) -> tuple[Mapping[str, float], ...]:
        """For each window, how probable each Whisper language is."""

    def decode(self, orders: Sequence[Order], rung: Rung) -> tuple[Attempt, ...]:
        """One attempt for each order, with timestamps among its tokens; independent of what was heard before."""

    def align(self, orders: Sequence[Order], texts: Sequence[Sequence[int]]) -> tuple[tuple[TimedText, ...], ...]:
        """When each word of these text tokens (no timestamps) is said in its window."""


class Transcriber(Protocol):
    """A loaded model; `engine` and `version` name the library behind it."""

    @property
    def engine(self) -> str: ...

    @property
    def version(self) -> str: ...

    def encode(self, windows: Sequence[Samples]) -> Encoded:
        """The windows (each at most 30 s of mono sound at 16 kHz) after the encoder, all in one pass."""
