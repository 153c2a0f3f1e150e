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
from castkit.errors import CastkitError
from castkit.steps import edit, ingest, master, survey

ROAD = (ingest.STEP, survey.STEP, edit.STEP, master.STEP)
RAW = f"episodes/{sounds.SLUG}/raw"
DEMONSTRATION = {
    "episode-01": ("host.flac", "guest.m4a"),
    "episode-02": ("interview.mp3",),
    "episode-03": ("camera.mp4",),
}


def _master(context) -> tuple[np.ndarray, int, dict]:
    sounds.build(context, *ROAD)
    return *bs1770.decode(context.paths.master), json.loads(context.paths.master_report.read_text("utf-8"))


def _assert_on_target(samples: np.ndarray, rate: int) -> None:
    assert bs1770.integrated(samples, rate) == pytest.approx(-16, abs=0.3)
    assert bs1770.true_peak(samples, rate) <= -1.0


@pytest.mark.parametrize("slug", DEMONSTRATION)
def test_the_demonstration_is_at_its_loudness(tmp_path, demo_raw, slug):
    """Ten seconds of each; tests/e2e hears all of it."""
    names, seconds = DEMONSTRATION[slug], 10
    (tmp_path / RAW).mkdir(parents=True)
    for name in names:
        copied = [] if name.endswith(".flac") else ["-c", "copy"]  # a FLAC's header would keep the whole length
        cut = ["-t", str(seconds), "-i", demo_raw / slug / "raw" / name, *copied, tmp_path / RAW / name]
        sounds.ffmpeg.run(cut, doing="making a clip")
    samples, rate, report = _master(sounds.talk(tmp_path, *(f"raw/{name}" for name in names)))
    _assert_on_target(samples, rate)
    assert samples.shape[1] / rate == pytest.approx(seconds, abs=0.1)
    assert report["notes"] == []
    assert report["measured"]["integrated_lufs"] == pytest.approx(bs1770.integrated(samples, rate), abs=0.1)
    assert [track["path"] for track in report["tracks"]] == [f"raw/{name}" for name in names]


# name, how it is made of the host's voice, channels of the master; tests/sound_table.py has many more
SOURCES = [
    ("stereo.flac", {"filters": "pan=stereo|c0=0.5*c0|c1=c0"}, 2),
    ("same-sides.mp3", {"filters": "pan=stereo|c0=c0|c1=c0"}, 1),
    ("right-only.wav", {"filters": "pan=stereo|c0=0*c0|c1=c0"}, 1),
    ("surround.flac", {"filters": "pan=5.1|FC=c0|FL=0.3*c0"}, 2),
]


@pytest.mark.parametrize(("name", "made", "channels"), SOURCES, ids=[row[0] for row in SOURCES])
def test_whatever_was_recorded_is_brought_to_the_loudness(tmp_path, name, made, channels):
    sounds.speech(tmp_path / RAW / name, seconds=2, **made)
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
    assert report["target"] == {"loudness_lufs": -19.0, "true_peak_dbtp": -3.0}
    assert [(one["codec"], one["bitrate_kbps"]) for one in report["outputs"]] == [("mp3", 64)]


def test_a_target_out_of_reach_is_said(tmp_path):
    sounds.speech(tmp_path / RAW / "one.wav", seconds=2, filters="volume=-40dB", options=["-c:a", "pcm_s24le"])
    context = sounds.talk(tmp_path, "raw/one.wav", loudness=-8.0, true_peak=-9.0)
    notes = sounds.notes(sounds.build(context, *ROAD), "master")
    assert len(notes) == 3
    assert "raw/one.wav is very quiet (-6" in notes[0]
    assert "instead of -8.0 LUFS at no more than -9.0 dBTP" in notes[1]
    assert "the limiter lowers" in notes[2]
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
    """Wherever the workspace lies."""
    formats = ["m4a", "opus"]
    audio = {"intro": "in.wav", "bed": "in.wav", "formats": formats}
    sounds.speech(tmp_path / "a" / RAW / "one.flac", seconds=2)
    sounds.synthetic(tmp_path / "a/in.wav", "sine=f=1000:d=1:r=44100")
    sounds.build(sounds.talk(tmp_path / "a", "raw/one.flac", **audio), *ROAD[:-1])
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    made = []
    for folder in ("a", "b"):
        context = sounds.talk(tmp_path / folder, "raw/one.flac", **audio)
        assert sounds.ran(sounds.build(context, *ROAD)) == ["master"]
        files = [context.paths.master, *map(context.paths.master_in, formats), context.paths.master_report]
        made.append([path.read_bytes() for path in files])
    assert made[0] == made[1]


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """The host for four seconds, then the guest, 12 dB quieter and with hum, on a microphone each; up to the edit."""
    root = tmp_path_factory.mktemp("two")
    room = "aeval=val(0)+0.0005*(random(0)-0.5)"
    hum = "+".join(f"0.002*sin(2*PI*{hertz}*t)" for hertz in (50, 100, 150, 200))
    sounds.speech(root / RAW / "host.wav", filters=f"{room},apad=pad_dur=4")
    guest = f"volume=-12dB,adelay=4000,aeval=val(0)+{hum}+0.0005*(random(0)-0.5)"
    sounds.speech(root / RAW / "guest.wav", filters=guest)
    recordings = [{"path": f"raw/{name}.wav", "speaker": name} for name in ("host", "guest")]
    context = sounds.talk(root, *recordings)
    sounds.build(context, *ROAD[:-1])
    return context


