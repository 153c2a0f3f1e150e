"""A picture as JPEG within a number of bytes: as good as fits, or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from castkit.artwork.jpeg import write_jpeg
from castkit.errors import CastkitError


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """What JPEG is worst at."""
    pixels = np.random.default_rng(7).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    path = tmp_path / "noise.png"
    Image.fromarray(pixels).save(path)
    return path


def test_it_is_as_good_as_the_bytes_allow(noise: Path, tmp_path: Path) -> None:
    good, poor = tmp_path / "good.jpg", tmp_path / "poor.jpg"
    write_jpeg(noise, good, most_bytes=1_000_000)
    most = good.stat().st_size - 1
    write_jpeg(noise, poor, most_bytes=most)
    assert poor.stat().st_size <= most
    for path in (good, poor):
        with Image.open(path) as image:
            assert (image.format, image.size, image.mode) == ("JPEG", (300, 200), "RGB")
    again = tmp_path / "again.jpg"
    write_jpeg(noise, again, most_bytes=1_000_000)
    assert again.read_bytes() == good.read_bytes()


def test_what_fits_at_no_quality_is_refused(noise: Path, tmp_path: Path) -> None:
    with pytest.raises(CastkitError, match="does not fit into 1,000 bytes"):
        write_jpeg(noise, tmp_path / "cover.jpg", most_bytes=1000)
    assert not (tmp_path / "cover.jpg").exists()
