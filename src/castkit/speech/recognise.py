"""A programme's recognition from end to end: tracks in, utterances of all speakers on one clock out.

Rule: every window is recognised on its own, so that no error and no loop spreads to the next; which windows make a
batch depends on their order and the batch's size alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from castkit.model.transcript import Coverage, Flag, Utterance, Word
from castkit.speech import coverage, hallucination, hearing, languages, mixed
from castkit.speech.checkpoint import Checkpoint, digest
from castkit.speech.devices import WAYS
from castkit.speech.phrases import bare
from castkit.speech.spans import Span, pack
from castkit.speech.stretches import Stretch, Voice, stretches
from castkit.speech.transcriber import Encoded, Heard, Task, Transcriber
from castkit.speech.words import in_time_order, snap, utterances

__all__ = ["Recognition", "Voice", "Wish", "recognise"]

SHORTEST_MISSED_MS = 500  # speech without words that is worth a second look


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; `language` is a BCP 47 tag or "auto", `hints` names and terms to expect."""

    language: str
    beam_size: int = WAYS["cpu"].beam_size
    hints: tuple[str, ...] = ()
    english: bool = False  # a translation to English, where something else is spoken
    batch_size: int = WAYS["cpu"].batch_size
    by_language: bool = True  # more than beam_size where the language is worth it


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was heard; `language` is a Whisper code, `notes` are for people."""

    language: str
    utterances: tuple[Utterance, ...]
    translation: tuple[Utterance, ...]
    notes: tuple[str, ...]
    flags: tuple[Flag, ...] = ()
    coverage: Coverage | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What one window gave, on the recordings' clock; `voice` is its voice's number."""

    voice: int
    language: str
    speech_ms: int
    words: tuple[Word, ...]
    english: tuple[Word, ...]
    flags: tuple[Flag, ...]

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Found:
        """The value made by `asdict`, after a way through JSON."""
        parts = {"words": Word, "english": Word, "flags": Flag}
        return cls(**value | {name: tuple(make(**one) for one in value[name]) for name, make in parts.items()})


Read = tuple[Stretch, Found]
Believed = tuple[tuple[Word, ...], tuple[Flag, ...]]


def recognise(
    voices: Sequence[Voice],
    transcriber: Transcriber,
    wish: Wish,
    *,
    progress: Callable[[float], None] = lambda _: None,
    kept: Checkpoint | None = None,
) -> Recognition:
    """The words of all voices, on the recordings' clock; `progress` is told the share (0 to 1) of speech done.

    Batches are kept in `kept` one by one, and those it has of the same plan are not heard again.
    """
    kept = kept or Checkpoint()
    plan = tuple(stretches(voices))
    batches = [plan[start : start + wish.batch_size] for start in range(0, len(plan), wish.batch_size)]
    windows = [(stretch.number, stretch.window) for stretch in plan]
    found: list[Found] = []
    total, done = sum(stretch.window.speech_ms for stretch in plan) or 1, 0
    before = kept.resume(digest((wish, windows, [(voice.speaker, voice.place) for voice in voices])))
    for number, batch in enumerate(batches):
        if number < len(before):
            found += map(Found.from_json, before[number])
        else:
            progress(done / total)
            now = _heard(batch, transcriber, wish, found[-1].language if found else None)
            kept.add([asdict(one) for one in now])
            found += now
        done += sum(stretch.window.speech_ms for stretch in batch)
    progress(1.0)
    return _together(voices, found, wish)


def _heard(batch: Sequence[Stretch], transcriber: Transcriber, wish: Wish, before: str | None) -> list[Found]:
    """What each stretch of a batch gave, and then what a second look at speech without words gave.

    Whisper sometimes passes over what is said, most of all where a quieter voice answers: spans of speech that got no
    word are packed into windows of their own and heard once more.
    """
    encoded = transcriber.encode([stretch.samples() for stretch in batch])
    spoken: Sequence[str | None] = [languages.whisper_code(wish.language)] * len(batch)
    apart: list[tuple[Stretch, str]] = []
    if wish.language == "auto":
        spoken, apart = mixed.spoken(batch, encoded.languages(), transcriber, before)
    read = [*_read(encoded, batch, spoken, wish), *_also(apart, transcriber, wish)]
    first = [one for _, one in read]
    again = [one for _, one in _also(list(_missed(read)), transcriber, wish)]
    return first + [replace(one, speech_ms=0) for one in again if not _is_known(one, first)]


def _also(windows: Sequence[tuple[Stretch, str]], transcriber: Transcriber, wish: Wish) -> Iterator[Read]:
    """What further windows give, each heard in its language; batches of them like all others."""
    for start in range(0, len(windows), wish.batch_size):
        batch = [stretch for stretch, _ in windows[start : start + wish.batch_size]]
        encoded = transcriber.encode([stretch.samples() for stretch in batch])
        yield from _read(encoded, batch, [language for _, language in windows[start : start + wish.batch_size]], wish)


