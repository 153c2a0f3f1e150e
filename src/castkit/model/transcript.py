"""What was heard: words with their times, in utterances, in one language.

Rule: times are programme milliseconds, i.e. on the clock of the finished master.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; `text` keeps the leading space the recogniser gave, so joining words gives the text."""

    start_ms: int
    end_ms: int
    text: str
    probability: float
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of speech by one speaker between pauses; its words in order of time."""

    words: tuple[Word, ...]
    speaker: str | None = None

    @property
    def start_ms(self) -> int:
        return self.words[0].start_ms

    @property
    def end_ms(self) -> int:
        return self.words[-1].end_ms

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words).strip()


@dataclass(frozen=True, slots=True)
class Transcript:
    """A whole programme heard by one engine; `language` is the Whisper code (`en`, `zh`), given or detected.

    `translation` is Whisper's own rendering in English, or empty where it was not asked for.
    """

    language: str
    engine: str
    model: str
    duration_ms: int
    utterances: tuple[Utterance, ...]
    translation: tuple[Utterance, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for utterance in self.utterances for word in utterance.words)

    def to_json(self) -> dict[str, Any]:
        """A plain value for json.dump; `from_json` gives the transcript back."""
        return {"version": 1, **asdict(self)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Transcript:
        """The transcript of a value made by `to_json`; KeyError or TypeError where it is not one."""
        return cls(
            language=value["language"],
            engine=value["engine"],
            model=value["model"],
            duration_ms=value["duration_ms"],
            utterances=_utterances(value["utterances"]),
            translation=_utterances(value["translation"]),
            notes=tuple(value["notes"]),
        )


def _utterances(values: list[dict[str, Any]]) -> tuple[Utterance, ...]:
    return tuple(Utterance(tuple(Word(**word) for word in value["words"]), value["speaker"]) for value in values)
