"""A finished video made anew for a platform: within its bit rate, the sound untouched, the same bytes each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from castkit import ffmpeg
from castkit.video.handover import Handover, handover_arguments
from castkit.video.picture import Picture
from castkit.video.shape import Size

BUSY = "testsrc2=size=320x180:rate=25:duration=4,noise=alls=80:allf=t"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of which no encoder makes little, 4 s."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    inputs = ["-f", "lavfi", "-i", BUSY, "-f", "lavfi", "-i", "sine=330:r=48000:d=4"]
    encoded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest"]
    ffmpeg.run([*inputs, *encoded, "-metadata", "title=A film", path], doing="making a film")
    return path


def made(film: Path, target: Path, *, size: Size, most_kbps: int = 0) -> ffmpeg.Probe:
    found = ffmpeg.probe(film)
    assert found.video is not None
    what = Handover(Picture(film, found.video, found.format), size, found.duration_ms, most_kbps=most_kbps)
    ffmpeg.run(handover_arguments(what, target), doing="handing over")
    return ffmpeg.probe(target)


def test_it_stays_within_the_bit_rate(film: Path, tmp_path: Path) -> None:
    free, bound = tmp_path / "free.mp4", tmp_path / "bound.mp4"
    made(film, free, size=Size(320, 180))
    found = made(film, bound, size=Size(320, 180), most_kbps=600)
    assert free.stat().st_size * 8 / 4000 > 1500, "or this shows nothing"
    assert bound.stat().st_size * 8 / 4000 < 600 * 1.3 + 100
    assert found.duration_ms == pytest.approx(4000, abs=60)


def test_shape_sound_and_tags(film: Path, tmp_path: Path) -> None:
    found = made(film, tmp_path / "upright.mp4", size=Size(180, 320))
    assert found.video is not None
    assert (found.video.width, found.video.height, found.video.codec) == (180, 320, "h264")
    assert (found.audio[0].codec, found.audio[0].sample_rate) == ("aac", 48_000)
    assert found.tags["title"] == "A film"
    assert made(film, tmp_path / "again.mp4", size=Size(180, 320)).video == found.video
    assert (tmp_path / "again.mp4").read_bytes() == (tmp_path / "upright.mp4").read_bytes()
