"""The shapes of a video: sizes by arithmetic, and real frames in which nothing is cut off or stretched."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stills
from castkit import ffmpeg
from castkit.video.shape import LARGEST, SHAPES, Size, fitted, fitting, shaped


@pytest.mark.parametrize(
    ("source", "shape", "expected"),
    [
        ((1280, 720), "16:9", "1280x720"),
        ((1280, 720), "1:1", "720x720"),
        ((1280, 720), "9:16", "720x1280"),
        ((1920, 1080), "9:16", "1080x1920"),
        ((3840, 2160), "16:9", "1920x1080"),
        ((3840, 2160), "source", "1920x1080"),
        ((1080, 1920), "16:9", "1920x1080"),
        ((1080, 1920), "source", "1080x1920"),
        ((854, 480), "16:9", "854x480"),
        ((641, 361), "source", "640x360"),
        ((640, 480), "source", "640x480"),
    ],
)
def test_sizes(source: tuple[int, int], shape: str, expected: str) -> None:
    assert str(shaped(shape, Size(*source))) == expected


@given(st.integers(16, 5000), st.integers(16, 5000), st.sampled_from(["source", *SHAPES]))
def test_sides_are_even_and_the_picture_fits_whole(width: int, height: int, shape: str) -> None:
    source = Size(width, height)
    room = shaped(shape, source)
    inner = fitted(source, room)
    assert {side % 2 for size in (room, inner) for side in (size.width, size.height)} == {0}
    assert min(room.width, room.height) <= min(LARGEST, min(width, height) + 1)
    assert inner.width <= room.width
    assert inner.height <= room.height
    assert inner.width == room.width or inner.height == room.height


def shown(folder: Path, source: str, size: tuple[int, int], shape: str) -> Path:
    path, wanted = folder / "shaped.mp4", Size(*size)
    filters = fitting(wanted, shaped(shape, wanted))
    ffmpeg.run(["-f", "lavfi", "-i", source, "-vf", filters, "-c:v", "libx264", "-qp", "4", "-threads", "1", path])
    return path


FOUR = (  # red, green, blue and white quarters
    "color=red:s=160x90:d=0.4:r=5[a];color=lime:s=160x90:d=0.4:r=5[b];color=blue:s=160x90:d=0.4:r=5[c];"
    "color=white:s=160x90:d=0.4:r=5[d];[a][b]hstack[t];[c][d]hstack[u];[t][u]vstack"
)


@pytest.mark.parametrize(
    ("shape", "place"),
    [("1:1", (0.0, 0.219, 1.0, 0.781)), ("9:16", (0.0, 0.342, 1.0, 0.658)), ("16:9", (0.0, 0.0, 1.0, 1.0))],
)
def test_all_four_corners_are_seen_over_a_darker_blur(
    tmp_path: Path, shape: str, place: tuple[float, float, float, float]
) -> None:
    image = stills.still(shown(tmp_path, FOUR, (320, 180), shape), 200)
    left, top, right, bottom = place
    middle, half = (top + bottom) / 2, (bottom - top) / 2
    for across, down, expected in (
        (0.04, -0.9, (255, 0, 0)),
        (0.94, -0.9, (0, 255, 0)),
        (0.04, 0.8, (0, 0, 255)),
        (0.94, 0.8, (255, 255, 255)),
    ):
        at = middle + down * half
        found = stills.colour(image, (left + across, at, left + across + 0.02, at + 0.02))
        assert found == pytest.approx(expected, abs=30), (across, down)
    if top > 0:
        above, below = (0.0, 0.0, 1.0, top - 0.03), (0.0, bottom + 0.03, 1.0, 1.0)
        for band in (above, below):
            assert not stills.is_black(image, band)
            assert sum(stills.colour(image, band)) < 0.6 * sum(stills.colour(image, place))
    assert right == 1.0


def test_an_upright_picture_stands_in_the_middle_of_a_wide_one(tmp_path: Path) -> None:
    image = stills.still(shown(tmp_path, "color=white:s=90x160:d=0.4:r=5", (90, 160), "16:9"), 200)
    assert image.size == (160, 90)
    assert stills.colour(image, (0.45, 0.02, 0.55, 0.98)) == pytest.approx((255, 255, 255), abs=6)
    assert max(stills.colour(image, (0.0, 0.0, 0.3, 1.0))) < 130
