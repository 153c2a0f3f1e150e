"""Tracks as the survey hands them to recognition."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from castkit import ffmpeg
from castkit.speech.bleed import Placement, own_speech
from castkit.speech.recognise import Voice
from castkit.speech.sound import Sound
from castkit.speech.vad import activity


def together(sounds: Sequence[Sound], speakers: Sequence[str | None]) -> tuple[Voice, ...]:
    """Tracks that start together, as the survey hands them to recognition."""
    places = [Placement(0)] * len(sounds)
    own = own_speech([activity(sound) for sound in sounds], places)
    return tuple(map(Voice, sounds, speakers, places, own))


def sixteen(source: Path, target: Path, *options: str) -> Path:
    """A recording as recognition wants it: mono, 16 kHz, 16 bits."""
    ffmpeg.run([*options, "-i", source, "-vn", "-ac", "1", "-ar", "16000", target], doing="making a track")
    return target
