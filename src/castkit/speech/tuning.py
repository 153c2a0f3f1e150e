"""How recognition is fastest on this machine: the same minutes of speech, heard in every way that it may be run.

Rule: a way that gives other words is not taken, however fast; and what is only a little faster is noise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

from castkit.errors import CastkitError
from castkit.speech.bleed import Placement
from castkit.speech.devices import WAYS, Way
from castkit.speech.engines import open_transcriber
from castkit.speech.recognise import Recognition, Wish, recognise
from castkit.speech.sound import Sound
from castkit.speech.stretches import Voice
from castkit.speech.vad import activity

LONGEST_MS = 240_000  # of the recording: some windows of 30 s for the larger batches to work on
LEAST_SPEECH_MS = 60_000
BATCHES = (1, 4, 8, 16)
FASTER = 0.9  # of the time of the usual way: what is nearer to it is noise
SAME_WORDS = 0.98  # of the words of the usual way, in order


@dataclass(frozen=True, slots=True)
class Trial:
    """A way, the seconds it took for a minute of sound, and the share of the usual way's words it gave, in order."""

    way: Way
    seconds_a_minute: float
    same_words: float


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is tried with: a model's folder, the engine, and a stretch of one track."""

    engine: str
    folder: Path
    voice: Voice
    duration_ms: int
    language: str = "auto"


def excerpt(path: Path) -> tuple[Voice, int]:
    """The first minutes of a track, with who speaks when, and their length in ms.

    Raises CastkitError where there is too little speech in them.
    """
    sound = Sound.open(path)
    duration_ms = min(sound.duration_ms, LONGEST_MS)
    part = replace(sound, length=min(sound.length, LONGEST_MS * 16))
    voice = Voice(part, None, Placement(0), activity(part).probability)
    if sum(span.duration_ms for span in voice.spans()) < LEAST_SPEECH_MS:
        seconds = LEAST_SPEECH_MS // 1000
        raise CastkitError(f"less than {seconds} s of speech in {path}", "build an episode with more speech first")
    return voice, duration_ms


def trials(
    hearing: Hearing, device: str, types: Sequence[str], *, clock: Callable[[], float] = time.perf_counter
) -> Iterator[Trial]:
    """Every way in turn, the usual one first: each type of numbers that the machine has, then each size of batch.

    Sizes of batch are tried with the fastest type found; a batch that memory does not suffice for is left out.
    """
    usual = WAYS[device]
    first: Recognition | None = None
    fastest: Trial | None = None
    for numbers in [usual.compute_type, *(one for one in types if one != usual.compute_type)]:
        way = replace(usual, compute_type=numbers)
        trial, found = _tried(hearing, way, first, clock)
        first = first or found
        yield trial
        if fastest is None or (trial.same_words >= SAME_WORDS and trial.seconds_a_minute < fastest.seconds_a_minute):
            fastest = trial
    assert fastest is not None  # noqa: S101 - the usual way was tried
    for size in (size for size in BATCHES if size != usual.batch_size):
        yield _tried(hearing, replace(fastest.way, batch_size=size), first, clock)[0]


def best(found: Sequence[Trial]) -> Way:
    """The fastest way that gives the same words; the usual one, which is first, unless another is clearly faster."""
    usual = found[0]
    good = [one for one in found if one.same_words >= SAME_WORDS]
    fastest = min(good, key=lambda one: one.seconds_a_minute, default=usual)
    return fastest.way if fastest.seconds_a_minute <= FASTER * usual.seconds_a_minute else usual.way


def _tried(
    hearing: Hearing, way: Way, first: Recognition | None, clock: Callable[[], float]
) -> tuple[Trial, Recognition]:
    transcriber = open_transcriber(hearing.engine, hearing.folder, device=way.device, compute_type=way.compute_type)
    wish = Wish(hearing.language, beam_size=way.beam_size, batch_size=way.batch_size)
    began = clock()
    found = recognise([hearing.voice], transcriber, wish)
    seconds = clock() - began
    share = 1.0 if first is None else SequenceMatcher(None, _words(first), _words(found), autojunk=False).ratio()
    return Trial(way, seconds * 60_000 / hearing.duration_ms, share), found


def _words(found: Recognition) -> list[str]:
    return [word.text.strip().casefold() for one in found.utterances for word in one.words]
