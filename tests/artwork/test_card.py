"""The still behind an audiogram: the cover is on it, its titles can be read, whatever the cover looks like."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from castkit.artwork.card import Card, Frame, contrast, draw_card
from castkit.errors import CastkitError

WIDE = Frame((640, 360), (32, 28, 192, 192), (248, 28, 360, 122))
UPRIGHT = Frame((360, 640), (100, 32, 160, 160), (30, 204, 300, 86), is_centred=True)
TITLES = ("社会保障对话", "外卖骑手：平台时代的劳动保障", "Delivery riders")


def cover(path: Path, mode: str = "RGB", colour: str = "orange") -> Path:
    Image.new("RGB", (500, 500), colour).convert(mode).save(path)
    return path


def box(frame: Frame, name: str) -> tuple[int, int, int, int]:
    left, top, width, height = getattr(frame, name)
    return left, top, left + width, top + height


def drawn(tmp_path: Path, art: Path, frame: Frame = WIDE, titles: tuple[str, ...] = TITLES) -> tuple[Image.Image, Card]:
    card = draw_card(tmp_path / "card.png", art, titles=titles, frame=frame)
    with Image.open(tmp_path / "card.png") as picture:
        assert (picture.mode, picture.size) == ("RGB", frame.size)
        return picture.copy(), card


@pytest.mark.parametrize("frame", [WIDE, UPRIGHT])
def test_the_cover_stands_in_its_place(tmp_path: Path, frame: Frame) -> None:
    picture, _ = drawn(tmp_path, cover(tmp_path / "cover.png"), frame)
    inner = np.asarray(picture.crop(box(frame, "cover")))[10:-10, 10:-10].reshape(-1, 3)
    assert (inner == (255, 165, 0)).all()


@pytest.mark.parametrize("colour", ["white", "black", "orange", "#123456", "#ffff00"])
@pytest.mark.parametrize("frame", [WIDE, UPRIGHT])
def test_titles_can_be_read_on_every_cover(tmp_path: Path, frame: Frame, colour: str) -> None:
    picture, card = drawn(tmp_path, cover(tmp_path / "cover.png", colour=colour), frame)
    bare, _ = drawn(tmp_path, tmp_path / "cover.png", frame, ())
    room = box(frame, "titles")
    behind = np.asarray(bare.crop(room)).reshape(-1, 3)
    lightest = behind[behind.sum(axis=1).argmax()]
    assert contrast((255, 255, 255), lightest) >= 7
    assert contrast(card.accent, behind.mean(axis=0)) >= 4.3
    assert contrast(card.quiet, behind.mean(axis=0)) >= 1.8
    changed = (np.asarray(picture) != np.asarray(bare)).any(axis=2)
    left, top, right, bottom = room
    assert changed[top:bottom, left:right].mean() > 0.03
    changed[top - 4 : bottom + 4, left - 4 : right + 4] = False
    assert not changed.any(), "a title is drawn outside its room"


def test_the_accent_is_the_covers_vivid_colour(tmp_path: Path) -> None:
    art = Image.new("RGB", (500, 500), "#e8e8e8")
    art.paste("#d02020", (100, 100, 300, 300))
    art.save(tmp_path / "cover.png")
    red, green, blue = drawn(tmp_path, tmp_path / "cover.png")[1].accent
    assert red > green + 50
    assert red > blue + 50


@pytest.mark.parametrize(
    ("mode", "name"), [("L", "c.png"), ("P", "c.png"), ("RGBA", "c.png"), ("1", "c.png"), ("CMYK", "c.jpg")]
)
def test_covers_in_every_kind_of_colour(tmp_path: Path, mode: str, name: str) -> None:
    drawn(tmp_path, cover(tmp_path / name, mode))


def test_a_cover_that_is_not_square_is_cut_to_a_square(tmp_path: Path) -> None:
    Image.new("RGB", (700, 300), "orange").save(tmp_path / "wide.jpg", quality=95)
    picture, _ = drawn(tmp_path, tmp_path / "wide.jpg")
    inner = np.asarray(picture.crop(box(WIDE, "cover")))[10:-10, 10:-10].reshape(-1, 3).astype(int)
    assert (abs(inner - (255, 165, 0)) < 8).all()


def test_the_same_cover_and_titles_give_the_same_bytes(tmp_path: Path) -> None:
    art = cover(tmp_path / "cover.png")
    for name in ("one.png", "two.png"):
        draw_card(tmp_path / name, art, titles=TITLES, frame=WIDE)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


@pytest.mark.parametrize("titles", [(), ("Show",), ("Show", ""), ("Show", "x" * 400), ("", "Episode", "第二", "Three")])
def test_any_number_and_length_of_titles(tmp_path: Path, titles: tuple[str, ...]) -> None:
    drawn(tmp_path, cover(tmp_path / "cover.png"), WIDE, titles)


def test_what_no_font_can_draw_is_told(tmp_path: Path) -> None:
    assert drawn(tmp_path, cover(tmp_path / "cover.png"), WIDE, ("Show", "A \U0001f9ff B"))[1].undrawn == "\U0001f9ff"


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"0" * 50])
def test_a_cover_that_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "cover.png").write_bytes(content)
    with pytest.raises(CastkitError, match=r"cover\.png cannot be read as a picture"):
        draw_card(tmp_path / "card.png", tmp_path / "cover.png", titles=TITLES, frame=WIDE)
    assert not (tmp_path / "card.png").exists()
