"""The fonts of captions: found by name, checked letter by letter, measured as they are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from castkit.artwork.fonts import find_fonts
from castkit.errors import CastkitError
from castkit.video.fonts import BY_LANGUAGE, FontFiles, gather, typeface_for, wanted


def nothing(_: FontFiles) -> Iterator[tuple[Path, int]]:
    return iter(())


@pytest.mark.parametrize(
    ("language", "name", "package"),
    [
        ("zh-Hans", "Noto Sans CJK SC", "fonts-noto-cjk"),
        ("zh-TW", "Noto Sans CJK TC", "fonts-noto-cjk"),
        ("ja", "Noto Sans CJK JP", "fonts-noto-cjk"),
        ("en", "Noto Sans", "fonts-noto-core"),
        ("ru", "Noto Sans", "fonts-noto-core"),
        ("ar", "Noto Sans Arabic", "fonts-noto-core"),
    ],
)
def test_a_font_that_is_missing_is_named_with_its_package(language: str, name: str, package: str) -> None:
    assert wanted(language).name == name
    with pytest.raises(CastkitError, match=f"{name} is not installed") as error:
        typeface_for(language, ["x"], nothing)
    assert f"apt-get install {package}" in (error.value.hint or "")


@pytest.mark.parametrize(("language", "face"), [("zh-Hans", "SC"), ("zh-Hant", "TC"), ("ja", "JP"), ("ko", "KR")])
def test_the_face_of_the_language_is_taken(language: str, face: str) -> None:
    """Chinese and Japanese write some characters differently: 骨, 直."""
    found = typeface_for(language, ["直"], find_fonts)
    assert found.family == f"Noto Sans CJK {face}"
    assert found.undrawn == ""


def test_an_english_text_with_a_chinese_name_gets_a_font_that_has_both() -> None:
    plain, mixed = typeface_for("en", ["Café"], find_fonts), typeface_for("en", ["Ms 王"], find_fonts)
    assert "CJK" not in plain.family
    assert "CJK" in mixed.family
    assert mixed.undrawn == ""


def test_what_no_font_has_is_told() -> None:
    found = typeface_for("zh-Hans", ["你好 \ue123\u200b\ufe0f"], find_fonts)
    assert found.undrawn == "\ue123"


def test_a_damaged_font_is_passed_over(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.ttf"
    damaged.write_bytes(b"no font")

    def find(files: FontFiles) -> Iterator[tuple[Path, int]]:
        yield damaged, 0
        yield from find_fonts(files)

    assert typeface_for("en", ["x"], find).path != damaged


def test_widths_are_in_ems() -> None:
    found = typeface_for("zh-Hans", ["你好"], find_fonts)
    assert found.width("你好") == pytest.approx(2.0)
    assert 1.2 < found.line_height < 1.7


def test_only_the_wanted_fonts_are_gathered(tmp_path: Path) -> None:
    faces = [typeface_for(language, ["x"], find_fonts) for language in ("zh-Hans", "zh-Hant", "en")]
    for _ in range(2):
        gather(faces, tmp_path / "fonts")
    found = sorted((tmp_path / "fonts").iterdir())
    assert [path.stat().st_size for path in found] == [faces[0].path.stat().st_size, faces[2].path.stat().st_size]


def test_every_row_names_files() -> None:
    for row in BY_LANGUAGE.values():
        assert row.files
        assert row.package.startswith("fonts-noto-")
