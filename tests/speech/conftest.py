"""The demonstration recordings as ingest would leave them, and each heard once for all tests."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tracks_made import sixteen, together

from castkit.model.glossary import Glossary
from castkit.model.show import SpeechSettings
from castkit.speech import threads
from castkit.speech.devices import chosen
from castkit.speech.engines import open_transcriber
from castkit.speech.models import locate
from castkit.speech.recognise import Recognition, Voice, Wish, recognise
from castkit.speech.sound import Sound
from castkit.speech.transcriber import Transcriber
from castkit.wording.glossary_hints import hints

threads.wait_politely()  # before a test imports torch, whose OpenMP reads the same settings

RECORDINGS = {
    "episode-01": (("host.flac", "host"), ("guest.m4a", "guest")),
    "episode-02": (("interview.mp3", None),),
    "episode-03": (("camera.mp4", None),),
}


@pytest.fixture(scope="session")
def base() -> Path:
    """The folder of Whisper base; the tests need the real one (castkit models fetch base)."""
    return locate("base")


@pytest.fixture(scope="session")
def demo_speech(demo_raw: Path) -> dict[str, Any]:
    """[speech] of the demonstration show."""
    return tomllib.loads((demo_raw.parent / "castkit.toml").read_text("utf-8"))["speech"]


@pytest.fixture(scope="session")
def demo_terms(demo_raw: Path) -> Glossary:
    """The demonstration show's glossary."""
    return Glossary.model_validate(tomllib.loads((demo_raw.parent / "glossary.toml").read_text("utf-8")))


@pytest.fixture(scope="session")
def voices(demo_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Voice, ...]]:
    """The tracks of an episode by slug, with their speakers."""
    folder = tmp_path_factory.mktemp("tracks")

    @cache
    def of(slug: str) -> tuple[Voice, ...]:
        rows = enumerate(RECORDINGS[slug])
        wavs = [sixteen(demo_raw / slug / "raw" / name, folder / f"{slug}.{number}.wav") for number, (name, _) in rows]
        return together([Sound.open(wav) for wav in wavs], [speaker for _, speaker in RECORDINGS[slug]])

    return of


@pytest.fixture(scope="session")
def faster(base: Path) -> Transcriber:
    """The default engine, loaded once for all tests."""
    return open_transcriber("faster-whisper", base)


@pytest.fixture(scope="session")
def heard(
    faster: Transcriber,
    demo_speech: dict[str, Any],
    demo_terms: Glossary,
    truth: dict[str, Any],
    voices: Callable[[str], tuple[Voice, ...]],
) -> Callable[[str], Recognition]:
    """What is recognised in an episode with the demonstration's settings, by slug; done once for all tests."""

    @cache
    def of(slug: str) -> Recognition:
        way = chosen(SpeechSettings.model_validate(demo_speech), "cpu")
        language = truth[slug]["language"]
        terms = hints(demo_terms, "zh-Hans" if language == "zh" else language)
        wish = Wish(language, way.beam_size, terms, slug == "episode-02", way.batch_size)
        return recognise(voices(slug), faster, wish)

    return of


@pytest.fixture(scope="session")
def clip(demo_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """Ten seconds of the host: "Welcome to Social Protection Dialogues, … this is our first episode." """
    target = tmp_path_factory.mktemp("clip") / "clip.wav"
    return Sound.open(sixteen(demo_raw / "episode-01/raw/host.flac", target, "-t", "10.6"))
