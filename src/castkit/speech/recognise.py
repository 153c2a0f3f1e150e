"""A programme's recognition from end to end: tracks in, utterances of all speakers on one clock out.

Rule: every window is recognised on its own, so that no error and no loop spreads to the next.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from castkit.model.language import primary
from castkit.model.transcript import Utterance, Word
from castkit.speech import hallucination
from castkit.speech.bleed import Placement
from castkit.speech.sound import Sound
from castkit.speech.spans import FRAME_MS, Span, Window, pack, speech_spans, split_long
from castkit.speech.transcriber import Task, Transcriber
from castkit.speech.words import in_time_order, snap, utterances

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

DETECTION_WINDOWS = 5
LARGEST_SILENT_LOSS_MS = 3_000  # speech without words that is worth telling
SHORTEST_MISSED_MS = 500  # speech without words that is worth a second look

# Whisper's codes for languages that BCP 47 names otherwise.
WHISPER_CODES = {"nb": "no", "jv": "jw", "cmn": "zh", "fil": "tl", "iw": "he"}

# A window has no past, so the prompt sets the style: without one, Chinese has no punctuation and is in either script.
STYLE = {"zh": "以下是普通话的句子。", "yue": "以下係廣東話嘅句子。"}
WITHOUT_SPACES = frozenset(("zh", "yue", "ja"))


@dataclass(frozen=True, slots=True)
class Voice:
    """A track: its sound, its speaker (None where several share it), its place on the recordings' clock.

    `own` is the probability of speech by its own speaker, per frame of 32 ms (bleed.own_speech).
    """

    sound: Sound
    speaker: str | None
    place: Placement
    own: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; `language` is a BCP 47 tag or "auto", `hints` names and terms to expect."""

    language: str
    beam_size: int = 5
    hints: tuple[str, ...] = ()
    english: bool = False  # a translation to English, where something else is spoken


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was heard; `language` is a Whisper code, `notes` are for people."""

    language: str
    utterances: tuple[Utterance, ...]
    translation: tuple[Utterance, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A window of one voice, on the track's clock."""

    voice: Voice
    window: Window
    probability: float

    def samples(self) -> NDArray[np.float32]:
        return self.voice.sound.read_ms(self.window.span.start_ms, self.window.span.end_ms)


def whisper_code(tag: str) -> str:
    """Whisper's code for a BCP 47 tag."""
    return WHISPER_CODES.get(primary(tag), primary(tag))


def prompt(language: str, hints: Sequence[str]) -> str:
    """The text a window is given as its past: the language's style, then the hints as a sentence.

    A show's hints serve all its languages: those in another script are left out, names of one word excepted.
    """
    wide = language in WITHOUT_SPACES
    fitting = [hint for hint in hints if (_is_wide(hint) or " " not in hint if wide else not _is_wide(hint))]
    listed = ("、" if wide else ", ").join(fitting)
    sentence = listed + ("。" if wide else ".") if listed else ""
    return STYLE.get(language, "") + sentence


def _is_wide(text: str) -> bool:
    return any(east_asian_width(c) == "W" for c in text)


def recognise(
    voices: Sequence[Voice], transcriber: Transcriber, wish: Wish, *, progress: Callable[[float], None] = lambda _: None
) -> Recognition:
    """The words of all voices, on the recordings' clock; `progress` is told the share (0 to 1) of speech done."""
    stretches = tuple(stretch for voice in voices for stretch in _windows(voice))
    language = whisper_code(wish.language) if wish.language != "auto" else detect_language(voices, transcriber)
    task = Task(language, wish.beam_size, prompt(language, wish.hints))
    english = wish.english and language != "en"
    heard: list[list[Utterance]] = []
    translated: list[list[Utterance]] = []
    notes: list[str] = []
    total = sum(stretch.window.speech_ms for stretch in stretches) or 1
    done = 0
    for stretch in stretches:
        words, left_out = _hear(stretch, transcriber, task)
        notes += left_out
        heard.append(list(utterances(words)))
        if english and words:
            words, _ = _hear(stretch, transcriber, replace(task, translate=True, prompt=prompt("en", wish.hints)))
            translated.append(list(utterances(words)))
        done += stretch.window.speech_ms
        progress(done / total)
    notes += _silent_loss(stretches, heard)
    return Recognition(language, in_time_order(heard), in_time_order(translated), tuple(notes))


