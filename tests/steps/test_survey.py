"""Step "survey": where recordings lie, who speaks when, what is wrong with them; on short recordings, by the engine."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sounds
from castkit.errors import CastkitError
from castkit.steps import ingest, survey
from castkit.steps.surveyed import Survey, load_activity, load_survey

RAW = f"episodes/{sounds.SLUG}/raw"
PRESENTER = sounds.EPISODES / "episode-03/raw/camera.mp4"
ROAD = (ingest.STEP, survey.STEP)
SECONDS, TURN = 70, 7  # they speak in turns of 7 s, the host first


def _table(root: Path, name: str, then: str) -> None:
    """A microphone at a table where two speak in turn: its own voice, the other 20 dB lower, noise; then `then`."""
    host, guest = (0, -20) if name == "host" else (-20, 0)
    voices = [
        f"[{number}]aresample=48000,loudnorm=I=-20,aresample=48000,volume={gain}dB,"
        f"volume=0:enable='eq(mod(floor(t/{TURN}),2),{1 - number})'[v{number}]"
        for number, gain in ((0, host), (1, guest))
    ]
    noise = f"anoisesrc=r=48000:a=0.0005:d={SECONDS}:seed={len(name)}[n]"
    mix = f"[v0][v1][n]amix=inputs=3:normalize=0:duration=shortest,{then}"
    out = root / RAW / f"{name}.wav"
    out.parent.mkdir(parents=True, exist_ok=True)
    inputs = [part for path in (sounds.HOST, PRESENTER) for part in ("-t", str(SECONDS), "-i", path)]
    graph = ["-filter_complex", ";".join((*voices, noise, mix)), "-vn"]
    sounds.ffmpeg.run([*inputs, *graph, out], doing="making a clip")


def _surveyed(context: Any) -> tuple[Survey, list[str]]:
    seen = sounds.build(context, *ROAD)
    return load_survey(context), sounds.notes(seen, "survey")


def _two(root: Path, **guest: Any) -> Any:
    host = {"path": "raw/host.wav", "speaker": "host"}
    return sounds.talk(root, host, {"path": "raw/guest.wav", "speaker": "guest", **guest})


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Host and guest at one table; the guest's recorder is started 1.7 s later and runs 292 ppm slow."""
    root = tmp_path_factory.mktemp("table")
    _table(root, "host", "anull")
    _table(root, "guest", "atrim=1.7,asetpts=PTS-STARTPTS,asetrate=48014,aresample=48000")
    context = _two(root, offset_ms="auto")
    return context, *_surveyed(context)


def test_a_recorder_started_later_is_placed_by_what_both_heard(table: Any) -> None:
    _, found, _ = table
    host, guest = found.tracks
    assert (host.offset_ms, host.drift_ppm, host.speaker) == (0, 0, "host")
    assert guest.speaker == "guest"
    assert guest.offset_ms == pytest.approx(1700, abs=10)
    assert guest.drift_ppm == pytest.approx(14 / 48_000 * 1e6, abs=40)
    assert guest.on_clock(60_000) == pytest.approx(1700 + 60_000 * 48_014 / 48_000, abs=15)


def test_how_it_was_placed_is_said_with_its_figures(table: Any) -> None:
    _, found, notes = table
    assert found.placed[0] == ""
    pattern = r"raw/guest\.wav begins 1\.7\d? s after raw/host\.wav, and drifts by \+\d+ ppm: \d+ moments .* \d+ ms"
    assert re.fullmatch(pattern, found.placed[1])
    assert notes == [found.placed[1]]