def _halves(samples: np.ndarray, rate: int) -> list[float]:
    return [bs1770.integrated(half, rate) for half in np.split(samples[:, : 8 * rate], 2, axis=1)]


def test_untouched_recordings_are_added_up_as_they_are(two):
    samples, rate, report = _master(sounds.changed(two, audio={"preset": "untouched"}))
    _assert_on_target(samples, rate)
    host, guest = _halves(samples, rate)
    assert host - guest == pytest.approx(12, abs=0.5)
    for track in report["tracks"]:
        assert (track["gain_db"], track["levelled_db"], track["is_gated"]) == (0, [], False)
        assert not track["cleaning"]["notches_hz"]
    assert report["mix"]["measured"]["integrated_lufs"] < -19  # of recordings at -20 and -32


def test_music_is_brought_to_one_level_by_one_gain_a_recording(two):
    samples, rate, report = _master(sounds.changed(two, audio={"preset": "music"}))
    _assert_on_target(samples, rate)
    for track in report["tracks"]:
        assert track["gain_db"] == pytest.approx(-16 - track["measured"]["integrated_lufs"], abs=0.02)
        assert (track["levelled_db"], track["is_gated"], track["cleaning"]["notches_hz"]) == ([], False, [])
    host, guest = _halves(samples, rate)
    assert host == pytest.approx(guest, abs=1.5)


def test_an_interview_is_levelled_cleaned_and_gated_and_says_why(two):
    samples, rate, report = _master(two)
    _assert_on_target(samples, rate)
    host, guest = _halves(samples, rate)
    assert host == pytest.approx(guest, abs=1.5)
    host, guest = report["tracks"]
    assert guest["gain_db"] - host["gain_db"] == pytest.approx(12, abs=1)
    assert len(guest["levelled_db"]) == 2
    assert [round(hertz / 50) for hertz in guest["cleaning"]["notches_hz"]][:3] == [1, 2, 3]
    assert any("50" in reason and "hum" in reason for reason in guest["reasons"])
    assert host["cleaning"]["notches_hz"] == []
    assert host["reasons"]


def test_cleaning_off_touches_nothing(two):
    report = _master(sounds.changed(two, audio={"cleaning": "off"}))[2]
    for track in report["tracks"]:
        assert not track["is_gated"]
        assert not any(track["cleaning"][key] for key in ("high_pass_hz", "notches_hz", "denoise_db"))
        assert track["levelled_db"]  # levelling is another matter


def test_a_microphone_is_turned_down_only_beside_another(two, tmp_path):
    strong = {"cleaning": "strong"}
    report = _master(sounds.changed(two, audio=strong))[2]
    assert all(track["is_gated"] for track in report["tracks"])
    assert any("while only others speak" in reason for reason in report["tracks"][0]["reasons"])
    (tmp_path / RAW).mkdir(parents=True)
    shutil.copy(two.workspace.root / RAW / "guest.wav", tmp_path / RAW)
    report = _master(sounds.talk(tmp_path, "raw/guest.wav", **strong))[2]
    assert not report["tracks"][0]["is_gated"]


