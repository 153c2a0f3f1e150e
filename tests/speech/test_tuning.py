"""`castkit doctor --tune`: real ways on real speech; what is taken, and what is not."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from castkit.errors import CastkitError
from castkit.speech import tuning
from castkit.speech.devices import WAYS, Way
from castkit.speech.tuning import Trial, best


def trial(seconds: float, same: float = 1.0, numbers: str = "int8", batch: int = 8) -> Trial:
    return Trial(Way("cpu", numbers, 1, batch), seconds, same)


USUAL = trial(4.0, numbers="float32")


@pytest.mark.parametrize(
    ("others", "taken"),
    [
        ([trial(2.0)], "int8"),
        ([trial(2.0, 0.9)], "float32"),  # fast, and other words
        ([trial(3.8)], "float32"),  # no faster than noise
        ([trial(3.0), trial(2.0, numbers="int16")], "int16"),
        ([], "float32"),
    ],
)
def test_the_fastest_that_gives_the_same_words_is_taken(others: list[Trial], taken: str) -> None:
    assert best([USUAL, *others]).compute_type == taken


def test_every_way_is_tried_on_real_speech(base: Path, voices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "BATCHES", (1, 8))
    monkeypatch.setattr(tuning, "LONGEST_MS", 62_000)
    monkeypatch.setattr(tuning, "LEAST_SPEECH_MS", 30_000)
    voice, duration_ms = tuning.excerpt(voices("episode-03")[0].sound.path)
    assert 30_000 < duration_ms <= 62_000
    ticks = iter(range(100))
    hearing = tuning.Hearing("faster-whisper", base, voice, duration_ms)
    found = list(tuning.trials(hearing, "cpu", ["int8", "float32"], clock=lambda: float(next(ticks))))
    assert [(one.way.compute_type, one.way.batch_size) for one in found] == [
        ("float32", 8),
        ("int8", 8),
        ("float32", 1),
    ]
    assert found[0].way == WAYS["cpu"]
    assert found[0].same_words == 1.0
    assert all(one.same_words > 0.9 for one in found)
    assert found[0].seconds_a_minute == pytest.approx(60_000 / duration_ms)


def test_too_little_speech_is_said(voices) -> None:
    with pytest.raises(CastkitError, match="less than 60 s of speech"):
        tuning.excerpt(silent(voices("episode-03")[0].sound.path))


def silent(path: Path) -> Path:
    target = path.with_name("silent.wav")
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(2 * 16_000 * 5))
    return target
