"""A drawn cover passes the check that a published one must pass; what is wrong with another is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from castkit.artwork import check_cover, cover_problems, draw_cover, is_generated_cover
from castkit.artwork.fonts import CJK_FONTS, LATIN_FONTS, find_fonts, font_folders, font_for, has_chinese
from castkit.artwork.lines import Box, fit, units_of
from castkit.errors import CastkitError


@pytest.mark.parametrize("titles", [["Social Protection Dialogues"], ["社会保障对话"], ["A", "乙"], ["🎙 ❯"], [""]])
def test_a_drawn_cover_can_be_published(tmp_path: Path, titles: list[str]) -> None:
    path = tmp_path / "cover.png"
    draw_cover(path, titles, is_placeholder=True)
    check_cover(path)
    assert is_generated_cover(path)
    with Image.open(path) as picture:
        assert picture.size == (3000, 3000)
        assert len(picture.getcolors(10_000_000) or ()) > 2


def test_the_same_title_gives_the_same_bytes_and_another_another_picture(tmp_path: Path) -> None:
    for name, title in (("a", "One"), ("b", "One"), ("c", "Two")):
        draw_cover(tmp_path / name, [title])
    one, again, other = ((tmp_path / name).read_bytes() for name in "abc")
    assert one == again != other
    assert not is_generated_cover(tmp_path / "a")


def test_the_title_is_in_the_picture(tmp_path: Path) -> None:
    """Without its title the same cover has no paper white in its upper half."""
    draw_cover(tmp_path / "cover.png", ["Dialogues"])
    with Image.open(tmp_path / "cover.png") as picture:
        upper = picture.crop((0, 0, 3000, 1900))
        white = sum(count for count, colour in upper.getcolors(10_000_000) or () if min(colour) > 235)
    assert white > 100_000


def test_what_no_font_draws_is_told(tmp_path: Path) -> None:
    assert draw_cover(tmp_path / "cover.png", ["Talk \U0001f399 \ue000"]) != ""


@pytest.mark.skipif(next(find_fonts(CJK_FONTS), None) is None, reason="no Chinese font on this machine")
def test_chinese_is_drawn_where_there_is_a_font(tmp_path: Path) -> None:
    assert draw_cover(tmp_path / "cover.png", ["社会保障对话"]) == ""
    assert font_for("社会 Social", 100)[1] == ""


def test_without_any_font_the_cover_is_still_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("SYSTEMROOT", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    if not all(str(folder).startswith(str(tmp_path)) for folder in font_folders()):
        pytest.skip("this system's font folders cannot be moved")
    assert next(find_fonts((*CJK_FONTS, *LATIN_FONTS)), None) is None
    assert draw_cover(tmp_path / "cover.png", ["Social 社会"]) == "社会"
    check_cover(tmp_path / "cover.png")


def picture(path: Path, size: tuple[int, int] = (1400, 1400), mode: str = "RGB", kind: str = "PNG") -> Path:
    Image.new(mode, size).save(path, kind)
    return path


@pytest.mark.parametrize(
    ("name", "size", "mode", "kind", "said"),
    [
        ("a.png", (1400, 1400), "RGB", "PNG", None),
        ("a.jpg", (3000, 3000), "RGB", "JPEG", None),
        ("a.JPEG", (1400, 1400), "RGB", "JPEG", None),
        ("a.png", (1399, 1399), "RGB", "PNG", "too small: 1399 × 1399"),
        ("a.png", (3001, 3001), "RGB", "PNG", "too large"),
        ("a.png", (1400, 1500), "RGB", "PNG", "must be square"),
        ("a.png", (1400, 1400), "RGBA", "PNG", "transparency"),
        ("a.png", (1400, 1400), "L", "PNG", "grey"),
        ("a.jpg", (1400, 1400), "CMYK", "JPEG", "CMYK"),
        ("a.jpg", (1400, 1400), "RGB", "PNG", "its name must end in .png"),
        ("a.png", (1400, 1400), "RGB", "GIF", "GIF picture"),
    ],
)
def test_the_check(tmp_path: Path, name: str, size: tuple[int, int], mode: str, kind: str, said: str | None) -> None:
    problems = cover_problems(picture(tmp_path / name, size, mode, kind))
    assert problems == [] if said is None else said in "; ".join(problems)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    path = picture(tmp_path / "cover.jpg", (300, 200), "P", "PNG")
    assert len(cover_problems(path)) == 4
    with pytest.raises(CastkitError) as caught:
        check_cover(path)
    assert "cover.jpg" in caught.value.message
    assert "1400" in caught.value.hint


def test_what_is_no_picture_is_told(tmp_path: Path) -> None:
    good = picture(tmp_path / "good.png").read_bytes()
    big = tmp_path / "bomb.png"
    Image.new("1", (20000, 20000)).save(big)
    rows = {"empty.png": b"", "text.png": b"no picture", "cut.png": good[: len(good) // 2], "head.png": good[:40]}
    for name, data in rows.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "folder.png").mkdir()
    for name in (*rows, "folder.png", "missing.png", "bomb.png"):
        assert cover_problems(tmp_path / name), name
    assert not is_generated_cover(tmp_path / "missing.png")


BOX = Box(width=1000, height=600, largest=300, smallest=50, spacing=1.2)


def width_of(size: int, line: str) -> float:
    return sum(size if has_chinese(char) else size * 0.6 for char in line)


@given(st.text(alphabet="ab 社会，。「」-", max_size=200))
@settings(max_examples=200, deadline=None)
def test_lines_fit_their_box_and_lose_nothing(text: str) -> None:
    size, lines = fit(text, BOX, width_of)
    assert BOX.smallest <= size <= BOX.largest
    assert all(width_of(size, line) <= BOX.width for line in lines)
    assert len(lines) * size * BOX.spacing <= BOX.height or not lines
    if not lines or not lines[-1].endswith("…"):
        assert "".join("".join(lines).split()) == "".join(text.split())
    if " " not in text and size > BOX.smallest:
        assert not any(line.startswith(("，", "。", "」")) for line in lines[1:])


def test_lines_are_even_and_short_chinese_runs_break_between_pairs() -> None:
    assert fit("aa aa aa aa", Box(900, 400, 300, 50, 1.2), width_of)[1] == ["aa aa", "aa aa"]
    assert units_of("One two，社会保障 劳动者") == ["One ", "two，", "社会", "保障 ", "劳", "动", "者"]
    assert fit("社会保障对话", BOX, width_of)[1] in (["社会保障", "对话"], ["社会", "保障", "对话"])
