from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import mutagen.mp3
import numpy as np
import pytest

import bs1770
import sounds
from castkit.engine import events
from castkit.errors import CastkitError
from castkit.steps import ingest, master

RAW = f"episodes/{sounds.SLUG}/raw"
DEMONSTRATION = {
    "episode-01": (("host.flac", "guest.m4a"), 255.4),
    "episode-02": (("interview.mp3",), 167.5),
    "episode-03": (("camera.mp4",), 72.1),
}


def _master(context) -> tuple[np.ndarray, int, dict]:
    sounds.build(context, ingest.STEP, master.STEP)
    return *bs1770.decode(context.paths.master), json.loads(context.paths.master_report.read_text("utf-8"))


def _assert_on_target(samples: np.ndarray, rate: int) -> None:
    assert bs1770.integrated(samples, rate) == pytest.approx(-16, abs=0.5)
    assert bs1770.true_peak(samples, rate) <= -1.0


@pytest.mark.parametrize("slug", DEMONSTRATION)
def test_the_demonstration_is_at_its_loudness(tmp_path, demo_raw, slug):
    names, seconds = DEMONSTRATION[slug]
    shutil.copytree(demo_raw / slug / "raw", tmp_path / RAW)
    samples, rate, report = _master(sounds.talk(tmp_path, *(f"raw/{name}" for name in names)))
    _assert_on_target(samples, rate)
    assert samples.shape[1] / rate == pytest.approx(seconds, abs=0.1)
    assert report["notes"] == []
    assert report["measured"]["integrated_lufs"] == pytest.approx(bs1770.integrated(samples, rate), abs=0.1)
    assert [track["path"] for track in report["tracks"]] == [f"raw/{name}" for name in names]


# name, how it is made of the host's voice, seconds, channels of the master
SOURCES = [
    ("two-seconds.wav", {"seconds": 2}, 1),
    ("very-quiet.flac", {"filters": "volume=-38dB", "options": ["-sample_fmt", "s32"]}, 1),
    ("clipped.wav", {"filters": "volume=24dB"}, 1),
    ("telephone.wav", {"filters": "aresample=8000"}, 1),
    ("stereo.flac", {"filters": "pan=stereo|c0=0.5*c0|c1=c0"}, 2),
    ("same-sides.mp3", {"filters": "pan=stereo|c0=c0|c1=c0"}, 1),
    ("right-only.wav", {"filters": "pan=stereo|c0=0*c0|c1=c0"}, 1),
    ("surround.flac", {"filters": "pan=5.1|FC=c0|FL=0.3*c0"}, 2),
]


@pytest.mark.parametrize(("name", "made", "channels"), SOURCES, ids=[row[0] for row in SOURCES])
def test_whatever_was_recorded_is_brought_to_the_loudness(tmp_path, name, made, channels):
    sounds.speech(tmp_path / RAW / name, **made)
    samples, rate, _ = _master(sounds.talk(tmp_path, f"raw/{name}"))
    _assert_on_target(samples, rate)
    assert len(samples) == channels
    assert rate in (44_100, 48_000)


def test_a_quiet_guest_is_as_loud_as_the_host(tmp_path):
    sounds.speech(tmp_path / RAW / "host.wav", seconds=6)
    sounds.speech(tmp_path / RAW / "guest.flac", seconds=6, filters="volume=-18dB")
    context = sounds.talk(tmp_path, "raw/host.wav", {"path": "raw/guest.flac", "offset_ms": 6000})
    samples, rate, report = _master(context)
    halves = [bs1770.integrated(half, rate) for half in np.split(samples[:, : 12 * rate], 2, axis=1)]
    assert halves[0] == pytest.approx(halves[1], abs=0.7)
    assert report["tracks"][1]["gain_db"] - report["tracks"][0]["gain_db"] == pytest.approx(18, abs=0.2)


def test_intro_and_outro_lie_around_the_programme(tmp_path):
    sounds.speech(tmp_path / RAW / "one.wav", filters="volume=0.3")
    sounds.synthetic(tmp_path / "in.wav", "sine=f=1000:d=3:r=44100")
    sounds.synthetic(tmp_path / "out.mp3", "sine=f=3000:d=3:r=44100")
    context = sounds.talk(tmp_path, "raw/one.wav", intro="in.wav", outro="out.mp3", crossfade_ms=1000)
    samples, rate, _ = _master(context)
    _assert_on_target(samples, rate)
    assert samples.shape[1] / rate == pytest.approx(2 + 4 + 2, abs=0.06)

    def has_tone(hertz: int, start_s: float, end_s: float) -> bool:
        part = samples[0, int(start_s * rate) : int(end_s * rate)]
        spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
        return bool(np.abs(np.fft.rfftfreq(len(part), 1 / rate)[spectrum.argmax()] - hertz) < 5)

    assert has_tone(1000, 0.2, 1.8)
    assert not has_tone(1000, 3.2, 4.8)
    assert not has_tone(3000, 3.2, 4.8)
    assert has_tone(3000, 6.2, 7.8)
    programme = samples[:, int(3.1 * rate) : int(4.9 * rate)]
    outro = samples[:, int(6.2 * rate) : int(7.8 * rate)]
    assert bs1770.integrated(outro, rate) == pytest.approx(bs1770.integrated(programme, rate), abs=4)