def test_a_microphone_that_heard_nobody_is_not_brought_to_the_level_of_speech(tmp_path):
    """Its noise would be as loud as the host."""
    sounds.speech(tmp_path / RAW / "host.wav")
    sounds.synthetic(tmp_path / RAW / "guest.wav", "anoisesrc=r=48000:a=0.002:d=4:seed=1")
    samples, rate, report = _master(sounds.talk(tmp_path, "raw/host.wav", "raw/guest.wav"))
    host, guest = report["tracks"]
    assert guest["gain_db"] <= host["gain_db"] + 0.1
    assert report["notes"] == []
    _assert_on_target(samples, rate)


def test_music_beside_a_voice_is_brought_to_the_level(tmp_path):
    """Nobody speaks on it, but it is no mere noise."""
    sounds.speech(tmp_path / RAW / "host.wav")
    sounds.synthetic(tmp_path / RAW / "piano.wav", "sine=f=440:d=4:r=48000,tremolo=f=2:d=0.7,volume=0.25")
    report = _master(sounds.talk(tmp_path, "raw/host.wav", "raw/piano.wav"))[2]
    piano = report["tracks"][1]
    assert piano["gain_db"] == pytest.approx(-16 - piano["measured"]["integrated_lufs"], abs=0.5)


def test_every_format_is_on_target_as_encoded(two):
    context = sounds.changed(two, audio={"formats": ["mp3", "m4a", "opus"]})
    _, _, report = _master(context)
    assert [one["codec"] for one in report["outputs"]] == ["mp3", "m4a", "opus"]
    for one in report["outputs"]:
        samples, rate = bs1770.decode(context.paths.master_in(one["codec"]))
        _assert_on_target(samples, rate)
        assert one["measured"]["integrated_lufs"] == pytest.approx(bs1770.integrated(samples, rate), abs=0.1)
        assert one["duration_ms"] == pytest.approx(8000, abs=50)
        assert samples.shape[1] / rate == pytest.approx(8, abs=0.05)
    only = sounds.changed(context, audio={"formats": ["mp3"]})
    _master(only)
    assert not only.paths.master_in("m4a").exists()
    assert not only.paths.master_in("opus").exists()


def test_a_cut_programme_is_on_target_and_as_long_as_planned(two):
    samples, rate, report = _master(sounds.changed(two, cut=[["00:01.3", "00:02.1"], ["00:05", "00:06"]]))
    _assert_on_target(samples, rate)
    assert report["planned_ms"] == 8000 - 1800
    assert samples.shape[1] / rate == pytest.approx(6.2, abs=0.05)


def test_the_bed_goes_down_under_speech(tmp_path):
    """A tone far above the voice: its level tells, in a pause and under the speech."""
    pause = (
        "asplit[a][b];[a]atrim=0:3,apad=pad_dur=5[x];[b]atrim=4.35:6.85,asetpts=PTS-STARTPTS[y];[x][y]concat=v=0:a=1"
    )
    sounds.speech(tmp_path / RAW / "one.wav", seconds=7, start=3.35, filters=f"{pause},lowpass=f=3000")
    sounds.synthetic(tmp_path / "bed.wav", "sine=f=6000:d=4:r=48000")
    music = {"bed": "bed.wav", "bed_gain_db": -14.0, "duck_db": 10.0, "fade_ms": 500}
    samples, rate, _ = _master(sounds.talk(tmp_path, "raw/one.wav", **music))
    _assert_on_target(samples, rate)
    assert samples.shape[1] / rate == pytest.approx(10.5, abs=0.05)

    def tone_db(start_s: float, end_s: float) -> float:
        part = samples[0, int(start_s * rate) : int(end_s * rate)]
        tone = np.abs(np.dot(part * np.hanning(len(part)), np.exp(-2j * np.pi * 6000 * np.arange(len(part)) / rate)))
        return 20 * np.log10(4 * tone / len(part))

    assert tone_db(5.5, 7) - tone_db(2, 2.8) == pytest.approx(10, abs=1.5)
    assert tone_db(5.5, 7) - tone_db(8.4, 9.4) == pytest.approx(10, abs=1.5)
    assert tone_db(0, 0.1) < tone_db(2, 2.8) - 6  # it does not begin with a click


def _slow_ffmpeg(folder: Path) -> Path:
    """Slow enough to be at work for as long as anybody waits; writes its process id beside itself."""
    slow = folder / "slow-ffmpeg"
    real = shutil.which("ffmpeg") or str(sounds.ffmpeg.find_tools().ffmpeg)
    slow.write_text(f'#!/bin/sh\n[ "$1" = -version ] || {{ echo $$ > {folder}/pid; set -- -readrate 0.05 "$@"; }}\n'
                    f'exec {real} "$@"\n')  # fmt: skip
    slow.chmod(0o755)
    return slow


