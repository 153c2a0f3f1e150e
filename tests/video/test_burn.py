"""Captions as they are drawn: real frames, looked at."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

import stills
from castkit import ffmpeg
from castkit.artwork.fonts import find_fonts
from castkit.ffmpeg.metadata import metadata
from castkit.model.cue import Cue
from castkit.model.timeline import Piece
from castkit.video.ass import Captions
from castkit.video.burn import lay_out
from castkit.video.fonts import typeface_for
from castkit.video.mux import VideoCast, mux_arguments
from castkit.video.picture import Look, Picture
from castkit.video.shape import Size, shaped

ZH, EN = "外卖骑手的社会保障", "Who pays for it?"
SPAN = (400, 1400)  # ms
CAPTIONED, BLANK = 900, 1700


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Picture:
    """Two seconds of grey, 640x360."""
    path = tmp_path_factory.mktemp("burn") / "camera.mp4"
    ffmpeg.run(
        ["-f", "lavfi", "-i", "color=0x707070:s=640x360:r=10:d=2", "-c:v", "libx264", "-pix_fmt", "yuv420p", path]
    )
    ffmpeg.run(["-f", "lavfi", "-i", "sine=440:d=2", "-c:a", "aac", path.with_suffix(".m4a")])
    found = ffmpeg.probe(path, needs_sound=False)
    assert found.video
    return Picture(path, found.video, found.format)


def caption(language: str, text: str) -> Captions:
    return Captions((Cue(*SPAN, text),), typeface_for(language, [text], find_fonts))


def burnt(camera: Picture, parts: Sequence[Captions], folder: Path, shape: str = "source") -> Path:
    folder.mkdir(exist_ok=True)
    drawing = lay_out(parts, shaped(shape, camera.size), folder)
    described, target = folder / "described.txt", folder / "burnt.mp4"
    described.write_text(metadata({"title": "t"}, ()), "utf-8")
    sound = camera.path.with_suffix(".m4a")
    cast = VideoCast(camera, (Piece(0, 2000, 0),), sound, "eng", 2000, look=Look(shape, drawing))
    assert cast.why_encoded
    ffmpeg.run(mux_arguments(cast, described, target))
    return target


@pytest.fixture(scope="module")
def bilingual(camera: Picture, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return burnt(camera, [caption("zh-Hans", ZH), caption("en", EN)], tmp_path_factory.mktemp("bilingual"))


def test_captions_stand_in_their_area_at_their_time_and_nowhere_else(bilingual: Path) -> None:
    with_text, without = stills.still(bilingual, CAPTIONED), stills.still(bilingual, BLANK)
    area = (0.05, 0.7, 0.95, 0.95)
    assert not stills.is_black(with_text)
    assert stills.ink(with_text, area) > 0.01
    for elsewhere in ((0.0, 0.0, 1.0, 0.7), (0.0, 0.95, 1.0, 1.0), (0.0, 0.0, 0.05, 1.0), (0.95, 0.0, 1.0, 1.0)):
        assert not stills.has_text(with_text, elsewhere)
    assert not stills.has_text(without)
    assert not stills.is_black(without)
    assert not stills.has_text(stills.still(bilingual, SPAN[0] - 150))
    assert stills.has_text(stills.still(bilingual, SPAN[0] + 150))


def test_chinese_stands_above_the_other_language(bilingual: Path) -> None:
    image = stills.still(bilingual, CAPTIONED)
    upper, lower = stills.text_rows(image)
    assert upper[1] < lower[0]
    assert lower[1] < 0.95
    # Each Chinese character is as wide as the size of the letters; Latin ones differ.
    left, _, right, _ = stills.text_extent(image, (0.0, upper[0], 1.0, upper[1]))
    assert (right - left) * 640 == pytest.approx(len(ZH) * 0.052 * 360, rel=0.06)
    left, _, right, _ = stills.text_extent(image, (0.0, lower[0], 1.0, lower[1]))
    assert (right - left) * 640 == pytest.approx(caption("en", EN).lettering.width(EN) * 0.044 * 360, rel=0.06)


def test_both_are_drawn_by_the_named_fonts(bilingual: Path) -> None:
    """Line by line like the same text drawn from the same font file by Pillow."""
    image = stills.still(bilingual, CAPTIONED)
    for row, language, text, em in zip(
        stills.text_rows(image), ("zh-Hans", "en"), (ZH, EN), (0.052, 0.044), strict=True
    ):
        face = typeface_for(language, [text], find_fonts)
        right, other = (likeness(image, row, text, each, em) for each in (face, replace(face, index=0, path=SERIF)))
        assert right > 0.8, language
        assert right > other + 0.1, language


SERIF = next(path for path, _ in find_fonts((("NotoSerifCJK-Bold.ttc", 0),)))


def likeness(image: Image.Image, row: tuple[float, float], text: str, face: object, em: float) -> float:
    """How well a line of the frame fits the text drawn by a font: 1 where both are white in the same places."""
    box = stills.text_extent(image, (0.0, row[0] - 0.01, 1.0, row[1] + 0.01))
    found = stills.part(image, box).convert("L")
    assert hasattr(face, "path")
    assert hasattr(face, "index")
    font = ImageFont.truetype(str(face.path), round(em * image.size[1] * 8), index=face.index)
    drawn = Image.new("L", (4000, 1000))
    ImageDraw.Draw(drawn).text((200, 200), text, font=font, fill=255)
    drawn = drawn.crop(drawn.getbbox()).resize(found.size, Image.Resampling.LANCZOS)
    pixels = list(zip(found.tobytes(), drawn.tobytes(), strict=True))
    ours = [max(0, (one - 112) / 143) for one, _ in pixels]
    theirs = [other / 255 for _, other in pixels]
    both = sum(one * other for one, other in zip(ours, theirs, strict=True))
    return both / (sum(one * one for one in ours) * sum(one * one for one in theirs)) ** 0.5


def test_chinese_glyphs_are_no_boxes(bilingual: Path, camera: Picture, tmp_path: Path) -> None:
    image = stills.still(bilingual, CAPTIONED)
    (upper, _) = stills.text_rows(image)
    shapes = stills.glyphs(image, (0.0, upper[0], 1.0, upper[1]))
    assert len(set(shapes)) >= 9
    # The test can fail: what no font has is drawn as boxes, all the same.
    nobody = Captions((Cue(*SPAN, "\ue123 \ue124 \ue125 \ue126"),), replace(caption("zh", "你").lettering, undrawn=""))
    boxes = stills.still(burnt(camera, [nobody], tmp_path / "boxes"), CAPTIONED)
    (row,) = stills.text_rows(boxes)
    assert len(set(stills.glyphs(boxes, (0.0, row[0], 1.0, row[1])))) <= 3


@pytest.mark.parametrize(
    ("shape", "size", "lowest", "side"),
    [("1:1", (360, 360), 0.93, 0.06), ("9:16", (360, 640), 0.77, 0.09), ("16:9", (640, 360), 0.94, 0.06)],
)
def test_captions_keep_off_the_edges_of_every_shape(
    camera: Picture, tmp_path: Path, shape: str, size: tuple[int, int], lowest: float, side: float
) -> None:
    long = "Who pays for the social security of\ndelivery riders: the platform, or the state?"
    parts = [caption("zh-Hans", f"{ZH}由平台还是\n由国家来承担？"), caption("en", long)]
    image = stills.still(burnt(camera, parts, tmp_path / "out", shape), CAPTIONED)
    assert image.size == size
    left, top, right, bottom = stills.text_extent(image)
    assert left >= side
    assert right <= 1 - side
    assert bottom <= lowest
    assert top > 0.35
    assert len(stills.text_rows(image)) == (5 if shape == "9:16" else 4)


def test_text_with_meaning_for_libass_is_seen(camera: Picture, tmp_path: Path) -> None:
    """All of it on one line, as wide as its letters are."""
    text = "{\\an8}A\\Nb {c}"
    image = stills.still(burnt(camera, [caption("en", text)], tmp_path / "out"), CAPTIONED)
    (row,) = stills.text_rows(image)
    assert row[0] > 0.8
    left, _, right, _ = stills.text_extent(image)
    assert (right - left) * 640 == pytest.approx(caption("en", text).lettering.width(text) * 0.052 * 360, rel=0.1)


HOSTILE = ["it's [a], b; c d%d 字", "a:b\\c 'x' \"y\"=z,;[0:v]"]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_folders_of_any_name(camera: Picture, bilingual: Path, tmp_path: Path, name: str) -> None:
    path = burnt(camera, [caption("zh-Hans", ZH), caption("en", EN)], tmp_path / name)
    assert path.read_bytes() == bilingual.read_bytes()  # the same bytes every time, and the fonts were found


def test_two_traditional_and_other_languages(camera: Picture, tmp_path: Path) -> None:
    parts = [caption("zh-Hant", "外賣騎手的社會保障"), caption("ru", "Кто платит?")]
    image = stills.still(burnt(camera, parts, tmp_path / "out"), CAPTIONED)
    assert len(stills.text_rows(image)) == 2


def test_the_size_of_captions_is_that_of_the_video() -> None:
    assert shaped("9:16", Size(1280, 720)) == Size(720, 1280)
