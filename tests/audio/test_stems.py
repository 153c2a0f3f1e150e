from __future__ import annotations

from pathlib import Path

import floats
import numpy as np
import pytest

from castkit import ffmpeg
from castkit.audio.canvas import Canvas
from castkit.audio.render import Part
from castkit.audio.stems import export_stems
from castkit.errors import CastkitError

RATE = 48_000
CANVAS = Canvas(RATE, 2, -250, 3000)


def _decoded(path: Path, channels: int = 1) -> np.ndarray:
    return floats.heard(ffmpeg.source(path)["a:0"], channels)


def test_each_part_in_its_place_and_all_equally_long(tmp_path):
    host = floats.write_wav(tmp_path / "host.wav", floats.noise(2, level=0.05))
    both = np.concatenate([floats.tone(1.5), floats.tone(1.5, 700)], axis=1)
    guest = floats.write_wav(tmp_path / "guest.wav", both)
    parts = [
        ("Wei Ling", Part(host, "mono", 1, -250, gain_db=np.full(200, 6.0206))),
        ("guest", Part(guest, "stereo", 2, 400, drift_ppm=10_000)),
    ]
    seen: list[float] = []
    stems = export_stems(parts, CANVAS, tmp_path / "out", progress=seen.append)
    assert [path.name for path in stems.paths] == ["Wei Ling.flac", "guest.flac"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["Wei Ling.flac", "guest.flac"]
    assert stems.lowered_db == 0
    assert seen == sorted(seen)
    assert seen[-1] == 1
    one, two = _decoded(stems.paths[0]), _decoded(stems.paths[1], 2)
    assert len(one) == len(two) == CANVAS.samples
    assert np.abs(one[: 2 * RATE] - 2 * floats.noise(2, level=0.05)).max() < 1e-5  # 24 bits, and the gain's digits
    assert not one[2 * RATE :].any()
    sounding = np.flatnonzero(np.abs(two).max(axis=1) > 0.001)
    assert sounding[0] / RATE == pytest.approx(0.65, abs=0.001)
    assert sounding[-1] / RATE == pytest.approx(0.65 + 1.5 * 1.01, abs=0.002)
    info = ffmpeg.probe(stems.paths[1])
    assert (info.audio[0].codec, info.audio[0].channels, info.audio[0].sample_rate) == ("flac", 2, RATE)


def test_peaks_above_full_scale_lower_all_files_alike(tmp_path):
    loud = floats.write_wav(tmp_path / "loud.wav", floats.tone(2, 440, level=0.9))
    quiet = floats.write_wav(tmp_path / "quiet.wav", floats.tone(2, 440, level=0.1))
    stems = export_stems(
        [("loud", Part(loud, "mono", gain_db=9.0)), ("quiet", Part(quiet, "mono"))], CANVAS, tmp_path / "out"
    )
    assert stems.lowered_db == pytest.approx(9.5)  # 20 log 0.9 = -0.9, so a peak of 8.1 dBTP, and -1 is the ceiling
    middle = slice(RATE, 2 * RATE)
    one, two = (_decoded(path)[middle] for path in stems.paths)
    assert np.abs(one).max() < 10 ** (-1 / 20)
    assert floats.level_db(one) == pytest.approx(20 * np.log10(0.9) - 3.01 + 9.0 - 9.5, abs=0.05)
    assert floats.level_db(one) - floats.level_db(two) == pytest.approx(20 * np.log10(9) + 9, abs=0.05)


def test_the_same_bytes_twice(tmp_path):
    wav = floats.write_wav(tmp_path / "one.wav", floats.noise(1))
    parts = [("one", Part(wav, "mono", gain_db=np.linspace(-3, 3, 100)))]
    one = export_stems(parts, CANVAS, tmp_path / "a").paths[0].read_bytes()
    assert export_stems(parts, CANVAS, tmp_path / "b").paths[0].read_bytes() == one
    assert export_stems(parts, CANVAS, tmp_path / "a").paths[0].read_bytes() == one


def test_silence_is_exported_as_it_is(tmp_path):
    wav = floats.write_wav(tmp_path / "one.wav", np.zeros((RATE, 1)))
    stems = export_stems([("one", Part(wav, "mono"))], CANVAS, tmp_path / "out")
    assert stems.lowered_db == 0
    assert not _decoded(stems.paths[0]).any()


def test_a_damaged_recording_leaves_nothing_and_keeps_an_older_export(tmp_path):
    good = floats.write_wav(tmp_path / "good.wav", floats.noise(1))
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"RIFF" + bytes(50))
    (tmp_path / "out").mkdir()
    (tmp_path / "out/good.flac").write_bytes(b"older")
    with pytest.raises(CastkitError):
        export_stems([("good", Part(good, "mono")), ("bad", Part(bad, "mono"))], CANVAS, tmp_path / "out")
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "out").iterdir()] == [("good.flac", b"older")]
