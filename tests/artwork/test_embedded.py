"""The picture inside a media file."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from castkit.artwork.embedded import embedded_cover
from castkit.errors import CastkitError


def saved(path: Path, mode: str, side: int) -> Path:
    Image.new(mode, (side, side), 120 if mode == "L" else None).save(path)
    return path


@pytest.mark.parametrize(
    ("mode", "suffix"), [("RGB", "png"), ("RGBA", "png"), ("P", "png"), ("L", "jpg"), ("CMYK", "jpg")]
)
def test_becomes_a_small_rgb_jpeg(tmp_path: Path, mode: str, suffix: str) -> None:
    path = saved(tmp_path / f"cover.{suffix}", mode, 3000)
    picture = Image.open(io.BytesIO(embedded_cover(path)))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (1400, 1400))


def test_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    assert Image.open(io.BytesIO(embedded_cover(saved(tmp_path / "c.png", "RGB", 600)))).size == (600, 600)


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    path = saved(tmp_path / "c.png", "RGB", 1500)
    assert embedded_cover(path) == embedded_cover(path)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n cut short", b"GIF89a", b"text", b"\xff\xd8\xff\xe0"])
def test_what_is_no_picture_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cover.png"
    path.write_bytes(content)
    with pytest.raises(CastkitError, match=r"cover\.png cannot be read"):
        embedded_cover(path)


def test_a_cover_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cover.png"
    Image.effect_noise((800, 800), 50).convert("RGB").save(path)
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(CastkitError, match="cannot be read"):
        embedded_cover(path)


def test_a_missing_cover_is_named(tmp_path: Path) -> None:
    with pytest.raises(CastkitError, match="does not exist"):
        embedded_cover(tmp_path / "cover.png")
