"""What was heard: words with their times, in utterances, in one language.

Rule: as recognised, times are milliseconds on the recordings' clock, so that no edit makes anybody listen again; what
is shown to people has gone through the timeline once, and is on the master's clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from castkit.model.timeline import Piece, Timeline


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

    def through(self, timeline: Timeline, duration_ms: int) -> Transcript:
        """The transcript on the clock of a master of `duration_ms`; words of what was removed are gone.

        A word is kept where its middle is. An utterance ends where the sound was cut.
        """
        return replace(
            self,
            duration_ms=duration_ms,
            utterances=tuple(_through(self.utterances, timeline)),
            translation=tuple(_through(self.translation, timeline)),
        )

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


def _through(utterances: Iterable[Utterance], timeline: Timeline) -> Iterator[Utterance]:
    for utterance in utterances:
        words = [(_piece_of(timeline, word), word) for word in utterance.words]
        for piece, group in groupby(words, key=itemgetter(0)):
            if piece is not None:
                yield Utterance(tuple(_moved(word, piece) for _, word in group), utterance.speaker)


def _piece_of(timeline: Timeline, word: Word) -> Piece | None:
    """The piece that a word's middle lies in, or None where it was removed."""
    middle = (word.start_ms + word.end_ms) // 2
    return next((piece for piece in timeline.pieces if piece.start_ms <= middle < piece.end_ms), None)


def _moved(word: Word, piece: Piece) -> Word:
    shift = piece.at_ms - piece.start_ms
    start_ms, end_ms = max(word.start_ms, piece.start_ms) + shift, min(word.end_ms, piece.end_ms) + shift
    return replace(word, start_ms=start_ms, end_ms=max(end_ms, start_ms + 1))


def _utterances(values: list[dict[str, Any]]) -> tuple[Utterance, ...]:
    return tuple(Utterance(tuple(Word(**word) for word in value["words"]), value["speaker"]) for value in values)
