from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import sounds
from castkit import ffmpeg
from castkit.audio.clocks import DAY_MS, Implausible, Started, distance, start_by_clock


@pytest.mark.parametrize("options", [[], ["-rf64", "always"]], ids=["wav", "rf64"])
@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_the_time_reference_of_a_bwf_file_counts_its_samples(tmp_path: Path, rate: int, options: list[str]) -> None:
    hour_ms = 10 * 3_600_000 + 123
    bext = ["-write_bext", "1", *options, "-metadata", f"time_reference={hour_ms * rate // 1000}"]
    path = sounds.synthetic(tmp_path / "one.wav", f"sine=d=0.2:r={rate}", bext)
    assert start_by_clock(ffmpeg.probe(path)) == pytest.approx(hour_ms, abs=1)


@pytest.mark.parametrize("reference", ["0", "", "-5", "soon", "4147200000", "１２３"])
def test_midnight_and_nonsense_are_no_clock(tmp_path: Path, reference: str) -> None:
    """Many recorders write 0; 4 147 200 000 samples are a whole day."""
    found = ffmpeg.probe(sounds.synthetic(tmp_path / "one.wav", "sine=d=0.2:r=48000"))
    assert start_by_clock(found) is None
    assert start_by_clock(replace(found, tags={"time_reference": reference})) is None


# time code, frames per second, ms since midnight
TIMECODES = [
    ("10:00:00:12", 25.0, 36_000_480),
    ("01:00:00:00", 24000 / 1001, 3_603_600),
    ("10:00:00;00", 30000 / 1001, 35_999_964),
    ("00:01:00;02", 30000 / 1001, 60_060),
    ("00:10:00;00", 60000 / 1001, 599_999),
    ("23:59:59:29", 30.0, 86_399_967),
]


@pytest.mark.parametrize(("timecode", "fps", "ms"), TIMECODES)
def test_the_time_code_of_a_camera_counts_frames(timecode: str, fps: float, ms: int) -> None:
    video = ffmpeg.VideoStream("h264", 64, 64, fps)
    found = ffmpeg.Probe(1000, "mov", (ffmpeg.AudioStream("aac", 2, 48_000),), video, (), (), {"timecode": timecode})
    assert start_by_clock(found) == pytest.approx(ms, abs=2)
    assert start_by_clock(replace(found, video=None)) is None
    assert start_by_clock(replace(found, tags={"timecode": "10:00"})) is None


def test_two_clocks_give_the_distance_across_midnight() -> None:
    assert distance(Started(DAY_MS - 10_000, 60_000), Started(5_000, 60_000)) == 15_000
    assert distance(Started(5_000, 60_000), Started(DAY_MS - 10_000, 60_000)) == -15_000
    assert distance(Started(3_600_000, 60_000), Started(3_600_000, 1_000)) == 0


@pytest.mark.parametrize(("at_ms", "said"), [(3_600_000 + 60_000, "0:01:00"), (3 * 3_600_000, "2:00:00")])
def test_clocks_by_which_recordings_do_not_overlap_are_not_believed(at_ms: int, said: str) -> None:
    for pair in ((3_600_000, at_ms), (at_ms, 3_600_000)):
        result = distance(*(Started(at, 60_000) for at in pair))
        assert isinstance(result, Implausible)
        assert said in result.reason
