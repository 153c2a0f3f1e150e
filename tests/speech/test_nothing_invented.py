"""A recording that is half silence, music and noise: all its words lie where somebody speaks, none in between."""

from __future__ import annotations

import os
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path

import numpy as np
import pytest
from noises_made import NOISES, RATE, Samples
from tracks_made import sixteen, together

from castkit.speech.bleed import Placement
from castkit.speech.coverage import measured
from castkit.speech.engines import open_transcriber
from castkit.speech.recognise import Recognition, Voice, Wish, recognise
from castkit.speech.sound import Sound
from castkit.speech.spans import FRAME_MS, Span, pack, speech_spans, split_long
from castkit.speech.transcriber import Transcriber

WHOLE = os.environ.get("CASTKIT_SOAK") == "1"
NEAR_MS = 3_000  # a translation's words have rough times; its sentences get those of the source they go with
LANGUAGES = {"episode-01": "en", "episode-02": "zh"}


@dataclass(frozen=True)
class Mixed:
    """A recording, and in which stretches of it nobody speaks."""

    voice: Voice
    empty: tuple[Span, ...]


@pytest.fixture(scope="module")
def transcriber(base: Path) -> Transcriber:
    return open_transcriber("faster-whisper", base)


@pytest.fixture(scope="module")
def music(demo_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """The demonstration's closing music, in which the detector hears half a second of speech."""
    return Sound.open(sixteen(demo_raw.parent / "assets/outro.flac", tmp_path_factory.mktemp("music") / "outro.wav"))


def _spoken(voice: Voice) -> Iterator[Samples]:
    """What is said on a track, over and over, cut in pauses."""
    frames = voice.own.tolist()
    windows = pack(split_long(speech_spans(frames), frames), voice.sound.duration_ms)
    for piece in cycle([piece for window in windows for piece in window.pieces]):
        yield voice.sound.read_ms(piece.start_ms, piece.end_ms)


def _empty(music: Sound, seconds: float) -> Iterator[Samples]:
    """What nobody says: each noise in turn, and music, never twice the same."""
    whole = music.read(0, music.length)
    for seed in count():
        for make in NOISES.values():
            yield make(seconds, 10 * seed)
        yield np.resize(whole, int(seconds * RATE))


def _mixed(target: Path, voice: Voice, music: Sound, minutes: float, noise_s: float) -> Mixed:
    """Half speech, half not, in turns, `noise_s` of the one and then as much of the other."""
    said, others = _spoken(voice), _empty(music, noise_s)
    spans: tuple[list[Span], list[Span]] = ([], [])
    at = 0
    with wave.open(str(target), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        while at < minutes * 60 * RATE:
            lengths = [sum(span.duration_ms for span in one) for one in spans]
            is_spoken = lengths[0] <= lengths[1]
            samples = next(said if is_spoken else others)
            out.writeframes((samples * 32767).astype("<i2").tobytes())
            spans[0 if is_spoken else 1].append(Span(at * 1000 // RATE, (at + len(samples)) * 1000 // RATE))
            at += len(samples)
    (made,) = together([Sound.open(target)], [None])
    return Mixed(made, tuple(spans[1]))


def _check(mixed: Mixed, found: Recognition, *, is_translated: bool) -> None:
    words = [word for utterance in found.utterances for word in utterance.words]
    invented = [
        (word.text, word.start_ms)
        for word in words
        if any(span.overlap_ms(word.start_ms, word.end_ms) for span in mixed.empty)
    ]
    assert invented == []
    assert bool(found.translation) == is_translated
    for utterance in found.translation:
        around = Span(utterance.start_ms - NEAR_MS, utterance.end_ms + NEAR_MS)
        assert any(around.overlap_ms(word.start_ms, word.end_ms) for word in words), utterance.text
    coverage = measured(speech_spans(mixed.voice.own.tolist()), words)
    assert coverage.wordless_ms <= 0.05 * coverage.speech_ms
    assert coverage.speechless_words == 0


@pytest.mark.parametrize("slug", LANGUAGES)
def test_two_minutes_half_of_them_empty(
    slug: str, voices: Callable[[str], tuple[Voice, ...]], music: Sound, transcriber: Transcriber, tmp_path: Path
) -> None:
    mixed = _mixed(tmp_path / "mixed.wav", voices(slug)[0], music, 2, 6)
    assert 0.4 < sum(span.duration_ms for span in mixed.empty) / mixed.voice.sound.duration_ms < 0.6
    wish = Wish(LANGUAGES[slug], english=True)
    _check(mixed, recognise([mixed.voice], transcriber, wish), is_translated=slug == "episode-02")


@pytest.mark.soak
@pytest.mark.skipif(not WHOLE, reason="sampled by the two minutes; whole with CASTKIT_SOAK=1")
@pytest.mark.parametrize("slug", LANGUAGES)
def test_twenty_minutes_half_of_them_empty(
    slug: str, voices: Callable[[str], tuple[Voice, ...]], music: Sound, transcriber: Transcriber, tmp_path: Path
) -> None:
    mixed = _mixed(tmp_path / "mixed.wav", voices(slug)[0], music, 20, 20)
    wish = Wish(LANGUAGES[slug], english=True)
    _check(mixed, recognise([mixed.voice], transcriber, wish), is_translated=slug == "episode-02")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_detector_that_is_fooled_leaves_no_text(
    language: str, music: Sound, transcriber: Transcriber, tmp_path: Path
) -> None:
    """As if all of it might be speech: what the model makes of it is known, doubted or silence."""
    target = tmp_path / "noises.wav"
    samples = np.concatenate([make(4, 3) for make in NOISES.values()])
    with wave.open(str(target), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes((samples * 32767).astype("<i2").tobytes())
    sound = Sound.open(target)
    frames = np.full(-(-sound.duration_ms // FRAME_MS), 0.45, np.float32)
    found = recognise([Voice(sound, None, Placement(0), frames)], transcriber, Wish(language))
    assert [utterance.text for utterance in found.utterances] == []
