"""The script of captions: its text, times and places, without any drawing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.model.cue import Cue
from castkit.video.ass import Captions, one_at_a_time, script
from castkit.video.shape import Size
from castkit.video.wrap import flowing, is_wide, wrapped

WIDE, SQUARE, TALL = Size(1280, 720), Size(720, 720), Size(720, 1280)


@dataclass(frozen=True, slots=True)
class Typewriter:
    """A font whose Chinese characters are 1 em wide and all others half of that."""

    family: str = "Some Font"
    undrawn: str = ""
    line_height: float = 1.25

    def width(self, text: str) -> float:
        return sum(1.0 if is_wide(char) else 0.5 for char in text)


def captions(*cues: tuple[int, int, str], undrawn: str = "") -> Captions:
    return Captions(tuple(Cue(*cue) for cue in cues), Typewriter(undrawn=undrawn))


def events(parts: list[Captions], size: Size = WIDE) -> list[tuple[str, str, str, int, str]]:
    """(start, end, style, height above the bottom, text) of every event."""
    found = []
    for line in script(parts, size).splitlines():
        if line.startswith("Dialogue: "):
            _, start, end, style, _, _, _, height, _, text = line.split(",", 9)
            found.append((start, end, style, int(height), text))
    return found


def test_one_language() -> None:
    parts = [captions((0, 1234, "One\nline"), (3_725_006, 3_726_000, "Later"))]
    assert events(parts) == [
        ("0:00:00.00", "0:00:01.23", "Upper", 50, "One\\Nline"),
        ("1:02:05.01", "1:02:06.00", "Upper", 50, "Later"),
    ]
    assert script(parts, WIDE) == script(parts, WIDE)


def test_the_first_language_stands_above_the_other_and_does_not_move() -> None:
    """Raised by the lines below it at most, also while they are not shown yet or not any more."""
    parts = [
        captions((0, 4000, "上"), (5000, 6000, "独")),
        captions((100, 1900, "one"), (2000, 3000, "two\nlines"), (8000, 9000, "alone")),
    ]
    found = [(style, height) for _, _, style, height, _ in events(parts)]
    line = round(0.044 * 720 * 1.25 * 2)
    assert found == [("Upper", 50 + line), ("Lower", 50), ("Lower", 50), ("Upper", 50), ("Lower", 50)]


@pytest.mark.parametrize("size", [WIDE, SQUARE, TALL])
def test_chinese_lines_of_full_length_are_never_broken_anew(size: Size) -> None:
    text = "一二三四五六七八九十一二三四五六\n一二三四五六七八九十一二三四五。"
    lower = captions((0, 1000, "x"))
    assert {event[4] for event in events([captions((0, 1000, text)), lower], size)} >= {text.replace("\n", "\\N")}


@pytest.mark.parametrize(("size", "side", "bottom"), [(WIDE, 0.05, 0.05), (SQUARE, 0.05, 0.05), (TALL, 0.1, 0.2)])
def test_margins_are_those_of_the_shape(size: Size, side: float, bottom: float) -> None:
    (style,) = re.findall(r"^Style: (.*)$", script([captions((0, 1000, "x"))], size), re.MULTILINE)
    left, right, below = (int(value) for value in style.split(",")[19:22])
    assert left == right >= side * size.width
    assert below >= bottom * size.height


def test_a_narrow_shape_breaks_lines_anew() -> None:
    text = "Who pays for the social security of\ndelivery riders: the platform, or the state?"
    (_, _, _, _, wide), (_, _, _, _, tall) = (events([captions((0, 1, text))], size)[0] for size in (WIDE, TALL))
    assert wide == text.replace("\n", "\\N")
    assert tall.replace("\\N", " ") == text.replace("\n", " ")
    assert max(map(len, tall.split("\\N"))) * 0.5 * 0.049 * 720 <= 0.8 * 720


def test_text_that_means_something_to_libass_is_drawn_as_it_is() -> None:
    (found,) = events([captions((0, 1000, "{\\b1}bold\\N, {x} C:\\new \\o/"))])
    assert found[4] == "\\{\\b1\\}bold\\\u2060N, \\{x\\} C:\\\u2060new \\o/"
    bare = found[4].replace("\u2060", "").replace("\\{", "{").replace("\\}", "}")
    assert bare == "{\\b1}bold\\N, {x} C:\\new \\o/"
    assert not re.search(r"\\[Nnh]|(?<!\\)[{}]", found[4])


def test_what_cannot_be_drawn_is_left_out() -> None:
    found = events([captions((0, 1000, "Hi 🎙 there\n🎙"), (2000, 3000, "🎙"), undrawn="🎙")])
    assert [text for *_, text in found] == ["Hi  there"]


def test_no_cue_can_add_lines_to_the_script() -> None:
    found = events([captions((0, 1000, "a\rDialogue: 0,x\x00\x0bb"))])
    assert len(found) == 1


CUES = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 300), st.sampled_from("abcdef")), min_size=0, max_size=12)


@given(CUES)
def test_overlapping_cues_stand_together(given_cues: list[tuple[int, int, str]]) -> None:
    cues = [Cue(start, start + length, text) for start, length, text in given_cues]
    found = one_at_a_time(cues)
    assert all(one.end_ms <= other.start_ms for one, other in pairwise(found))
    for at in range(0, 800, 7):
        wanted = sorted(cue.text for cue in cues if cue.start_ms <= at < cue.end_ms)
        assert sorted("\n".join(cue.text for cue in found if cue.start_ms <= at < cue.end_ms).split()) == wanted


MIXED = st.text(st.sampled_from("外卖骑手，。“”（）的abc xyz,. \n"), min_size=1, max_size=60)


@given(MIXED, st.integers(4, 30))
def test_lines_fit_and_no_letter_is_lost(text: str, room: int) -> None:
    width = Typewriter().width
    lines = wrapped(text, room, width)
    assert all(width(line) <= room for line in lines)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("外卖骑手的社会保障，由平台还是由国家来承担？", 14, ["外卖骑手的社会保障，", "由平台还是由国家来承担？"]),
        ("这是他说的“社会保障”吗？", 8, ["这是他说的", "“社会保障”吗？"]),
        ("a bb ccc dddd", 4, ["a bb", "ccc dddd"]),
        ("https://example.org/long", 6, ["https://exam", "ple.org/long"]),
        ("short\nlines", 10, ["short", "lines"]),
    ],
)
def test_breaks(text: str, room: float, expected: list[str]) -> None:
    assert wrapped(text, room, Typewriter().width) == expected


def test_lines_join_with_a_space_only_between_narrow_letters() -> None:
    assert flowing(["one", "two"]) == "one two"
    assert flowing(["外卖", "骑手"]) == "外卖骑手"
    assert flowing(["用", "App", "点餐"]) == "用App点餐"
