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

from castkit.model.checked import all_checked, checked
from castkit.model.timeline import Piece, Timeline


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; `text` keeps the leading space the recogniser gave, so joining words gives the text.

    `language` is a Whisper code where it is not the transcript's own.
    """

    start_ms: int
    end_ms: int
    text: str
    probability: float
    speaker: str | None = None
    language: str | None = None


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
class Flag:
    """Text that Whisper may have invented; `is_dropped` says that it stands in the transcript no longer.

    `code` names the kind (known-phrase, loop, no-evidence), `why` says it to people. `is_translation` says that it
    was Whisper's English.
    """

    start_ms: int
    end_ms: int
    text: str
    code: str
    why: str
    is_dropped: bool
    is_translation: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """How speech and words cover each other: milliseconds of speech, those without words, words without speech.

    `gaps` are the stretches of speech without words worth listening to, from start to end.
    """

    speech_ms: int
    wordless_ms: int
    words: int
    speechless_words: int
    gaps: tuple[tuple[int, int], ...] = ()


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
    flags: tuple[Flag, ...] = ()
    coverage: Coverage | None = None

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
            flags=tuple(_flags_through(self.flags, timeline)),
            coverage=self.coverage and replace(self.coverage, gaps=tuple(_gaps_through(self.coverage.gaps, timeline))),
        )

    def to_json(self) -> dict[str, Any]:
        """A plain value for json.dump; `from_json` gives the transcript back."""
        return {"version": 2, **asdict(self)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Transcript:
        """The transcript of a value made by `to_json`; KeyError, TypeError or ValueError where it is not one."""
        coverage = value.get("coverage")
        return cls(
            language=checked(str, value["language"]),
            engine=checked(str, value["engine"]),
            model=checked(str, value["model"]),
            duration_ms=checked(int, value["duration_ms"]),
            utterances=_utterances(value["utterances"]),
            translation=_utterances(value["translation"]),
            notes=all_checked(str, value["notes"]),
            flags=all_checked(Flag, value.get("flags", ())),  # version 1 had neither
            coverage=None if coverage is None else checked(Coverage, coverage),
        )


def _through(utterances: Iterable[Utterance], timeline: Timeline) -> Iterator[Utterance]:
    for utterance in utterances:
        words = [(_piece_of(timeline, word), word) for word in utterance.words]
        for piece, group in groupby(words, key=itemgetter(0)):
            if piece is not None:
                yield Utterance(tuple(_moved(word, piece) for _, word in group), utterance.speaker)


def _flags_through(flags: Iterable[Flag], timeline: Timeline) -> Iterator[Flag]:
    for flag in flags:
        if span := timeline.span(flag.start_ms, flag.end_ms):
            yield replace(flag, start_ms=span[0], end_ms=span[1])


def _gaps_through(gaps: Iterable[tuple[int, int]], timeline: Timeline) -> Iterator[tuple[int, int]]:
    for start_ms, end_ms in gaps:
        if span := timeline.span(start_ms, end_ms):
            yield span


def _piece_of(timeline: Timeline, word: Word) -> Piece | None:
    """The piece that a word's middle lies in, or None where it was removed."""
    middle = (word.start_ms + word.end_ms) // 2
    return next((piece for piece in timeline.pieces if piece.start_ms <= middle < piece.end_ms), None)


def _moved(word: Word, piece: Piece) -> Word:
    shift = piece.at_ms - piece.start_ms
    start_ms, end_ms = max(word.start_ms, piece.start_ms) + shift, min(word.end_ms, piece.end_ms) + shift
    return replace(word, start_ms=start_ms, end_ms=max(end_ms, start_ms + 1))


def _utterances(values: list[dict[str, Any]]) -> tuple[Utterance, ...]:
    found = all_checked(Utterance, values)
    if not all(one.words for one in found):
        raise ValueError("an utterance without words")
    return found
