"""Tracks as the survey hands them to recognition."""

from __future__ import annotations

from collections.abc import Sequence

from castkit.speech.bleed import Placement, own_speech
from castkit.speech.recognise import Voice
from castkit.speech.sound import Sound
from castkit.speech.vad import activity


def together(sounds: Sequence[Sound], speakers: Sequence[str | None]) -> tuple[Voice, ...]:
    """Tracks that start together, as the survey hands them to recognition."""
    places = [Placement(0)] * len(sounds)
    own = own_speech([activity(sound) for sound in sounds], places)
    return tuple(map(Voice, sounds, speakers, places, own))