def _windows(voice: Voice) -> Iterator[_Stretch]:
    frames = voice.own.tolist()
    for window in pack(split_long(speech_spans(frames), frames), voice.sound.duration_ms):
        inside = [p for span in window.speech for p in frames[span.start_ms // FRAME_MS : span.end_ms // FRAME_MS]]
        yield _Stretch(voice, window, sum(inside) / len(inside))


def detect_language(voices: Sequence[Voice], transcriber: Transcriber) -> str:
    """The Whisper code most probable over the longest windows, weighed by speech; English where nobody speaks."""
    stretches = [stretch for voice in voices for stretch in _windows(voice)]
    by_speech = sorted(stretches, key=lambda stretch: -stretch.window.speech_ms)[:DETECTION_WINDOWS]
    votes: dict[str, float] = {"en": 0.0}
    for stretch in by_speech:
        for language, probability in transcriber.language_probabilities(stretch.samples()).items():
            votes[language] = votes.get(language, 0.0) + probability * stretch.window.speech_ms
    return max(votes, key=lambda language: (votes[language], language))


def _hear(stretch: _Stretch, transcriber: Transcriber, task: Task) -> tuple[tuple[Word, ...], tuple[str, ...]]:
    """The believed words of a stretch on the recordings' clock, and what was left out.

    Whisper sometimes stops before a window's end, most of all where a quieter voice answers: spans of speech that got
    no word are heard once more, by themselves.
    """
    words, notes = _hear_window(stretch, transcriber, task)
    silent = [
        span
        for span in stretch.window.speech
        if span.duration_ms >= SHORTEST_MISSED_MS and not any(span.overlap_ms(w.start_ms, w.end_ms) for w in words)
    ]
    if words and silent:
        text = hallucination.bare("".join(word.text for word in words))
        for window in pack(silent, stretch.window.span.end_ms):
            more, more_notes = _hear_window(replace(stretch, window=window), transcriber, task)
            if more and hallucination.bare("".join(word.text for word in more)) not in text:
                words = tuple(sorted((*words, *more), key=lambda word: word.start_ms))
                notes += more_notes
    on_clock, speaker = stretch.voice.place.on_clock, stretch.voice.speaker
    return tuple(
        replace(w, start_ms=on_clock(w.start_ms), end_ms=on_clock(w.end_ms), speaker=speaker) for w in words
    ), notes


def _hear_window(stretch: _Stretch, transcriber: Transcriber, task: Task) -> tuple[tuple[Word, ...], tuple[str, ...]]:
    """The believed words of one window on the track's clock."""
    window, start = stretch.window, stretch.window.span.start_ms
    heard = transcriber.hear(stretch.samples(), task)
    evidence = hallucination.Evidence(window.speech_ms, stretch.probability)
    words, left_out = hallucination.believed(heard, evidence)
    on_track = [replace(word, start_ms=word.start_ms + start, end_ms=word.end_ms + start) for word in words]
    second = max(0, stretch.voice.place.on_clock(start)) // 1000
    notes = (f"left out at {second // 60}:{second % 60:02}: {left_out}",) if left_out else ()
    return snap(on_track, window.speech), notes


def _silent_loss(stretches: Sequence[_Stretch], heard: Sequence[Sequence[Utterance]]) -> tuple[str, ...]:
    """Says how much speech got no words, where that is more than a breath."""
    lost = 0
    for stretch, found in zip(stretches, heard, strict=True):
        to_file = stretch.voice.place.to_file
        said = [Span(to_file(item.start_ms), to_file(item.end_ms)) for item in found]
        for span in stretch.window.speech:
            covered = sum(span.overlap_ms(item.start_ms, item.end_ms) for item in said)
            lost += max(0, span.duration_ms - covered)
    if lost < LARGEST_SILENT_LOSS_MS:
        return ()
    return (f"{lost / 1000:.0f} s that sound like speech got no words",)