def _start(folder: Path, **audio: str) -> subprocess.Popen[bytes]:
    """castkit at work on `raw/one.wav` of this workspace, in a process of its own."""
    code = (
        "import json, sys, pathlib, sounds, test_master;"
        "audio = json.loads(sys.argv[2]);"
        "sounds.build(sounds.talk(pathlib.Path(sys.argv[1]), 'raw/one.wav', **audio), *test_master.ROAD)"
    )
    here = os.pathsep.join(str(Path(path).parent) for path in (sounds.__file__, __file__))
    environment = {**os.environ, "CASTKIT_FFMPEG": str(_slow_ffmpeg(folder)), "PYTHONPATH": here}
    command = [sys.executable, "-c", code, str(folder), json.dumps(audio)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals, a shell script")
def test_an_interrupted_master_leaves_neither_child_nor_file(tmp_path):
    """Ctrl-C reaches castkit alone here; ffmpeg is slowed down so that it is sure to be at work."""
    sounds.speech(tmp_path / RAW / "one.wav")
    context = sounds.talk(tmp_path, "raw/one.wav")
    sounds.build(context, *ROAD[:-1])
    with _start(tmp_path) as python:
        _wait_for(lambda: any(path.name.startswith(".part-") for path in context.paths.master.parent.glob(".*")))
        python.send_signal(signal.SIGINT)
        _, stderr = python.communicate(timeout=30)
    assert python.returncode != 0
    assert b"KeyboardInterrupt" in stderr
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    assert list(context.paths.master.parent.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals, a shell script")
@pytest.mark.parametrize(("preset", "at_work_on"), [("untouched", "*.trial"), ("interview", "*.mix")])
def test_after_a_kill_nothing_lies_under_a_final_name_and_the_next_run_is_as_if_undisturbed(
    tmp_path, preset, at_work_on
):
    """Killed while it encodes, and while it mixes."""
    sounds.speech(tmp_path / RAW / "one.wav", seconds=2)
    context = sounds.talk(tmp_path, "raw/one.wav", preset=preset)
    folder = context.paths.master.parent
    sounds.build(context, *ROAD)
    undisturbed = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in folder.iterdir():
        path.unlink()
    with _start(tmp_path, preset=preset) as python:
        _wait_for(lambda: any(folder.glob(f".part-{at_work_on}")))
        python.kill()
        python.communicate(timeout=30)
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)  # ffmpeg, which nobody told
    assert [path.name for path in folder.iterdir() if not path.name.startswith(".part-")] == []
    assert any(folder.glob(".part-*"))
    sounds.build(context, *ROAD)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == undisturbed


@pytest.mark.parametrize(("preset", "room"), [("untouched", 60), ("interview", 200)])
def test_a_full_disk_is_a_clear_error_and_nothing_is_half_there(tmp_path, small_disk, preset, room):
    """Full while it encodes, and while it mixes."""
    sounds.speech(tmp_path / "show" / RAW / "one.wav")
    sounds.build(sounds.talk(tmp_path / "show", "raw/one.wav"), *ROAD[:-1])
    size = sum(-(-path.stat().st_size // 4096) * 4 + 4 for path in (tmp_path / "show").rglob("*"))
    show = Path(shutil.copytree(tmp_path / "show", small_disk(size + room) / "show"))
    context = sounds.talk(show, "raw/one.wav", preset=preset, bitrate=320)
    with pytest.raises(CastkitError, match=r"the disk is full|No space left on device") as caught:
        sounds.build(context, *ROAD)
    assert "free some space" in caught.value.hint
    assert list(context.paths.master.parent.iterdir()) == []


def _wait_for(happened) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"tracks": [{}]}'])
def test_a_missing_or_damaged_edit_is_named(tmp_path, text):
    context = sounds.talk(tmp_path, "raw/one.wav")
    context.paths.build.mkdir(parents=True)
    if text is not None:
        context.paths.programme.write_text(text, "utf-8")
    with pytest.raises(CastkitError, match=r"programme\.json is (missing|not as castkit wrote it)") as caught:
        sounds.build(context, master.STEP)
    assert "castkit build" in caught.value.hint
