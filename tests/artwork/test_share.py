"""The picture beside a link, and the small cover: the right size, the same bytes, and drawn from any cover."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from castkit.artwork.share import SIZE, draw_share, reduce_cover, thumbnail
from castkit.errors import CastkitError


@pytest.fixture
def cover(tmp_path: Path) -> Path:
    path = tmp_path / "cover.png"
    picture = Image.new("RGBA", (1500, 1500), (10, 90, 140, 255))
    picture.paste((250, 160, 40, 255), (300, 300, 1200, 900))
    picture.save(path)
    return path


def test_a_share_picture_has_the_size_that_chats_show_and_is_always_the_same(cover: Path, tmp_path: Path) -> None:
    small, made = tmp_path / "small.png", [tmp_path / "one.png", tmp_path / "two.png"]
    reduce_cover(cover, small)
    for path in made:
        assert draw_share(path, small, ["Talks & Walks", "A rather long title, about who pays for whom"]) == ""
    with Image.open(made[0]) as picture:
        assert (picture.size, picture.format, picture.mode) == (SIZE, "PNG", "RGB")
        left, right = picture.getpixel((304, 250)), picture.crop((600, 92, 1136, 538)).getcolors(1 << 20)
    assert left == (250, 160, 40), "the cover is on the left"
    assert right is not None
    assert max(colour for _, colour in right) == (255, 255, 255), "and white letters on the right"
    assert made[0].read_bytes() == made[1].read_bytes()
    assert made[0].stat().st_size < 300_000


def test_the_small_cover_is_a_square_jpeg(cover: Path) -> None:
    data = thumbnail(cover)
    with Image.open(BytesIO(data)) as picture:
        assert (picture.size, picture.format) == ((480, 480), "JPEG")
    assert data == thumbnail(cover)


@pytest.mark.parametrize(
    ("name", "size"), [("deep.png", (1500, 1400)), ("photo.jpg", (2000, 1990)), ("low.png", (700, 700))]
)
def test_the_small_cover_is_the_same_of_the_reduced_one(tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    cover, small = tmp_path / name, tmp_path / "small.png"
    picture = Image.linear_gradient("L").resize(size)
    Image.merge("RGB", (picture, picture.rotate(90), picture.rotate(180))).save(cover)
    reduce_cover(cover, small)
    assert thumbnail(small) == thumbnail(cover)


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cover.png"
    path.write_bytes(b"no picture")
    with pytest.raises(CastkitError, match=r"cover\.png cannot be read as a picture"):
        thumbnail(path)