def _read(encoded: Encoded, batch: Sequence[Stretch], spoken: Sequence[str | None], wish: Wish) -> Iterator[Read]:
    """The believed words of each stretch, and their English where it is wanted; nothing where the language is None."""
    tasks = {
        number: Task(language, _beam_size(language, wish), languages.prompt(language, wish.hints))
        for number, language in enumerate(spoken)
        if language is not None
    }
    found = _believed(encoded, batch, tasks)
    style = languages.prompt("en", wish.hints)
    translated = _believed(
        encoded,
        batch,
        {
            number: replace(task, translate=True, beam_size=wish.beam_size, prompt=style)
            for number, task in tasks.items()
            if wish.english and task.language != "en" and found[number][0]
        },
    )
    for number, (words, flags) in found.items():
        stretch, language = batch[number], tasks[number].language
        is_english = wish.english and language == "en"
        english, more = translated.get(number, (words if is_english else (), ()))
        yield stretch, Found(stretch.number, language, stretch.window.speech_ms, words, english, flags + more)


def _beam_size(language: str, wish: Wish) -> int:
    return languages.beam_size(language, wish.beam_size) if wish.by_language else wish.beam_size


def _believed(encoded: Encoded, batch: Sequence[Stretch], tasks: Mapping[int, Task]) -> dict[int, Believed]:
    """The words that the sound gives reason for, with flags for the doubtful ones, by number."""
    requests = [
        hearing.Request(number, task, batch[number].window.spoken, batch[number].window.duration_ms)
        for number, task in tasks.items()
    ]
    heard = hearing.hear(encoded, requests)
    return {number: _placed(batch[number], one, tasks[number]) for number, one in zip(tasks, heard, strict=True)}


def _placed(stretch: Stretch, heard: Heard, task: Task) -> Believed:
    words, flags = hallucination.believed(heard, stretch.evidence(), prompt=task.prompt, is_translation=task.translate)
    placed = stretch.on_track(snap(words, stretch.window.spoken))
    return stretch.on_clock(placed), stretch.flags_on_clock(flags)


def _missed(read: Sequence[Read]) -> Iterator[tuple[Stretch, str]]:
    """Windows of the speech that got no words, where others in its window got some; each with its language."""
    silent: dict[tuple[int, str], list[Span]] = {}
    voices = {stretch.number: stretch.voice for stretch, _ in read}
    for stretch, one in read:
        for span in stretch.window.speech if one.words else ():
            here = stretch.voice.span_on_clock(span)
            is_bare = not any(here.overlap_ms(word.start_ms, word.end_ms) for word in one.words)
            if span.duration_ms >= SHORTEST_MISSED_MS and is_bare:
                silent.setdefault((stretch.number, one.language), []).append(span)
    for (number, language), spans in silent.items():
        for window in pack(spans, voices[number].sound.duration_ms):
            yield Stretch(voices[number], number, window), language


def _is_known(one: Found, found: Sequence[Found]) -> bool:
    """Whether a second look gave nothing, or only what stands there already."""
    text = bare("".join(word.text for word in one.words))
    return any(text in bare("".join(word.text for word in other.words)) for other in found if other.voice == one.voice)


def _together(voices: Sequence[Voice], found: Sequence[Found], wish: Wish) -> Recognition:
    """All windows as one programme; its language is the one most speech is in."""
    weights: dict[str, int] = {}
    for one in found:
        weights[one.language] = weights.get(one.language, 0) + one.speech_ms
    language = max(weights, key=lambda code: (weights[code], code), default="en")
    if wish.language != "auto":
        language = languages.whisper_code(wish.language)
    is_foreign = any(one.language != "en" and one.words for one in found)
    said: list[list[Word]] = [[] for _ in voices]
    english: list[list[Word]] = [[] for _ in voices]
    for one in found:
        own = None if one.language == language else one.language
        said[one.voice] += [replace(word, language=own) for word in one.words]
        english[one.voice] += one.english if is_foreign else ()
    covered = coverage.together(
        coverage.measured([voice.span_on_clock(span) for span in voice.spans()], words)
        for voice, words in zip(voices, said, strict=True)
    )
    flags = sorted((flag for one in found for flag in one.flags), key=lambda flag: (flag.start_ms, flag.end_ms))
    return Recognition(
        language,
        in_time_order(map(_by_time, said)),
        in_time_order(map(_by_time, english)),
        (*_left_out(flags), *coverage.note(covered)),
        tuple(flags),
        covered,
    )


def _by_time(words: Iterable[Word]) -> tuple[Utterance, ...]:
    return utterances(sorted(words, key=lambda word: (word.start_ms, word.end_ms)))


def _left_out(flags: Sequence[Flag]) -> tuple[str, ...]:
    """Says that text was left out, and where: the first places, as a person would look for them."""
    gone = [flag for flag in flags if flag.is_dropped and not flag.is_translation]
    if not gone:
        return ()
    seconds = [max(0, flag.start_ms) // 1000 for flag in gone]
    places = ", ".join(f"{second // 60}:{second % 60:02}" for second in seconds[:3])
    more = f" and {len(gone) - 3} more" if len(gone) > 3 else ""
    return (f"left out at {places}{more}: text that the sound gives no reason for",)