def test_the_targets_are_the_shows(tmp_path):
    sounds.speech(tmp_path / RAW / "one.wav")
    samples, rate, report = _master(sounds.talk(tmp_path, "raw/one.wav", loudness=-19.0, true_peak=-3.0, bitrate=64))
    assert bs1770.integrated(samples, rate) == pytest.approx(-19, abs=0.5)
    assert bs1770.true_peak(samples, rate) <= -3.0
    assert report["target"] == {"bitrate_kbps": 64, "loudness_lufs": -19.0, "true_peak_dbtp": -3.0}


def test_a_target_out_of_reach_is_said(tmp_path):
    sounds.speech(tmp_path / RAW / "one.wav", seconds=2, filters="volume=-40dB", options=["-c:a", "pcm_s24le"])
    context = sounds.talk(tmp_path, "raw/one.wav", loudness=-8.0, true_peak=-9.0)
    notes = [event.text for event in sounds.build(context, ingest.STEP, master.STEP) if isinstance(event, events.Note)]
    assert len(notes) == 2
    assert "raw/one.wav is very quiet (-6" in notes[0]
    assert "instead of -8.0 LUFS at no more than -9.0 dBTP" in notes[1]
    assert json.loads(context.paths.master_report.read_text("utf-8"))["notes"] == notes


def test_an_mp3_without_tags_whose_header_knows_its_length(tmp_path):
    sounds.speech(tmp_path / RAW / "one.m4a")
    context = sounds.talk(tmp_path, "raw/one.m4a")
    _master(context)
    found = mutagen.mp3.MP3(context.paths.master)
    assert found.tags is None
    assert found.info.length == pytest.approx(4.0, abs=0.1)
    assert not found.info.sketchy


def test_the_same_recordings_give_the_same_bytes(tmp_path):
    made = []
    for folder in ("a", "b"):
        sounds.speech(tmp_path / folder / RAW / "one.flac", seconds=3)
        sounds.synthetic(tmp_path / folder / "in.wav", "sine=f=1000:d=2:r=44100")
        context = sounds.talk(tmp_path / folder, "raw/one.flac", intro="in.wav")
        _master(context)
        made.append((context.paths.master.read_bytes(), context.paths.master_report.read_bytes()))
    assert made[0] == made[1]


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals, a shell script")
def test_an_interrupted_master_leaves_neither_child_nor_file(tmp_path):
    """Ctrl-C reaches castkit alone here; ffmpeg is slowed down so that it is sure to be at work."""
    sounds.speech(tmp_path / RAW / "one.wav")
    context = sounds.talk(tmp_path, "raw/one.wav")
    sounds.build(context, ingest.STEP)
    slow = tmp_path / "slow-ffmpeg"
    real = shutil.which("ffmpeg") or str(sounds.ffmpeg.find_tools().ffmpeg)
    slow.write_text(f'#!/bin/sh\n[ "$1" = -version ] || {{ echo $$ > {tmp_path}/pid; set -- -readrate 0.05 "$@"; }}\n'
                    f'exec {real} "$@"\n')  # fmt: skip
    slow.chmod(0o755)
    code = (
        "import sys, pathlib, sounds; from castkit.steps import ingest, master;"
        "sounds.build(sounds.talk(pathlib.Path(sys.argv[1]), 'raw/one.wav'), ingest.STEP, master.STEP)"
    )
    environment = {**os.environ, "CASTKIT_FFMPEG": str(slow), "PYTHONPATH": str(Path(sounds.__file__).parent)}
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as python:
        _wait_for(lambda: any(path.name.startswith(".part-") for path in context.paths.master.parent.glob(".*")))
        python.send_signal(signal.SIGINT)
        _, stderr = python.communicate(timeout=30)
    assert python.returncode != 0
    assert b"KeyboardInterrupt" in stderr
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    assert list(context.paths.master.parent.iterdir()) == []


def _wait_for(happened) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"tracks": [{}], "lead_ms": 0, "duration_ms": 1}'])
def test_a_missing_or_damaged_ingest_is_named(tmp_path, text):
    context = sounds.talk(tmp_path, "raw/one.wav")
    context.paths.build.mkdir(parents=True)
    if text is not None:
        context.paths.ingest.write_text(text, "utf-8")
    with pytest.raises(CastkitError, match=r"ingest\.json is (missing|not as castkit wrote it)") as caught:
        sounds.build(context, master.STEP)
    assert "castkit build" in caught.value.hint
