from __future__ import annotations

import subprocess
import sys
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from faster_whisper.vad import get_vad_model

from castkit.errors import ToolMissing
from castkit.speech import vad
from castkit.speech.sound import RATE, Sound


def wav(path: Path, samples: np.ndarray) -> Sound:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(np.round(samples * 32767).astype("<i2").tobytes())
    return Sound.open(path)


@pytest.fixture
def noise(tmp_path) -> Sound:
    """Four minutes and a bit: many blocks, and a last frame that is not full."""
    return wav(tmp_path / "noise.wav", np.random.default_rng(1).normal(0, 0.05, 240 * RATE + 100))


def test_blocks_give_what_faster_whisper_gives_in_one_run(voices):
    sound = voices("episode-02")[0].sound
    assert sound.length > 5 * vad.BLOCK
    samples = sound.read(0, sound.length)
    samples = np.pad(samples, (0, -len(samples) % vad.FRAME))
    theirs = get_vad_model()(samples.copy()).reshape(-1)
    ours = vad.activity(sound)
    assert len(ours.probability) == len(ours.level_db) == len(theirs)
    # faster_whisper zeroes the end of the last frame.
    assert np.abs(ours.probability - theirs)[:-1].max() < 1e-4
    assert 0.3 < np.mean(ours.probability > 0.5) < 0.8


def test_speech_is_found_where_it_is(voices, truth):
    probability = vad.activity(voices("episode-02")[0].sound).probability
    turns = truth["episode-02"]["turns"]
    spoken = np.concatenate([probability[t["start_ms"] // 32 : t["end_ms"] // 32] for t in turns])
    pauses = [probability[a["end_ms"] // 32 + 12 : b["start_ms"] // 32 - 6] for a, b in pairwise(turns)]
    assert np.mean(spoken > 0.5) > 0.5
    assert np.mean(np.concatenate(pauses) > 0.5) < 0.02


@pytest.mark.parametrize("samples", [0, 1, vad.FRAME - 1, vad.FRAME, vad.BLOCK, vad.BLOCK + 1, 2 * vad.BLOCK - 1])
def test_every_frame_begun_counts(tmp_path, samples):
    found = vad.activity(wav(tmp_path / "short.wav", np.full(samples, 0.1)))
    assert len(found.probability) == len(found.level_db) == -(-samples // vad.FRAME)
    assert np.isfinite(found.probability).all()
    assert found.level_db[: samples // vad.FRAME] == pytest.approx(-20, abs=0.01)


def test_level_is_that_of_the_frame(noise):
    level = vad.activity(noise).level_db
    assert level[:-1] == pytest.approx(-26, abs=1.5)
    assert level[-1] < level[0] - 2  # 356 samples and silence
    assert vad.activity(Sound(noise.path, 0)).level_db.shape == (0,)


def test_silence_has_a_level(tmp_path):
    found = vad.activity(wav(tmp_path / "silence.wav", np.zeros(RATE)))
    assert (found.level_db == vad.SILENCE_DB).all()
    assert found.probability.max() < 0.5


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; ru_maxrss would be that of pytest, which forks")
def test_memory_stays_small_and_faster_whisper_unloaded(tmp_path, noise):
    """The peak of a process that loads nothing else; it does not grow with the length."""
    script = """
import sys
from pathlib import Path
from castkit.speech import vad
from castkit.speech.sound import Sound
for path in sys.argv[1:]:
    vad.activity(Sound.open(Path(path)))
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    print(int(status["VmHWM"].split()[0]) / 1024)
assert "faster_whisper" not in sys.modules and "ctranslate2" not in sys.modules
"""
    samples = noise.read(0, 240 * RATE)
    long = wav(tmp_path / "long.wav", np.tile(samples, 6))
    command = [sys.executable, "-c", script, noise.path, long.path]
    short_mb, long_mb = map(float, subprocess.run(command, capture_output=True, check=True, text=True).stdout.split())
    assert long_mb < 110
    assert long_mb - short_mb < 15


def test_a_detector_that_is_not_there_is_named(monkeypatch, noise):
    monkeypatch.setattr(vad, "MODEL", "silero_vad_v0.onnx")
    vad._detector.cache_clear()
    with pytest.raises(ToolMissing, match="silero_vad_v0"):
        vad.activity(noise)