def test_who_speaks_when(table: Any) -> None:
    """Both microphones hear both; each voice is that of its own microphone, in its own turns."""
    context, found, _ = table
    for number, track in enumerate(found.tracks):
        spoken = load_activity(context, number)
        assert len(spoken.own) == pytest.approx(track.duration_ms / 32, abs=2)
        assert spoken.level_db.max() < 0
        turns = [track.on_clock(32 * frame) // 1000 // TURN % 2 for frame in range(len(spoken.own))]
        mine, others = (np.equal(turns, who) for who in (number, 1 - number))
        assert (spoken.speech[mine] >= 0.5).mean() > 0.5
        assert (spoken.speech[others] >= 0.5).mean() > 0.1  # it hears the other
        assert (spoken.own[mine] >= 0.5).mean() > 0.5
        assert (spoken.own[others] >= 0.5).mean() < 0.05


def test_the_condition_is_stored(table: Any) -> None:
    _, found, _ = table
    for condition in found.conditions:
        assert condition is not None
        assert 0 < condition.speech_share < 1
        assert condition.speech_dbfs is not None
        assert condition.noise.level_dbfs < condition.speech_dbfs - 20


def test_a_second_time_nothing_runs_and_another_place_measures_again_without_decoding(table: Any) -> None:
    context, found, _ = table
    assert sounds.ran(sounds.build(context, *ROAD)) == []
    before = context.paths.survey.read_bytes()
    given = sounds.changed(context, recordings=[{"path": "raw/host.wav"}, {"path": "raw/guest.wav", "offset_ms": -300}])
    seen = sounds.build(given, *ROAD)
    assert sounds.ran(seen) == ["survey"]
    assert [track.offset_ms for track in load_survey(given).tracks] == [0, -300]
    assert load_survey(given).placed == ("", "")
    assert sounds.notes(seen) == []
    sounds.build(context, *ROAD)
    assert context.paths.survey.read_bytes() == before
    assert load_survey(context) == found


def test_recordings_that_share_nothing_stay_where_they_are_and_that_is_said(tmp_path: Path) -> None:
    sounds.speech(tmp_path / RAW / "host.wav", seconds=8)
    sounds.speech(tmp_path / RAW / "guest.wav", seconds=8, start=40, filters="adelay=8000")
    found, notes = _surveyed(_two(tmp_path, offset_ms="auto"))
    assert [track.offset_ms for track in found.tracks] == [0, 0]
    assert notes == [found.placed[1]]
    assert "raw/guest.wav could not be placed beside raw/host.wav" in notes[0]
    assert "it stays at 0 s. Give its offset_ms" in notes[0]


def test_time_codes_place_what_no_sound_does(tmp_path: Path) -> None:
    for name, start, seconds_of_the_day in (("host", 5, 36_000), ("guest", 40, 36_002.5)):
        bext = ["-write_bext", "1", "-metadata", f"time_reference={int(seconds_of_the_day * 48_000)}"]
        sounds.speech(tmp_path / RAW / f"{name}.wav", seconds=6, start=start, options=bext)
    found, notes = _surveyed(_two(tmp_path, offset_ms="auto"))
    assert [track.offset_ms for track in found.tracks] == [0, 2500]
    assert "raw/guest.wav begins 2.50 s after raw/host.wav by their time codes" in notes[0]


def test_clipping_is_told_with_its_time(tmp_path: Path) -> None:
    clipped = "volume=30dB:enable='between(t,2,4)'"
    sounds.speech(tmp_path / RAW / "one.wav", seconds=8, filters=clipped)
    found, notes = _surveyed(sounds.talk(tmp_path, "raw/one.wav"))
    faults = [fault for fault in found.conditions[0].faults if fault.kind == "clipping"]  # type: ignore[union-attr]
    assert faults
    assert all(1900 <= fault.start_ms < fault.end_ms <= 4100 for fault in faults)
    assert len(notes) == 1
    assert re.fullmatch(
        r"raw/one\.wav is clipped (at|in \d+ places, first at) 0:0[23]; the report lists them", notes[0]
    )


def test_dropouts_are_told_with_their_times(tmp_path: Path) -> None:
    gone = "asetnsamples=480,volume=0:enable='between(t,3,3.06)+between(t,5,5.06)'"
    noise = "aeval=val(0)+0.001*(random(0)-0.5)"
    sounds.speech(tmp_path / RAW / "one.wav", seconds=8, filters=f"{noise},{gone}")
    found, notes = _surveyed(sounds.talk(tmp_path, "raw/one.wav"))
    faults = [fault for fault in found.conditions[0].faults if fault.kind == "dropout"]  # type: ignore[union-attr]
    assert [fault.start_ms for fault in faults] == pytest.approx([3000, 5000], abs=20)
    assert notes == ["raw/one.wav has dropouts in 2 places, first at 0:03; the report lists them"]


def test_a_camera_without_sound_lies_beside_the_recording_of_it(tmp_path: Path) -> None:
    sounds.speech(tmp_path / RAW / "sound.wav", seconds=3)
    sounds.synthetic(tmp_path / RAW / "camera.mp4", "testsrc=d=3:r=10:s=320x180")
    camera = {"path": "raw/camera.mp4", "offset_ms": 400}
    found, notes = _surveyed(sounds.talk(tmp_path, camera, {"path": "raw/sound.wav", "speaker": "host"}))
    assert (found.tracks[0].sound, found.tracks[0].offset_ms) == ("none", 400)
    assert found.conditions[0] is None
    assert found.conditions[1] is not None
    assert notes == []


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"tracks": [{}]}'])
def test_a_missing_or_damaged_ingest_is_named(tmp_path: Path, text: str | None) -> None:
    context = sounds.talk(tmp_path, "raw/one.wav")
    context.paths.build.mkdir(parents=True)
    if text is not None:
        context.paths.ingest.write_text(text, "utf-8")
    with pytest.raises(CastkitError, match=r"ingest\.json is (missing|not as castkit wrote it)") as caught:
        sounds.build(context, survey.STEP)
    assert "castkit build" in caught.value.hint


def test_the_same_recordings_give_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for folder in ("a", "b"):
        sounds.speech(tmp_path / folder / RAW / "one.flac", seconds=3)
        context = sounds.talk(tmp_path / folder, "raw/one.flac")
        sounds.build(context, *ROAD)
        made.append([context.paths.survey.read_bytes(), context.paths.activity(0).read_bytes()])
        assert json.loads(made[-1][0])["version"] == 1
    assert made[0] == made[1]
